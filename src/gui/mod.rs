//! The window: what it draws comes from snapshots, what is done in it becomes commands.
//!
//! [`view`] and the panels below it know nothing of the engine; [`app`] joins the two.

mod app;
mod chat;
mod choose;
mod code;
mod controls;
pub mod desk;
mod dialog;
mod game;
mod hands;
mod home;
pub mod icons;
mod invite;
pub mod keys;
pub mod lamps;
pub mod links;
pub mod notices;
mod open;
mod options;
mod overlay;
pub mod pads;
mod people;
mod person;
mod picker;
pub mod places;
pub mod preferences;
pub mod preview;
mod requests;
mod retrok;
mod rumble;
pub mod theme;
mod time;
mod turbo;
pub mod view;
mod widgets;

pub use app::{Start, run};
