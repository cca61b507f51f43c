//! The session in memory: a fake clock, and pages that are a few lines each.

mod candidates;
mod model;
pub(super) mod plain;
mod webrtc;
