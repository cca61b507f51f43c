//! From raw frames to encoded packets: conversion, the encoder, and the thread that owns them.

pub mod convert;
mod thread;
pub mod x264;

pub use thread::{VideoControl, VideoPorts, VideoThread, start};
