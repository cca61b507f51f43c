//! A game that is run ahead of itself, and inputs that come late: in a real core process, and in a real host.

use crate::common::host::Setup;
use crate::common::{LONG, until};
use crate::core_process::Core;
use fixture_libretro::blocks::Blocks;
use hotseat::input::{Button, PadState};
use hotseat::link::audio::AudioReader;
use hotseat::link::board::Lane;
use hotseat::link::message::{AheadAdvice, AheadStatus, AheadWish, FromCore, NoAhead, Report, ToCore};
use hotseat::link::state::{Memory, StateReader};
use hotseat::link::{Link, Status};
use std::time::{Duration, Instant};

fn started(options: &[(&str, &str)], wish: AheadWish) -> Core {
    let core = Core::start_with(Link::create().expect("shared memory"), options, &[], 0);
    if wish != AheadWish::default() {
        core.tell(&ToCore::Ahead(wish));
    }
    core
}

fn ahead(frames: u32) -> AheadWish {
    AheadWish { frames, latch: false }
}

const LATCH: AheadWish = AheadWish { frames: 0, latch: true };

fn status(core: &Core, what: &str, wanted: impl Fn(&AheadStatus) -> bool) -> AheadStatus {
    core.hear(what, |message| match message {
        FromCore::Ahead(status) => wanted(&status).then_some(status),
        _ => None,
    })
}

fn report(core: &Core) -> Report {
    core.tell(&ToCore::Stop);
    core.hear("the report", |message| match message {
        FromCore::Ended(report) => Some(report),
        _ => None,
    })
}

/// The next picture.
fn next(core: &mut Core) -> Blocks {
    until("a picture", LONG, || core.look())
}

fn seen(core: &mut Core, frame: u32) -> Blocks {
    loop {
        let blocks = next(core);
        if blocks.frame >= frame {
            return blocks;
        }
    }
}

fn pause(core: &Core) {
    core.tell(&ToCore::Pause);
    core.hear("a pause", |message| (message == FromCore::Paused(true)).then_some(()));
}

/// Pictures that are still to come of a game that stands still: the last of them.
fn at_rest(core: &mut Core) -> Option<Blocks> {
    let mut last = None;
    let mut quiet = Instant::now();
    while quiet.elapsed() < Duration::from_millis(400) {
        if let Some(blocks) = core.look() {
            (last, quiet) = (Some(blocks), Instant::now());
        }
    }
    last
}

fn press(core: &Core, buttons: u16) {
    core.board.set(Lane::Local, 0, PadState { buttons, ..PadState::default() });
}

const A: u16 = Button::A as u16;

/// Frames of a paused game from a press to the picture that shows it, the first being 1.
fn frames_to_show(core: &mut Core) -> u32 {
    seen(core, 20);
    pause(core);
    at_rest(core);
    press(core, A);
    for frames in 1..=9 {
        core.tell(&ToCore::Step);
        let blocks = until("the step's picture", LONG, || core.look());
        if blocks.buttons[0] & A != 0 {
            return frames;
        }
    }
    panic!("it is never shown");
}

#[test]
fn a_press_is_seen_as_many_frames_sooner_as_the_game_is_run_ahead() {
    for (frames, shown) in [(0, 4), (1, 3), (3, 1), (4, 1)] {
        let mut core = started(&[("fixture_lag", "3")], ahead(frames));
        assert_eq!(frames_to_show(&mut core), shown, "{frames} frames ahead");
    }
}

#[test]
fn the_sound_is_that_of_the_game_whole_and_in_order() {
    let of = |wish| {
        let mut core = started(&[], wish);
        let sound = AudioReader::new(core.link.clone());
        let (mut block, mut all) = (vec![0; 1 << 17], Vec::new());
        while all.len() < 2 * 800 * 150 {
            core.look();
            all.extend_from_slice(sound.read(&mut block));
        }
        all
    };
    let (alone, run_ahead) = (of(AheadWish::default()), of(ahead(2)));
    let both = alone.len().min(run_ahead.len());
    assert_eq!(alone[..both], run_ahead[..both]);
}

#[test]
fn what_is_run_ahead_leaves_nothing_behind() {
    let mut core = started(&[("fixture_save_ram", "on"), ("fixture_rumble", "on")], ahead(4));
    let counted = Status::new(core.link.clone());
    let states = StateReader::new(core.link.clone());
    let mut saved = 0;
    while saved < 180 {
        next(&mut core);
        let Some((_, ram)) = states.memory(Memory::Save) else { continue };
        saved = u64::from_le_bytes(ram[..8].try_into().expect("8 bytes"));
        assert!(saved <= counted.frames_run(), "{saved} frames saved");
    }
    let blocks = next(&mut core);
    // The picture is ahead of the game.
    assert!(u64::from(blocks.frame) + 1 >= saved);
    assert_eq!(core.feedback.rumble(0), Default::default());
    pause(&core);
    let shown = at_rest(&mut core).map_or(blocks.frame, |last| last.frame);
    let run = counted.frames_run() as u32;
    assert_eq!(shown, run - 1 + 4);
    // A state is of the game, not of what is ahead of it.
    core.tell(&ToCore::SaveState { ticket: 1 });
    core.hear("a state", |message| (message == FromCore::StateSaved { ticket: 1, ok: true }).then_some(()));
    let state = states.newest().expect("a state");
    assert_eq!(u32::from_le_bytes(state[8..12].try_into().expect("4 bytes")), run);
    let seen = report(&core).ahead;
    assert_eq!(seen.again, 0);
    assert!(seen.frames >= 4 * (u64::from(run) - 30) && seen.checks >= 2, "{seen:?}");
}

#[test]
fn a_core_whose_states_lie_is_found_out_and_the_game_goes_on() {
    let mut core = started(&[("fixture_state_lies", "on")], AheadWish { frames: 2, latch: true });
    let status = status(&core, "that it lies", |status| status.no_ahead.is_some());
    let lies = Some(NoAhead::Unfaithful);
    assert_eq!(status, AheadStatus { frames: 0, latch: false, no_ahead: lies, no_latch: lies });
    let frame = next(&mut core).frame;
    seen(&mut core, frame + 30);
}

#[test]
fn what_cannot_be_run_ahead_is_refused_with_the_reason() {
    let core = started(&[("fixture_state_grows", "on")], ahead(1));
    let it = status(&core, "that its states change", |status| status.no_ahead.is_some());
    assert_eq!((it.frames, it.no_ahead), (0, Some(NoAhead::SizeChanges)));
    let core = started(&[("fixture_state_us", "30000")], AheadWish { frames: 2, latch: true });
    let it = status(&core, "that it is slow", |status| status.no_latch.is_some() && status.frames == 0);
    assert_eq!((it.no_ahead, it.no_latch), (Some(NoAhead::TooSlow), Some(NoAhead::TooSlow)));
    let core = started(&[("fixture_keyboard", "on")], LATCH);
    let it = status(&core, "that it has keys", |status| status.no_latch.is_some());
    assert_eq!(it.no_latch, Some(NoAhead::Keyboard));
}

#[test]
fn nothing_is_asked_of_a_core_that_is_not_run_ahead() {
    let mut core = started(&[], AheadWish::default());
    seen(&mut core, 200);
    assert_eq!(report(&core).ahead, Default::default());
    // Nor once it is switched off.
    let mut core = started(&[], ahead(2));
    seen(&mut core, 30);
    core.tell(&ToCore::Ahead(AheadWish::default()));
    status(&core, "that it is off", |status| *status == AheadStatus::default());
    let frame = next(&mut core).frame;
    seen(&mut core, frame + 200);
    let seen = report(&core).ahead;
    // One for each frame until it was off.
    assert!(seen.frames > 0 && seen.states < u64::from(frame) + 120, "{seen:?}");
}

/// Presses again and again, each time right after a picture, until a picture of the same frame shows it.
fn shown_again(core: &mut Core) -> Blocks {
    let end = Instant::now() + LONG;
    let mut last = next(core);
    while Instant::now() < end {
        let held = last.buttons[0] & A != 0;
        press(core, if held { 0 } else { A });
        let Some(blocks) = core.look() else { continue };
        assert!(blocks.frame >= last.frame, "it goes on");
        if blocks.frame == last.frame && !held && blocks.buttons[0] & A != 0 {
            return blocks;
        }
        last = blocks;
    }
    panic!("no frame was shown again");
}

#[test]
fn a_press_that_comes_after_the_poll_shows_in_the_same_frame() {
    let mut core = started(&[], LATCH);
    status(&core, "that late inputs are shown", |status| status.latch);
    let last = shown_again(&mut core);
    press(&core, 0);
    seen(&mut core, last.frame + 60);
    assert!(report(&core).ahead.again > 0);
}

#[test]
fn late_inputs_are_shown_ahead_of_the_game_too() {
    let mut core = started(&[("fixture_lag", "2")], AheadWish { frames: 2, latch: true });
    status(&core, "that late inputs are shown", |status| status.latch);
    shown_again(&mut core);
}

#[test]
fn a_game_is_tried_for_what_it_can_take() {
    for lag in 0..=4 {
        let mut core = started(&[("fixture_lag", &lag.to_string())], AheadWish::default());
        seen(&mut core, 20);
        core.tell(&ToCore::Advise);
        let advice = core.hear("advice", |message| match message {
            FromCore::Advice(advice) => Some(advice),
            _ => None,
        });
        assert_eq!(advice, AheadAdvice { frames: Some(lag), refused: None, ..advice.clone() });
        // It is where it was.
        let frame = next(&mut core).frame;
        assert!(frame < 600, "{frame}");
    }
}

#[test]
fn a_host_runs_a_game_ahead_says_so_and_records_it_in_step() {
    let mut host = Setup::fixture().option("fixture_lag", "2").start();
    host.command(r#"{"command":"run_ahead","frames":2,"late_latch":false}"#);
    let told = host.wait_for("run_ahead", LONG);
    assert_eq!((told["frames"].as_u64(), told["late_latch"].as_bool()), (Some(2), Some(false)));
    let stats = host.stats_when("the figure", LONG, |stats| stats["run_ahead"] == 2);
    assert_eq!(stats["late_latch"], false);
    host.command(r#"{"command":"advise_run_ahead"}"#);
    let advice = host.wait_for("run_ahead_advice", LONG);
    assert_eq!(advice["frames"].as_u64(), Some(2), "{advice}");
    host.command(r#"{"command":"run_ahead","frames":5}"#);
    host.command(r#"{"command":"run_ahead","frames":0,"late_latch":false}"#);
    host.stats_when("the end of it", LONG, |stats| stats["run_ahead"] == 0);
    host.assert_alive();
}
