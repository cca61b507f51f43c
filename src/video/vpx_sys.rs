//! libvpx's encoder interface as its installed headers declare it; every name is libvpx's own.
#![allow(
    unsafe_code,
    dead_code,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    clippy::all,
    clippy::undocumented_unsafe_blocks
)]

include!(concat!(env!("OUT_DIR"), "/vpx.rs"));
