//! A friend's network goes away and comes back: between two network namespaces of this test's own, so that nothing else
//! on the machine is touched.

use crate::common::host::Setup;
use crate::common::network::{inside, run};
use crate::common::{self, Browser, LONG, built_core, button, pass};
use std::time::{Duration, Instant};

const CUT: Duration = Duration::from_secs(10);
/// Three seconds are what it should take and what is printed; a busy machine gets more.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// The host lives in the namespace `far`, at 10.77.0.2; the browser here, at 10.77.0.1.
fn two_machines() {
    run("mount -t tmpfs none /run");
    run("ip netns add far");
    run("ip link set lo up");
    run("ip netns exec far ip link set lo up");
    run("ip link add near type veth peer name there netns far");
    run("ip addr add 10.77.0.1/24 dev near");
    run("ip link set near up");
    run("ip netns exec far ip addr add 10.77.0.2/24 dev there");
    run("ip netns exec far ip link set there up");
}

#[test]
fn whoever_lost_the_network_is_back_in_their_seat_by_themselves() {
    let _alone = common::alone();
    if !inside(module_path!(), "whoever_lost_the_network_is_back_in_their_seat_by_themselves") {
        return;
    }
    two_machines();
    let mut host = Setup::core(&built_core("fixture"))
        .http("10.77.0.2:0")
        .udp("10.77.0.2:0")
        .within(&["ip", "netns", "exec", "far"])
        .start();
    let ann = Browser::playing(&host.url_for("Ann"));
    let first = host.wait_for("peer_joined", LONG);
    assert_eq!(first["seat"], 0);
    ann.press("x");
    ann.watch_until("a held button", LONG, |blocks| blocks.buttons[0] == button::A);
    host.stats_when("the seat's light", LONG, |stats| stats["lights"] == 1);

    let cut = Instant::now();
    run("ip netns exec far ip link set there down");
    // What was held when the network went is let go on the host, while the friend is away.
    host.stats_when("the light to go out", LONG, |stats| stats["lights"] == 0);
    host.wait_for("peer_left", LONG);
    let stats =
        host.stats_when("an empty chair that is kept", LONG, |stats| stats["seats"][0]["holders"][0]["away"] == true);
    assert_eq!(stats["seats"][0]["holders"][0]["name"], "Ann");
    ann.release("x");
    pass(CUT.saturating_sub(cut.elapsed()));
    ann.sights();
    run("ip netns exec far ip link set there up");
    let back = Instant::now();
    let again = host.wait_for("peer_joined", LONG);
    ann.newest();
    let took = back.elapsed();
    println!("back after {:.1} s", took.as_secs_f64());
    assert!(took < BACK_WITHIN, "{took:?}");
    assert_eq!((&again["name"], &again["seat"]), (&"Ann".into(), &0.into()));
    assert_eq!(host.stats()["seats"][0]["holders"].as_array().map(Vec::len), Some(1), "one Ann, not two");
    ann.press("x");
    ann.watch_until("the button again", LONG, |blocks| blocks.buttons[0] == button::A);
    ann.release("x");
    ann.watch_until("let go", LONG, |blocks| blocks.buttons[0] == 0);
    host.assert_alive();
}
