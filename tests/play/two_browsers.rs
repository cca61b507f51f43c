//! Two friends on two seats of one game.

use crate::common::{self, Browser, Host, LONG, button, until};
use std::time::Duration;

#[test]
fn each_plays_their_own_seat_and_both_see_both() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let ann = Browser::playing(&host.url_for("Ann"));
    let first = host.wait_for("peer_joined", LONG);
    let bea = Browser::playing(&host.url_for("Bea"));
    let second = host.wait_for("peer_joined", LONG);
    assert_eq!((&first["name"], &first["seat"]), (&"Ann".into(), &0.into()));
    assert_eq!((&second["name"], &second["seat"]), (&"Bea".into(), &1.into()));
    assert_ne!(first["peer"], second["peer"]);
    assert_eq!(ann.dataset("seat"), "0");
    assert_eq!(bea.dataset("seat"), "1");

    ann.press("x");
    for browser in [&ann, &bea] {
        browser.watch_until("Ann's button on seat 0", LONG, |blocks| blocks.buttons == [button::A, 0, 0, 0]);
    }
    bea.press("z");
    for browser in [&ann, &bea] {
        browser.watch_until("both buttons", LONG, |blocks| blocks.buttons == [button::A, button::B, 0, 0]);
    }
    ann.release("x");
    for browser in [&ann, &bea] {
        browser.watch_until("Bea's button on seat 1", LONG, |blocks| blocks.buttons == [0, button::B, 0, 0]);
    }
    bea.release("z");
    for browser in [&ann, &bea] {
        browser.watch_until("no button", LONG, |blocks| blocks.buttons == [0; 4]);
    }

    for browser in [&ann, &bea] {
        let room = until("a room with both", LONG, || {
            browser
                .heard("room")
                .into_iter()
                .next_back()
                .filter(|room| room["peers"].as_array().is_some_and(|peers| peers.len() == 2))
        });
        let names: Vec<&str> =
            room["peers"].as_array().into_iter().flatten().filter_map(|peer| peer["name"].as_str()).collect();
        assert_eq!(names, ["Ann", "Bea"]);
        let holder = |seat: &serde_json::Value| seat["holders"][0]["name"].as_str().unwrap_or("-").to_owned();
        let seats: Vec<String> = room["seats"].as_array().into_iter().flatten().map(holder).collect();
        assert_eq!(seats, ["Ann", "Bea", "-", "-"]);
    }
    let stats = host
        .stats_when("figures of both", LONG, |stats| stats["peers"].as_array().is_some_and(|peers| peers.len() == 2));
    assert!(stats["peers"].as_array().into_iter().flatten().all(|peer| peer["kbit_s"].as_u64() > Some(0)), "{stats}");
}

#[test]
fn whoever_comes_later_sees_the_game_at_once() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let ann = Browser::playing(&host.url_for("Ann"));
    common::pass(Duration::from_secs(3));
    let bea = Browser::playing(&host.url_for("Bea"));
    // Read one after the other: each is further on than the one before, but for what lies on the way to a page.
    let (a, b, later) = (ann.newest().frame, bea.newest().frame, ann.newest().frame);
    assert!(b + 30 >= a && later + 30 >= b, "{a}, {b} and {later}");
    host.assert_alive();
}

#[test]
fn one_who_is_shown_out_is_told_and_the_other_plays_on() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let ann = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    let bea = Browser::playing(&host.url_for("Bea"));
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    host.command(&format!(r#"{{"command":"kick","peer":{peer}}}"#));
    assert_eq!(host.wait_for("peer_left", LONG)["peer"], peer);
    bea.wait_for_state("closed");
    assert_eq!(bea.heard("closing").first().map(|it| it["code"].clone()), Some("kicked".into()));
    let before = ann.newest().frame;
    ann.watch_until("further frames", LONG, |blocks| blocks.frame > before + 60);
}
