//! Run-ahead and late latch: the frames that a game is run ahead of itself and taken back, and the frame that is run again
//! because an input came late. One instance of the core does it all, by its states.

mod advice;
mod cost;
mod run;
mod witness;

pub use run::Run;
pub use witness::Witness;

use super::callbacks;
use super::core::Core;
use super::hw;
use super::sys;
use crate::link::ahead::{AheadAdvice, AheadSeen, AheadStatus, AheadWish, MOST_AHEAD, NoAhead};
use crate::sync::{now, thread_time};
use cost::Cost;
use std::time::Duration;
use witness::{SEED, Seen, checksum};

/// Ticks until a frame is run twice to see whether it is the same: soon, once the game has begun in earnest, and then now and then.
const CHECKS: [u32; 3] = [10, 110, 600];
const LATER_CHECKS: u32 = 3600;
/// And after one that was not the same.
const DOUBT: u32 = 30;
/// So often it may not be: cores read clocks.
const MOST_LIES: u32 = 2;
/// A core that makes no state so many times in a row is not asked any more.
const MOST_FAILURES: u32 = 60;
/// Memory that is compared, at most.
const COMPARED: usize = 4 << 20;
/// Late inputs are worth this part of a frame's time.
const LATCH_SHARE: f64 = 0.25;
/// Times that one frame is run again: a picture each has to be encoded.
const MOST_AGAIN: u32 = 2;
/// What is left of a frame's time has to be more than a re-run takes, and by so much.
const SPARE: Duration = Duration::from_micros(1500);
/// A machine that is busy makes everything take long: so much of the time that passed counts, if that is more than what was worked.
const WAITED_SHARE: u32 = 4;

/// Costs nothing, and asks the core for nothing, unless something is wanted.
#[derive(Default)]
pub struct Ahead {
    wish: AheadWish,
    status: AheadStatus,
    /// As the host knows it.
    told: AheadStatus,
    /// The state after the frame that counts.
    after: Vec<u8>,
    /// The state before it, while late inputs are waited for.
    before: Vec<u8>,
    has_before: bool,
    /// Of a core that does not say where its memory is.
    compared: Vec<u8>,
    /// Times that the frame was run again.
    again: u32,
    check_in: u32,
    checks: usize,
    lies: u32,
    failures: u32,
    cost: Cost,
    state_takes: Duration,
    frame_takes: Duration,
    seen: AheadSeen,
}

impl Ahead {
    /// Whether anything is done, or will be.
    pub fn is_on(&self) -> bool {
        self.status.frames > 0 || self.status.latch || self.tries_latch()
    }

    /// The frame that counts is not the one that is seen.
    pub fn hides(&self) -> bool {
        self.status.frames > 0
    }

    fn tries_latch(&self) -> bool {
        self.wish.latch && !self.status.latch && self.status.no_latch.is_none()
    }

    /// From now on so. Room for states is made here, and nowhere else.
    pub fn set(&mut self, wish: AheadWish, core: &Core) {
        let wish = AheadWish { frames: wish.frames.min(MOST_AHEAD), ..wish };
        *self = Ahead { wish, told: std::mem::take(&mut self.told), seen: self.seen, ..Ahead::default() };
        self.status.frames = wish.frames;
        self.check_in = CHECKS[0];
        if !self.is_on() {
            return;
        }
        match room(core) {
            Ok(len) => {
                self.after = vec![0; len];
                self.before = vec![0; if wish.latch { len } else { 0 }];
                self.compared = vec![0; if core.system_ram().is_none() { len } else { 0 }];
            }
            Err(why) => self.refuse(why),
        }
        let keyboard = callbacks::with(|front| front.environment.keyboard.is_some());
        if keyboard && self.tries_latch() {
            self.status.no_latch = Some(NoAhead::Keyboard);
        }
    }

    fn refuse(&mut self, why: NoAhead) {
        if self.wish.frames > 0 {
            (self.status.frames, self.status.no_ahead) = (0, Some(why));
        }
        if self.wish.latch {
            (self.status.latch, self.status.no_latch) = (false, Some(why));
        }
        self.has_before = false;
    }

    /// What the host does not know yet.
    pub fn news(&mut self) -> Option<AheadStatus> {
        (self.told != self.status).then(|| {
            self.told.clone_from(&self.status);
            self.status.clone()
        })
    }

    /// The frame that was run last is not run again.
    pub fn forget(&mut self) {
        self.has_before = false;
    }

    /// A frame that counts is about to be run.
    pub fn before_frame(&mut self, core: &mut Core) {
        self.again = 0;
        self.has_before = false;
        if self.status.latch {
            let begin = now();
            self.has_before = quickly(|| core.write_state(&mut self.before));
            self.seen.states += 1;
            self.seen.total_us += micros(now() - begin);
        }
    }

    /// It was run: runs ahead of it and comes back.
    pub fn after_frame(&mut self, core: &mut Core, fps: f64) {
        let (begin, worked) = (now(), thread_time());
        self.check_in = self.check_in.saturating_sub(1);
        let checks = self.check_in == 0;
        if (self.status.frames == 0 && !checks) || !self.keep_state(core) {
            return;
        }
        self.run_ahead(core);
        callbacks::show_held();
        if checks && self.is_on() {
            self.check(core, fps);
        } else if self.status.frames > 0 {
            let took = (thread_time() - worked).max((now() - begin) / WAITED_SHARE) + self.frame_takes;
            if self.cost.is_too_much(took, fps) {
                self.status.frames -= 1;
                self.status.no_ahead = Some(NoAhead::TooSlow);
            }
        }
        self.seen.total_us += micros(now() - begin);
    }

    fn keep_state(&mut self, core: &mut Core) -> bool {
        self.seen.states += 1;
        if quickly(|| core.write_state(&mut self.after)) {
            self.failures = 0;
            return true;
        }
        self.failures += 1;
        match quickly(|| core.state_size()) {
            len if len != self.after.len() && len != 0 => self.refuse(NoAhead::SizeChanges),
            _ if self.failures >= MOST_FAILURES => self.refuse(NoAhead::NoStates),
            _ => {}
        }
        false
    }

    fn run_ahead(&mut self, core: &mut Core) {
        let frames = self.status.frames;
        for frame in 1..=frames {
            run_ahead(core, frame == frames);
        }
        self.seen.frames += u64::from(frames);
        if frames > 0 {
            self.take_back(core);
        }
    }

    fn take_back(&mut self, core: &mut Core) -> bool {
        let taken = quickly(|| core.load_state(&self.after));
        if !taken {
            self.refuse(NoAhead::NotTaken);
        }
        taken
    }

    /// Whether the next frame is the same when it is run again. `after` has the state that the core is in.
    fn check(&mut self, core: &mut Core, fps: f64) {
        self.check_in = CHECKS.get(self.checks + 1).copied().unwrap_or(LATER_CHECKS);
        self.checks += 1;
        self.seen.checks += 1;
        if quickly(|| core.state_size()) != self.after.len() {
            return self.refuse(NoAhead::SizeChanges);
        }
        let Some(first) = self.tried(core) else { return };
        let Some(second) = self.tried(core) else { return };
        if first.0.agrees(&second.0) && first.1 == second.1 {
            return self.may_latch(fps);
        }
        self.lies += 1;
        self.check_in = DOUBT;
        if self.lies >= MOST_LIES {
            self.refuse(NoAhead::Unfaithful);
        }
    }

    /// The next frame, taken back, and the checksum of the memory after it.
    fn tried(&mut self, core: &mut Core) -> Option<(Seen, u64)> {
        let begin = thread_time();
        let seen = watched(|| run_ahead(core, false));
        let ran = thread_time();
        let memory = match core.system_ram() {
            Some(memory) => checksum(SEED, &memory[..memory.len().min(COMPARED)]),
            None => {
                quickly(|| core.write_state(&mut self.compared));
                checksum(SEED, &self.compared[..self.compared.len().min(COMPARED)])
            }
        };
        let taking = thread_time();
        let taken = self.take_back(core);
        self.frame_takes = ran.saturating_sub(begin);
        self.state_takes = thread_time().saturating_sub(taking);
        taken.then_some((seen, memory))
    }

    /// The states tell the truth: late inputs are shown at once if that is cheap.
    fn may_latch(&mut self, fps: f64) {
        if !self.wish.latch || self.status.no_latch.is_some() {
            return;
        }
        let affordable = self.again_takes().as_secs_f64() * fps < LATCH_SHARE * f64::from(1 + self.status.frames);
        if affordable {
            self.status.latch = true;
        } else if self.checks > 1 {
            // Not at once: a game's first frames are its longest.
            (self.status.latch, self.status.no_latch) = (false, Some(NoAhead::TooSlow));
        }
    }

    /// The frame, those ahead of it, and the states between.
    fn again_takes(&self) -> Duration {
        let ahead = self.status.frames;
        self.frame_takes * (1 + ahead) + self.state_takes * if ahead > 0 { 3 } else { 1 }
    }

    /// Until when an input that comes late is still shown in this frame, the next being due at `due`; none if it is not.
    pub fn waits_until(&self, due: Duration) -> Option<Duration> {
        let open = self.status.latch && self.has_before && self.again < MOST_AGAIN;
        open.then(|| due.saturating_sub(self.again_takes() + SPARE))
    }

    /// Runs the last frame again, with what was pressed meanwhile.
    pub fn run_again(&mut self, core: &mut Core) {
        self.again += 1;
        let begin = now();
        if !quickly(|| core.load_state(&self.before)) {
            self.refuse(NoAhead::NotTaken);
            return;
        }
        callbacks::with(|front| {
            front.poll_again();
            // Later than the picture that it replaces.
            front.due = begin;
            front.shown = self.status.frames == 0;
            front.environment.run = Run::Again;
            front.environment.picture_wanted = front.shown;
        });
        run(core);
        real();
        self.seen.again += 1;
        if self.status.frames > 0 && self.keep_state(core) {
            self.run_ahead(core);
        }
        callbacks::show_held();
        self.seen.total_us += micros(now() - begin);
    }

    /// What the game can take, tried now.
    pub fn advise(&mut self, core: &mut Core) -> AheadAdvice {
        self.has_before = false;
        let refused = |why| AheadAdvice { refused: Some(why), ..AheadAdvice::default() };
        if let Some(why @ (NoAhead::Unfaithful | NoAhead::SizeChanges | NoAhead::NotTaken)) = self.status.no_ahead {
            return refused(why);
        }
        let len = match room(core) {
            Ok(len) => len,
            Err(why) => return refused(why),
        };
        let mut state = vec![0; len];
        let begin = now();
        if !quickly(|| core.write_state(&mut state)) {
            return refused(NoAhead::NoStates);
        }
        let making = now() - begin;
        let advice = advice::find(core, &state);
        AheadAdvice { state_us: advice.state_us.saturating_add(micros(making) as u32), ..advice }
    }

    pub fn seen(&self) -> AheadSeen {
        self.seen
    }
}

/// Bytes of a state, of a core that can be run ahead.
fn room(core: &Core) -> Result<usize, NoAhead> {
    let quirks = callbacks::with(|front| front.environment.quirks());
    let has = |quirk: u32| quirks & u64::from(quirk) != 0;
    if hw::seen().is_some() {
        return Err(NoAhead::Hardware);
    }
    if has(sys::RETRO_SERIALIZATION_QUIRK_INCOMPLETE) {
        return Err(NoAhead::Incomplete);
    }
    if has(sys::RETRO_SERIALIZATION_QUIRK_CORE_VARIABLE_SIZE) {
        return Err(NoAhead::SizeChanges);
    }
    match quickly(|| core.state_size()) {
        0 => Err(NoAhead::NoStates),
        len => Ok(len),
    }
}

/// A call about a state that stays in this process: the core may leave out what only matters beyond it.
fn quickly<T>(call: impl FnOnce() -> T) -> T {
    callbacks::with(|front| front.environment.quick_state = true);
    let answer = call();
    callbacks::with(|front| front.environment.quick_state = false);
    answer
}

/// One frame that is taken back, with what is held.
fn run_ahead(core: &mut Core, shown: bool) {
    let moved = callbacks::with(|front| {
        front.environment.run = Run::Ahead;
        front.shown = shown && !front.witness.looks;
        front.environment.picture_wanted = shown || front.witness.looks;
        // What was moved was moved in the frame that counts.
        front.inputs.mice.each_mut().map(|mouse| std::mem::take(&mut mouse.moved))
    });
    run(core);
    callbacks::with(|front| {
        for (mouse, moved) in front.inputs.mice.iter_mut().zip(moved) {
            mouse.moved = moved;
        }
    });
    real();
}

fn run(core: &mut Core) {
    let frame_time = callbacks::with(|front| {
        front.polled = true;
        front.environment.frame_time
    });
    if let Some(callback) = frame_time {
        sys::call_frame_time(&callback, callback.reference);
    }
    core.run();
}

/// What runs next counts.
fn real() {
    callbacks::with(|front| {
        front.environment.run = Run::Real;
        front.environment.picture_wanted = true;
        front.shown = true;
    });
}

/// What is seen and heard of a frame that nobody sees.
fn watched(frame: impl FnOnce()) -> Seen {
    callbacks::with(|front| front.witness.begin());
    frame();
    callbacks::with(|front| front.witness.end())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
