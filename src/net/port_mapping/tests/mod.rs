//! Against routers of our own on loopback, good ones and bad ones.

mod hostile;
mod igd;
mod router;

use super::lease::Pace;
use super::*;
use igd::Manners;
use router::{EXTERNAL, Router, nat_pmp, pcp};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(30);
const LOCAL: Ipv4Addr = Ipv4Addr::LOCALHOST;
const PCP_PORT: u16 = 5351;

/// Quick enough for a test.
const QUICK: Pace = Pace {
    least: Duration::from_millis(200),
    most: Duration::from_secs(5),
    retry: Duration::from_millis(200),
    rest: Duration::from_millis(10),
};

fn port(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a port")
}

fn wanted() -> Vec<Wanted> {
    let of = |protocol| Wanted { protocol, internal_port: port(5000), external_port: port(6000) };
    vec![of(Protocol::Udp), of(Protocol::Tcp)]
}

fn gateway(router: &Router) -> Gateway {
    Gateway { address: SocketAddr::from((router.address, 0)), local: LOCAL.into() }
}

/// The router is the only one there is.
fn only(router: &Router) -> Gateways {
    let gateway = gateway(router);
    Arc::new(move |family| (family == Family::Ipv4).then_some(gateway))
}

fn start(gateways: Gateways) -> (PortMapper, Receiver<MappingStatus>) {
    // Full, news are lost: tests read them.
    let (news, told) = sync_channel(1024);
    let on_news = move |status| {
        let _ = news.try_send(status);
    };
    let mapper = PortMapper::start_at(QUICK, wanted(), gateways, crate::sync::now, on_news).expect("a thread");
    (mapper, told)
}

/// The first status of which all IPv4 outcomes are as they should be.
fn until(told: &Receiver<MappingStatus>, what: impl Fn(&Outcome) -> bool) -> MappingStatus {
    loop {
        let status = told.recv_timeout(LONG).expect("news");
        if status.iter().all(|port| what(&port.ipv4)) {
            return status;
        }
    }
}

fn is_mapped(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Mapped(_))
}

fn mapping(outcome: &Outcome) -> Mapping {
    match outcome {
        Outcome::Mapped(mapping) | Outcome::NotReachable { mapping, .. } => *mapping,
        other => panic!("{other:?}"),
    }
}

fn wait_for(what: &str, so: impl Fn() -> bool) {
    for _ in 0..1500 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("never: {what}");
}

#[test]
fn a_router_that_speaks_pcp_maps_both_ports_renews_and_removes_them() {
    let (router, _running) = Router::new(1);
    router.datagrams(PCP_PORT, |router, request, from| pcp(router, request, from, 1));
    let (mapper, told) = start(only(&router));
    let status = until(&told, is_mapped);
    for port in &status {
        let internal = SocketAddr::from((LOCAL, 5000));
        let external = SocketAddr::from((EXTERNAL, 6000));
        assert_eq!(mapping(&port.ipv4), Mapping { method: Method::Pcp, external, internal });
        assert_eq!(port.ipv6, Outcome::Unmapped(MappingProblem::NoIpv6));
    }
    let before = router.times_asked();
    wait_for("renewed", || router.times_asked() >= before + 4);
    drop(mapper);
    assert_eq!(router.entries(), []);
}

#[test]
fn an_older_router_is_asked_by_nat_pmp() {
    let (router, _running) = Router::new(2);
    router.datagrams(PCP_PORT, |router, request, from| nat_pmp(router, request, from, EXTERNAL));
    let (mapper, told) = start(only(&router));
    let status = until(&told, is_mapped);
    assert!(status.iter().all(|port| mapping(&port.ipv4).method == Method::NatPmp), "{status:?}");
    assert_eq!(router.entries().len(), 2);
    drop(mapper);
    assert_eq!(router.entries(), []);
}

#[test]
fn a_router_that_speaks_upnp_only_is_found_and_its_mappings_are_removed() {
    let (router, _running) = Router::new(3);
    igd::start(&router, Manners::default());
    let (mapper, told) = start(only(&router));
    let status = until(&told, is_mapped);
    let mapping = mapping(&status[0].ipv4);
    assert_eq!((mapping.method, mapping.external), (Method::Upnp, SocketAddr::from((EXTERNAL, 6000))));
    let internal = SocketAddr::from((LOCAL, 5000));
    assert_eq!(router.entries(), [("UDP", 6000, internal, 3600), ("TCP", 6000, internal, 3600)]);
    drop(mapper);
    assert_eq!(router.entries(), []);
}

#[test]
fn a_router_that_knows_permanent_leases_only_gets_one_that_is_removed_at_the_end() {
    let (router, _running) = Router::new(4);
    igd::start(&router, Manners { permanent_only: true, ..Manners::default() });
    let (mapper, told) = start(only(&router));
    until(&told, is_mapped);
    assert!(router.entries().iter().all(|entry| entry.3 == 0), "{:?}", router.entries());
    drop(mapper);
    assert_eq!(router.entries(), []);
}

#[test]
fn a_port_that_the_router_keeps_to_itself_is_replaced_by_the_one_inside() {
    let (router, _running) = Router::new(71);
    igd::start(&router, Manners { keeps: vec![6000], ..Manners::default() });
    let (mapper, told) = start(only(&router));
    let status = until(&told, is_mapped);
    for port in &status {
        assert_eq!(mapping(&port.ipv4).external, SocketAddr::from((EXTERNAL, 5000)));
    }
    drop(mapper);
    assert_eq!(router.entries(), []);
}

#[test]
fn a_port_that_somebody_else_has_is_replaced_by_another() {
    let (router, _running) = Router::new(5);
    igd::start(&router, Manners { taken: vec![6000], ..Manners::default() });
    let (mapper, told) = start(only(&router));
    let status = until(&told, is_mapped);
    let external = mapping(&status[0].ipv4).external.port();
    assert_ne!(external, 6000);
    assert!(router.entries().iter().any(|entry| entry.0 == "UDP" && entry.1 == external));
    drop(mapper);
    assert_eq!(router.entries(), []);
}

#[test]
fn a_mapping_that_a_router_forgot_is_there_again_after_the_next_renewal() {
    let (router, _running) = Router::new(6);
    router.datagrams(PCP_PORT, |router, request, from| pcp(router, request, from, 1));
    let (_mapper, told) = start(only(&router));
    until(&told, is_mapped);
    router.table.lock().expect("the table").clear();
    wait_for("mapped again", || router.entries().len() == 2);
}

#[test]
fn a_router_that_stops_to_answer_is_believed_until_the_lease_ends_and_asked_again() {
    let (router, _running) = Router::new(7);
    let silent = Arc::new(Mutex::new(false));
    let is_silent = silent.clone();
    router.datagrams(PCP_PORT, move |router, request, from| {
        if *is_silent.lock().expect("a flag") { Vec::new() } else { pcp(router, request, from, 2) }
    });
    let (_mapper, told) = start(only(&router));
    until(&told, is_mapped);
    *silent.lock().expect("a flag") = true;
    let status = until(&told, |outcome| matches!(outcome, Outcome::Unmapped(_)));
    let gateway = router.address.into();
    assert_eq!(status[0].ipv4, Outcome::Unmapped(MappingProblem::NoAnswer { gateway }));
    *silent.lock().expect("a flag") = false;
    until(&told, is_mapped);
}

#[test]
fn another_router_gets_the_mappings_and_the_first_one_none() {
    let (first, _first_running) = Router::new(8);
    let (second, _second_running) = Router::new(9);
    for router in [&first, &second] {
        router.datagrams(PCP_PORT, |router, request, from| pcp(router, request, from, 3600));
    }
    let now = Arc::new(Mutex::new(Some(gateway(&first))));
    let current = now.clone();
    let gateways: Gateways =
        Arc::new(move |family| if family == Family::Ipv4 { *current.lock().expect("a gateway") } else { None });
    let (mapper, told) = start(gateways);
    until(&told, is_mapped);
    *now.lock().expect("a gateway") = Some(gateway(&second));
    let seen = IpAddr::from([198, 51, 100, 9]);
    mapper.set_seen_by_others(seen);
    until(&told, |outcome| matches!(outcome, Outcome::NotReachable { .. }));
    mapper.network_changed();
    wait_for("the second has them", || second.entries().len() == 2);
    // What was seen behind the first router says nothing about the second.
    until(&told, is_mapped);
    mapper.set_seen_by_others(seen);
    until(&told, |outcome| matches!(outcome, Outcome::NotReachable { .. }));
    wait_for("the first has none", || first.entries().is_empty());
    *now.lock().expect("a gateway") = None;
    mapper.network_changed();
    until(&told, |outcome| *outcome == Outcome::Unmapped(MappingProblem::NoGateway));
    wait_for("the second has none", || second.entries().is_empty());
}

#[test]
fn a_private_address_of_the_router_and_another_one_that_others_see_are_told() {
    let (router, _running) = Router::new(10);
    router.datagrams(PCP_PORT, |router, request, from| nat_pmp(router, request, from, Ipv4Addr::new(100, 64, 3, 4)));
    let (_mapper, told) = start(only(&router));
    let status = until(&told, |outcome| matches!(outcome, Outcome::NotReachable { .. }));
    assert!(
        matches!(status[0].ipv4, Outcome::NotReachable { why: MappingProblem::CarrierGrade { .. }, .. }),
        "{status:?}"
    );

    let (router, _running) = Router::new(12);
    igd::start(&router, Manners { external: "192.168.178.7", ..Manners::default() });
    let (_mapper, told) = start(only(&router));
    let status = until(&told, |outcome| matches!(outcome, Outcome::NotReachable { .. }));
    let Outcome::NotReachable { why, .. } = &status[0].ipv4 else { panic!("{status:?}") };
    assert_eq!(*why, MappingProblem::DoubleNat { external: IpAddr::from([192, 168, 178, 7]) });

    let (router, _running) = Router::new(11);
    router.datagrams(PCP_PORT, |router, request, from| pcp(router, request, from, 3600));
    let (mapper, told) = start(only(&router));
    until(&told, is_mapped);
    let seen = IpAddr::from([198, 51, 100, 9]);
    mapper.set_seen_by_others(seen);
    let status = until(&told, |outcome| matches!(outcome, Outcome::NotReachable { .. }));
    let why = MappingProblem::OtherAddress { external: EXTERNAL.into(), seen };
    assert_eq!(status[1].ipv4, Outcome::NotReachable { mapping: mapping(&status[1].ipv4), why });
    mapper.set_seen_by_others(EXTERNAL.into());
    until(&told, is_mapped);
}
