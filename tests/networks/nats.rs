//! The networks that tests are played in do what their names say: shown by plain sockets, before a browser is asked.

use crate::common::network::inside;
use crate::nat::Kind;
use crate::nat::probe::{Reflectors, classify, hears_strangers, map_by_nat_pmp, punches};
use crate::nat::servers::PortMapping;
use crate::nat::sites::{Internet, Site};
use crate::nat::theory::{Options, Path, Why, behavior, expected};
use std::thread::ScopedJoinHandle;

#[test]
fn each_kind_of_nat_maps_and_filters_as_its_name_says() {
    if !inside(module_path!(), "each_kind_of_nat_maps_and_filters_as_its_name_says") {
        return;
    }
    let internet = Internet::new();
    let _servers = Reflectors::start();
    let mut wrong = Vec::new();
    for kind in Kind::ALL {
        let seen = classify(&internet.plug("g", kind));
        println!("{kind:<15} {seen:?}");
        if seen != behavior(kind) {
            wrong.push(format!("{kind}: {seen:?} instead of {:?}", behavior(kind)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn holes_are_punched_between_those_networks_that_theory_says_and_no_others() {
    if !inside(module_path!(), "holes_are_punched_between_those_networks_that_theory_says_and_no_others") {
        return;
    }
    let internet = Internet::new();
    let _servers = Reflectors::start();
    let hosts = Kind::ALL.map(|kind| internet.plug("h", kind));
    let guests = Kind::ALL.map(|kind| internet.plug("g", kind));
    let mut wrong = Vec::new();
    for stun in [false, true] {
        let options = Options { stun, ..Options::default() };
        // All at once: each has ports of its own.
        let rows: Vec<Vec<bool>> = std::thread::scope(|scope| {
            let reach = |host, guest| scope.spawn(move || of_one_family(host, guest) && punches(host, guest, stun));
            let started: Vec<Vec<_>> =
                hosts.iter().map(|host| guests.iter().map(|guest| reach(host, guest)).collect()).collect();
            started.into_iter().map(|row| row.into_iter().map(ended).collect()).collect()
        });
        println!("\n{options}: host down, guest across");
        for (host, row) in hosts.iter().zip(rows) {
            let cells: Vec<&str> = row.iter().map(|&reached| if reached { "yes" } else { " - " }).collect();
            println!("{:<15} {}", host.kind, cells.join(" "));
            for (guest, reached) in guests.iter().zip(row) {
                let path = expected(host.kind, guest.kind, options);
                if matches!(path, Path::Direct | Path::Punched) != reached {
                    wrong.push(format!("{options}, {} to {}: {path} was expected", host.kind, guest.kind));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ended(thread: ScopedJoinHandle<'_, bool>) -> bool {
    thread.join().expect("it ends")
}

fn of_one_family(host: &Site, guest: &Site) -> bool {
    host.kind.is_ipv6() == guest.kind.is_ipv6()
}

#[test]
fn what_is_known_of_nats_says_which_way_each_pair_takes() {
    use Kind::*;
    let (nothing, stun) = (Options::default(), Options { stun: true, ..Options::default() });
    let mapping = Options { mapping: true, ..Options::default() };
    let turn = Options { stun: true, turn: true, mapping: false };
    for (host, guest, options, path) in [
        (NoNat, Symmetric, nothing, Path::Direct),
        (NoNat, UdpBlocked, nothing, Path::Tcp),
        (PortRestricted, NoNat, nothing, Path::None(Why::NoAddress)),
        (PortRestricted, NoNat, stun, Path::Direct),
        (Symmetric, NoNat, stun, Path::Direct),
        (PortRestricted, PortRestricted, stun, Path::Punched),
        (DoubleNat, DoubleNat, stun, Path::Punched),
        (AddressRestricted, Symmetric, stun, Path::Punched),
        (Symmetric, FullCone, stun, Path::Punched),
        (PortRestricted, Symmetric, stun, Path::None(Why::Ports)),
        (Symmetric, PortRestricted, stun, Path::None(Why::Ports)),
        (Symmetric, Symmetric, stun, Path::None(Why::Ports)),
        (Symmetric, Symmetric, turn, Path::Relayed),
        (Symmetric, Symmetric, mapping, Path::Direct),
        (DoubleNat, PortRestricted, mapping, Path::None(Why::NoAddress)),
        (UdpBlocked, PortRestricted, mapping, Path::Tcp),
        (PortRestricted, UdpBlocked, mapping, Path::Tcp),
        (PortRestricted, UdpBlocked, stun, Path::None(Why::UdpBlocked)),
        (UdpBlocked, UdpBlocked, turn, Path::Relayed),
        (NoNat, Ipv6Only, stun, Path::None(Why::Families)),
        (Ipv6Only, NoNat, turn, Path::Relayed),
        (Ipv6Only, Ipv6Only, nothing, Path::Direct),
    ] {
        assert_eq!(expected(host, guest, options), path, "{host} to {guest}, {options}");
    }
}

#[test]
fn nothing_that_is_turned_on_takes_a_way_away_and_with_a_relay_there_always_is_one() {
    for options in Options::all() {
        for (host, guest) in Kind::ALL.iter().flat_map(|host| Kind::ALL.map(|guest| (*host, guest))) {
            let path = expected(host, guest, options);
            let has_way = |options| !matches!(expected(host, guest, options), Path::None(_));
            if options.turn {
                assert!(has_way(options), "{host} to {guest}, {options}: {path}");
            }
            let more = [
                Options { mapping: true, ..options },
                Options { stun: true, ..options },
                Options { turn: true, ..options },
            ];
            assert!(!has_way(options) || more.into_iter().all(has_way), "{host} to {guest}, {options}: {path}");
        }
    }
}

#[test]
fn a_router_that_is_asked_for_a_port_lets_strangers_in_by_it() {
    if !inside(module_path!(), "a_router_that_is_asked_for_a_port_lets_strangers_in_by_it") {
        return;
    }
    let internet = Internet::new();
    let _servers = Reflectors::start();
    for kind in [Kind::PortRestricted, Kind::Symmetric] {
        let site = internet.plug("h", kind);
        let mapping = PortMapping::start(&site).expect("there is a router");
        let port = map_by_nat_pmp(&site);
        assert_eq!(mapping.ports(), [("udp".to_owned(), port)], "{kind}");
        assert!(hears_strangers(&site, port), "{kind}");
    }
    assert!(PortMapping::start(&internet.plug("h", Kind::NoNat)).is_none(), "no router, nobody to ask");
}
