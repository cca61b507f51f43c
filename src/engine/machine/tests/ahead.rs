//! How far the game is run ahead of itself.

use super::world::World;
use crate::engine::{AheadStatus, AheadWish, Command, EngineEvent, NoticeKind};
use crate::link::message::{FromCore, NoAhead, ToCore};

fn wishes(world: &mut World) -> Vec<AheadWish> {
    let told = world.core.as_mut().map(|core| std::mem::take(&mut core.told)).unwrap_or_default();
    told.into_iter().filter_map(|it| if let ToCore::Ahead(wish) = it { Some(wish) } else { None }).collect()
}

const WISH: AheadWish = AheadWish { frames: 2, latch: true };

#[test]
fn a_core_process_is_told_what_is_wanted_and_one_that_nothing_is_wanted_of_is_not() {
    let mut world = World::playing(0);
    assert_eq!(wishes(&mut world), []);
    world.command(Command::Ahead(WISH));
    world.settle();
    assert_eq!(wishes(&mut world), [WISH]);
    world.says(FromCore::Ahead(AheadStatus { frames: 2, latch: true, ..AheadStatus::default() }));
    world.settle();
    let info = world.machine.info();
    assert_eq!((info.ahead, info.late_latch), (2, true), "the room is told");
    let events = world.events.iter().filter(|event| matches!(event, EngineEvent::Ahead(_))).count();
    assert_eq!(events, 1);
    world.command(Command::Ahead(AheadWish::default()));
    world.settle();
    assert_eq!(wishes(&mut world), [AheadWish::default()], "that it is off is told as well");
}

#[test]
fn that_a_game_is_not_run_ahead_is_told_once_and_what_nobody_asked_for_is_not() {
    let mut world = World::playing(0);
    world.command(Command::Ahead(WISH));
    world.settle();
    let lies = Some(NoAhead::Unfaithful);
    let status = AheadStatus { frames: 0, latch: false, no_ahead: lies, no_latch: lies };
    for _ in 0..3 {
        world.says(FromCore::Ahead(status.clone()));
        world.settle();
    }
    assert!(matches!(world.notices[..], [NoticeKind::NoAhead { why: NoAhead::Unfaithful, .. }]), "{:?}", world.notices);
    assert_eq!(world.machine.status().map(|status| status.ahead.no_latch), Some(lies));
    world.says(FromCore::Ahead(AheadStatus { no_latch: Some(NoAhead::TooSlow), ..status }));
    world.settle();
    assert_eq!(world.notices.len(), 1);
}

#[test]
fn what_a_core_process_says_is_within_bounds() {
    let status = AheadStatus { frames: u32::MAX, ..AheadStatus::default() };
    let FromCore::Ahead(bounded) = FromCore::Ahead(status).bounded() else { panic!("another message") };
    assert_eq!(bounded.frames, 4);
}
