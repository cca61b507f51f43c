//! What a core calls: the C functions, and the one global that libretro forces on a front end.
//!
//! The global stays private to this file. Callbacks lock it; the lock is not held while calling into the core, so a
//! core that calls back from inside a call, or from a thread of its own, finds it free.
#![allow(unsafe_code)]

mod hardware;
mod picture;
mod sound;

pub use hardware::{current_framebuffer, lost, proc_address};
pub use picture::{hand_over, show_held, video_refresh};
pub use sound::{MICROPHONE, audio_sample, audio_sample_batch, audio_sample_batch_float};

use super::ahead::Witness;
use super::devices::{self, Wheels};
use super::environment::Environment;
use super::keyboard::Keyboard;
use super::sys;
use super::tempo_sound::TempoSound;
use crate::input::{Inputs, MAX_SEATS, Rumble, Seat, SeatSet};
use crate::link::Link;
use crate::link::audio::AudioWriter;
use crate::link::board::{BoardReader, FeedbackWriter};
use crate::link::frames::FrameWriter;
use crate::sync::now;
use std::ffi::{c_char, c_void};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A fifth of a millisecond each.
const LOG_TRIES: u32 = 50;

static FRONT: Mutex<Option<Front>> = Mutex::new(None);

/// The front end, as the core meets it.
pub struct Front {
    pub environment: Environment,
    pub frames: FrameWriter,
    pub audio: AudioWriter,
    pub board: BoardReader,
    pub inputs: Inputs,
    /// Clicks of wheels that are still to be told.
    pub wheels: Wheels,
    /// The keys that the core was told of.
    pub keyboard: Keyboard,
    pub feedback: FeedbackWriter,
    /// The board has been read for this frame: a core that polls twice sees the same inputs, and a tap lasts a whole frame.
    pub polled: bool,
    /// When the frame that runs now was due.
    pub due: Duration,
    /// What is heard of a game that does not go at its own speed.
    pub tempo_sound: TempoSound,
    /// The picture of the frame that runs now is to be seen. Those of frames that go by too fast are held until the next that is.
    pub shown: bool,
    held: picture::Held,
    /// Looks at a frame that is compared with itself.
    pub witness: Witness,
    /// Where the core was let draw its next picture itself.
    drawing: Option<usize>,
    /// What was seen.
    pub seen: Seen,
    link: Arc<Link>,
}

impl Front {
    /// At the core's end of `link`.
    pub fn new(environment: Environment, link: &Arc<Link>) -> Front {
        Front {
            environment,
            frames: FrameWriter::new(link.clone()),
            audio: AudioWriter::new(link.clone()),
            board: BoardReader::new(link.clone()),
            inputs: Inputs::default(),
            wheels: Wheels::default(),
            keyboard: Keyboard::default(),
            feedback: FeedbackWriter::new(link.clone()),
            polled: false,
            due: now(),
            tempo_sound: TempoSound::default(),
            shown: true,
            held: picture::Held::default(),
            witness: Witness::default(),
            drawing: None,
            seen: Seen::default(),
            link: link.clone(),
        }
    }

    /// The core made this sound.
    fn hear(&mut self, stereo: &[i16]) {
        if !self.environment.run.is_heard() {
            if self.witness.looks {
                self.witness.sound(stereo);
            }
            return;
        }
        self.seen.samples += stereo.len() as u64 / 2;
        self.audio.write(self.tempo_sound.take(stereo));
    }

    /// The frame that ran last is run again: with what it was given, and what came since.
    pub fn poll_again(&mut self) {
        let first = self.inputs;
        self.board.poll(&mut self.inputs);
        self.wheels.turn(&mut self.inputs.mice);
        self.inputs.join_earlier(&first);
    }

    /// A tick of the runner ends: what is to be heard of it, unless that went out as it came.
    pub fn end_tick(&mut self, ticks_a_second: f64) {
        self.audio.write(self.tempo_sound.end_tick(self.environment.video.sample_rate, ticks_a_second));
        self.audio.flush();
    }
}

/// Counted while the core runs.
#[derive(Default)]
pub struct Seen {
    /// Pictures, duplicates included.
    pub pictures: u64,
    /// NULL pictures.
    pub duplicates: u64,
    /// Pictures that were not taken.
    pub refused: u64,
    /// In stereo pairs.
    pub samples: u64,
    /// Each size and how often; the first 64 sizes.
    pub sizes: Vec<(u32, u32, u64)>,
    /// The last size and aspect, for duplicates.
    last: Option<(u32, u32)>,
}

/// Puts the front end in place. Before any core is opened.
pub fn install(front: Front) {
    *lock() = Some(front);
}

/// Takes the front end away again: the core is closed.
pub fn remove() {
    *lock() = None;
}

/// The front end, between calls into the core.
pub fn with<T>(use_it: impl FnOnce(&mut Front) -> T) -> T {
    let mut front = lock();
    match front.as_mut() {
        Some(front) => use_it(front),
        // Callbacks are handed to a core only after `install`.
        None => unreachable!("a core is called before the front end is in place"),
    }
}

/// The front end, for a call of the core's. Threads of a core, and what it does when the process ends, may come after the front
/// end has gone: they hear no, and nothing happens.
pub fn called<T: Default>(use_it: impl FnOnce(&mut Front) -> T) -> T {
    lock().as_mut().map_or_else(T::default, use_it)
}

fn lock() -> MutexGuard<'static, Option<Front>> {
    FRONT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// # Safety
/// Called by the core with an argument that fits the command.
pub unsafe extern "C" fn environment(command: u32, data: *mut c_void) -> bool {
    // SAFETY: the core's promise, libretro.h.
    let argument = unsafe { sys::Argument::new(data) };
    let answer = called(|front| {
        front.link.note_call(command);
        if command != sys::RETRO_ENVIRONMENT_GET_CURRENT_SOFTWARE_FRAMEBUFFER {
            return front.environment.call(command, argument);
        }
        // The one call that is about the ring.
        let answer = picture::software_framebuffer(front, argument);
        front.environment.calls.count(command, answer);
        answer
    });
    // Outside of the lock: the core is told of a new context.
    if answer {
        hardware::follow(command);
    }
    answer
}

impl Seen {
    fn count(&mut self, width: u32, height: u32) {
        let known = self.sizes.iter_mut().find(|(w, h, _)| (*w, *h) == (width, height));
        if let Some((.., times)) = known {
            *times += 1;
        } else if self.sizes.len() < 64 {
            self.sizes.push((width, height, 1));
        }
    }
}

/// Called by the core when it wants fresh inputs.
pub extern "C" fn input_poll() {
    let typed = called(|front| {
        if std::mem::replace(&mut front.polled, true) {
            return None;
        }
        front.board.poll(&mut front.inputs);
        front.wheels.turn(&mut front.inputs.mice);
        let turn = front.keyboard.turn_to(front.inputs.keys);
        front.environment.keyboard.map(|callback| (callback, turn))
    });
    // Outside of the lock: the core may call back from its callback.
    if let Some((callback, turn)) = typed {
        for key in turn.events() {
            sys::call_keyboard(&callback, key.down, key.code.into(), key.character, key.modifiers);
        }
    }
}

/// Called by the core for one button or axis.
pub extern "C" fn input_state(port: u32, device: u32, index: u32, id: u32) -> i16 {
    called(|front| {
        front.environment.asked_for(device);
        devices::answer(&front.inputs, port, device, index, id)
    })
}

/// Called by the core to turn one of a pad's two motors.
pub extern "C" fn set_rumble_state(port: u32, effect: sys::retro_rumble_effect, strength: u16) -> bool {
    called(|front| {
        if !front.environment.run.counts() {
            return (port as usize) < MAX_SEATS;
        }
        let before = front.feedback.rumble(port as usize);
        let rumble = match effect {
            sys::RETRO_RUMBLE_STRONG => Rumble { strong: strength, ..before },
            sys::RETRO_RUMBLE_WEAK => Rumble { weak: strength, ..before },
            _ => return false,
        };
        front.feedback.set_rumble(port as usize, rumble)
    })
}

/// Called by the core to turn a sensor on or off. False where there is none: for light, and on a seat of somebody at the host's
/// machine alone. On a seat that is free somebody may sit down who has one.
pub extern "C" fn set_sensor_state(port: u32, action: sys::retro_sensor_action, _rate_hz: u32) -> bool {
    called(|front| {
        let Some(seat) = Seat::new(port as usize) else { return false };
        let on = matches!(action, sys::RETRO_SENSOR_ACCELEROMETER_ENABLE | sys::RETRO_SENSOR_GYROSCOPE_ENABLE);
        let accelerometer = match action {
            sys::RETRO_SENSOR_ACCELEROMETER_ENABLE | sys::RETRO_SENSOR_ACCELEROMETER_DISABLE => true,
            sys::RETRO_SENSOR_GYROSCOPE_ENABLE | sys::RETRO_SENSOR_GYROSCOPE_DISABLE => false,
            _ => return false,
        };
        if on && front.board.motionless().contains(seat) {
            return false;
        }
        front.feedback.set_sensors(|sensors| {
            let seats = if accelerometer { &mut sensors.accelerometer } else { &mut sensors.gyroscope };
            let only: SeatSet = [seat].into_iter().collect();
            *seats = seats.without(only);
            if on {
                seats.insert(seat);
            }
        });
        true
    })
}

/// Called by the core for one axis of a sensor.
pub extern "C" fn get_sensor_input(port: u32, id: u32) -> f32 {
    called(|front| devices::sensor(&front.inputs, port, id))
}

/// Called by the core to switch an LED.
pub extern "C" fn set_led_state(led: i32, state: i32) {
    if let Ok(led) = u32::try_from(led) {
        called(|front| {
            if front.environment.run.counts() {
                front.feedback.set_led(led, state != 0);
            }
        });
    }
}

/// Called by the C shim with one formatted line.
#[unsafe(no_mangle)]
extern "C" fn hotseat_core_log(level: u32, line: *const c_char) {
    let text = sys::text(line);
    // A core that logs while it falls may have fallen where the front end was reading its memory: then nobody gives it back.
    for _ in 0..LOG_TRIES {
        if let Ok(mut front) = FRONT.try_lock() {
            if let Some(front) = front.as_mut() {
                front.link.note_line(text.trim_end());
                front.environment.log(level, text.trim_end());
            }
            return;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}
