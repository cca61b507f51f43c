//! Who makes the game fast, slow or go backwards, and when that ends.

use super::*;
use crate::game_command::{Flow, TimeSettings};
use crate::link::message::{FromCore, Tempo};
use crate::room::PeerId;

fn asked(world: &mut World, who: Option<&str>, flow: Flow) {
    match who {
        None => world.command(Command::Game(GameCommand::Flow(flow))),
        Some(name) => world.machine.handle_guest(guest(name), GameCommand::Flow(flow)),
    }
    world.settle();
}

/// What the core was told of time since the last look.
fn tempos(world: &mut World) -> Vec<Tempo> {
    let told = world.core.as_mut().map(|core| std::mem::take(&mut core.told)).unwrap_or_default();
    told.into_iter().filter_map(|it| if let ToCore::Tempo(tempo) = it { Some(tempo) } else { None }).collect()
}

fn now(world: &World) -> (Flow, Option<String>) {
    world.machine.status().map(|status| (status.flow, status.flow_by)).unwrap_or_default()
}

#[test]
fn each_way_through_time_is_told_to_the_core_as_the_settings_have_it() {
    let mut world = World::playing(0);
    world.command(Command::Time(TimeSettings { fast: 0, slow: 4, rewind_mb: 64 }));
    for flow in [Flow::FastForward, Flow::FastForward, Flow::SlowMotion, Flow::Rewind, Flow::Normal, Flow::Normal] {
        asked(&mut world, None, flow);
    }
    assert_eq!(tempos(&mut world), [Tempo::Fast(0), Tempo::Slow(4), Tempo::Rewind, Tempo::Normal], "each once");
    let events = world.events.iter().filter(|event| matches!(event, EngineEvent::Flow { .. })).count();
    assert_eq!(events, 4);
}

#[test]
fn a_guest_is_named_and_ends_only_what_they_began() {
    let mut world = World::playing(0);
    asked(&mut world, Some("Ann"), Flow::Rewind);
    assert_eq!(now(&world), (Flow::Rewind, Some("Ann".into())));
    let info = world.machine.info();
    assert_eq!((info.flow, info.flow_by.as_str(), info.can_rewind), (Flow::Rewind, "Ann", true));
    asked(&mut world, Some("Bea"), Flow::Normal);
    assert_eq!(now(&world).0, Flow::Rewind);
    asked(&mut world, Some("Bea"), Flow::FastForward);
    assert_eq!(now(&world), (Flow::FastForward, Some("Bea".into())));
    asked(&mut world, Some("Ann"), Flow::Normal);
    assert_eq!(now(&world).0, Flow::FastForward, "the button that Ann lets go of is not the one that counts");
    asked(&mut world, Some("Bea"), Flow::Normal);
    assert_eq!(now(&world), (Flow::Normal, None));
}

#[test]
fn nobody_changes_what_the_host_does_and_the_host_ends_everything() {
    let mut world = World::playing(0);
    asked(&mut world, None, Flow::SlowMotion);
    asked(&mut world, Some("Ann"), Flow::Rewind);
    assert_eq!(now(&world), (Flow::SlowMotion, None));
    asked(&mut world, None, Flow::Normal);
    asked(&mut world, Some("Ann"), Flow::Rewind);
    asked(&mut world, None, Flow::Normal);
    assert_eq!(now(&world), (Flow::Normal, None));
}

#[test]
fn what_a_guest_does_ends_when_they_are_gone_or_may_not_any_more() {
    let mut world = World::playing(0);
    let ann = guest("Ann").peer;
    asked(&mut world, Some("Ann"), Flow::Rewind);
    world.machine.handle_people(|peer| peer == ann);
    assert_eq!(now(&world).0, Flow::Rewind);
    world.machine.handle_people(|peer| peer == PeerId(0));
    world.settle();
    assert_eq!(now(&world), (Flow::Normal, None));
    assert_eq!(tempos(&mut world).last(), Some(&Tempo::Normal));
    asked(&mut world, None, Flow::FastForward);
    world.machine.handle_people(|_| false);
    assert_eq!(now(&world).0, Flow::FastForward, "the host is always here");
}

#[test]
fn a_core_that_is_started_again_goes_at_its_own_speed() {
    let mut world = World::playing(0);
    asked(&mut world, None, Flow::FastForward);
    world.crash();
    assert_eq!(now(&world).0, Flow::Normal);
    asked(&mut world, None, Flow::Rewind);
    assert_eq!(now(&world).0, Flow::Normal, "nothing runs yet");
    world.load(true);
    assert_eq!((now(&world).0, tempos(&mut world)), (Flow::Normal, vec![]));
}

#[test]
fn a_single_frame_is_of_a_paused_game_and_the_host_pauses_one_that_runs() {
    let mut world = World::playing(0);
    let step = || Command::Game(GameCommand::StepFrame);
    world.machine.handle_guest(guest("Ann"), GameCommand::StepFrame);
    world.command(step());
    world.settle();
    world.says(FromCore::Paused(true));
    world.command(step());
    world.machine.handle_guest(guest("Ann"), GameCommand::StepFrame);
    world.settle();
    let told = world.core.as_ref().map(|core| core.told.clone()).unwrap_or_default();
    assert_eq!(told, [ToCore::Pause, ToCore::Step, ToCore::Step]);
}

#[test]
fn without_states_or_memory_or_a_core_quick_enough_nobody_goes_back() {
    let mut world = World::new();
    world.command(Command::Time(TimeSettings { rewind_mb: 0, ..TimeSettings::default() }));
    world.command(Command::Open(game(0)));
    world.load(false);
    asked(&mut world, None, Flow::Rewind);
    assert_eq!((now(&world).0, world.told()), (Flow::Normal, Some(&NoticeKind::CannotRewind)));
    // The memory counts from the next start on.
    world.command(Command::Time(TimeSettings::default()));
    asked(&mut world, None, Flow::Rewind);
    assert_eq!(now(&world).0, Flow::Normal);
    world.crash();
    world.load(true);
    asked(&mut world, None, Flow::Rewind);
    assert_eq!(now(&world).0, Flow::Rewind);
    world.notices.clear();
    world.says(FromCore::NoRewind);
    world.says(FromCore::NoRewind);
    world.settle();
    assert_eq!(now(&world).0, Flow::Normal);
    assert!(matches!(world.notices[..], [NoticeKind::NoRewind { .. }]), "{:?}", world.notices);
    assert!(!world.machine.info().can_rewind);
    assert_eq!(tempos(&mut world), [Tempo::Rewind, Tempo::Normal], "what was saved before it is kept");
}

#[test]
fn a_core_without_states_has_lost_nothing_that_anybody_would_be_told_of() {
    let mut world = World::playing(0);
    let loaded = world.machine.game.as_mut().and_then(|game| game.loaded.as_mut()).expect("a game");
    loaded.state_bytes = 0;
    world.notices.clear();
    world.says(FromCore::NoRewind);
    world.settle();
    assert_eq!(world.notices, []);
}

#[test]
fn what_goes_on_from_elsewhere_does_not_go_back_any_more() {
    let slot = slot(0);
    let reset = || Command::Game(GameCommand::Reset);
    let load = || Command::Game(GameCommand::LoadState(slot));
    for (command, told) in [(reset(), ToCore::Reset), (load(), ToCore::LoadState { ticket: 2 })] {
        let mut world = World::playing(0);
        world.command(Command::Game(GameCommand::SaveState(slot)));
        world.settle();
        world.answer(true);
        world.settle();
        asked(&mut world, Some("Ann"), Flow::Rewind);
        world.command(command);
        world.settle();
        assert_eq!(now(&world), (Flow::Normal, None));
        let all = world.core.as_ref().map(|core| core.told.clone()).unwrap_or_default();
        assert_eq!(all[1..], [ToCore::Tempo(Tempo::Rewind), ToCore::Tempo(Tempo::Normal), told]);
    }
    let mut world = World::playing(0);
    asked(&mut world, None, Flow::Rewind);
    world.command(Command::Close);
    let next = std::iter::from_fn(|| world.machine.poll_action());
    let ends = |action: &Action| matches!(action, Action::StopCore | Action::TellCore(ToCore::Tempo(Tempo::Normal)));
    let ends: Vec<Action> = next.filter(ends).collect();
    assert!(matches!(ends[..], [Action::TellCore(_), Action::StopCore]), "{ends:?}");
}

#[test]
fn what_was_saved_is_on_disk_before_the_game_goes_back_and_before_it_goes_on() {
    let mut world = World::playing(0);
    world.progress(true);
    asked(&mut world, None, Flow::Rewind);
    assert_eq!(world.saved(0), Some(1));
    // What the core shows as it begins to go back.
    world.progress(true);
    world.command(Command::Game(GameCommand::Flow(Flow::Normal)));
    let written = |world: &mut World| matches!(world.machine.poll_action(), Some(Action::WriteSave { .. }));
    assert!(written(&mut world));
    assert!(matches!(world.machine.poll_action(), Some(Action::TellCore(ToCore::Tempo(Tempo::Normal)))));
}
