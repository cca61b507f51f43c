//! A front end without a core: what a core would call can be called, for fuzzing. One at a time in a process.

mod sys;

use super::callbacks::{self, Front};
use super::environment::Environment;
use super::options::Options;
use super::sys::{retro_game_geometry, retro_system_av_info, retro_system_timing};
use crate::frame::PixelFormat;
use crate::link::Link;
use crate::link::message::{self, FromCore};
use crate::text::Spoken;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

/// What a core states of its pictures, true or not.
#[derive(Debug, Clone, Copy)]
pub struct Stated {
    /// Usual size.
    pub base: (u32, u32),
    /// Largest size.
    pub max: (u32, u32),
    /// Width by height.
    pub aspect: f32,
    /// Frames a second.
    pub fps: f64,
    /// Quarter turns.
    pub rotation: u32,
}

/// Puts the front end in place, at the core's end of `link`. The other end of what it tells the host is returned; full, it
/// tells less.
pub fn begin(link: &Arc<Link>) -> Receiver<FromCore> {
    let (out, heard) = sync_channel(64);
    let nowhere = Path::new("/nonexistent");
    let environment = Environment::new(nowhere, nowhere, nowhere, Options::new([]), Spoken::English, out);
    callbacks::install(Front::new(environment, link));
    heard
}

/// The core states sizes, shape and rate. False: they make no sense, and those before still count.
pub fn state(stated: Stated) -> bool {
    let Stated { base, max, aspect, fps, rotation } = stated;
    let geometry = retro_game_geometry {
        base_width: base.0,
        base_height: base.1,
        max_width: max.0,
        max_height: max.1,
        aspect_ratio: aspect,
    };
    let timing = retro_system_timing { fps, sample_rate: 48_000.0 };
    callbacks::with(|front| {
        front.environment.video.rotation = rotation % 4;
        front.environment.set_av_info(&retro_system_av_info { geometry, timing }).is_ok()
    })
}

/// The core states a pixel format by its number. False for one that there is none of.
pub fn state_format(raw: u32) -> bool {
    let format = PixelFormat::from_raw(raw);
    if let Some(format) = format {
        callbacks::with(|front| front.environment.video.format = format);
    }
    format.is_some()
}

/// The core hands a picture over, or none for "the same again". False where `data` is shorter than numbers that can be
/// believed say: no front end could see that.
pub fn picture(data: Option<&[u8]>, width: u32, height: u32, pitch: usize) -> bool {
    callbacks::hand_over(data, width, height, pitch)
}

/// Environment calls made of random bytes, and what the host is told of what they left behind. Panics where that is not within the
/// bounds that the host keeps to.
pub fn environment(bytes: &[u8], heard: &Receiver<FromCore>) {
    sys::call_all(bytes);
    let told = callbacks::with(|front| {
        let it = &mut front.environment;
        it.tell_news();
        it.warn_of_options();
        it.refill_log_budget();
        it.plug(0, 1);
        let _ = (it.needs_full_path("sfc", false), it.runs_before_states(), it.av_info());
        if let Some(first) = it.options.list().first() {
            it.options.set(&first.key, first.values.last().map_or("", |value| value));
        }
        [FromCore::Options(it.options.list()), FromCore::Subsystems(it.subsystems.clone())]
    });
    for message in told.into_iter().chain(heard.try_iter()) {
        let mut line = Vec::new();
        assert!(message::send(&mut line, &message).is_ok(), "a message is too long");
        let read = message::receive::<FromCore>(&mut &line[..], &mut Vec::new());
        assert_eq!(read.ok().flatten().map(FromCore::bounded), Some(message));
    }
}
