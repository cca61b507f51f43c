//! The window: what it draws comes from snapshots, what is done in it becomes commands.
//!
//! [`view`] and the panels below it know nothing of the engine; [`app`] joins the two.

mod app;
mod choose;
mod controls;
mod dialog;
mod game;
mod home;
pub mod icons;
mod invite;
pub mod keys;
pub mod notices;
mod options;
mod overlay;
pub mod pads;
mod people;
mod picker;
pub mod preferences;
pub mod preview;
pub mod text;
pub mod theme;
pub mod view;
mod widgets;

pub use app::{Start, run};
