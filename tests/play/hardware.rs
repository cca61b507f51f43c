//! A core that draws with OpenGL is played in a browser, and its crashes cost no more than another core's.

use crate::common::content::{self, DRAWS};
use crate::common::host::Setup;
use crate::common::{self, Browser, Host, LONG, Sight, TempDir, button, is_running, signal, until};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// States are kept every 2 seconds; the machine may have been busy with something else.
const AT_MOST_LOST: u32 = 360;

fn draws(options: &[(&str, &str)]) -> Host {
    let home = Arc::new(TempDir::new());
    let setup = Setup::core(&content::c_core(&home, DRAWS)).home(home);
    options.iter().fold(setup, |setup, (key, value)| setup.option(&format!("draws_{key}"), value)).start()
}

#[test]
fn what_the_card_drew_is_streamed_at_every_size() {
    const EVERY: u32 = 60;
    // The second and the last are larger than what was stated before.
    const SIZES: [(u64, u64); 4] = [(256, 240), (640, 480), (365, 241), (768, 576)];
    let _alone = common::alone();
    let sizes = SIZES.map(|(width, height)| format!("{width}x{height}")).join(",");
    let every = EVERY.to_string();
    let options = [("sizes", sizes.as_str()), ("every", &every), ("announce", "av_info"), ("buffers", "both")];
    let mut host = draws(&options);
    let browser = Browser::playing(&host.url_for("Ann"));
    browser.newest();
    // Two rounds.
    let sights = browser.watch_frames(2 * EVERY * SIZES.len() as u32);
    let read: Vec<(u32, &Sight)> = sights.iter().filter_map(|sight| Some((sight.blocks?.frame, sight))).collect();
    assert!(read.len() >= 200 && read.len() * 100 >= sights.len() * 98, "{} of {}", read.len(), sights.len());
    for (frame, sight) in &read {
        let wanted = SIZES[(frame / EVERY) as usize % SIZES.len()];
        assert_eq!(sight.picture, wanted, "frame {frame} came as {:?}", sight.size);
    }
    let seen: BTreeSet<_> = read.iter().map(|(_, sight)| sight.picture).collect();
    assert_eq!(seen.len(), SIZES.len(), "{seen:?}");
    assert!(read.is_sorted_by(|a, b| a.0 <= b.0));
    // Buttons reach it.
    browser.press("x");
    browser.watch_until("the button in the picture", LONG, |blocks| blocks.buttons[0] == button::A);
    browser.release("x");
    assert!(host.events_named("core_died").is_empty());
    host.assert_alive();
}

fn pid(event: &Value) -> u32 {
    event["core_pid"].as_u64().map(|pid| pid as u32).expect("a core_pid")
}

/// Has the core do this to itself; `kill` comes from outside.
fn go_wrong(fault: &str, core: u32, browser: &Browser) {
    if fault == "kill" {
        signal(core, Signal::KILL);
        until("the core process to end", LONG, || (!is_running(core)).then_some(()));
        return;
    }
    // Pressed and released in one task: a held key would do it again.
    browser.eval(
        "for (const type of ['keydown', 'keyup']) document.body.dispatchEvent(new KeyboardEvent(type, { code: 'KeyX', key: 'x', bubbles: true }))",
    );
}

#[test]
fn kill_abort_and_hang_are_survived_three_times_each() {
    let _alone = common::alone();
    let mut host = draws(&[("buffers", "both")]);
    let browser = Browser::playing(&host.url_for("Ann"));
    host.wait_for("peer_joined", LONG);
    let mut core = pid(host.ready());
    for fault in ["kill", "abort", "hang"] {
        host.command(&format!(r#"{{"command":"option","key":"draws_fault","value":"{fault}"}}"#));
        // The first goes on where the game was, the second begins anew, the third waits for the host.
        for (restarting, enough) in [(true, 150), (true, 20), (false, 20)] {
            browser.watch_until("a game that ran for a while", LONG, |blocks| blocks.frame > enough);
            let before = browser.newest().frame;
            go_wrong(fault, core, &browser);
            let died = host.wait_for("core_died", LONG);
            assert_eq!(died["restarting"], restarting, "{fault}: {died}");
            if !restarting {
                host.command(r#"{"command":"restart"}"#);
            }
            let restarted = host.wait_for("core_restarted", LONG);
            core = pid(&restarted);
            browser.sights();
            let sights = browser.watch_until("frames of the new context", LONG, |_| true);
            let first = sights.iter().find_map(|sight| sight.blocks).expect("a frame").frame;
            if restarted["revived"] == true {
                assert!(first + AT_MOST_LOST >= before, "{fault}: it was at {before} and went on at {first}");
            }
        }
    }
    assert_eq!(host.events_named("core_restarted").len(), 9);
    assert!(host.events_named("core_restarted").iter().filter(|it| it["revived"] == true).count() >= 3);
    assert_eq!(browser.state(), "playing");
    assert!(host.events_named("peer_left").is_empty());
    host.assert_alive();
}
