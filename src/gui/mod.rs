//! The window: what it draws comes from snapshots, what is done in it becomes commands.
//!
//! [`view`] and the panels below it know nothing of the engine; [`app`] joins the two. What is public is for the window's
//! tests.

mod app;
mod chat;
mod connection;
mod control_bar;
mod controller_settings;
mod core_choice;
mod core_trust;
mod dialog;
mod framing_settings;
mod game;
pub mod game_choice;
pub mod get_cores;
mod home;
mod icons;
pub mod input_capture;
mod internet_settings;
mod invite;
mod invite_code;
pub mod invite_links;
mod join_requests;
mod key_names;
mod keys;
pub mod leds;
pub mod library;
mod local_input;
pub mod local_players;
mod notices;
mod on_screen;
mod options;
mod overlay;
mod pad_keys;
mod pad_time;
mod people;
mod person;
mod picker;
pub mod picture_layout;
pub mod preferences;
pub mod preview;
mod retrok;
mod rumble;
mod run_ahead;
pub mod several;
mod site_settings;
mod slots;
pub mod state_pictures;
pub mod theme;
mod time;
mod time_control;
mod turbo;
pub mod view;
mod widgets;

pub use app::{Start, run};

#[cfg(test)]
mod tests;
