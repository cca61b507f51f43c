//! Sound from the core, and the silence that it hears.
#![allow(unsafe_code)]

use super::called;
use crate::libretro::sys;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// Called by the core, one sample pair at a time.
pub extern "C" fn audio_sample(left: i16, right: i16) {
    called(|front| front.hear(&[left, right]));
}

/// # Safety
/// Called by the core with `frames` sample pairs.
pub unsafe extern "C" fn audio_sample_batch(data: *const i16, frames: usize) -> usize {
    // More than the ring holds cannot be meant.
    let frames = frames.min(crate::link::AUDIO_FRAMES);
    // SAFETY: the core's promise.
    let stereo = unsafe { sys::stereo(data, frames) };
    called(|front| front.hear(stereo));
    frames
}

/// # Safety
/// Called by the core with `frames` sample pairs, each from -1 to 1.
pub unsafe extern "C" fn audio_sample_batch_float(data: *const f32, frames: usize) -> usize {
    let frames = frames.min(crate::link::AUDIO_FRAMES);
    // SAFETY: the core's promise.
    let stereo = unsafe { sys::stereo(data, frames) };
    called(|front| {
        let mut block = [0; FLOATS_AT_ONCE];
        for part in stereo.chunks(FLOATS_AT_ONCE) {
            for (to, from) in block.iter_mut().zip(part) {
                *to = as_i16(*from);
            }
            front.hear(&block[..part.len()]);
        }
    });
    frames
}

/// Samples that are converted in one go; even, so that no pair is torn.
const FLOATS_AT_ONCE: usize = 512;

/// Too loud is as loud as there is; what is no number is silence.
fn as_i16(sample: f32) -> i16 {
    (sample * 32_768.0).round() as i16
}

/// What `GET_MICROPHONE_INTERFACE` gives out: one microphone in a silent room. Cores that emulate one run with it, and nobody
/// is listened to.
pub const MICROPHONE: sys::retro_microphone_interface = sys::retro_microphone_interface {
    interface_version: sys::RETRO_MICROPHONE_INTERFACE_VERSION,
    open_mic: Some(open_mic),
    close_mic: Some(close_mic),
    get_params: Some(get_params),
    set_mic_state: Some(set_mic_state),
    get_mic_state: Some(get_mic_state),
    read_mic: Some(read_mic),
};

/// The usual rate, for a core that names none.
const MICROPHONE_RATE: u32 = 44_100;

static MIC_ON: AtomicBool = AtomicBool::new(false);
static MIC_RATE: AtomicU32 = AtomicU32::new(MICROPHONE_RATE);

/// # Safety
/// `params` is NULL or valid.
unsafe extern "C" fn open_mic(params: *const sys::retro_microphone_params_t) -> *mut sys::retro_microphone_t {
    // SAFETY: the core's promise.
    let wanted = unsafe { params.as_ref() }.map(|params| params.rate).filter(|rate| *rate > 0);
    MIC_RATE.store(wanted.unwrap_or(MICROPHONE_RATE), Relaxed);
    MIC_ON.store(false, Relaxed);
    // A handle that is never followed.
    std::ptr::dangling_mut()
}

extern "C" fn close_mic(_microphone: *mut sys::retro_microphone_t) {
    MIC_ON.store(false, Relaxed);
}

/// # Safety
/// `params` is NULL or may be written.
unsafe extern "C" fn get_params(
    microphone: *const sys::retro_microphone_t,
    params: *mut sys::retro_microphone_params_t,
) -> bool {
    if microphone.is_null() || params.is_null() {
        return false;
    }
    // SAFETY: not NULL, and the core's promise.
    unsafe { params.write(sys::retro_microphone_params_t { rate: MIC_RATE.load(Relaxed) }) };
    true
}

extern "C" fn set_mic_state(microphone: *mut sys::retro_microphone_t, on: bool) -> bool {
    MIC_ON.store(on && !microphone.is_null(), Relaxed);
    !microphone.is_null()
}

extern "C" fn get_mic_state(microphone: *const sys::retro_microphone_t) -> bool {
    !microphone.is_null() && MIC_ON.load(Relaxed)
}

/// # Safety
/// `samples` is NULL or room for `count` samples.
unsafe extern "C" fn read_mic(microphone: *mut sys::retro_microphone_t, samples: *mut i16, count: usize) -> i32 {
    if microphone.is_null() || samples.is_null() || !MIC_ON.load(Relaxed) {
        return -1;
    }
    let Ok(read) = i32::try_from(count) else { return -1 };
    // SAFETY: not NULL, and the core's promise.
    unsafe { samples.write_bytes(0, count) };
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_become_the_nearest_sample() {
        let all = [0.0, 1.0, -1.0, 0.5, 7.0, -7.0, f32::NAN, f32::INFINITY, 1.0 / 32_768.0];
        let wanted = [0, i16::MAX, i16::MIN, 16_384, i16::MAX, i16::MIN, 0, i16::MAX, 1];
        assert_eq!(all.map(as_i16), wanted);
    }

    #[test]
    fn the_microphone_hears_silence_while_it_is_on() {
        let mut heard = [7; 4];
        // SAFETY: what a core does with the interface.
        unsafe {
            let params = sys::retro_microphone_params_t { rate: 16_000 };
            let mic = MICROPHONE.open_mic.unwrap()(&params);
            assert!(!mic.is_null());
            let mut told = sys::retro_microphone_params_t::default();
            assert!(MICROPHONE.get_params.unwrap()(mic, &mut told));
            assert_eq!(told.rate, 16_000);
            assert_eq!(MICROPHONE.read_mic.unwrap()(mic, heard.as_mut_ptr(), 4), -1, "it is off");
            assert!(MICROPHONE.set_mic_state.unwrap()(mic, true) && MICROPHONE.get_mic_state.unwrap()(mic));
            assert_eq!(MICROPHONE.read_mic.unwrap()(mic, heard.as_mut_ptr(), 4), 4);
            MICROPHONE.close_mic.unwrap()(mic);
            assert_eq!(MICROPHONE.read_mic.unwrap()(mic, heard.as_mut_ptr(), 4), -1);
            assert!(!MICROPHONE.set_mic_state.unwrap()(std::ptr::null_mut(), true));
        }
        assert_eq!(heard, [0; 4]);
    }
}
