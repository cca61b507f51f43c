//! What a game tells and asks of guests in their browsers: texts over the picture, discs, and the motion of a phone.

use crate::common::content;
use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, TempDir, until};
use serde_json::{Value, json};
use std::sync::Arc;

fn host(core: &str) -> Host {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, core);
    Setup::core(&core).home(home).start()
}

fn text(tab: &Browser, id: &str) -> String {
    let shown = format!("const it = document.getElementById('{id}'); return it.hidden ? '' : it.innerText");
    tab.eval(&shown).as_str().unwrap_or_default().to_owned()
}

fn click(tab: &Browser, id: &str) {
    tab.eval(&format!("document.getElementById('{id}').click(); return true"));
}

#[test]
fn guests_read_what_the_core_says_as_text_without_folders_and_the_bar_goes_on_in_its_place() {
    let _alone = common::alone();
    let host = host("tells_core");
    let ann = Browser::playing(&host.url_for("Ann"));
    until("the note", LONG, || (text(&ann, "osd-note") == "<b>kept</b> in tells.bin").then_some(()));
    let percent = || ann.eval("return document.getElementById('osd-bar').value").as_u64();
    let first = until("the bar", LONG, || (text(&ann, "osd-progress") == "Going on").then(percent)?);
    until("the bar to go on", LONG, || percent().filter(|now| *now > first));
    assert_eq!(text(&ann, "osd-note"), "<b>kept</b> in tells.bin", "what is less important does not take its place");
    // Told with their folders to the host, and no news again and again.
    let notices: Vec<Value> = host.events_named("notice").into_iter().map(|it| it["text"].clone()).collect();
    assert!(notices.iter().any(|it| it.as_str().is_some_and(|it| it.starts_with("<b>kept</b> in /"))), "{notices:?}");
    assert!(notices.contains(&"second 1".into()) && !notices.contains(&"Going on".into()), "{notices:?}");
}

#[test]
fn a_guest_who_may_changes_the_disc_and_everyone_reads_who_did() {
    let _alone = common::alone();
    let mut host = host("asks_core");
    let ann = Browser::playing(&host.url_for("Ann"));
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    let bea = Browser::playing(&host.url_for("Bea"));
    until("the discs", LONG, || {
        let discs = ann.heard("discs");
        discs
            .last()
            .filter(|it| it["names"] == json!(["Disc 1", "Disc 2", "The end"]) && it["inserted"] == 0)
            .map(|_| ())
    });
    ann.eval("probe.say({type: 'do', what: 'disc', disc: 1}); return true");
    until("the refusal", LONG, || ann.heard("no").last().filter(|no| no["code"] == "right").map(|_| ()));
    host.command(&json!({"command": "rights", "peer": peer, "rights": ["discs"]}).to_string());
    until("the button", LONG, || {
        (ann.eval("return document.getElementById('game-toggle').hidden") == false).then_some(())
    });
    ann.eval("probe.say({type: 'do', what: 'disc', disc: 3}); return true");
    until("no such disc", LONG, || ann.heard("no").last().filter(|no| no["code"] == "gone").map(|_| ()));
    click(&ann, "game-toggle");
    ann.eval(
        "const list = document.getElementById('disc'); list.value = '2'; list.dispatchEvent(new Event('change')); return true",
    );
    click(&ann, "do-disc");
    host.stats_when("the disc", LONG, |stats| stats["discs"]["inserted"] == 2);
    for tab in [&ann, &bea] {
        let told = until("who did it", LONG, || tab.heard("disc").last().cloned());
        assert_eq!((&told["name"], &told["disc"], &told["label"]), (&"Ann".into(), &2.into(), &"The end".into()));
        until("a line of it", LONG, || {
            let log = tab.eval("return document.getElementById('chat-log').textContent");
            log.as_str().is_some_and(|log| log.contains("put in \u{2068}The end\u{2069}.")).then_some(())
        });
    }
    let event = host.wait_for("disc_changed", LONG);
    assert_eq!((&event["name"], &event["disc"]), (&"Ann".into(), &2.into()));
    // The host's own command is told in the same way, and one for a disc that is not there is refused with a sentence.
    host.command(r#"{"command":"disc","index":0}"#);
    until("the host's", LONG, || bea.heard("disc").last().filter(|it| it["disc"] == 0).map(|_| ()));
    host.command(r#"{"command":"disc","index":7}"#);
    let refusal = "The game has no disc 8.";
    until(refusal, LONG, || host.events_named("notice").iter().any(|it| it["text"] == refusal).then_some(()));
}

#[test]
fn a_phone_that_is_tilted_tilts_the_game_while_its_player_holds_the_seat() {
    let _alone = common::alone();
    let mut host = host("tells_core");
    let ann = Browser::playing(&host.url_for("Ann"));
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    let status = |wanted: &str| {
        until(wanted, LONG, || (text(&ann, "osd-status") == wanted).then_some(()));
    };
    let rest = "0.00 0.00 0.00 0.00 0.00 0.00";
    // Nobody sits at the host's machine, so somebody with a phone may come to either.
    status(&format!("port 0 on: {rest}\nport 1 on: {rest}"));
    ann.eval(
        "Object.defineProperty(navigator, 'maxTouchPoints', { value: 5 });
        window.tilting = setInterval(() => window.dispatchEvent(new DeviceMotionEvent('devicemotion', {
            accelerationIncludingGravity: { x: 4.903325, y: 0, z: -9.80665 },
            rotationRate: { alpha: 0, beta: 0, gamma: 90 } })), 20);
        return true",
    );
    // The page looks again when it is told of its seats.
    host.command(&json!({"command": "sit", "peer": peer, "seat": 1, "on": true}).to_string());
    until("the offer", LONG, || (text(&ann, "use-motion") == "Use this phone's motion").then_some(()));
    click(&ann, "use-motion");
    status(&format!("port 0 on: 0.50 0.00 -1.00 0.00 0.00 1.57\nport 1 on: {rest}"));
    // With another seat it is that one that is tilted, and the first is at rest.
    host.command(&json!({"command": "sit", "peer": peer, "seat": 0, "on": false}).to_string());
    status(&format!("port 0 on: {rest}\nport 1 on: 0.50 0.00 -1.00 0.00 0.00 1.57"));
    host.command(&json!({"command": "mute", "peer": peer, "on": true}).to_string());
    status(&format!("port 0 on: {rest}\nport 1 on: {rest}"));
    host.assert_alive();
}
