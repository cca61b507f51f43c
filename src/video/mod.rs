//! From raw frames to encoded packets: conversion, the encoders, and the thread that owns them.

mod control;
pub mod convert;
pub mod encoder;
mod rendition;
mod speed;
mod thread;
pub mod vpx;
pub mod x264;

pub use control::{RenditionStatus, VideoControl};
pub use thread::{VideoPorts, VideoThread, start};
