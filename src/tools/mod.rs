//! The command line's tools: they use the same core process and the same link as the program itself.

mod bench;
mod check;
mod cores;

pub use bench::{NAMES as BENCHES, Viewer, bench};
pub use check::{Check, check};
pub use cores::cores;
