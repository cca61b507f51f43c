//! The whole program is played: in browsers, in its window, by peers of every kind.

#[path = "../common/mod.rs"]
mod common;

mod addresses;
mod bad_peers;
mod behind_a_proxy;
mod browser_plays;
mod codecs;
mod core_tells;
mod encoder_trouble;
mod frame_rates;
mod hardware;
mod https;
mod invites;
mod keys_reach_the_game;
mod packages;
mod pictures;
mod reconnects;
mod services;
mod together;
mod two_browsers;
mod window;
