//! Gives the core its frames at its own rate, and carries out the host's requests between them.
//!
//! Nothing here waits: pictures, sound and words are handed to rings and queues that drop when full.

use super::ahead::Ahead;
use super::callbacks;
use super::core::Core;
use super::discs::DiscChanger;
use super::history::{Back, History};
use super::hw;
use super::pace::{Next, Pacer};
use super::process::Inbox;
use super::sound::SoundOnDemand;
use super::state_interval::{self, StateInterval};
use super::sys;
use super::tempo::{TempoControl, Tick};
use super::tempo_sound::Heard;
use crate::frame::PixelFormat;
use crate::link::board::PressWatch;
use crate::link::message::{FromCore, HardwareSeen, Pace, Report, Tempo, ToCore};
use crate::link::state::{Memory, StateWriter};
use crate::link::{Link, Status};
use crate::sync::{now, sleep_until};
use std::sync::Arc;
use std::sync::mpsc::{RecvError, SyncSender, TryRecvError};
use std::time::Duration;

/// How often battery-backed memory is looked at for changes. The host looks every second for what is shown, and has to have
/// written it two seconds after it changed.
const MEMORY_EVERY: Duration = Duration::from_millis(400);
/// The share of a tick that a fast game may take: the rest is for what looks after it.
const BUSY_SHARE: f64 = 0.9;
const SECOND: Duration = Duration::from_secs(1);

/// The runner and all it needs.
pub struct Runner {
    core: Core,
    status: Status,
    states: StateWriter,
    out: SyncSender<FromCore>,
    pace: Pace,
    paused: bool,
    tempo: TempoControl,
    history: History,
    ahead: Ahead,
    presses: PressWatch,
    stop: bool,
    /// By the host: neither the core wants to end nor is the host gone.
    told_to_stop: bool,
    frames: u64,
    /// What the host was shown of each.
    memories: [Vec<u8>; Memory::ALL.len()],
    state_interval: StateInterval,
    next_state: Duration,
    next_memory: Duration,
    next_second: Duration,
    run_total: Duration,
    run_max: Duration,
    sound: SoundOnDemand,
    discs: DiscChanger,
}

/// Puts back what the host left in the shared memory: battery-backed memory, and with `revive` the newest automatic
/// state. True when a state was put back.
pub fn restore(core: &mut Core, link: &Arc<Link>, revive: bool) -> bool {
    let states = StateWriter::new(link.clone());
    for memory in Memory::ALL {
        if let (Some(saved), Some(now)) = (states.read_memory(memory), core.memory(memory)) {
            put(now, &saved);
        }
    }
    let newest = revive.then(|| crate::link::state::StateReader::new(link.clone()).newest());
    newest.flatten().is_some_and(|state| {
        if callbacks::with(|front| front.environment.runs_before_states()) {
            core.run();
        }
        core.load_state(&state)
    })
}

/// Of a file that is longer or shorter, what fits.
fn put(memory: &mut [u8], saved: &[u8]) {
    let len = saved.len().min(memory.len());
    memory[..len].copy_from_slice(&saved[..len]);
}

impl Runner {
    /// The core is loaded and ready.
    pub fn new(core: Core, link: Arc<Link>, pace: Pace, rewind_mb: u32, out: SyncSender<FromCore>) -> Runner {
        let start = now();
        Runner {
            core,
            status: Status::new(link.clone()),
            states: StateWriter::new(link.clone()),
            out,
            pace,
            paused: false,
            tempo: TempoControl::default(),
            history: History::new(if pace == Pace::Real { rewind_mb } else { 0 }),
            ahead: Ahead::default(),
            presses: PressWatch::new(link.clone()),
            stop: false,
            told_to_stop: false,
            frames: 0,
            memories: Default::default(),
            state_interval: StateInterval::default(),
            next_state: start + state_interval::SHORTEST,
            next_memory: start + MEMORY_EVERY,
            next_second: start + SECOND,
            run_total: Duration::ZERO,
            run_max: Duration::ZERO,
            sound: SoundOnDemand::default(),
            discs: DiscChanger::default(),
        }
    }

    /// Runs until the host or the core wants to end; saves are in the shared memory then.
    pub fn run(mut self, inbox: &Inbox) -> Report {
        crate::sync::wake_before_others(crate::sync::Claim::Soon);
        let fps = callbacks::with(|front| {
            front.environment.tell_news();
            front.environment.video.fps
        });
        self.status.set_fps(fps);
        self.memories = Memory::ALL.map(|memory| self.core.memory(memory).map(|now| now.to_vec()).unwrap_or_default());
        let mut pacer = Pacer::new(now(), fps);
        let frame_limit = match self.pace {
            Pace::Real => u64::MAX,
            Pace::Unthrottled { frames } => frames,
        };
        while self.frames < frame_limit {
            self.obey(inbox, &mut pacer);
            if self.stop {
                break;
            }
            let due = match (self.pace, pacer.next(now())) {
                (Pace::Unthrottled { .. }, _) => now(),
                (Pace::Real, Next::At(due)) => {
                    self.show_late_inputs(due);
                    sleep_until(due);
                    due
                }
                (Pace::Real, Next::Late(due)) => due,
                (Pace::Real, Next::Resynced(due)) => {
                    self.status.count_resync();
                    due
                }
            };
            self.tick(due, &mut pacer);
        }
        self.sound.pause();
        self.look_after_memories();
        if self.told_to_stop && self.pace == Pace::Real {
            // What the host may want to go on from. It has a limit for all of this.
            self.save_state();
        }
        let report = self.report();
        self.core.close();
        report
    }

    /// What belongs into the time of one frame of a game that goes at its own speed.
    fn tick(&mut self, due: Duration, pacer: &mut Pacer) {
        let tempo = match self.pace {
            Pace::Real => self.tempo.now(callbacks::with(|front| front.environment.fast_override)),
            Pace::Unthrottled { .. } => Tempo::Normal,
        };
        let tick = match self.tempo.tick(tempo) {
            Tick::Back => match self.history.tick_back(&mut self.core) {
                Back::Run { next_to_it: true } => Tick::Run { frames: 1, heard: Heard::Backwards },
                Back::Run { next_to_it: false } => Tick::Run { frames: 1, heard: Heard::Nothing },
                Back::Wait => Tick::Wait { heard: Heard::Nothing },
                Back::Refused => {
                    self.tempo.set(Tempo::Normal);
                    self.tell(FromCore::NoRewind);
                    // The host first keeps what was saved before.
                    self.next_memory = now() + MEMORY_EVERY;
                    Tick::Wait { heard: Heard::Nothing }
                }
            },
            tick => tick,
        };
        let heard = match tick {
            Tick::Run { heard, .. } | Tick::Wait { heard } => heard,
            Tick::Back => Heard::Nothing,
        };
        let fps = callbacks::with(|front| {
            front.environment.tempo = tempo;
            front.tempo_sound.begin_tick(heard);
            front.environment.video.fps
        });
        self.ahead.forget();
        match tick {
            Tick::Run { frames: 1, .. } if tempo != Tempo::Rewind && self.ahead.is_on() => {
                self.frame_ahead(due, fps, pacer)
            }
            Tick::Run { frames: 1, .. } => self.frame(due, true, pacer),
            Tick::Run { frames, .. } => self.fast_frames(frames, due, fps, pacer),
            Tick::Wait { .. } | Tick::Back => self.status.beat(),
        }
        if heard != Heard::AsMade {
            callbacks::with(|front| front.end_tick(fps));
        }
    }

    /// As many frames as the time of one allows; the last is shown.
    fn fast_frames(&mut self, frames: u32, due: Duration, fps: f64, pacer: &mut Pacer) {
        let limit = due + Duration::from_secs_f64(BUSY_SHARE / fps);
        let mut longest = Duration::ZERO;
        for index in 1..=frames {
            let begin = now();
            let last = index == frames || begin + longest * 2 > limit;
            self.frame(if index == 1 { due } else { begin }, last, pacer);
            longest = longest.max(now() - begin);
            if last || self.stop {
                break;
            }
        }
        callbacks::show_held();
    }

    /// One frame of the game, and those ahead of it, of which the last is shown.
    fn frame_ahead(&mut self, due: Duration, fps: f64, pacer: &mut Pacer) {
        self.ahead.before_frame(&mut self.core);
        let shown = !self.ahead.hides();
        callbacks::with(|front| front.environment.picture_wanted = shown);
        let end = self.run_frame(due, shown);
        callbacks::with(|front| front.environment.picture_wanted = true);
        self.ahead.after_frame(&mut self.core, fps);
        callbacks::show_held();
        // From here on the game is where it was before it was run ahead, and what follows sees nothing of that.
        self.after_frame(end, true, pacer);
        self.tell_ahead();
    }

    /// Until the next frame is due: a press that comes after the last one has looked shows in it all the same.
    fn show_late_inputs(&mut self, due: Duration) {
        while let Some(until) = self.ahead.waits_until(due) {
            let inputs = callbacks::with(|front| front.inputs);
            if !self.presses.wait(&inputs, until) {
                return;
            }
            self.ahead.run_again(&mut self.core);
            self.tell_ahead();
        }
    }

    fn tell_ahead(&mut self) {
        if let Some(status) = self.ahead.news() {
            self.tell(FromCore::Ahead(status));
        }
    }

    /// One frame of the game.
    fn frame(&mut self, due: Duration, shown: bool, pacer: &mut Pacer) {
        let end = self.run_frame(due, shown);
        self.after_frame(end, shown, pacer);
    }

    /// Runs it, and says when it ended.
    fn run_frame(&mut self, due: Duration, shown: bool) -> Duration {
        let frame_time = callbacks::with(|front| {
            front.due = due;
            front.polled = false;
            front.shown = shown;
            front.environment.frame_time
        });
        if let Some(callback) = frame_time {
            sys::call_frame_time(&callback, callback.reference);
        }
        let begin = now();
        // A frame that is late is heard as a gap soon: cores that can skip drawing then do.
        let late = begin.saturating_sub(due);
        self.sound.before_frame(late);
        self.core.run();
        let end = now();
        self.frames += 1;
        self.run_total += end - begin;
        self.run_max = self.run_max.max(end - begin);
        self.status.count_frame();
        self.status.beat();
        end
    }

    /// What is to be done after each frame.
    fn after_frame(&mut self, end: Duration, shown: bool, pacer: &mut Pacer) {
        let changed = callbacks::with(|front| {
            front.audio.flush();
            front.environment.tell_news();
            self.stop |= front.environment.shutdown;
            std::mem::take(&mut front.environment.av_changed).then(|| front.environment.av_info())
        });
        if let Some(av) = changed {
            pacer.set_fps(av.fps);
            self.status.set_fps(av.fps);
            callbacks::with(|front| front.audio.set_rate(av.sample_rate));
            let _ = self.out.try_send(FromCore::AvChanged(av));
        }
        if !self.history.after_frame(&mut self.core, shown) {
            self.tell(FromCore::NoRewind);
        }
        let going_back = self.history.is_going_back();
        if end >= self.next_state && self.pace == Pace::Real && !going_back {
            let took = self.save_state().1;
            self.next_state = end + self.state_interval.after(took);
        }
        if let Some(discs) = self.discs.after_frame() {
            self.tell(FromCore::Discs(discs));
        }
        if end >= self.next_memory {
            self.next_memory = end + MEMORY_EVERY;
            self.look_after_memories();
        }
        if end >= self.next_second {
            self.next_second = end + SECOND;
            callbacks::with(|front| front.environment.refill_log_budget());
            if let Some(discs) = self.discs.look() {
                self.tell(FromCore::Discs(discs));
            }
            self.look_after_options();
        }
    }

    /// Carries out what the host asked since the last frame; while paused, sleeps until it asks for something.
    fn obey(&mut self, inbox: &Inbox, pacer: &mut Pacer) {
        while !self.stop {
            let message = if self.paused && !self.tempo.goes_back() {
                inbox.recv().map_err(|RecvError| TryRecvError::Disconnected)
            } else {
                inbox.try_recv()
            };
            match message {
                Ok(message) => self.carry_out(message, pacer),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => self.stop = true,
            }
        }
    }

    fn carry_out(&mut self, message: ToCore, pacer: &mut Pacer) {
        // The frame that was run last may not be the one before the next any more.
        self.ahead.forget();
        match message {
            ToCore::Load(_) => {}
            ToCore::Pause => {
                self.paused = true;
                self.sound.pause();
                callbacks::with(|front| front.feedback.hold_still(true));
                self.look_after_memories();
                self.tell(FromCore::Paused(true));
            }
            ToCore::Resume => {
                if std::mem::take(&mut self.paused) {
                    pacer.restart(now());
                    callbacks::with(|front| {
                        front.board.forget_taps();
                        front.feedback.hold_still(false);
                    });
                }
                self.tell(FromCore::Paused(false));
            }
            ToCore::Tempo(tempo) => self.set_tempo(tempo, pacer),
            ToCore::Ahead(wish) => {
                self.ahead.set(wish, &self.core);
                self.tell_ahead();
            }
            ToCore::Advise => {
                let advice = self.ahead.advise(&mut self.core);
                pacer.restart(now());
                self.tell(FromCore::Advice(advice));
            }
            ToCore::Step => self.step(pacer),
            ToCore::Reset => self.core.reset(),
            ToCore::SaveState { ticket } => {
                let ok = self.save_state().0;
                self.tell(FromCore::StateSaved { ticket, ok });
            }
            ToCore::LoadState { ticket } => {
                // A game that goes on where it was left is asked for it before its first frame.
                if self.frames == 0 && callbacks::with(|front| front.environment.runs_before_states()) {
                    self.core.run();
                }
                let state = self.states.inbox();
                let ok = state.is_some_and(|state| self.core.load_state(&state));
                self.tell(FromCore::StateLoaded { ticket, ok });
            }
            ToCore::Option { key, value } => {
                let display = callbacks::with(|front| {
                    front.environment.options.set(&key, &value);
                    front.environment.options_display
                });
                if let Some(display) = display {
                    sys::call_options_display(&display);
                }
                callbacks::with(|front| front.environment.options.take_shown_otherwise());
                self.tell(FromCore::Options(callbacks::with(|front| front.environment.options.list())));
            }
            ToCore::Disc(command) => {
                self.discs.obey(command);
                if let Some(discs) = self.discs.look() {
                    self.tell(FromCore::Discs(discs));
                }
            }
            ToCore::Device { port, id } => {
                if callbacks::with(|front| front.environment.plug(port, id)) {
                    self.core.set_controller(port, id);
                    callbacks::with(|front| front.environment.tell_news());
                }
            }
            ToCore::Ping => {
                self.status.beat();
                self.tell(FromCore::Pong);
            }
            ToCore::Stop => (self.stop, self.told_to_stop) = (true, true),
        }
    }

    fn set_tempo(&mut self, tempo: Tempo, pacer: &mut Pacer) {
        let goes_back = tempo == Tempo::Rewind && self.history.is_kept();
        if tempo == Tempo::Rewind && !goes_back {
            // It did not hear it, or not yet.
            self.tell(FromCore::NoRewind);
        }
        self.tempo.set(if tempo == Tempo::Rewind && !goes_back { Tempo::Normal } else { tempo });
        if goes_back {
            // What the game saved just now is shown while it is still there.
            self.look_after_memories();
            if self.paused {
                pacer.restart(now());
            }
        } else if self.history.is_going_back() {
            self.history.go_on();
            (self.next_memory, self.next_state) = (now(), now());
            if self.paused {
                self.sound.pause();
                self.look_after_memories();
            }
            // What was tapped on the way back was meant for no frame of the game that goes on.
            callbacks::with(|front| front.board.forget_taps());
        }
    }

    /// One frame of a paused game, without a sound.
    fn step(&mut self, pacer: &mut Pacer) {
        if !self.paused {
            return;
        }
        callbacks::with(|front| {
            front.environment.stepping = true;
            front.tempo_sound.begin_tick(Heard::Nothing);
        });
        if self.ahead.is_on() {
            let fps = callbacks::with(|front| front.environment.video.fps);
            self.frame_ahead(now(), fps, pacer);
        } else {
            self.frame(now(), true, pacer);
        }
        self.sound.pause();
        callbacks::with(|front| front.environment.stepping = false);
        // The next frame may be hours away.
        self.look_after_memories();
    }

    fn tell(&self, message: FromCore) {
        // Full means that the host does not read; it will notice that no answer comes.
        let _ = self.out.try_send(message);
    }

    /// Writes a state into the shared memory; says whether, and how long it took.
    fn save_state(&mut self) -> (bool, Duration) {
        let begin = now();
        let ok = self.core.save_state(&mut self.states);
        (ok, now() - begin)
    }

    /// Shows memory that lasts to the host when it changed. What is gone through on the way back is nothing to be kept.
    fn look_after_memories(&mut self) {
        if self.history.is_going_back() {
            return;
        }
        for (memory, shown) in Memory::ALL.into_iter().zip(&mut self.memories) {
            let Some(now) = self.core.memory(memory) else { continue };
            if shown.is_empty() {
                // It appeared only now: what was saved goes in, instead of a blank memory coming out.
                if let Some(saved) = self.states.read_memory(memory) {
                    put(now, &saved);
                }
                shown.extend_from_slice(now);
            } else if shown != now {
                self.states.write_memory(memory, now);
                shown.clear();
                shown.extend_from_slice(now);
            }
        }
    }

    /// Shows the host options that the core showed or hid by itself.
    fn look_after_options(&self) {
        let changed = callbacks::with(|front| {
            let options = &mut front.environment.options;
            options.take_shown_otherwise().then(|| options.list())
        });
        if let Some(options) = changed {
            self.tell(FromCore::Options(options));
        }
    }

    fn report(&self) -> Report {
        let hardware = hw::seen();
        callbacks::with(|front| Report {
            frames: self.frames,
            duplicates: front.seen.duplicates,
            sizes: front.seen.sizes.clone(),
            formats: formats(front.environment.video.format, hardware.as_ref()),
            samples: front.seen.samples,
            calls: front.environment.calls.seen(),
            refused_frames: front.seen.refused,
            run_mean_us: self.run_total.as_secs_f64() * 1e6 / self.frames.max(1) as f64,
            run_max_us: self.run_max.as_secs_f64() * 1e6,
            hardware: hardware.clone(),
            states: self.state_interval.seen(),
            rewind: self.history.seen(),
            ahead: self.ahead.seen(),
        })
    }
}

/// Those of pictures in memory, and of pictures that the card drew.
fn formats(in_memory: PixelFormat, hardware: Option<&HardwareSeen>) -> Vec<String> {
    let drawn = hardware.is_some_and(|seen| seen.pictures > 0).then_some(PixelFormat::Xrgb8888);
    let formats = drawn.into_iter().chain((drawn != Some(in_memory)).then_some(in_memory));
    formats.map(|format| format.name().to_owned()).collect()
}
