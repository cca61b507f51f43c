//! The window's screens, drawn without a display.

#[path = "../common/gui.rs"]
mod gui;

mod book;
mod library;
mod looks;
mod panels;
mod room;
mod screens;
mod time;
