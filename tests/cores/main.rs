//! Cores in processes of their own: what they are fed, what they do, and how they end.

#[path = "../common/mod.rs"]
mod common;

mod ahead;
mod awake;
mod bad_input;
mod bad_pictures;
mod consoles;
mod content;
mod core_crash;
mod core_process;
mod crash_report;
mod cycles;
mod downloads;
mod environment;
mod hardware;
mod headless_json;
mod inputs_reach_the_core;
mod library;
mod orphans;
mod power_loss;
mod random_calls;
mod real_cores;
mod recording;
mod resize;
mod sandbox;
mod saves;
mod several;
mod sound_arrives;
mod states;
mod time;
