use crate::{Control, Env, Front};

/// What a front end shows before anything is loaded.
pub struct Info {
    pub name: &'static str,
    pub version: &'static str,
    /// Extensions of the content the core takes, as `"a|b"`; empty for none.
    pub extensions: &'static str,
    /// Whether the core runs with no content at all.
    pub supports_no_game: bool,
}

/// The layout of a pixel, in native byte order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PixelFormat {
    Zrgb1555,
    Xrgb8888,
    Rgb565,
}

impl PixelFormat {
    /// Bytes one pixel takes.
    pub fn bytes(self) -> usize {
        match self {
            PixelFormat::Zrgb1555 | PixelFormat::Rgb565 => 2,
            PixelFormat::Xrgb8888 => 4,
        }
    }
}

/// Picture size and timing, as libretro's `retro_system_av_info`.
#[derive(Clone, Copy, Debug)]
pub struct Av {
    /// Nominal size in pixels.
    pub width: u32,
    pub height: u32,
    /// No frame may be larger than this; front ends size their buffers by it.
    pub max_width: u32,
    pub max_height: u32,
    /// Width over height as it should appear; 0 or less means `width / height`.
    pub aspect: f32,
    /// Frames per second.
    pub fps: f64,
    /// Audio samples per second and channel.
    pub sample_rate: f64,
}

/// One core option, read with [`Env::option`].
pub struct OptionDef {
    pub key: &'static str,
    pub description: &'static str,
    /// The choices, first the default; none means free text with the default `""`.
    pub values: &'static [&'static str],
}

/// A libretro core. [`export_core!`](crate::export_core) gives it its C entry points.
///
/// A panic in any of these methods aborts the process at the C border.
///
/// `Send`, because a front end may load on one thread and run on another; never on two at once.
pub trait Core: Send + Sized + 'static {
    const INFO: Info;
    const OPTIONS: &'static [OptionDef];
    /// Number of controller ports.
    const PORTS: usize;
    /// What each button does, one mask of [`button`](crate::button) a line; the same for every port.
    const BUTTONS: &'static [(u16, &'static str)];

    /// Starts a game. `content` is `None` when the front end loads nothing.
    ///
    /// # Errors
    /// The text goes to the front end's log, and the load fails.
    fn load(content: Option<&[u8]>, env: &mut Env) -> Result<Self, String>;
    /// The format of every frame; announced once, after `load`.
    fn format(&self) -> PixelFormat;
    /// What can be plugged into each port: libretro's number and a name. Announced once, after `load`; nothing for none.
    fn controllers(&self) -> Vec<Vec<(u32, String)>> {
        Vec::new()
    }
    /// Announced once, after `load`, in place of `BUTTONS` on every port, unless there are none.
    fn controls(&self) -> Vec<Control> {
        Vec::new()
    }
    /// A device was plugged into a port.
    fn plug(&mut self, _port: usize, _device: u32) {}
    /// Size and timing as they are now; may be asked for at any time.
    fn av(&self) -> Av;
    fn reset(&mut self);
    /// Runs one frame: reads pads, hands over at most one picture, and the sound of one frame.
    fn run(&mut self, front: &mut Front);
    /// Bytes a save state takes; libretro forbids that it grows while a game is loaded.
    fn state_size(&self) -> usize;
    /// Writes the state to `out`, which is zeroed and `state_size()` long; false if that failed.
    fn save_state(&self, out: &mut [u8]) -> bool;
    /// Takes back what `save_state` wrote. `data` is whatever the front end has: check it. On
    /// false nothing may have changed.
    fn load_state(&mut self, data: &[u8]) -> bool;
    /// Battery-backed memory. The front end keeps the address, so it must not move or change
    /// length while the game is loaded.
    fn save_ram(&mut self) -> Option<&mut [u8]> {
        None
    }
}
