//! What the machine itself takes to hand a datagram to a thread: nothing that waits for one can be faster.

use super::{BenchError, table};
use crate::net::transport::arrival::{self, Received};
use crate::sync::{Claim, spawn, wake_before_others};
use std::net::UdpSocket;
use std::time::{Duration, SystemTime};

/// From a datagram's arrival to a thread that waits for nothing else and asks the scheduler for what the net thread asks:
/// `rate` a second for so many seconds, the medians of each second's p50 and p99 in microseconds.
pub fn wake_us(rate: usize, seconds: usize) -> Result<(f64, f64), BenchError> {
    let failed = BenchError::io("The datagrams could not be sent");
    let to = UdpSocket::bind("127.0.0.1:0").map_err(&failed)?;
    to.set_read_timeout(Some(Duration::from_secs(2))).map_err(&failed)?;
    let address = to.local_addr().map_err(&failed)?;
    let from = UdpSocket::bind("127.0.0.1:0").map_err(&failed)?;
    arrival::note(&to);
    let waiting = spawn("floor", move || {
        wake_before_others(Claim::First);
        let (mut buffer, mut control) = ([0; 64], arrival::control_buffer());
        let mut took = Vec::with_capacity(rate * seconds);
        while took.len() < rate * seconds {
            // One that was lost is missing at the end, and then nothing comes for two seconds.
            let Ok(Received { arrived, .. }) = arrival::receive(&to, &mut buffer, &mut control) else { break };
            took.extend(arrived.age(SystemTime::now()).map(|took| took.as_secs_f64() * 1e6));
        }
        took
    })?;
    for _ in 0..rate * seconds {
        std::thread::sleep(Duration::from_secs(1) / rate as u32);
        from.send_to(&[0; 22], address).map_err(&failed)?;
    }
    let took = waiting.join().map_err(|_| BenchError::WaiterEnded)?;
    let of_each_second = |share: usize| {
        table::median(took.chunks(rate).map(|second| {
            let mut second = second.to_vec();
            second.sort_by(f64::total_cmp);
            second[(second.len() * share / 100).min(second.len() - 1)]
        }))
    };
    Ok((of_each_second(50), of_each_second(99)))
}
