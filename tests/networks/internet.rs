//! Friends who are elsewhere: host and guests behind routers, who meet by a broker and find a way through.

use crate::common::browser::Tab;
use crate::common::firefox::Firefox;
use crate::common::network::inside;
use crate::common::{self, LONG, button, until};
use crate::nat::Kind;
use crate::nat::calls::{Friend, Seen, export_page, host, is_as_expected};
use crate::nat::servers::{PortMapping, Servers};
use crate::nat::sites::Internet;
use crate::nat::theory::{Options, Path, expected};
use rustix::process::Signal;

/// A button of the page is one of the game.
fn presses(page: &(dyn Tab + 'static)) {
    page.press("x");
    page.watch_until("a held button", LONG, |blocks| blocks.buttons.contains(&button::A));
    page.release("x");
}

#[test]
fn a_router_that_is_asked_to_leads_friends_in_by_udp_and_by_tcp() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_router_that_is_asked_to_leads_friends_in_by_udp_and_by_tcp") {
        return;
    }
    let options = Options { mapping: true, stun: true, ..Options::default() };
    let internet = Internet::new();
    let servers = Servers::start();
    export_page(&servers, options);
    let home = internet.plug("h", Kind::Symmetric);
    let router = PortMapping::start(&home).expect("there is a router");
    let mut host = host(&home, &servers, options);
    let link = host.url_for("Ann");
    until("both ports are open", LONG, || (router.ports().len() == 2).then_some(()));
    for kind in [Kind::Symmetric, Kind::UdpBlocked] {
        let friend = Friend::open(internet.plug("g", kind), &link);
        let (seen, expected) = (friend.outcome(), expected(Kind::Symmetric, kind, options));
        assert!(is_as_expected(&seen, expected), "{kind}: {seen:?} instead of {expected}");
        friend.see(|page| presses(&**page));
    }
    host.assert_alive();
    host.end_by(Signal::TERM);
    until("both ports are closed", LONG, || router.ports().is_empty().then_some(()));
}

#[test]
fn where_no_way_leads_through_the_routers_a_relay_that_the_host_names_carries_the_picture() {
    let _alone = common::alone();
    if !inside(module_path!(), "where_no_way_leads_through_the_routers_a_relay_that_the_host_names_carries_the_picture")
    {
        return;
    }
    let options = Options { stun: true, turn: true, ..Options::default() };
    let internet = Internet::new();
    let servers = Servers::start();
    export_page(&servers, options);
    let home = internet.plug("h", Kind::Symmetric);
    let mut host = host(&home, &servers, options);
    let link = host.url_for("Ann");
    for kind in [Kind::Symmetric, Kind::UdpBlocked] {
        let friend = Friend::open(internet.plug("g", kind), &link);
        assert_eq!(
            friend.outcome(),
            Seen::Played(Path::Relayed),
            "{kind}; coturn says:\n{}",
            servers.log("turnserver.log")
        );
        friend.see(|page| presses(&**page));
        let stats = host.stats_when("the relay", LONG, |stats| stats["peers"][0]["path"].is_string());
        assert_eq!(stats["peers"][0]["path"], "relayed", "{stats}");
        drop(friend);
        host.wait_for("peer_left", LONG);
    }
    host.assert_alive();
}

#[test]
fn friends_behind_routers_of_their_own_meet_by_a_broker_and_play_with_gamepads() {
    let _alone = common::alone();
    if !inside(module_path!(), "friends_behind_routers_of_their_own_meet_by_a_broker_and_play_with_gamepads") {
        return;
    }
    let options = Options { stun: true, ..Options::default() };
    let internet = Internet::new();
    let servers = Servers::start();
    export_page(&servers, options);
    let home = internet.plug("h", Kind::PortRestricted);
    let mut host = host(&home, &servers, options);
    let link = host.url_for("Ann");
    assert!(link.starts_with("https://meet.example/"), "{link}");

    let ann = Friend::open(internet.plug("g", Kind::PortRestricted), &link);
    assert_eq!(ann.outcome(), Seen::Played(Path::Punched));
    host.wait_for("peer_joined", LONG);
    assert_eq!(ann.see(|it| it.eval("return window.isSecureContext")), true);
    assert_eq!(ann.see(|it| it.eval("return typeof navigator.getGamepads")), "function");
    ann.see(|page| presses(&**page));

    // Another friend at the same time, in a network that lets less through, is told why it does not work.
    for kind in [Kind::DoubleNat, Kind::Symmetric, Kind::UdpBlocked] {
        let other = Friend::open(internet.plug("o", kind), &link.replace("Ann", "Bea"));
        let seen = other.outcome();
        let expected = expected(Kind::PortRestricted, kind, options);
        assert!(is_as_expected(&seen, expected), "{kind}: {seen:?} instead of {expected}");
    }
    // And the first one plays on.
    ann.see(|page| presses(&**page));
    host.assert_alive();
}

#[test]
fn a_friend_with_firefox_meets_the_host_by_a_broker_too() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_friend_with_firefox_meets_the_host_by_a_broker_too") {
        return;
    }
    let options = Options { stun: true, ..Options::default() };
    let internet = Internet::new();
    let servers = Servers::start();
    export_page(&servers, options);
    let home = internet.plug("h", Kind::PortRestricted);
    let mut host = host(&home, &servers, options);
    let site = internet.plug("g", Kind::PortRestricted);
    let page = site.run(|| Firefox::elsewhere(&host.url_for("Ann")));
    page.wait_for_picture();
    presses(&*page);
    assert_eq!(page.eval("return window.isSecureContext"), true);
    assert_eq!(page.eval("return typeof navigator.getGamepads"), "function");
    let stats = host.stats_when("the way", LONG, |stats| stats["peers"][0]["path"].is_string());
    assert_eq!(stats["peers"][0]["path"], "internet", "{stats}");
    host.assert_alive();
}
