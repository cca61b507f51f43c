//! A friend's key presses become the core's buttons: held, released, and however short.

use crate::common::{self, Browser, Host, LONG, Sight, button, pass};
use std::time::Duration;

/// Both events in one task of the page: far shorter than a frame.
const TAP: &str = "for (const type of ['keydown', 'keyup'])
    document.body.dispatchEvent(new KeyboardEvent(type, { code: 'KeyX', key: 'x', bubbles: true, cancelable: true }))";

fn playing() -> (Host, Browser) {
    let mut host = Host::fixture(&[]);
    let browser = Browser::playing(&host.url_for("Ann"));
    assert_eq!(host.wait_for("peer_joined", LONG)["seat"], 0);
    browser.newest();
    (host, browser)
}

fn buttons(sights: &[Sight]) -> Vec<u16> {
    sights.iter().filter_map(|sight| sight.blocks).map(|blocks| blocks.buttons[0]).collect()
}

/// Held in every frame from the first to the last that shows it.
fn is_one_press(sights: &[Sight], mask: u16) -> bool {
    let held: Vec<bool> = buttons(sights).iter().map(|buttons| buttons & mask != 0).collect();
    held.chunk_by(|a, b| a == b).filter(|run| run[0]).count() == 1
}

#[test]
fn a_held_key_is_held_until_it_is_released() {
    let _alone = common::alone();
    let (_host, browser) = playing();

    browser.press("x");
    let mut sights = browser.watch_until("the button in the picture", LONG, |blocks| blocks.buttons[0] == button::A);
    // Longer than the host waits before it releases the buttons of a silent page.
    sights.extend(browser.watch(Duration::from_secs(4)));
    assert_eq!(buttons(&sights).last(), Some(&button::A));
    browser.release("x");
    sights.extend(browser.watch_until("no button in the picture", LONG, |blocks| blocks.buttons[0] == 0));
    sights.extend(browser.watch(Duration::from_secs(1)));
    assert_eq!(buttons(&sights).last(), Some(&0));
    assert!(is_one_press(&sights, button::A), "{:?}", buttons(&sights));
}

#[test]
fn several_keys_are_several_buttons_of_one_seat() {
    let _alone = common::alone();
    let (_host, browser) = playing();
    browser.press("x");
    browser.press("\u{e013}");
    browser.press("\u{e012}");
    let wanted = button::A | button::UP | button::LEFT;
    browser.watch_until("three buttons in the picture", LONG, |blocks| blocks.buttons == [wanted, 0, 0, 0]);
    browser.release("\u{e013}");
    browser.watch_until("two buttons in the picture", LONG, |blocks| {
        blocks.buttons == [button::A | button::LEFT, 0, 0, 0]
    });
}

#[test]
fn a_tap_shorter_than_a_frame_is_seen_by_the_game() {
    let _alone = common::alone();
    let (_host, browser) = playing();
    let mut judged = 0;
    for tap in 0..20 {
        browser.sights();
        pass(Duration::from_millis(100));
        browser.eval(TAP);
        pass(Duration::from_millis(400));
        let sights = browser.sights();
        let frames: Vec<_> = sights.iter().filter_map(|sight| sight.blocks).collect();
        let held = frames.iter().filter(|blocks| blocks.buttons[0] & button::A != 0).count();
        assert!(held <= 4, "tap {tap} was held for {held} frames");
        // A frame that the browser lost may be the very one.
        let whole = frames.len() == sights.len() && frames.windows(2).all(|pair| pair[1].frame == pair[0].frame + 1);
        if whole && frames.len() > 10 {
            judged += 1;
            assert!(held >= 1, "tap {tap} was in none of the frames {:?} to {:?}", frames.first(), frames.last());
        }
    }
    assert!(judged >= 5, "only {judged} of 20 taps could be judged");
}

#[test]
fn a_window_without_the_focus_holds_no_button() {
    let _alone = common::alone();
    let (_host, browser) = playing();
    browser.press("x");
    browser.watch_until("the button in the picture", LONG, |blocks| blocks.buttons[0] == button::A);
    browser.eval("window.dispatchEvent(new FocusEvent('blur'))");
    browser.watch_until("no button in the picture", LONG, |blocks| blocks.buttons[0] == 0);
    let later = browser.watch(Duration::from_secs(1));
    assert!(buttons(&later).iter().all(|&buttons| buttons == 0));
}

#[test]
fn a_page_that_vanishes_while_a_key_is_held_leaves_no_button_held() {
    let _alone = common::alone();
    let (host, mut first) = playing();
    let second = Browser::playing(&host.url_for("Bea"));
    first.press("x");
    second.watch_until("the first one's button in the second one's picture", LONG, |blocks| {
        blocks.buttons[0] == button::A
    });
    // Killed: it has no time to say anything.
    first.kill();
    second.watch_until("no button in the picture", LONG, |blocks| blocks.buttons[0] == 0);
}
