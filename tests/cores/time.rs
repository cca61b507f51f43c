//! A game that is made fast or slow, stepped through, and gone back in: in a real core process, and in a real host.

use crate::common::host::Setup;
use crate::common::{Host, LONG, TempDir, until};
use crate::core_process::Core;
use fixture_libretro::blocks::Blocks;
use hotseat::link::audio::AudioReader;
use hotseat::link::message::{FromCore, Tempo, ToCore};
use hotseat::link::{Link, Status};
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sample pairs of one frame: the fixture makes 48,000 a second at 60 Hz.
const FRAME_PAIRS: i64 = 800;

fn started(options: &[(&str, &str)], rewind_mb: u32) -> Core {
    Core::start_with(Link::create().expect("shared memory"), options, &[], rewind_mb)
}

/// The next picture.
fn next(core: &mut Core) -> Blocks {
    until("a picture", LONG, || core.look())
}

/// Looks until this frame is reached; the one that was seen last.
fn seen(core: &mut Core, frame: u32) -> u32 {
    loop {
        let last = next(core).frame;
        if last >= frame {
            return last;
        }
    }
}

fn paused(core: &Core) {
    core.tell(&ToCore::Pause);
    core.hear("a pause", |message| (message == FromCore::Paused(true)).then_some(()));
}

/// Every picture that is still to come of a game that stands still: the last of them.
fn at_rest(core: &mut Core) -> Option<u32> {
    let mut last = None;
    let mut quiet = Instant::now();
    while quiet.elapsed() < Duration::from_millis(400) {
        if let Some(blocks) = core.look() {
            (last, quiet) = (Some(blocks.frame), Instant::now());
        }
    }
    last
}

/// Frames of the game, pictures, and sample pairs, while so many pictures are seen.
fn while_pictures(core: &mut Core, wanted: u64) -> (i64, i64, i64) {
    let (status, sound) = (Status::new(core.link.clone()), AudioReader::new(core.link.clone()));
    let mut samples = vec![0; 1 << 17];
    // What was made before.
    next(core);
    sound.read(&mut samples);
    let frames = status.frames_run();
    let (mut pairs, mut pictures) = (0, 0);
    let begin = numbered(core);
    let mut last = begin;
    while last - begin < wanted {
        last = numbered(core);
        pairs += sound.read(&mut samples).len() as i64 / 2;
        pictures = (last - begin) as i64;
    }
    ((status.frames_run() - frames) as i64, pictures, pairs)
}

/// The number of the newest picture, of which each has one.
fn numbered(core: &mut Core) -> u64 {
    until("a picture", LONG, || {
        core.link.frame_event.wait_timeout(Duration::from_millis(50));
        core.frames.take_next(2).map(|frame| frame.header().number)
    })
}

#[test]
fn a_game_goes_back_the_way_it_came_and_on_from_there() {
    let mut core = started(&[], 64);
    seen(&mut core, 150);
    core.tell(&ToCore::Tempo(Tempo::Rewind));
    // What was on its way.
    let mut last = next(&mut core).frame;
    let turned = until("it to turn", LONG, || {
        let frame = core.look()?.frame;
        let turned = frame < last;
        last = frame;
        turned.then_some(frame)
    });
    let mut steps = 0;
    while last > turned - 80 {
        let frame = next(&mut core).frame;
        // Pictures may be passed over by this slow reader, but none comes twice, and none of the other direction.
        assert!(frame < last, "{frame} after {last}");
        (last, steps) = (frame, steps + 1);
    }
    assert!(steps > 20, "80 frames in {steps} pictures");
    core.tell(&ToCore::Tempo(Tempo::Normal));
    let lowest = until("it to turn again", LONG, || {
        let frame = core.look()?.frame;
        let turned = frame > last;
        last = frame;
        turned.then_some(frame)
    });
    assert!(lowest < turned - 60, "it goes on from where it was let go of: {lowest}, {turned}");
    seen(&mut core, turned + 60);
    // Once more: what was remembered after it had turned is remembered as well.
    core.tell(&ToCore::Tempo(Tempo::Rewind));
    until("the way back", LONG, || core.look().filter(|it| it.frame < lowest));
}

#[test]
fn it_goes_back_to_its_beginning_and_stays_there_until_it_is_let_go_of() {
    let mut core = started(&[], 64);
    seen(&mut core, 60);
    core.tell(&ToCore::Tempo(Tempo::Rewind));
    let first = at_rest(&mut core).expect("it goes back");
    assert!(first < 5, "{first}");
    core.tell(&ToCore::Ping);
    core.hear("that it is alive", |message| (message == FromCore::Pong).then_some(()));
    core.tell(&ToCore::Tempo(Tempo::Normal));
    let on = next(&mut core).frame;
    assert!(on > first && on < 60, "{on}");
    seen(&mut core, 120);
}

#[test]
fn without_memory_for_it_nothing_goes_back() {
    let mut core = started(&[], 0);
    seen(&mut core, 60);
    core.tell(&ToCore::Tempo(Tempo::Rewind));
    let mut last = 0;
    while last < 120 {
        let frame = next(&mut core).frame;
        assert!(frame >= last);
        last = frame;
    }
}

#[test]
fn states_that_do_not_fit_are_told_and_the_game_goes_on() {
    let mut core = started(&[("fixture_state_size", "1000000")], 2);
    core.hear("that it is given up", |message| (message == FromCore::NoRewind).then_some(()));
    seen(&mut core, 60);
    core.tell(&ToCore::Tempo(Tempo::Rewind));
    seen(&mut core, 120);
}

#[test]
fn a_fast_game_brings_no_more_pictures_and_no_more_sound_than_any() {
    let mut core = started(&[], 0);
    seen(&mut core, 30);
    core.tell(&ToCore::Tempo(Tempo::Fast(4)));
    let (frames, pictures, pairs) = while_pictures(&mut core, 90);
    assert!(frames > pictures * 5 / 2, "{frames} frames, {pictures} pictures");
    // The reader's looks lie a few pictures beside the counters'.
    assert!((pairs - pictures * FRAME_PAIRS).abs() <= 8 * FRAME_PAIRS, "{pairs} pairs, {pictures} pictures");
    core.tell(&ToCore::Tempo(Tempo::Fast(0)));
    let (frames, pictures, pairs) = while_pictures(&mut core, 60);
    assert!(frames > pictures * 5 / 2 && frames <= (pictures + 8) * 16, "{frames} frames, {pictures} pictures");
    assert!((pairs - pictures * FRAME_PAIRS).abs() <= 8 * FRAME_PAIRS, "{pairs} pairs, {pictures} pictures");
}

#[test]
fn a_slow_game_brings_fewer_pictures_and_as_much_sound_as_the_time_takes() {
    let mut core = started(&[], 0);
    seen(&mut core, 30);
    core.tell(&ToCore::Tempo(Tempo::Slow(4)));
    let (frames, pictures, pairs) = while_pictures(&mut core, 30);
    assert!((frames - pictures).abs() <= 3, "{frames} frames, {pictures} pictures");
    assert!((pairs - 4 * pictures * FRAME_PAIRS).abs() <= 16 * FRAME_PAIRS, "{pairs} pairs, {pictures} pictures");
}

#[test]
fn pictures_of_a_fast_game_are_new_even_if_every_second_one_is_a_repetition() {
    let mut core = started(&[("fixture_duplicate_every", "2")], 0);
    seen(&mut core, 30);
    core.tell(&ToCore::Tempo(Tempo::Fast(2)));
    let begin = next(&mut core).frame;
    seen(&mut core, begin + 100);
}

#[test]
fn a_paused_game_goes_on_by_single_frames_and_back() {
    let mut core = started(&[], 64);
    let last = seen(&mut core, 60);
    // Not paused: nothing to step through.
    core.tell(&ToCore::Step);
    paused(&core);
    // None is new if it was paused right after that one.
    let rest = at_rest(&mut core).unwrap_or(last);
    for step in 1..=3 {
        core.tell(&ToCore::Step);
        assert_eq!(at_rest(&mut core), Some(rest + step));
    }
    core.tell(&ToCore::Tempo(Tempo::Rewind));
    let last = until("the way back", LONG, || core.look().filter(|it| it.frame < rest - 20)).frame;
    core.tell(&ToCore::Tempo(Tempo::Normal));
    let rest = at_rest(&mut core).unwrap_or(last);
    core.tell(&ToCore::Step);
    assert_eq!(at_rest(&mut core), Some(rest + 1), "it is still paused");
    core.tell(&ToCore::Resume);
    seen(&mut core, rest + 30);
}

/// The number that the fixture saves.
fn saved(host: &Host) -> Option<u64> {
    let data = fs::read(host.file_ending("fixture/G.srm")?).ok()?;
    Some(u64::from_le_bytes(data.get(..8)?.try_into().ok()?))
}

#[test]
fn a_host_without_a_window_goes_back_and_what_was_saved_before_is_kept() {
    let home = Arc::new(TempDir::new());
    let content = home.path().join("G.fixture");
    fs::write(&content, "fixture_save_ram=on\n").expect("a file");
    let mut host = Setup::fixture().home(home.clone()).content(&content).start();
    let before = until("a save", LONG, || saved(&host).filter(|number| *number >= 240));
    host.command(r#"{"command":"time","flow":"rewind"}"#);
    let told = host.wait_for("time", LONG);
    assert_eq!((told["flow"].as_str(), told["by"].as_str()), (Some("rewind"), None));
    let stats = host.stats_when("the way back", LONG, |stats| stats["flow"] == "rewind");
    assert_eq!((stats["state"].as_str(), stats["can_rewind"].as_bool()), (Some("running"), Some(true)));
    // As far as it goes: the save of then is none at all.
    std::thread::sleep(Duration::from_secs(6));
    // With what was saved in the second before it.
    let before = saved(&host).expect("a save").max(before);
    host.command(r#"{"command":"time","flow":"normal"}"#);
    until("the save of an earlier time", LONG, || saved(&host).filter(|number| *number < before));
    let versions = host.stats_when("a version", LONG, |stats| stats["save_versions"][0].is_object());
    let kept = versions["save_versions"].as_array().map(Vec::len);
    assert!(kept >= Some(1), "{versions}");
    let aside = home.files().into_iter().filter(|path| path.components().any(|part| part.as_os_str() == ".versions"));
    let numbers = aside.filter_map(|path| Some(u64::from_le_bytes(fs::read(path).ok()?.get(..8)?.try_into().ok()?)));
    assert!(numbers.max() >= Some(before));
    host.command(r#"{"command":"time","flow":"fast_forward"}"#);
    host.stats_when("the game to be fast", LONG, |stats| stats["fps"].as_f64() > Some(90.0));
    host.command(r#"{"command":"step"}"#);
    host.stats_when("a pause", LONG, |stats| stats["state"] == "paused");
    host.assert_alive();
}
