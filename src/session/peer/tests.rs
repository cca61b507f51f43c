use super::*;
use crate::session::tests::plain::{Plain, offer};
use proptest::collection::vec;
use proptest::prelude::*;

/// A page that takes VP8.
fn peer(now: Instant) -> Peer<Plain> {
    let formats = [Format::from_name("vp8").expect("a format")];
    Peer::accept(&offer(1, &formats), &[], (), now).expect("an answer").0
}

fn events(peer: &mut Peer<Plain>, now: Instant) -> Vec<PeerEvent> {
    let mut all = Vec::new();
    loop {
        match peer.poll(now) {
            Polled::Event(event) => all.push(event),
            Polled::Transmit(..) => {}
            Polled::Idle => return all,
        }
    }
}

fn head(kind: u8, seat: u8, count: usize, seq: u32) -> Vec<u8> {
    [[kind, seat, count as u8, 0], seq.to_le_bytes()].concat()
}

fn pad(seat: u8, seq: u32, states: &[u16]) -> Vec<u8> {
    let states = states.iter().flat_map(|buttons| [&buttons.to_le_bytes()[..], &[0; 12]].concat());
    head(1, seat, states.clone().count() / 14, seq).into_iter().chain(states).collect()
}

fn keys(seat: u8, seq: u32, states: &[u16]) -> Vec<u8> {
    let states: Vec<u8> = states.iter().flat_map(|key| [&[1][..], &key.to_le_bytes()[..]].concat()).collect();
    [head(2, seat, states.len() / 3, seq), states].concat()
}

fn mouse(seat: u8, seq: u32, right: i32) -> Vec<u8> {
    [head(3, seat, 0, seq), right.to_le_bytes().to_vec(), vec![0; 20]].concat()
}

fn motion(seat: u8, seq: u32, right: i16) -> Vec<u8> {
    [head(4, seat, 0, seq), right.to_le_bytes().to_vec(), vec![0; 10]].concat()
}

fn input(peer: &mut Peer<Plain>, now: Instant, data: &[u8]) -> Vec<PeerEvent> {
    peer.take_input(data, now);
    events(peer, now)
}

const FLOODED: PeerEvent = PeerEvent::Violation(ClosingCode::Flood);

#[test]
fn more_than_two_thousand_inputs_in_a_second_are_a_flood() {
    let start = Instant::now();
    let mut peer = peer(start);
    for n in 0..2000 {
        let now = start + Duration::from_micros(499) * n;
        assert!(!input(&mut peer, now, &pad(0, n, &[1])).contains(&FLOODED), "{n}");
    }
    let last = start + Duration::from_millis(999);
    assert_eq!(input(&mut peer, last, &pad(0, 2000, &[1])), [FLOODED]);
    assert_eq!(input(&mut peer, last, b"anything"), [FLOODED], "it is not even read");
}

#[test]
fn two_thousand_inputs_a_second_are_none_for_however_long() {
    let start = Instant::now();
    let mut peer = peer(start);
    for n in 0..10_000 {
        let news = input(&mut peer, start + Duration::from_micros(500) * n, &pad(3, n, &[1]));
        assert!(matches!(news[..], [PeerEvent::Input(Input::Pad(_, _))]), "{n}: {news:?}");
    }
}

#[test]
fn more_than_twenty_other_messages_in_a_second_are_a_flood_beside_any_inputs() {
    let start = Instant::now();
    let mut peer = peer(start);
    let say = |peer: &mut Peer<Plain>, now: Instant| {
        peer.take_control(br#"{"type":"ping","t":1}"#, now);
        events(peer, now)
    };
    for n in 0..20 {
        assert_eq!(say(&mut peer, start + Duration::from_millis(n)), []);
        assert_eq!(input(&mut peer, start, &pad(0, n as u32, &[1])).len(), 1);
    }
    assert_eq!(say(&mut peer, start + Duration::from_millis(999)), [FLOODED]);
    assert_eq!(input(&mut peer, start + Duration::from_millis(999), &pad(0, 21, &[1])).len(), 1);
    assert_eq!(say(&mut peer, start + Duration::from_secs(1)), []);
}

#[test]
fn of_motions_in_any_order_the_newest_counts() {
    let now = Instant::now();
    let mut peer = peer(now);
    let mut tell = |seq: u32, right| match input(&mut peer, now, &motion(2, seq, right))[..] {
        [] => None,
        [PeerEvent::Input(Input::Motion(seat, motion))] => Some((seat.index(), motion.acceleration[0])),
        ref other => panic!("{other:?}"),
    };
    assert_eq!(tell(u32::MAX, 5), Some((2, 5)));
    assert_eq!(tell(0, -7), Some((2, -7)), "numbers wrap around");
    assert_eq!([tell(0, 9), tell(u32::MAX, 9), tell(u32::MAX - 9, 9)], [None; 3]);
    assert_eq!(tell(4, i16::MIN), Some((2, -i16::MAX)));
}

/// What a controller or keyboard came to, as one number.
fn held(news: &PeerEvent) -> Option<(usize, u16)> {
    match news {
        PeerEvent::Input(Input::Pad(seat, pad)) => Some((seat.index(), pad.buttons)),
        PeerEvent::Input(Input::Keys(seat, keys)) => Some((seat.index(), keys.codes().next().unwrap_or(0))),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn of_messages_in_any_order_each_state_that_is_news_counts_once(
        messages in vec((any::<bool>(), 0..2u8, -3..6i32, vec(1..300u16, 1..=4)), 1..80)
    ) {
        let now = Instant::now();
        let mut peer = peer(now);
        // Numbers wrap around on the way.
        let mut newest = [[None::<u32>; 2]; 2];
        for (is_pad, seat, step, states) in messages {
            let last = &mut newest[usize::from(is_pad)][usize::from(seat)];
            let seq = last.unwrap_or(u32::MAX - 8).wrapping_add_signed(step);
            let data = if is_pad { pad(seat, seq, &states) } else { keys(seat, seq, &states) };
            let got: Vec<_> = input(&mut peer, now, &data).iter().map(held).collect();
            let news = match (&last, step) {
                (None, _) | (_, 0) => 1,
                (_, step) => usize::try_from(step).unwrap_or(0).min(states.len()),
            };
            let expected = states[..news].iter().rev().map(|state| Some((seat.into(), *state)));
            prop_assert_eq!(got, expected.collect::<Vec<_>>());
            if news > 0 {
                *last = Some(seq);
            }
        }
    }

    #[test]
    fn a_mouse_has_moved_as_far_as_its_newest_message_says(steps in vec((-3..6i32, -5000..5000i32), 1..80)) {
        let now = Instant::now();
        let mut peer = peer(now);
        let mut newest: Option<(u32, i32)> = None;
        for (step, way) in steps {
            let (last, total) = newest.unwrap_or((u32::MAX - 8, i32::MAX - 9000));
            let (seq, right) = (last.wrapping_add_signed(step), total.wrapping_add(way));
            let news = input(&mut peer, now, &mouse(5, seq, right));
            if newest.is_some() && step < 0 {
                prop_assert_eq!(news, vec![]);
                continue;
            }
            let dx = if newest.is_some() { way } else { 0 };
            let moved = MouseMove { dx, ..MouseMove::default() };
            prop_assert_eq!(news, vec![PeerEvent::Input(Input::Mouse(Seat::ALL[5], moved, MouseState::default()))]);
            newest = Some((seq, right));
        }
    }

    #[test]
    fn what_is_no_message_ends_the_peer(data in vec(any::<u8>(), 0..80)) {
        let now = Instant::now();
        let news = input(&mut peer(now), now, &data);
        let broken = news == [PeerEvent::Violation(ClosingCode::BadMessage)];
        prop_assert_eq!(broken, InputMessage::parse(&data).is_none());
    }
}

#[test]
fn a_few_losses_in_a_row_are_answered_and_endless_asking_is_not() {
    let start = Instant::now();
    let mut requests = KeyframeRequests::new(start);
    let granted = (0..6000).filter(|ms| requests.take(start + Duration::from_millis(ms * 10))).count();
    assert!((30..=33).contains(&granted), "{granted} in a minute");
}

#[test]
fn a_request_that_crosses_a_keyframe_is_granted_already() {
    let start = Instant::now();
    let mut requests = KeyframeRequests::new(start);
    requests.served = Some(start);
    assert!(!requests.take(start + Duration::from_millis(150)));
    assert!(requests.take(start + Duration::from_millis(250)));
}

#[test]
fn a_peer_that_is_heard_again_after_the_host_moved_or_the_way_was_lost_gets_a_keyframe_at_once() {
    use crate::session::tests::plain::{Act, datagram};
    let now = Instant::now();
    let mut peer = peer(now);
    let via = Via::udp(([10, 0, 0, 1], 1000).into(), ([10, 0, 0, 2], 2000).into());
    let say = |peer: &mut Peer<Plain>, act, tenths| {
        let now = now + Duration::from_millis(100) * tenths;
        peer.handle_datagram(via, &datagram(1, act, &[]), now);
        events(peer, now).iter().filter(|event| **event == PeerEvent::KeyframeRequest).count()
    };
    peer.host_moved();
    assert_eq!(say(&mut peer, Act::Connect, 0), 1, "its first one");
    assert_eq!(say(&mut peer, Act::OpenControl, 10), 0);
    // The host is elsewhere: nothing until the peer is heard there, and then once.
    peer.host_moved();
    assert_eq!(events(&mut peer, now + Duration::from_secs(2)), []);
    assert_eq!(say(&mut peer, Act::OpenControl, 21), 1);
    assert_eq!(say(&mut peer, Act::OpenControl, 22), 0);
    // The same when checks go unanswered for a while.
    assert_eq!(say(&mut peer, Act::Unreachable, 30), 0);
    assert_eq!(say(&mut peer, Act::Reachable, 31), 1);
    assert_eq!(say(&mut peer, Act::Reachable, 32), 0);
    // However often it happens, what the others watch is not made of keyframes.
    let often: usize =
        (0..100).map(|_| say(&mut peer, Act::Unreachable, 40) + say(&mut peer, Act::Reachable, 40)).sum();
    assert!(often <= 3, "{often} keyframes");
}
