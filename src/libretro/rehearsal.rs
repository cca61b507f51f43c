//! A front end without a core: what a core would call can be called, for fuzzing. One at a time in a process.

use super::callbacks::{self, Front};
use super::environment::Environment;
use super::options::Options;
use super::sys;
use crate::frame::PixelFormat;
use crate::link::Link;
use crate::link::message::FromCore;
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
    let geometry = sys::retro_game_geometry {
        base_width: base.0,
        base_height: base.1,
        max_width: max.0,
        max_height: max.1,
        aspect_ratio: aspect,
    };
    let timing = sys::retro_system_timing { fps, sample_rate: 48_000.0 };
    callbacks::with(|front| {
        front.environment.video.rotation = rotation % 4;
        front.environment.set_av_info(&sys::retro_system_av_info { geometry, timing }).is_ok()
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
