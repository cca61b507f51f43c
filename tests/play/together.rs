//! Being together: seats that are shared, moved and given up, rights, chat, reactions, lights, and whose buttons count.

use crate::common::browser::Tab;
use crate::common::{self, Browser, Host, LONG, button, until};
use serde_json::{Value, json};
use std::time::Duration;

fn click(tab: &(dyn Tab + 'static), selector: &str) {
    tab.eval(&format!("document.querySelector({}).click(); return true", json!(selector)));
}

fn join(host: &mut Host, name: &str) -> (Browser, u64) {
    let browser = Browser::playing(&host.url_for(name));
    let peer = host.wait_for("peer_joined", LONG)["peer"].as_u64().expect("a number");
    (browser, peer)
}

#[test]
fn two_share_a_seat_and_one_holds_two_and_a_muted_one_presses_nothing() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let (ann, ann_id) = join(&mut host, "Ann");
    let (bea, bea_id) = join(&mut host, "Bea");
    host.command(&json!({"command": "sit", "peer": bea_id, "seat": 0, "on": true}).to_string());
    bea.wait_for_dataset("seat", "0");
    ann.press("x");
    bea.press("z");
    // Bea's keyboard drives the first of her seats.
    ann.watch_until("both on seat 0", LONG, |blocks| blocks.buttons == [button::A | button::B, 0, 0, 0]);
    ann.release("x");
    ann.watch_until("Bea alone", LONG, |blocks| blocks.buttons == [button::B, 0, 0, 0]);
    host.command(&json!({"command": "mute", "peer": bea_id, "on": true}).to_string());
    ann.watch_until("nobody", LONG, |blocks| blocks.buttons == [0; 4]);
    host.command(&json!({"command": "mute", "peer": bea_id, "on": false}).to_string());
    ann.watch_until("Bea again", LONG, |blocks| blocks.buttons == [button::B, 0, 0, 0]);
    // Taken off the seat, her held button goes with her to the other one.
    host.command(&json!({"command": "sit", "peer": bea_id, "seat": 0, "on": false}).to_string());
    bea.wait_for_dataset("seat", "1");
    ann.watch_until("seat 0 let go", LONG, |blocks| blocks.buttons[0] == 0);
    bea.release("z");
    ann.watch_until("all let go", LONG, |blocks| blocks.buttons == [0; 4]);
    let seats = host.stats()["seats"].clone();
    assert_eq!((&seats[0]["holders"][0]["peer"], &seats[1]["holders"][0]["peer"]), (&ann_id.into(), &bea_id.into()));
}

#[test]
fn a_guest_may_do_what_the_host_allows_and_nothing_else() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let (ann, peer) = join(&mut host, "Ann");
    let hidden = |tab: &Browser| tab.eval("return document.getElementById('game-toggle').hidden").as_bool();
    assert_eq!(hidden(&ann), Some(true));
    // Whatever the page shows: the host decides.
    ann.eval("probe.say({type: 'do', what: 'pause'}); return true");
    until("the refusal", LONG, || ann.heard("no").last().filter(|no| no["code"] == "right").map(|_| ()));
    assert_eq!(host.stats()["state"], "running");

    host.command(&json!({"command": "rights", "peer": peer, "rights": ["pause", "states", "invite"]}).to_string());
    until("the button", LONG, || (hidden(&ann) == Some(false)).then_some(()));
    click(&*ann, "#game-toggle");
    click(&*ann, "#do-pause");
    host.stats_when("a pause", LONG, |stats| stats["state"] == "paused");
    ann.wait_for_dataset("game", "paused");
    until("who paused", LONG, || {
        let text = ann.eval("return document.body.innerText");
        text.as_str().is_some_and(|text| text.contains("Ann")).then_some(())
    });
    click(&*ann, "#do-pause");
    host.stats_when("the game to go on", LONG, |stats| stats["state"] == "running");
    click(&*ann, "#do-save");
    assert!(host.wait_for("notice", LONG)["text"].as_str().is_some_and(|text| text.starts_with("Saved")));
    click(&*ann, "#do-invite");
    let secret = until("a link", LONG, || ann.heard("invited").last().map(|it| it["secret"].clone()));
    let stats =
        host.stats_when("two links", LONG, |stats| stats["invites"].as_array().is_some_and(|all| all.len() == 2));
    assert!(stats["invites"][1]["url"].as_str().is_some_and(|url| url.ends_with(secret.as_str().unwrap_or("-"))));
    assert_eq!(stats["invites"][1]["rights"], json!([]), "rights are the host's to give");
}

#[test]
fn a_guest_who_may_rewinds_while_the_button_is_held_and_everybody_sees_it() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let (ann, peer) = join(&mut host, "Ann");
    let (bea, _) = join(&mut host, "Bea");
    host.command(&json!({"command": "rights", "peer": peer, "rights": ["time"]}).to_string());
    let rewind = "document.getElementById('do-rewind')";
    let offered = format!("const it = {rewind}; return !document.getElementById('game-time').hidden && !it.disabled");
    until("the button", LONG, || (ann.eval(&offered) == true).then_some(()));
    click(&*ann, "#game-toggle");
    bea.watch_until("a while", LONG, |blocks| blocks.frame > 240);
    let key = |kind| format!("{rewind}.dispatchEvent(new KeyboardEvent('{kind}', {{ key: ' ' }})); return true");
    ann.eval(&key("keydown"));
    let told = host.wait_for("time", LONG);
    assert_eq!((told["flow"].as_str(), told["by"].as_str()), (Some("rewind"), Some("Ann")));
    bea.watch_until("the way back", LONG, |blocks| blocks.frame < 200);
    let notice = "return document.getElementById('notice-title').textContent";
    let names =
        |text: Value| text.as_str().filter(|text| text.contains("Ann") && text.contains("rewinding")).map(|_| ());
    until("who it is", LONG, || names(bea.eval(notice)));
    ann.eval(&key("keyup"));
    host.stats_when("the game to go on", LONG, |stats| stats["flow"] == "normal");
    bea.watch_until("the game to go on", LONG, |blocks| blocks.frame > 240);
    // Gone with the button held: nobody else would let go of it.
    ann.eval(&key("keydown"));
    host.stats_when("another rewinding", LONG, |stats| stats["flow_by"] == "Ann");
    drop(ann);
    host.stats_when("the end of it", LONG, |stats| stats["flow"] == "normal");
}

#[test]
fn what_one_says_all_read_and_what_is_typed_does_not_reach_the_game() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let (ann, _) = join(&mut host, "Ann");
    let (bea, _) = join(&mut host, "Bea");
    ann.press("t");
    ann.release("t");
    until("the field", LONG, || {
        ann.eval("return document.activeElement?.id === 'chat-field'").as_bool().filter(|it| *it)
    });
    for key in ["z", "x", "\u{e007}"] {
        ann.press(key);
        ann.release(key);
    }
    let said = host.wait_for("chat", LONG);
    assert_eq!((&said["name"], &said["text"]), (&"Ann".into(), &"zx".into()));
    assert_eq!(ann.newest().buttons, [0; 4], "nothing typed was pressed");
    for tab in [&ann, &bea] {
        until("the line", LONG, || {
            let log = tab.eval("return document.getElementById('chat-log').textContent");
            log.as_str().filter(|log| log.contains("zx")).map(|_| ())
        });
    }
    host.command(r#"{"command":"say","text":"<b>hello</b>"}"#);
    until("the host's line, as it was written", LONG, || {
        let log = bea.eval("return document.getElementById('chat-log').textContent");
        log.as_str().filter(|log| log.contains("<b>hello</b>")).map(|_| ())
    });
    bea.eval("probe.say({type: 'react', emoji: '🎉'}); return true");
    until("the reaction", LONG, || ann.heard("reaction").last().filter(|it| it["name"] == "Bea").map(|_| ()));
    // Lines come no faster than people read them.
    bea.eval("for (let n = 0; n < 12; n++) probe.say({type: 'chat', text: 'x' + n}); return true");
    until("slow down", LONG, || bea.heard("no").last().filter(|no| no["code"] == "slow").map(|_| ()));
    host.assert_alive();
}

#[test]
fn a_held_button_lights_its_seat_up_for_everybody() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[]);
    let (ann, _) = join(&mut host, "Ann");
    let (bea, _) = join(&mut host, "Bea");
    bea.press("x");
    let lights = |tab: &Browser| tab.heard("lights").last().and_then(|it| it["seats"].as_u64());
    until("the light of seat 1", LONG, || (lights(&ann) == Some(2)).then_some(()));
    bea.release("x");
    until("the light to go out", LONG, || (lights(&ann) == Some(0)).then_some(()));
}

#[test]
fn a_spectator_asks_for_a_seat_and_gets_the_one_that_is_given_up() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[("fixture_ports", "1")]);
    let (ann, _) = join(&mut host, "Ann");
    let (bea, _) = join(&mut host, "Bea");
    ann.wait_for_dataset("seat", "0");
    bea.wait_for_dataset("seat", "none");
    click(&*ann, "#people-toggle");
    click(&*ann, "[data-key='seat-0']");
    ann.wait_for_dataset("seat", "none");
    bea.wait_for_dataset("seat", "0");
}

#[test]
fn two_gamepads_play_two_seats_and_the_motors_of_the_right_one_turn() {
    let _alone = common::alone();
    let mut host = Host::fixture(&[("fixture_rumble", "on")]);
    let browser = Browser::open(&host.url_for("Ann"));
    // The kernel offers no virtual gamepads here: the browser's edge is replaced instead.
    browser.eval(
        "window.felt = [];
         const pad = (index) => ({ id: `Pad ${index}`, index, connected: true, mapping: 'standard', timestamp: 0, axes: [0, 0, 0, 0],
           buttons: Array.from({ length: 17 }, () => ({ pressed: false, touched: false, value: 0 })),
           vibrationActuator: { playEffect: (kind, how) => { window.felt.push([index, how.strongMagnitude, how.weakMagnitude]); return Promise.resolve('complete'); }, reset: () => Promise.resolve('complete') } });
         window.pads = [pad(0), pad(1)];
         navigator.getGamepads = () => window.pads;
         document.hasFocus = () => true;
         window.dispatchEvent(new Event('gamepadconnected')); return true",
    );
    browser.wait_for_picture();
    let peer = host.wait_for("peer_joined", LONG)["peer"].clone();
    host.command(&json!({"command": "sit", "peer": peer, "seat": 2, "on": true}).to_string());
    until("two seats", LONG, || {
        browser.heard("room").last().filter(|room| room["you"]["seats"] == json!([0, 2])).map(|_| ())
    });
    let press = |pad: usize, down: bool| {
        let value = i32::from(down);
        browser.eval(&format!("const b = pads[{pad}].buttons[1]; b.pressed = {down}; b.value = {value}; pads[{pad}].timestamp++; return true"));
    };
    // The right one of the four is RetroPad's A.
    press(1, true);
    browser.watch_until("the second pad on the second seat", LONG, |blocks| blocks.buttons == [0, 0, button::A, 0]);
    press(0, true);
    browser.watch_until("both", LONG, |blocks| blocks.buttons == [button::A, 0, button::A, 0]);
    press(0, false);
    browser.watch_until("the second again", LONG, |blocks| blocks.buttons == [0, 0, button::A, 0]);
    let felt = browser.eval("return window.felt");
    assert!(felt.as_array().is_some_and(|felt| felt.iter().any(|it| it[0] == 1)), "{felt}");
    press(1, false);
    browser.watch_until("nothing", LONG, |blocks| blocks.buttons == [0; 4]);
    // Pulled out while something is held: it is let go.
    press(1, true);
    browser.watch_until("held", LONG, |blocks| blocks.buttons[2] == button::A);
    browser.eval("window.pads = [pads[0], null]; window.dispatchEvent(new Event('gamepaddisconnected')); return true");
    browser.watch_until("let go", LONG, |blocks| blocks.buttons == [0; 4]);
}

#[test]
fn fingers_on_a_phone_press_the_buttons_of_the_glass() {
    let _alone = common::alone();
    let host = Host::fixture(&[]);
    let phone = Browser::start();
    phone.emulate_phone(390, 844);
    phone.goto(&host.url_for("Ann"));
    phone.wait_for_picture();
    let spots = until("the buttons on the glass", LONG, || {
        let spots = phone.eval(
            "return [...document.querySelectorAll('#touch [data-lit]')].map((it) => {
               const box = it.getBoundingClientRect();
               return [it.dataset.lit, box.x + box.width / 2, box.y + box.height / 2, box.width]; })",
        );
        spots.as_array().filter(|spots| spots.iter().any(|it| it[3].as_f64() > Some(20.0))).cloned()
    });
    let a = spots.iter().find(|it| it[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("a")));
    let a = a.unwrap_or_else(|| panic!("there is no A: {spots:?}"));
    phone.touch("touchStart", &[(a[1].as_f64().unwrap_or(0.0), a[2].as_f64().unwrap_or(0.0))]);
    phone.watch_until("A by touch", LONG, |blocks| blocks.buttons[0] == button::A);
    phone.touch("touchEnd", &[]);
    phone.watch_until("A let go", LONG, |blocks| blocks.buttons == [0; 4]);
}

#[test]
fn both_languages_fit_and_nobody_is_kept_out_by_the_page() {
    let _alone = common::alone();
    let axe = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe).expect("axe-core: run `npm ci` in web first, or `make test`");
    let host = Host::fixture(&[]);
    let page = Browser::playing(&host.url_for("Ann"));
    for language in ["en", "zh"] {
        until("the language", LONG, || {
            let now = page.eval("return document.documentElement.lang");
            if now.as_str().is_some_and(|now| now.starts_with(language)) {
                return Some(());
            }
            page.eval("document.querySelector(\"[data-does='language']\").click(); return true");
            None
        });
        for panel in ["", "people", "chat", "help"] {
            let toggle = format!("#{panel}-toggle");
            if !panel.is_empty() {
                click(&*page, &toggle);
            }
            let report: Value = page.eval_async(&format!(
                "{axe}; const it = await (window.axe ?? axe).run(document, {{ resultTypes: ['violations'] }});
                 return it.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 200))])"
            ));
            assert_eq!(report, json!([]), "{language}, {panel}");
            if !panel.is_empty() {
                click(&*page, &toggle);
            }
        }
    }
    page.watch(Duration::from_millis(200));
}
