//! Cores in processes of their own: what they are fed, what they do, and how they end.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod bad_pictures;
mod consoles;
mod content;
mod core_crash;
mod environment;
mod headless_json;
mod inputs_reach_the_core;
mod real_cores;
mod recording;
mod resize;
mod saves;
mod sound_arrives;
