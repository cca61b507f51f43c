//! Inside the core process: the core, its callbacks, and the runner that gives it its frames.

mod callbacks;
mod core;
mod devices;
mod environment;
mod keyboard;
mod options;
mod pace;
mod process;
pub mod rehearsal;
mod runner;
mod sys;

pub use process::main as core_process;
