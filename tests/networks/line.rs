//! The bad lines that others are measured on: the model in a time of its own, and the wire through sockets.

use crate::common::line::model::{Conditions, Line, Loss};
use crate::common::line::networks::Network;
use crate::common::line::wire::Wire;
use crate::common::network::{at, inside};
use crate::common::{self, LONG, until};
use std::net::UdpSocket;
use std::time::Duration;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Everything that arrives, with when.
fn drain(line: &mut Line<u32>) -> Vec<(Duration, u32)> {
    let mut arrived = Vec::new();
    while let Some(at) = line.poll_timeout() {
        while let Some(packet) = line.poll(at) {
            arrived.push((at, packet));
        }
    }
    arrived
}

#[test]
fn a_packet_takes_the_links_time_and_the_ways() {
    let limited = Conditions { delay: ms(20), rate_kbit_s: Some(800), ..Conditions::GOOD };
    let mut line = Line::new(limited, 1);
    // 1,000 bytes take 10 ms at 800 kbit/s; the second waits for the first, the third for nothing.
    line.push(1, 1000, ms(0));
    line.push(2, 1000, ms(0));
    assert_eq!(line.queued(), 2000);
    line.push(3, 1000, ms(50));
    assert_eq!(line.queued(), 1000);
    assert_eq!(drain(&mut line), [(ms(30), 1), (ms(40), 2), (ms(80), 3)]);
    assert_eq!(line.queued(), 0);
}

#[test]
fn a_full_queue_takes_no_more_and_empties_at_the_rate() {
    let limited = Conditions { rate_kbit_s: Some(8000), queue_bytes: 10_000, ..Conditions::GOOD };
    let mut line = Line::new(limited, 1);
    (0..100).for_each(|number| line.push(number, 1000, ms(0)));
    assert_eq!((line.counts.dropped, line.queued()), (90, 10_000));
    assert_eq!(line.poll(ms(5)).into_iter().chain(std::iter::from_fn(|| line.poll(ms(5)))).count(), 5);
    assert_eq!(line.queued(), 5000);
}

#[test]
fn a_step_changes_what_leaves_from_then_on() {
    let rate = |kbit_s| Conditions { rate_kbit_s: Some(kbit_s), ..Conditions::GOOD };
    let mut line = Line::new(Conditions::GOOD, 1);
    line.follow(&[(ms(0), rate(8000)), (ms(10), rate(800))], ms(1000));
    (0..20).for_each(|number| line.push(number, 1000, ms(1000)));
    let arrived = drain(&mut line);
    assert_eq!((arrived[9].0, arrived[10].0, arrived[19].0), (ms(1010), ms(1020), ms(1110)));
}

#[test]
fn losses_are_as_often_and_as_long_as_said() {
    let lost = |loss| {
        let mut line = Line::new(Conditions { loss, ..Conditions::GOOD }, 7);
        (0..100_000).for_each(|number| line.push(number, 100, ms(u64::from(number))));
        let arrived: Vec<u32> = drain(&mut line).into_iter().map(|(_, packet)| packet).collect();
        let gaps = arrived.windows(2).filter(|pair| pair[1] != pair[0] + 1).count() as f64;
        let share = line.counts.lost as f64 / 100_000.0;
        (share, line.counts.lost as f64 / gaps)
    };
    let (share, length) = lost(Loss::Random(0.05));
    assert!((0.045..0.055).contains(&share) && length < 1.1, "{share} {length}");
    // Gilbert and Elliott: begin / (begin + end) is lost, 1 / end in a row.
    let (share, length) = lost(Loss::Bursts { begin: 0.01, end: 0.25 });
    assert!((0.03..0.047).contains(&share) && (3.5..4.6).contains(&length), "{share} {length}");
    let (share, length) = lost(Loss::Outages { every: ms(5000), length: ms(200) });
    assert!((0.038..0.042).contains(&share) && (199.0..212.0).contains(&length), "{share} {length}");
    assert_eq!(lost(Loss::Random(0.0)).0, 0.0);
}

#[test]
fn jitter_keeps_the_order_and_reordering_does_not() {
    let run = |conditions| {
        let mut line = Line::new(conditions, 3);
        (0..5000).for_each(|number| line.push(number, 100, ms(u64::from(number))));
        drain(&mut line)
    };
    let jittered = run(Conditions { delay: ms(10), jitter: ms(30), ..Conditions::GOOD });
    assert!(jittered.windows(2).all(|pair| pair[0].1 < pair[1].1 && pair[0].0 <= pair[1].0));
    let late = jittered.iter().map(|(at, number)| *at - ms(u64::from(*number)));
    let (least, most) = (late.clone().min().expect("some"), late.max().expect("some"));
    assert!(least >= ms(10) && most <= ms(40) && most > ms(30), "{least:?} {most:?}");
    let reordered = run(Conditions { delay: ms(10), reorder: 0.1, ..Conditions::GOOD });
    let overtaken = reordered.windows(2).filter(|pair| pair[0].1 > pair[1].1).count();
    assert!((300..600).contains(&overtaken), "{overtaken}");
    assert_eq!(reordered.len(), 5000);
}

#[test]
fn every_network_has_a_name_of_its_own_and_begins_at_once() {
    let all = Network::all();
    for network in &all {
        assert_eq!(all.iter().filter(|it| it.name == network.name).count(), 1, "{}", network.name);
        assert_eq!(network.schedule[0].0, Duration::ZERO, "{}", network.name);
        assert!(network.schedule.windows(2).all(|pair| pair[0].0 < pair[1].0), "{}", network.name);
    }
}

/// Counts and order, through real sockets: how long it took depends on the machine.
#[test]
fn datagrams_cross_the_wire_in_order_and_what_is_lost_is_counted() {
    let _alone = common::alone();
    if !inside(module_path!(), "datagrams_cross_the_wire_in_order_and_what_is_lost_is_counted") {
        return;
    }
    crate::common::network::machines(&["left", "right"]);
    let wire = Wire::between(["left", "right"], 77);
    let [left, right] = [("left", "10.77.0.1:0"), ("right", "10.77.0.2:0")]
        .map(|(machine, address)| at(machine, || UdpSocket::bind(address).expect("a socket")));
    let there = right.local_addr().expect("its address");
    right.set_read_timeout(Some(LONG)).expect("a time limit");
    // The first finds the way.
    left.send_to(&u32::MAX.to_le_bytes(), there).expect("it is sent");
    let mut buffer = [0; 64];
    right.recv(&mut buffer).expect("it arrives");
    wire.follow(&[(Duration::ZERO, Conditions { delay: ms(5), loss: Loss::Random(0.2), ..Conditions::GOOD })]);
    let (mut lost, mut last) = (0, None);
    // A few at a time: a socket keeps so much for whoever reads it, and no more.
    for begin in (0..500u32).step_by(50) {
        let before = wire.counts()[0];
        for number in begin..begin + 50 {
            left.send_to(&number.to_le_bytes(), there).expect("it is sent");
        }
        let after = until("everything to be through", LONG, || {
            let now = wire.counts()[0];
            let through = now.arrived + now.lost + now.dropped;
            (now.taken - before.taken == 50 && through == now.taken).then_some(now)
        });
        let gone = after.lost - before.lost;
        lost += gone;
        for _ in 0..50 - gone {
            let length = right.recv(&mut buffer).expect("it arrives");
            let number = u32::from_le_bytes(buffer[..length].try_into().expect("four bytes"));
            assert!(last.is_none_or(|last| last < number), "{number} after {last:?}");
            last = Some(number);
        }
    }
    // The seed is the same every time, and so is what is lost.
    assert!((50..=150).contains(&lost), "{lost}");
    right.set_nonblocking(true).expect("it does not wait");
    assert!(right.recv(&mut buffer).is_err(), "no more than that");
}
