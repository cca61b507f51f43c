//! The performance interface as C functions. Counters are the core's own structs, which it promises to keep.
#![allow(unsafe_code)]

use super::{Measured, cpu_features, ticks};
use crate::libretro::callbacks;
use crate::libretro::sys::{self, RETRO_LOG_INFO, retro_perf_callback, retro_perf_counter};
use crate::sync::now;
use std::sync::{Mutex, PoisonError};

/// The most counters that are listed in the log; others count all the same.
const MOST_COUNTERS: usize = 64;

/// A counter of the core's.
struct Registered(*mut retro_perf_counter);

// SAFETY: the pointer is only followed in `log`, which the core calls, and the core promises to keep its counters.
unsafe impl Send for Registered {}

static COUNTERS: Mutex<Vec<Registered>> = Mutex::new(Vec::new());

/// For the core to keep.
pub fn interface() -> retro_perf_callback {
    retro_perf_callback {
        get_time_usec: Some(time_usec),
        get_cpu_features: Some(features),
        get_perf_counter: Some(counter),
        perf_register: Some(register),
        perf_start: Some(start),
        perf_stop: Some(stop),
        perf_log: Some(log),
    }
}

extern "C" fn time_usec() -> i64 {
    i64::try_from(now().as_micros()).unwrap_or(i64::MAX)
}

extern "C" fn features() -> u64 {
    cpu_features()
}

extern "C" fn counter() -> u64 {
    ticks(now())
}

unsafe extern "C" fn register(counter: *mut retro_perf_counter) {
    // SAFETY: NULL, or a counter of the core's.
    let Some(it) = (unsafe { counter.as_mut() }) else { return };
    let mut counters = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
    if it.registered == 0 && counters.len() < MOST_COUNTERS {
        counters.push(Registered(counter));
    }
    it.registered = 1;
}

unsafe extern "C" fn start(counter: *mut retro_perf_counter) {
    // SAFETY: as in `register`.
    if let Some(it) = unsafe { counter.as_mut() } {
        it.call_cnt = it.call_cnt.wrapping_add(1);
        it.start = ticks(now());
    }
}

unsafe extern "C" fn stop(counter: *mut retro_perf_counter) {
    // SAFETY: as in `register`.
    if let Some(it) = unsafe { counter.as_mut() } {
        it.total = it.total.wrapping_add(ticks(now()).wrapping_sub(it.start));
    }
}

extern "C" fn log() {
    let counters = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let lines: Vec<String> = counters
        .iter()
        .map(|Registered(counter)| {
            // SAFETY: registered by the core, which promises to keep it.
            let it = unsafe { counter.read() };
            Measured { name: sys::text(it.ident), total: it.total, times: it.call_cnt }.line()
        })
        .collect();
    callbacks::called(|front| lines.iter().for_each(|line| front.environment.log(RETRO_LOG_INFO, line)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_count_and_the_clock_goes_on() {
        let perf = interface();
        let mut it = retro_perf_counter { ident: c"frame".as_ptr(), ..retro_perf_counter::default() };
        // SAFETY: what a core does with the interface and a counter of its own.
        unsafe {
            let begin = perf.get_time_usec.unwrap()();
            perf.perf_register.unwrap()(&mut it);
            for _ in 0..3 {
                perf.perf_start.unwrap()(&mut it);
                std::thread::sleep(std::time::Duration::from_millis(1));
                perf.perf_stop.unwrap()(&mut it);
            }
            assert!(perf.get_time_usec.unwrap()() - begin >= 3_000);
            assert!(perf.get_perf_counter.unwrap()() > it.start);
            perf.perf_start.unwrap()(std::ptr::null_mut());
        }
        assert!(it.registered == 1 && it.call_cnt == 3 && it.total >= 3_000_000);
        let line = Measured { name: "frame".into(), total: it.total, times: it.call_cnt }.line();
        assert!(line.starts_with("frame: 3 times, "), "{line}");
        // The counter ends here: it must not stay among those of a core.
        COUNTERS.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    #[test]
    fn every_64_bit_processor_has_its_first_extensions() {
        let features = features();
        let wanted = match std::env::consts::ARCH {
            "x86_64" => sys::RETRO_SIMD_SSE2,
            "aarch64" => sys::RETRO_SIMD_ASIMD,
            _ => 0,
        };
        assert_eq!(features & u64::from(wanted), u64::from(wanted));
    }
}
