//! One thing after another, and what comes of it.

use super::*;
use crate::emulator::Event as CoreEvent;
use crate::engine::machine::Folders;
use crate::engine::machine::ToSession;
use crate::engine::{Continuing, StateList};
use crate::link::message::LoadError;
use crate::link::message::{DiscCommand, Discs, FromCore};
use crate::sandbox::{Held, Refusal};
use crate::text::Spoken;
use GameCommand::{InsertDisc, LoadState, Pause, Reset, Resume, SaveState};

fn played(world: &mut World, command: GameCommand) {
    world.command(Command::Game(command));
    world.settle();
}

fn told_core(world: &World) -> &[ToCore] {
    world.core.as_ref().map(|core| &core.told[..]).unwrap_or_default()
}

#[test]
fn a_game_is_opened_runs_and_is_closed() {
    let mut world = World::new();
    world.command(Command::Open(game(0)));
    world.settle();
    assert_eq!(world.state(), Some(GameState::Starting));
    world.load(false);
    assert_eq!(world.state(), Some(GameState::Running));
    assert!(matches!(world.events[..], [EngineEvent::Started { core_pid: 1 }]));
    world.progress(false);
    world.command(Command::Close);
    world.settle();
    assert!(world.core.is_none() && world.state().is_none());
    assert_eq!(world.saved(0), Some(1), "what the core saved as it ended");
}

#[test]
fn another_game_in_its_place_gets_nothing_of_the_first() {
    let mut world = World::playing(0);
    world.progress(true);
    world.command(Command::StartRecording);
    world.command(Command::Open(game(1)));
    world.load(false);
    assert!(!world.recording);
    assert_eq!((world.saved(0), world.saved(1)), (Some(1), None));
    world.progress(true);
    world.second();
    world.settle();
    assert_eq!((world.saved(0), world.saved(1)), (Some(1), Some(1001)));
}

#[test]
fn a_crash_starts_it_again_from_the_last_state_then_from_nothing_then_waits() {
    let mut world = World::playing(0);
    world.now += SECOND;
    world.crash();
    assert_eq!(world.state(), Some(GameState::Starting));
    assert!(world.core.as_ref().is_some_and(|core| core.revive));
    world.load(true);
    assert_eq!(world.told(), Some(&NoticeKind::Revived));
    world.now += 10 * SECOND;
    world.crash();
    assert!(world.core.as_ref().is_some_and(|core| !core.revive));
    world.load(false);
    assert_eq!(world.told(), Some(&NoticeKind::StartedAgain));
    world.now += 10 * SECOND;
    world.crash();
    assert!(matches!(world.state(), Some(GameState::Crashed(_))));
    assert!(matches!(world.events.last(), Some(EngineEvent::CoreDied { restarting: false, .. })));
    world.command(Command::Restart);
    world.settle();
    assert!(world.core.as_ref().is_some_and(|core| core.revive));
    world.load(true);
    assert!(matches!(world.events.last(), Some(EngineEvent::CoreRestarted { revived: true, .. })));
    world.crash();
    assert_eq!(world.state(), Some(GameState::Starting), "the host's restart begins the count anew");
}

#[test]
fn pages_hear_of_a_game_that_is_brought_back_as_crashed_until_it_runs() {
    use crate::session::protocol::PlayState;
    let mut world = World::playing(0);
    world.crash();
    assert_eq!(world.machine.info().state, PlayState::Crashed);
    world.load(true);
    assert_eq!(world.machine.info().state, PlayState::Running);
    for _ in 0..2 {
        world.crash();
        world.load(false);
    }
    assert_eq!(world.machine.info().state, PlayState::Stopped);
    let problem = world.machine.info().problem.expect("why there is no game");
    assert_eq!(problem.code, "crash.unknown");
    assert_eq!(world.machine.info().message, "", "words are the page's own");
}

#[test]
fn a_game_that_crashes_before_it_ever_ran_is_not_started_again() {
    let mut world = World::new();
    world.command(Command::Open(game(0)));
    world.settle();
    world.crash();
    assert!(matches!(world.state(), Some(GameState::Crashed(_))));
    assert!(matches!(world.events.last(), Some(EngineEvent::Failed(NoticeKind::Crashed { .. }))));
    world.command(Command::Open(game(0)));
    world.settle();
    world.end();
    world.settle();
    assert!(matches!(world.state(), Some(GameState::Crashed(_))), "one that ends without a word crashed too");
}

#[test]
fn a_game_that_does_not_load_says_why_and_can_be_tried_again() {
    let mut world = World::new();
    world.command(Command::Open(game(0)));
    world.settle();
    world.load_fails();
    world.settle();
    let why = NoticeKind::Load { error: LoadError::NotStarted { core: "It".into() } };
    assert_eq!(world.state(), Some(GameState::Failed(why.clone())));
    assert!(matches!(&world.events[..], [EngineEvent::Failed(told)] if *told == why));
    world.command(Command::Restart);
    world.load(false);
    assert_eq!(world.state(), Some(GameState::Running));
}

#[test]
fn a_save_that_cannot_be_read_is_never_written_over() {
    let mut world = World::playing(0);
    world.progress(true);
    world.command(Command::Close);
    world.settle();
    world.unreadable = true;
    world.command(Command::Open(game(0)));
    world.settle();
    assert!(matches!(world.state(), Some(GameState::Failed(NoticeKind::Save { .. }))));
    assert!(world.core.is_none());
    world.second();
    world.command(Command::Close);
    world.settle();
    assert_eq!(world.saved(0), Some(1));
}

#[test]
fn a_save_that_cannot_be_written_is_told_once_and_tried_again() {
    let mut world = World::playing(0);
    world.unwritable = true;
    world.progress(true);
    for _ in 0..5 {
        world.second();
        world.settle();
    }
    world.crash();
    world.load(true);
    assert_eq!(world.told_of_save(), 1);
    assert!(world.machine.info().unsaved, "guests play for it too");
    assert_eq!(world.saved(0), None);
    world.unwritable = false;
    world.second();
    world.settle();
    assert_eq!(world.saved(0), Some(1), "a crash in between does not take the memory for saved");
    assert!(!world.machine.info().unsaved);
    world.unwritable = true;
    world.progress(true);
    world.command(Command::Close);
    world.settle();
    assert_eq!(world.told_of_save(), 1, "trouble with the last write is told as well");
}

#[test]
fn a_crash_in_the_middle_of_saving_goes_on_from_the_file() {
    let mut world = World::playing(0);
    world.progress(true);
    world.second();
    world.settle();
    world.unwritable = true;
    world.progress(true);
    world.second();
    world.settle();
    world.tear();
    world.load(true);
    world.unwritable = false;
    // Its first version is the number of the one that was written last.
    world.progress(true);
    world.second();
    world.settle();
    assert_eq!(world.saved(0), Some(2));
}

#[test]
fn the_one_who_paused_it_is_known_until_it_goes_on() {
    let mut world = World::playing(0);
    let by = |world: &World| world.machine.status().and_then(|status| status.paused_by);
    world.machine.handle_guest(guest("Ann"), Pause);
    world.says(FromCore::Paused(true));
    world.machine.handle_guest(guest("Bea"), Pause);
    world.settle();
    assert_eq!(world.state(), Some(GameState::Paused));
    assert_eq!(by(&world), Some("Ann".into()));
    assert_eq!(world.machine.info().message, "Ann");
    played(&mut world, Resume);
    world.says(FromCore::Paused(false));
    assert_eq!((world.state(), by(&world)), (Some(GameState::Running), None));
    assert_eq!(told_core(&world), [ToCore::Pause, ToCore::Pause, ToCore::Resume]);
    world.machine.handle_guest(guest("Ann"), Pause);
    world.says(FromCore::Paused(true));
    world.settle();
    world.crash();
    world.load(true);
    assert_eq!(by(&world), None, "what runs again is not paused");
}

#[test]
fn a_pause_writes_the_battery_save() {
    let mut world = World::playing(0);
    world.progress(true);
    world.says(FromCore::Paused(true));
    world.settle();
    assert_eq!(world.saved(0), Some(1));
}

#[test]
fn a_guest_who_resets_or_loads_is_named() {
    let mut world = World::playing(0);
    world.machine.handle_guest(guest("Ann"), Reset);
    world.machine.handle_guest(guest("Ann"), LoadState(slot(4)));
    world.settle();
    let name = || "Ann".to_owned();
    assert_eq!(
        world.notices,
        [
            NoticeKind::ResetBy { name: name() },
            NoticeKind::LoadRequested { name: name(), slot: slot(4) },
            NoticeKind::NoState { slot: slot(4) },
        ]
    );
    played(&mut world, Reset);
    assert_eq!(world.notices.len(), 3, "the host knows");
    assert_eq!(told_core(&world), [ToCore::Reset, ToCore::Reset]);
}

#[test]
fn the_one_who_puts_a_disc_in_is_named_once_it_is_in() {
    let mut world = World::playing(0);
    let discs = |inserted| Discs { names: vec![String::new(); 3], inserted, chosen: inserted.unwrap_or(0) };
    let changed = |by: Option<&str>, disc| ToSession::DiscChanged { by: by.map(Into::into), disc };
    let told = |world: &mut World| {
        world.settle();
        let all = std::mem::take(&mut world.discs).into_iter();
        all.filter(|it| matches!(it, ToSession::DiscChanged { .. })).collect::<Vec<_>>()
    };
    world.machine.handle_guest(guest("Ann"), InsertDisc(0));
    world.settle();
    assert_eq!(world.told(), Some(&NoticeKind::NoDisc { number: 1 }), "the core has not told of any");
    world.says(FromCore::Discs(discs(Some(0))));
    world.machine.handle_guest(guest("Ann"), InsertDisc(1));
    assert_eq!(told(&mut world), [], "the drive is open");
    world.says(FromCore::Discs(discs(Some(1))));
    assert_eq!(told(&mut world), [changed(Some("Ann"), 1)]);
    world.says(FromCore::Discs(discs(None)));
    world.says(FromCore::Discs(discs(Some(1))));
    assert_eq!(told(&mut world), [], "the core did that by itself");
    world.command(Command::Disc(DiscCommand::Insert(2)));
    world.says(FromCore::Discs(discs(Some(2))));
    assert_eq!(told(&mut world), [changed(None, 2)]);
    world.machine.handle_guest(guest("Ann"), InsertDisc(0));
    world.command(Command::Disc(DiscCommand::Eject));
    world.says(FromCore::Discs(discs(None)));
    world.says(FromCore::Discs(discs(Some(0))));
    assert_eq!(told(&mut world), [], "the host opened the drive instead");
    world.command(Command::Disc(DiscCommand::Insert(3)));
    world.settle();
    assert_eq!(world.told(), Some(&NoticeKind::NoDisc { number: 4 }));
    let insert = |disc| ToCore::Disc(DiscCommand::Insert(disc));
    assert_eq!(told_core(&world), [insert(1), insert(2), insert(0), ToCore::Disc(DiscCommand::Eject)]);
    world.command(Command::Close);
    world.settle();
    assert_eq!(world.discs, [ToSession::Discs(Discs::default())], "pages show no discs of a game that is closed");
}

#[test]
fn states_are_saved_and_loaded_one_at_a_time_in_order() {
    let mut world = World::playing(0);
    for command in [SaveState(slot(2)), LoadState(slot(2)), LoadState(slot(3)), SaveState(slot(3))] {
        played(&mut world, command);
    }
    assert_eq!(told_core(&world), [ToCore::SaveState { ticket: 1 }]);
    world.answer(true);
    world.settle();
    assert_eq!(told_core(&world)[1..], [ToCore::LoadState { ticket: 2 }]);
    // Refused; the third slot is empty, so the fourth request follows.
    world.answer(false);
    world.settle();
    assert_eq!(told_core(&world)[2..], [ToCore::SaveState { ticket: 4 }]);
    world.answer(false);
    world.settle();
    assert_eq!(
        world.notices,
        [
            NoticeKind::StateSaved { slot: slot(2) },
            NoticeKind::StateRefused { slot: slot(2) },
            NoticeKind::NoState { slot: slot(3) },
            NoticeKind::CannotSaveState,
        ]
    );
    let states = world.machine.status().map(|status| status.states).expect("a game");
    assert_eq!(states.slots.map(|state| state.is_some()), std::array::from_fn(|slot| slot == 2));
}

#[test]
fn a_key_that_is_held_down_saves_nine_times_and_a_crash_forgets_what_waits() {
    let mut world = World::playing(0);
    for _ in 0..100 {
        played(&mut world, SaveState(slot(0)));
    }
    for _ in 0..100 {
        world.answer(true);
        world.settle();
    }
    assert_eq!(told_core(&world).len(), 1 + states::WAITING);
    for _ in 0..3 {
        played(&mut world, SaveState(slot(0)));
    }
    world.crash();
    world.load(true);
    assert_eq!(told_core(&world), []);
    played(&mut world, SaveState(slot(1)));
    world.answer(true);
    world.settle();
    assert_eq!(world.told(), Some(&NoticeKind::StateSaved { slot: slot(1) }));
}

#[test]
fn options_and_devices_are_there_again_after_a_crash() {
    let mut world = World::playing(0);
    let option = |value: &str| Command::CoreOption { key: "speed".into(), value: value.into() };
    world.command(option("slow"));
    world.command(option("fast"));
    world.command(Command::Device { port: 1, id: 257 });
    world.settle();
    assert_eq!(told_core(&world).len(), 3);
    let folders = Folders { data: "/d".into(), system: "/s".into(), recordings: "/r".into() };
    let load = world.machine.game.as_ref().map(|game| game.load(&folders, Spoken::Chinese, true)).expect("a game");
    assert_eq!(load.options, [("speed".to_owned(), "fast".to_owned())]);
    assert_eq!(load.devices, [(1, 257)]);
}

#[test]
fn a_core_that_ends_by_itself_closes_its_game() {
    let mut world = World::playing(0);
    world.command(Command::StartRecording);
    world.progress(false);
    world.end();
    world.settle();
    assert!(world.state().is_none() && world.core.is_none() && !world.recording);
    assert_eq!(world.saved(0), Some(1));
}

#[test]
fn without_a_core_nothing_is_told_to_it_and_nothing_is_recorded() {
    let mut world = World::new();
    for command in [Command::StartRecording, Command::Screenshot, Command::Restart, Command::Close] {
        world.command(command);
    }
    for command in [Pause, Resume, Reset, SaveState(slot(0)), LoadState(slot(0))] {
        played(&mut world, command);
        world.machine.handle_guest(guest("Ann"), command);
    }
    world.settle();
    assert!(!world.recording && world.notices.is_empty());
}

#[test]
fn what_is_no_affair_of_the_game_is_passed_on_without_one() {
    let mut machine = World::new().machine;
    machine.handle_command(Command::Volume(0.5));
    machine.handle_command(Command::Codec(None));
    assert!(matches!(machine.poll_action(), Some(Action::SetVolume(0.5))));
    assert!(matches!(machine.poll_action(), Some(Action::ToSession(ToSession::Codec(None)))));
}

#[test]
fn answers_about_an_earlier_start_or_game_change_nothing() {
    let mut machine = World::new().machine;
    machine.handle_command(Command::Open(game(0)));
    machine.handle_command(Command::Open(game(1)));
    let before = format!("{machine:?}");
    let failed = || SaveError::TooLarge { file: "/old".into() };
    let states = StateList { auto: Some(world::saved_state()), ..StateList::default() };
    machine.handle_answer(Answer::Found {
        game: GameId(1),
        system: "Old".into(),
        states: states.clone(),
        versions: vec![],
    });
    machine.handle_answer(Answer::SaveRead { start: StartId(1), result: Err(failed()) });
    machine.handle_answer(Answer::SaveRead { start: StartId(1), result: Ok(7) });
    machine.handle_answer(Answer::CoreStarted { start: StartId(1), result: Ok(9) });
    machine.handle_answer(Answer::CoreStarted { start: StartId(2), result: Err(NoticeKind::NoMoreLinks) });
    machine.handle_answer(Answer::StateRead { ticket: 0, result: Ok(StateFound::Nothing) });
    machine.handle_answer(Answer::StateWritten { ticket: 0, result: Err(failed()), states });
    machine.handle_answer(Answer::SaveWritten { game: GameId(0), result: Err(failed()), versions: vec![] });
    assert_eq!(format!("{machine:?}"), before);
    machine.handle_answer(Answer::SaveRead { start: StartId(2), result: Ok(0) });
    assert!(std::iter::from_fn(|| machine.poll_action()).any(|it| matches!(it, Action::StartCore { .. })));
}

#[test]
fn a_core_that_says_things_out_of_turn_is_not_believed() {
    let mut world = World::new();
    world.command(Command::Open(game(0)));
    world.settle();
    world.says(FromCore::Paused(false));
    assert_eq!(world.state(), Some(GameState::Starting));
    world.load(false);
    world.load(true);
    assert!(matches!(world.events[..], [EngineEvent::Started { .. }]), "{:?}", world.events);
}

#[test]
fn an_earlier_save_is_put_back_with_the_core_ended_and_the_game_starts_anew() {
    let mut world = World::playing(0);
    world.second();
    world.settle();
    let before = world.starts.len();
    world.command(Command::PutBackSave { put_aside: 7 });
    world.settle();
    assert_eq!(world.saved(0), Some(7));
    assert!(world.notices.contains(&NoticeKind::SavePutBack));
    assert_eq!(world.starts.len(), before + 1);
    assert!(world.core.as_ref().is_some_and(|core| !core.revive && core.battery == 7), "the state is of another save");
    // Where it cannot be put back the game goes on from what it had.
    world.load(false);
    world.unwritable = true;
    world.command(Command::PutBackSave { put_aside: 9 });
    world.settle();
    assert_eq!((world.saved(0), world.core.as_ref().map(|core| core.battery)), (Some(7), Some(7)));
    assert!(world.core.as_ref().is_some_and(|core| core.revive));
}

#[test]
fn that_saving_works_again_is_said_once() {
    let mut world = World::playing(0);
    world.unwritable = true;
    world.show(1);
    for _ in 0..3 {
        world.second();
        world.settle();
    }
    assert!(!world.notices.contains(&NoticeKind::SavingAgain));
    world.unwritable = false;
    for _ in 0..3 {
        world.second();
        world.settle();
    }
    assert_eq!(world.notices.iter().filter(|it| **it == NoticeKind::SavingAgain).count(), 1);
    assert_eq!(world.saved(0), Some(1));
}

/// A game that was played and closed, opened again.
fn left_and_opened(continuing: Continuing) -> World {
    let mut world = World::new();
    world.command(Command::Continuing(continuing));
    world.command(Command::Open(game(0)));
    world.load(false);
    assert!(world.machine.status().is_some_and(|status| !status.asks_to_continue), "there is nothing yet");
    world.command(Command::Close);
    world.settle();
    world.command(Command::Open(game(0)));
    world.load(false);
    world
}

#[test]
fn a_game_goes_on_where_it_was_left_if_the_person_wants_it() {
    let asks = |world: &World| world.machine.status().is_some_and(|status| status.asks_to_continue);
    let loads = |world: &World| told_core(world).iter().any(|told| matches!(told, ToCore::LoadState { .. }));
    for wanted in [true, false] {
        let mut world = left_and_opened(Continuing::Ask);
        assert!(asks(&world) && !loads(&world));
        world.command(Command::Continue { wanted });
        world.settle();
        assert_eq!((asks(&world), loads(&world)), (false, wanted));
    }
    let mut world = left_and_opened(Continuing::Always);
    assert!(!asks(&world) && loads(&world));
    world.answer(true);
    world.settle();
    assert_eq!(world.told(), Some(&NoticeKind::Continued));
    let mut world = left_and_opened(Continuing::Always);
    world.answer(false);
    world.settle();
    assert_eq!(world.told(), Some(&NoticeKind::NotContinued));
    let world = left_and_opened(Continuing::Never);
    assert!(!asks(&world) && !loads(&world));
}

#[test]
fn what_may_be_gone_on_from_is_kept_until_the_person_has_answered() {
    let keeps = |world: &mut World| {
        world.command(Command::Close);
        let mut kept = false;
        let mut machine = world.machine.clone();
        while let Some(action) = machine.poll_action() {
            kept |= matches!(action, Action::KeepLastState { .. });
        }
        world.settle();
        kept
    };
    let mut world = left_and_opened(Continuing::Ask);
    assert!(!keeps(&mut world), "a glance at the title is no place to go on from");
    let mut world = left_and_opened(Continuing::Ask);
    world.command(Command::Continue { wanted: false });
    world.settle();
    assert!(keeps(&mut world));
    // A core that ends by itself was done, and one that crashed may crash of it.
    for end in [World::end, World::crash] {
        let mut world = World::playing(0);
        for _ in 0..3 {
            end(&mut world);
            world.settle();
            if world.state() == Some(GameState::Starting) {
                world.load(false);
            }
        }
        assert!(!keeps(&mut world));
    }
}

#[test]
fn a_state_of_another_version_is_loaded_with_a_word_of_warning() {
    let mut world = World::playing(0);
    world.command(Command::Game(LoadState(slot(1))));
    let Some(Action::ReadState { ticket, .. }) = world.machine.poll_action() else { panic!("it is looked for") };
    let other_version = Some("0.9".to_owned());
    world.machine.handle_answer(Answer::StateRead { ticket, result: Ok(StateFound::Ready { other_version }) });
    assert!(matches!(
        world.machine.poll_action(),
        Some(Action::Notice(NoticeKind::StateOfOtherVersion { version })) if version == "0.9"
    ));
    assert!(matches!(world.machine.poll_action(), Some(Action::WriteSave { .. })), "a state takes it back");
    assert!(matches!(world.machine.poll_action(), Some(Action::TellCore(ToCore::LoadState { .. }))));
}

#[test]
fn what_a_core_is_refused_is_told_once_of_each_kind_and_so_is_what_the_system_lacks() {
    let mut world = World::playing(0);
    let start = world.core.as_ref().expect("a core").start;
    let before = world.notices.len();
    let mut news = |event: CoreEvent| {
        world.machine.handle_core(start, event, world.now);
        world.settle();
        world.notices[before..].to_vec()
    };
    let open = |path: &str| CoreEvent::Refused(Refusal::Open { path: path.into() });
    news(open("/a"));
    news(open("/b"));
    let told = news(CoreEvent::Refused(Refusal::Network { call: "socket".into() }));
    assert_eq!(told.iter().map(NoticeKind::innermost_code).collect::<Vec<_>>(), ["refusal.open", "refusal.network"]);
    let whole = Held { landlock: 7, seccomp: true, told: true };
    assert_eq!(news(CoreEvent::Held(whole)).len(), 2);
    news(CoreEvent::Held(Held { landlock: 0, ..whole }));
    let told = news(CoreEvent::Held(Held { landlock: 0, ..whole }));
    assert_eq!((told.len(), told[2].innermost_code()), (3, "sandbox_lacks.no_landlock"));
}

#[test]
fn the_report_of_a_crash_is_told_with_it() {
    let mut world = World::playing(0);
    let start = world.core.as_ref().expect("a core").start;
    let (crash, file) = (crate::crash::Crash::Unknown { core: "It".into() }, PathBuf::from("/d/crashes/it.txt"));
    world.machine.handle_core(start, CoreEvent::Died { crash, report: Some(file.clone()) }, world.now);
    world.settle();
    let told = |event: &EngineEvent| matches!(event, EngineEvent::CoreDied { report: Some(it), .. } if *it == file);
    assert!(world.events.iter().any(told));
    assert!(world.notices.contains(&NoticeKind::CrashReport { file }));
}
