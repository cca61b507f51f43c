//! Inside the core process: the core, its callbacks, and the runner that gives it its frames.

mod ahead;
mod callbacks;
mod content;
mod core;
mod devices;
mod discs;
mod environment;
mod fall;
mod history;
mod hw;
mod keyboard;
mod options;
mod pace;
mod perf;
mod power;
mod process;
pub mod rehearsal;
mod rewind;
mod runner;
mod sound;
mod state_interval;
mod sys;
mod tempo;
mod tempo_sound;
mod vfs;

pub use environment::call_name;
pub use hw::probe as graphics_probe;
pub use process::main as core_process;
