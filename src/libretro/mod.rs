//! Inside the core process: the core, its callbacks, and the runner that gives it its frames.

mod callbacks;
mod content;
mod core;
mod devices;
mod discs;
mod environment;
mod keyboard;
mod options;
mod pace;
mod perf;
mod power;
mod process;
pub mod rehearsal;
mod runner;
mod sound;
mod sys;
mod vfs;

pub use process::main as core_process;
