//! Every order of a few things, and random orders of many; `world` checks each action, and what holds between them.

use super::*;
use crate::game_command::Flow;
use crate::link::message::FromCore;
use proptest::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Open(u32),
    Close,
    Restart,
    Pause,
    Resume,
    GuestPauses,
    Flow(Flow),
    GuestFlow(Flow),
    GuestGoes,
    Frame,
    RewindLost,
    Save(u8),
    Load(u8),
    Record(bool),
    PutBack(u64),
    Option,
    CoreLoads,
    CoreFailsToLoad,
    CorePauses(bool),
    CoreCrashes,
    CoreCrashesSaving,
    CoreEnds,
    CoreAnswers(bool),
    StaleNews,
    Progress { shown: bool },
    Second,
    HalfAMinute,
    Unreadable(bool),
    Unwritable(bool),
    CannotStart(bool),
}

/// Those that are tried in every order.
const FEW: [Step; 17] = [
    Step::Open(0),
    Step::Open(1),
    Step::Close,
    Step::Restart,
    Step::Pause,
    Step::GuestFlow(Flow::Rewind),
    Step::Save(0),
    Step::Load(0),
    Step::CoreLoads,
    Step::CoreFailsToLoad,
    Step::CorePauses(true),
    Step::CoreCrashes,
    Step::CoreEnds,
    Step::CoreAnswers(true),
    Step::Progress { shown: true },
    Step::Second,
    Step::Unwritable(true),
];

const MANY: [Step; 47] = {
    use Step::*;
    [
        Open(0),
        Open(1),
        Close,
        Restart,
        Restart,
        Pause,
        Resume,
        GuestPauses,
        Flow(crate::game_command::Flow::Rewind),
        Flow(crate::game_command::Flow::FastForward),
        Flow(crate::game_command::Flow::Normal),
        GuestFlow(crate::game_command::Flow::Rewind),
        GuestFlow(crate::game_command::Flow::Normal),
        GuestGoes,
        Frame,
        RewindLost,
        Save(0),
        Save(1),
        Save(0),
        Load(0),
        Load(1),
        Record(true),
        PutBack(7),
        Record(false),
        Option,
        CoreLoads,
        CoreLoads,
        CoreLoads,
        CoreFailsToLoad,
        CorePauses(true),
        CorePauses(false),
        CoreCrashes,
        CoreCrashes,
        CoreCrashesSaving,
        CoreEnds,
        CoreAnswers(true),
        CoreAnswers(true),
        CoreAnswers(false),
        StaleNews,
        Progress { shown: true },
        Progress { shown: false },
        Second,
        HalfAMinute,
        Unreadable(true),
        Unreadable(false),
        Unwritable(true),
        Unwritable(false),
    ]
};

impl World {
    /// Takes a step, without doing what it asks for.
    fn step(&mut self, step: Step) {
        match step {
            Step::Open(number) => self.command(Command::Open(game(number))),
            Step::Close => self.command(Command::Close),
            Step::Restart => self.command(Command::Restart),
            Step::PutBack(put_aside) => self.command(Command::PutBackSave { put_aside }),
            Step::Pause => self.command(Command::Game(GameCommand::Pause)),
            Step::Resume => self.command(Command::Game(GameCommand::Resume)),
            Step::GuestPauses => self.machine.handle_guest(guest("Ann"), GameCommand::Pause),
            Step::Flow(flow) => self.command(Command::Game(GameCommand::Flow(flow))),
            Step::GuestFlow(flow) => self.machine.handle_guest(guest("Ann"), GameCommand::Flow(flow)),
            Step::GuestGoes => self.machine.handle_people(|_| false),
            Step::Frame => self.command(Command::Game(GameCommand::StepFrame)),
            Step::RewindLost => self.says(FromCore::NoRewind),
            Step::Save(number) => self.command(Command::Game(GameCommand::SaveState(slot(number)))),
            Step::Load(number) => self.command(Command::Game(GameCommand::LoadState(slot(number)))),
            Step::Record(true) => self.command(Command::StartRecording),
            Step::Record(false) => self.command(Command::StopRecording),
            Step::Option => self.command(Command::CoreOption { key: "a".into(), value: "b".into() }),
            Step::CoreLoads => self.load(true),
            Step::CoreFailsToLoad => self.load_fails(),
            Step::CorePauses(paused) => self.says(FromCore::Paused(paused)),
            Step::CoreCrashes => self.crash(),
            Step::CoreCrashesSaving => self.tear(),
            Step::CoreEnds => self.end(),
            Step::CoreAnswers(ok) => self.answer(ok),
            Step::StaleNews => self.stale_news(),
            Step::Progress { shown } => self.progress(shown),
            Step::Second => self.second(),
            Step::HalfAMinute => self.now += 30 * SECOND,
            Step::Unreadable(unreadable) => self.unreadable = unreadable,
            Step::Unwritable(unwritable) => self.unwritable = unwritable,
            Step::CannotStart(cannot_start) => self.cannot_start = cannot_start,
        }
    }

    /// Takes a step, does what it asks for, and checks what came of it.
    fn step_whole(&mut self, step: Step) {
        let number = self.machine.game.as_ref().map(|open| u32::from(open.game.core == game(1).core));
        let had = self.battery().or(self.shown());
        let (shown, runs) = (self.shown(), self.core.is_some());
        self.step(step);
        self.settle();
        assert!(self.told_of_save() <= 1);
        if matches!(step, Step::Save(_)) {
            assert_eq!(self.asked_for_state(), runs, "a state that is never saved");
        }
        // What has to be on the disk now, if that can be written.
        let due = match step {
            Step::Second => shown,
            Step::Open(_) | Step::Close => had,
            Step::CoreCrashes if runs => shown,
            Step::CoreEnds if runs => had,
            _ => None,
        };
        if let (Some(number), Some(due), false) = (number, due, self.unwritable)
            && due > number * 1000
        {
            assert_eq!(self.saved(number), Some(due), "{step:?}");
        }
    }
}

/// The world after each order of `depth` steps.
fn walk(world: &World, depth: u32, orders: &mut u64) {
    for step in FEW {
        let mut next = world.clone();
        next.step_whole(step);
        *orders += 1;
        if depth > 1 {
            walk(&next, depth - 1, orders);
        }
    }
}

#[test]
fn every_order_of_four_things_keeps_what_must_hold() {
    let mut orders = 0;
    walk(&World::new(), 4, &mut orders);
    walk(&World::playing(0), 4, &mut orders);
    assert_eq!(orders, (17 + 17u64.pow(2) + 17u64.pow(3) + 17u64.pow(4)) * 2);
}

#[test]
fn every_order_of_four_things_after_two_crashes_keeps_what_must_hold() {
    let mut world = World::playing(0);
    for _ in 0..2 {
        world.crash();
        world.load(false);
    }
    walk(&world, 4, &mut 0);
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![30 => prop::sample::select(&MANY[..]), 1 => any::<bool>().prop_map(Step::CannotStart)];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn random_orders_keep_what_must_hold(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            world.step_whole(step);
        }
        world.step_whole(Step::Unwritable(false));
        world.step_whole(Step::Close);
        prop_assert!(world.core.is_none() && world.state().is_none());
    }

    /// The same where disk and processes are slow, so that the next thing happens before the last is done.
    #[test]
    fn a_slow_machine_keeps_what_must_hold(steps in prop::collection::vec((steps_slow(), 0..4usize), 1..60)) {
        let mut world = World::new();
        for (step, actions) in steps {
            world.step(step);
            for _ in 0..actions {
                world.perform();
            }
        }
        world.settle();
        world.step_whole(Step::Close);
        prop_assert!(world.core.is_none() && world.state().is_none());
    }
}

/// Without those that check at once what came of them.
fn steps_slow() -> impl Strategy<Value = Step> {
    let at_once = |step: &Step| !matches!(step, Step::CoreCrashes | Step::CoreCrashesSaving);
    prop::sample::select(MANY.into_iter().filter(at_once).collect::<Vec<_>>())
}
