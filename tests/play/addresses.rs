//! The host's addresses change while friends play, in network namespaces of the test's own: between two machines stands a router,
//! as on the internet, so that no address of one is known to the other but by being told.

use crate::common::host::Setup;
use crate::common::network::{cable, inside, machines, run};
use crate::common::{self, Browser, LONG, built_core, button, until};
use serde_json::Value;
use std::time::Instant;

/// The friend is here, at 10.79.0.1; the host's machine has no address yet.
fn friend_and_router() {
    machines(&["router", "far"]);
    run("ip netns exec router sysctl -q -w net.ipv4.ip_forward=1");
    cable([("", "near", "10.79.0.1/24"), ("router", "inside", "10.79.0.254/24")]);
    run("ip route add default via 10.79.0.254");
}

/// Plugs the host's machine into a network of the router's.
fn plug(network: u8) {
    let (ours, theirs) = (format!("10.{network}.0.2/24"), format!("10.{network}.0.254/24"));
    cable([("far", &format!("there{network}"), &ours), ("router", &format!("to{network}"), &theirs)]);
    run(&format!("ip netns exec far ip route add default via 10.{network}.0.254"));
}

fn unplug(network: u8) {
    run(&format!("ip netns exec far ip link del there{network}"));
}

fn presses(browser: &Browser) {
    browser.press("x");
    browser.watch_until("a held button", LONG, |blocks| blocks.buttons[0] == button::A);
    browser.release("x");
    browser.watch_until("let go", LONG, |blocks| blocks.buttons[0] == 0);
}

fn link_for(links: &Value, name: &str) -> String {
    links["url"].as_str().expect("a link").replacen("/#", &format!("/?name={name}#"), 1)
}

#[test]
fn a_host_that_moves_to_another_network_keeps_its_friends_and_has_a_new_link() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_host_that_moves_to_another_network_keeps_its_friends_and_has_a_new_link") {
        return;
    }
    friend_and_router();
    plug(77);
    let every = Setup::core(&built_core("fixture")).http("[::]:0").udp("[::]:0");
    let mut host = every.within(&["ip", "netns", "exec", "far"]).start();
    assert!(host.url().starts_with("http://10.77.0.2:"), "{}", host.url());
    let ann = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    presses(&ann);

    unplug(77);
    plug(78);
    let moved = Instant::now();
    let links = host.wait_for("links", LONG);
    let urls = links["urls"].as_array().expect("links");
    assert!(links["url"].as_str().is_some_and(|url| url.starts_with("http://10.78.0.2:")), "{links}");
    assert!(urls.iter().all(|url| !url.as_str().unwrap_or_default().contains("10.77.0.2")), "{links}");
    ann.sights();
    presses(&ann);
    assert!(host.events_named("peer_left").is_empty(), "she has been there all the time");
    println!("another network: the picture is back after {:.1} s", moved.elapsed().as_secs_f64());
    let bea = Browser::playing(&link_for(&links, "Bea"));
    host.wait_for("peer_joined", LONG);
    drop(bea);
    host.assert_alive();
}

#[test]
fn a_network_that_comes_up_later_leads_to_the_host_too_and_stays_when_the_first_one_goes() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_network_that_comes_up_later_leads_to_the_host_too_and_stays_when_the_first_one_goes")
    {
        return;
    }
    machines(&["far"]);
    let every = Setup::core(&built_core("fixture")).http("[::]:0").udp("[::]:0");
    let mut host = every.within(&["ip", "netns", "exec", "far"]).start();
    assert!(host.url().starts_with("http://127.0.0.1:"), "there is no network yet: {}", host.url());

    cable([("", "near", "10.77.0.1/24"), ("far", "there", "10.77.0.2/24")]);
    let links = host.wait_for("links", LONG);
    assert!(links["url"].as_str().is_some_and(|url| url.starts_with("http://10.77.0.2:")), "{links}");
    let ann = Browser::playing(&link_for(&links, "Ann"));
    host.wait_for("peer_joined", LONG);
    presses(&ann);

    cable([("", "near-b", "10.78.0.1/24"), ("far", "there-b", "10.78.0.2/24")]);
    host.wait_for("links", LONG);
    until("the other way", LONG, || ann.paths().into_iter().find(|it| it["address"] == "10.78.0.2"));
    run("ip link del near");
    ann.sights();
    presses(&ann);
    assert!(host.events_named("peer_left").is_empty(), "she has been there all the time");
    host.assert_alive();
}

#[test]
fn a_friend_whose_network_lets_no_udp_through_plays_by_the_port_of_the_page() {
    let _alone = common::alone();
    if !inside(module_path!(), "a_friend_whose_network_lets_no_udp_through_plays_by_the_port_of_the_page") {
        return;
    }
    machines(&["far"]);
    cable([("", "near", "10.77.0.1/24"), ("far", "there", "10.77.0.2/24")]);
    run("nft add table inet wall");
    run("nft add chain inet wall in { type filter hook input priority 0 ; }");
    run("nft add rule inet wall in meta l4proto udp iif near drop");
    let every = Setup::core(&built_core("fixture")).http("[::]:0").udp("[::]:0");
    let mut host = every.within(&["ip", "netns", "exec", "far"]).start();
    let ann = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    presses(&ann);
    let chosen = ann.paths().into_iter().find(|it| it["chosen"] == true).expect("a way");
    assert_eq!((&chosen["protocol"], &chosen["address"]), (&"tcp".into(), &"10.77.0.2".into()));
    ann.sights();
    let sights = ann.watch_frames(180);
    assert!(sights.len() > 100, "the picture moves: {} of 180 frames", sights.len());
    host.assert_alive();
}
