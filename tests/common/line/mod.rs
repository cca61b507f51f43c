//! A bad line between two machines: `model` decides when a packet arrives, if it does, in a time of its own; `wire` carries packets
//! between two interfaces by it; `networks` are those that are measured, by `measure`.

#![allow(dead_code)]

pub mod measure;
pub mod model;
pub mod networks;
pub mod plot;
pub mod wire;
