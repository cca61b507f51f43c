//! People come and go, and so do hosts.

use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, free_port, until};

#[test]
fn a_closed_tab_is_a_peer_that_left() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    browser.goto("about:blank");
    let left = host.wait_for("peer_left", LONG);
    assert_eq!((&left["peer"], &left["name"]), (&peer, &"Ann".into()));
    host.stats_when("nobody", LONG, |stats| stats["peers"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn a_browser_that_vanishes_is_a_peer_that_left() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let mut browser = Browser::playing(&host.url_for("Ann"));
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    browser.kill();
    assert_eq!(host.wait_for("peer_left", LONG)["peer"], peer);
}

#[test]
fn a_reload_keeps_the_seat() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let ann = Browser::playing(&host.url_for("Ann"));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 0);
    let bea = Browser::playing(&host.url_for("Bea"));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 1);
    // Ann's seat waits for her: Bea must not slip into it.
    ann.goto("about:blank");
    host.wait_for("peer_left", LONG);
    bea.reload();
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 1);
    ann.goto(&host.url_for("Ann"));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 0);
    for (browser, seat) in [(&ann, "0"), (&bea, "1")] {
        browser.wait_for_state("playing");
        browser.wait_for_dataset("seat", seat);
    }
}

#[test]
fn the_page_waits_for_a_host_that_is_gone_and_takes_no_other_for_it() {
    let _alone = common::alone();
    let mut host = Setup::fixture().http(&format!("127.0.0.1:{}", free_port())).start();
    let browser = Browser::playing(&host.url_for("Ann"));
    let address = host.address();
    host.kill();
    browser.wait_for_state("reconnecting");
    until("the port to be free again", LONG, || std::net::TcpListener::bind(&address).is_ok().then_some(()));
    let second = Setup::fixture().http(&address).start();
    // Every host makes its own secret: the old link opens nothing here.
    browser.wait_for_state("refused");
    assert_eq!(browser.history("state"), ["connecting", "playing", "reconnecting", "refused"]);
    assert!(second.events_named("peer_joined").is_empty());
}

#[test]
fn the_page_says_that_the_host_has_closed_the_room() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    host.end_by(rustix::process::Signal::TERM);
    browser.wait_for_state("closed");
    assert_eq!(browser.heard("closing").pop().map(|it| it["code"].clone()), Some("host_closed".into()));
}
