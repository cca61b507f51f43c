//! From raw frames to encoded packets: conversion, the encoders, and the thread that owns them.

mod control;
pub mod convert;
pub mod encoder;
pub mod error;
pub mod planes;
mod rendition;
mod speed;
mod thread;
pub mod vpx;
// Public so that a test can compare it with what the C compiler says.
#[doc(hidden)]
pub mod vpx_sys;
pub mod x264;

pub use control::{RenditionStatus, VideoControl};
pub use error::VideoFailure;
pub use thread::{VideoOutputs, VideoThread, start};
