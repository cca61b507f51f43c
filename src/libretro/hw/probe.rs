//! Which OpenGL cores get on this machine, told by a process of its own: a driver that crashes takes nobody along.

use super::request::{Api, Request};
use super::sys::Context;
use crate::link::message::{HardwareProblem, HardwareSeen};
use std::io::Write;
use std::process::ExitCode;

/// What most cores ask for.
const ASKED: Api = Api::Core { major: 3, minor: 3 };

/// Tells it on standard output, as one JSON object.
pub fn main() -> ExitCode {
    let told = serde_json::to_string(&probe()).unwrap_or_default();
    match writeln!(std::io::stdout(), "{told}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn probe() -> Result<HardwareSeen, HardwareProblem> {
    let api = "OpenGL (core profile) 3.3".to_owned();
    let request = Request {
        api: ASKED,
        reset: None,
        destroy: None,
        depth: false,
        stencil: false,
        bottom_left_origin: true,
        cache_context: false,
        debug: false,
    };
    let context = Context::create(&request, &api)?;
    let (version, renderer) = (context.version.clone(), context.renderer.clone());
    Ok(HardwareSeen { api, version, renderer, contexts: 1, pictures: 0 })
}
