//! The core side of libretro: implement [`Core`], write [`export_core!`] once, build a `cdylib`.
//!
//! A core written this way holds no `unsafe` of its own. Everything that crosses the C border, in
//! either direction, is in `sys` (calls to the front end) and `export` (calls from it).
//!
//! ```
//! use hotseat_api::{Av, Core, Env, Front, Info, OptionDef, PixelFormat, button};
//!
//! struct Blank;
//!
//! impl Core for Blank {
//!     const INFO: Info = Info { name: "Blank", version: "1", extensions: "", supports_no_game: true };
//!     const OPTIONS: &'static [OptionDef] = &[];
//!     const PORTS: usize = 1;
//!     const BUTTONS: &'static [(u16, &'static str)] = &[(button::A, "Jump")];
//!
//!     fn load(_content: Option<&[u8]>, _env: &mut Env) -> Result<Self, String> {
//!         Ok(Blank)
//!     }
//!     fn format(&self) -> PixelFormat {
//!         PixelFormat::Rgb565
//!     }
//!     fn av(&self) -> Av {
//!         Av { width: 64, height: 48, max_width: 64, max_height: 48, aspect: 4.0 / 3.0, fps: 60.0, sample_rate: 48_000.0 }
//!     }
//!     fn reset(&mut self) {}
//!     fn run(&mut self, front: &mut Front) {
//!         let shade = if front.pad(0).held(button::A) { 0xff } else { 0x00 };
//!         front.video(&[shade; 64 * 48 * 2], 64, 48, 64 * 2);
//!         front.audio(&[0; 800 * 2]);
//!     }
//!     fn state_size(&self) -> usize {
//!         0
//!     }
//!     fn save_state(&self, _out: &mut [u8]) -> bool {
//!         true
//!     }
//!     fn load_state(&mut self, _data: &[u8]) -> bool {
//!         true
//!     }
//! }
//!
//! hotseat_api::export_core!(Blank);
//! # fn main() {}
//! ```

mod core;
#[doc(hidden)]
#[allow(unsafe_code)]
pub mod export;
#[allow(unsafe_code)]
mod front;
mod pad;
#[doc(hidden)]
#[allow(unsafe_code)]
pub mod sys;

pub use crate::core::{Av, Core, Info, OptionDef, PixelFormat};
pub use crate::front::{Env, Front, LogLevel};
pub use crate::pad::{Control, Gun, KEY_CODES, KeyEvent, Mouse, Pad, Pointer, button, device};
