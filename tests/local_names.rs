//! Browsers hide their addresses behind names that only multicast DNS knows. Where the host's firewall lets in only answers,
//! a friend in the same network is reached because the host asks for the name: in network namespaces of the test's own.

mod common;

use common::host::{Host, Setup};
use common::network::{cable, inside, machines, run};
use common::{Browser, LONG, built_core, button, until};
use serde_json::Value;

/// The friend is here, at 10.77.0.1, and the host's machine on the same cable, at 10.77.0.2. What comes to it by UDP is
/// dropped, but for answers and for what these rules let in, too.
fn walled_host(and: &[&str]) -> Host {
    machines(&["far"]);
    cable([("", "near", "10.77.0.1/24"), ("far", "there", "10.77.0.2/24")]);
    // A browser has an address to hide only where it has a way to the internet.
    run("ip route add default via 10.77.0.2");
    run("ip netns exec far nft add table inet wall");
    run("ip netns exec far nft add chain inet wall in { type filter hook input priority 0 ; }");
    let rules = ["iif lo accept", "ct state established,related accept"];
    for rule in rules.iter().chain(and).chain(&["meta l4proto udp drop"]) {
        run(&format!("ip netns exec far nft add rule inet wall in {rule}"));
    }
    let every = Setup::core(&built_core("fixture")).http("[::]:0").udp("[::]:0");
    every.within(&["ip", "netns", "exec", "far"]).start()
}

fn chosen(browser: &Browser) -> Option<Value> {
    browser.paths().into_iter().find(|it| it["chosen"] == true)
}

fn presses(browser: &Browser) {
    browser.press("x");
    browser.watch_until("a held button", LONG, |blocks| blocks.buttons[0] == button::A);
    browser.release("x");
    browser.watch_until("let go", LONG, |blocks| blocks.buttons[0] == 0);
}

#[test]
fn a_friend_behind_a_name_is_reached_by_a_host_whose_firewall_lets_in_only_answers() {
    if !inside("a_friend_behind_a_name_is_reached_by_a_host_whose_firewall_lets_in_only_answers") {
        return;
    }
    let _alone = common::alone();
    // As the firewalls of desktops do.
    let mut host = walled_host(&["ip daddr 224.0.0.251 udp dport 5353 accept"]);
    let ann = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    let way = until("the direct way", LONG, || chosen(&ann).filter(|it| it["protocol"] == "udp"));
    assert_eq!(way["address"], "10.77.0.2", "{way}");
    presses(&ann);
    host.assert_alive();
}
