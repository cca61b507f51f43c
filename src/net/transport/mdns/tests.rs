use super::links::tests::{ip, links};
use super::message::tests::{a_name, answer};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn home() -> Links {
    links(&[(2, "192.168.1.5/24"), (2, "fe80::5/64"), (2, "fd12::5/64")])
}

fn asked(querier: &mut Querier, now: Instant) -> Vec<(Port, Vec<u8>)> {
    let mut all = Vec::new();
    querier.handle_timeout(now, |port, question| all.push((port, question.to_vec())));
    all
}

fn resolved(querier: &mut Querier) -> Vec<Resolved> {
    std::iter::from_fn(|| querier.poll_resolved()).collect()
}

fn hear(querier: &mut Querier, source: &str, name: LocalName, address: &str) -> Vec<Resolved> {
    querier.handle_message(ip(source), &answer(name, ip(address)), &home());
    resolved(querier)
}

#[test]
fn a_name_is_asked_for_three_times_for_either_kind_and_then_given_up() {
    let start = Instant::now();
    let mut querier = Querier::default();
    assert_eq!(querier.poll_timeout(), None);
    assert!(querier.handle_name(PeerId(1), a_name(1), start));
    for (after, port) in [(0, Port::Shared), (1, Port::Own), (3, Port::Shared)] {
        let now = start + SECOND * after;
        assert_eq!(querier.poll_timeout(), Some(now));
        let expected = [Kind::A, Kind::Aaaa].map(|kind| (port, message::question(a_name(1), kind).to_vec()));
        assert_eq!(asked(&mut querier, now), expected);
        assert_eq!(asked(&mut querier, now + SECOND / 2), [], "once each time");
    }
    assert_eq!(querier.poll_timeout(), Some(start + SECOND * 5));
    assert!(!querier.is_idle());
    assert_eq!(asked(&mut querier, start + SECOND * 5), []);
    assert!(querier.is_idle() && querier.poll_timeout().is_none());
    assert_eq!(hear(&mut querier, "192.168.1.7", a_name(1), "192.168.1.7"), [], "too late");
}

#[test]
fn a_machine_that_stood_still_asks_once_and_not_for_each_time_it_missed() {
    let start = Instant::now();
    let mut querier = Querier::default();
    querier.handle_name(PeerId(1), a_name(1), start);
    assert_eq!(asked(&mut querier, start + SECOND * 4).len(), 2);
    assert_eq!(asked(&mut querier, start + SECOND * 4), []);
    querier.handle_name(PeerId(1), a_name(2), start);
    asked(&mut querier, start + SECOND * 60);
    assert!(querier.is_idle());
}

#[test]
fn the_first_answer_counts_and_those_after_it_are_passed_over() {
    let mut querier = Querier::default();
    querier.handle_name(PeerId(1), a_name(1), Instant::now());
    let expected = [Resolved { peer: PeerId(1), name: a_name(1), address: ip("192.168.1.7") }];
    assert_eq!(hear(&mut querier, "192.168.1.7", a_name(1), "192.168.1.7"), expected);
    assert!(querier.is_idle());
    for address in ["192.168.1.7", "192.168.1.8", "fd12::7"] {
        assert_eq!(hear(&mut querier, "192.168.1.7", a_name(1), address), []);
    }
}

#[test]
fn an_address_of_ipv6_is_as_good() {
    let mut querier = Querier::default();
    querier.handle_name(PeerId(1), a_name(1), Instant::now());
    assert_eq!(hear(&mut querier, "fe80::7", a_name(1), "fe80::7"), [], "no candidate says its interface");
    assert_eq!(hear(&mut querier, "fe80::7", a_name(1), "fd12::7").len(), 1);
}

#[test]
fn lies_are_not_believed_and_the_truth_after_them_is() {
    let mut querier = Querier::default();
    querier.handle_name(PeerId(1), a_name(1), Instant::now());
    for (source, name, address) in [
        ("192.168.1.7", a_name(2), "192.168.1.7"),
        ("203.0.113.5", a_name(1), "192.168.1.7"),
        ("192.168.2.7", a_name(1), "192.168.1.7"),
        ("192.168.1.7", a_name(1), "203.0.113.5"),
        ("192.168.1.7", a_name(1), "192.168.2.7"),
        ("192.168.1.7", a_name(1), "192.168.1.255"),
        ("192.168.1.7", a_name(1), "127.0.0.1"),
        ("192.168.1.7", a_name(1), "224.0.0.251"),
        ("192.168.1.7", a_name(1), "2001:db8::7"),
        ("192.168.1.7", a_name(1), "::1"),
    ] {
        assert_eq!(hear(&mut querier, source, name, address), [], "{name} is {address}, says {source}");
    }
    querier.handle_message(ip("192.168.1.7"), b"garbage", &home());
    querier.handle_message(ip("192.168.1.7"), &[0xff; 512], &home());
    assert_eq!(hear(&mut querier, "192.168.1.7", a_name(1), "192.168.1.7").len(), 1);
}

#[test]
fn two_guests_with_one_name_are_both_told() {
    let mut querier = Querier::default();
    let now = Instant::now();
    querier.handle_name(PeerId(1), a_name(1), now);
    querier.handle_name(PeerId(2), a_name(1), now);
    querier.handle_name(PeerId(2), a_name(2), now);
    let told = hear(&mut querier, "192.168.1.7", a_name(1), "192.168.1.7");
    assert_eq!(told.iter().map(|it| it.peer).collect::<Vec<_>>(), [PeerId(1), PeerId(2)]);
    assert!(!querier.is_idle(), "the other name");
}

#[test]
fn a_guest_who_leaves_takes_their_names_along() {
    let mut querier = Querier::default();
    let now = Instant::now();
    querier.handle_name(PeerId(1), a_name(1), now);
    querier.handle_name(PeerId(1), a_name(2), now);
    querier.handle_name(PeerId(2), a_name(1), now);
    querier.handle_message(ip("192.168.1.7"), &answer(a_name(1), ip("192.168.1.7")), &home());
    querier.handle_left(PeerId(1));
    assert_eq!(resolved(&mut querier).iter().map(|it| it.peer).collect::<Vec<_>>(), [PeerId(2)]);
    assert!(querier.is_idle());
}

#[test]
fn a_flood_of_names_is_passed_over_and_leaves_room_for_others() {
    let mut querier = Querier::default();
    let now = Instant::now();
    let taken = (0..100).filter(|&it| querier.handle_name(PeerId(1), a_name(it), now)).count();
    assert_eq!(taken, MAX_NAMES_OF_PEER);
    assert!(querier.handle_name(PeerId(1), a_name(3), now), "that one is asked for already");
    assert!(querier.handle_name(PeerId(2), a_name(500), now));
    let all = (3..40).flat_map(|peer| (0..16).map(move |it| (peer, it)));
    let more = all.filter(|&(peer, it)| querier.handle_name(PeerId(peer), a_name(it), now)).count();
    assert_eq!(taken + 1 + more, MAX_NAMES);
    assert_eq!(asked(&mut querier, now).len(), 2 * MAX_NAMES);
    asked(&mut querier, now + SECOND * 5);
    assert!(querier.handle_name(PeerId(1), a_name(99), now + SECOND * 5), "there is room again");
}
