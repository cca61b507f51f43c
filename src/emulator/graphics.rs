//! Asks a process of its own which OpenGL cores get: a graphics driver may crash, or never answer.

use super::NO_SHADER_CACHES;
use crate::link::message::{HardwareProblem, HardwareSeen};
use crate::messages;
use crate::platform;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The hidden subcommand that makes this executable the one who is asked.
pub const GRAPHICS_SUBCOMMAND: &str = "graphics-probe";

/// A driver that has not answered by then is not going to.
const LIMIT: Duration = Duration::from_secs(10);
/// More is no answer.
const MOST: u64 = 1 << 16;

messages! {
    /// What draws for cores that draw with OpenGL, with the driver's words for itself.
    pub enum Graphics in graphics {
        card => Card { renderer: String, version: String },
        processor => Processor { renderer: String, version: String },
        missing => Missing { problem: HardwareProblem },
        crashed => Crashed,
    }
}

/// Drivers that draw with the processor, as they call themselves.
const PROCESSORS: [&str; 3] = ["llvmpipe", "softpipe", "swrast"];

/// Asks, and waits for the answer.
pub fn ask_graphics() -> Graphics {
    let answer = answer().and_then(|answer| serde_json::from_str(&answer).ok());
    match answer.map(|answer: Result<HardwareSeen, HardwareProblem>| answer) {
        None => Graphics::Crashed,
        Some(Err(problem)) => Graphics::Missing { problem },
        Some(Ok(HardwareSeen { renderer, version, .. })) => {
            let is_processor = PROCESSORS.iter().any(|name| renderer.contains(name));
            match is_processor {
                true => Graphics::Processor { renderer, version },
                false => Graphics::Card { renderer, version },
            }
        }
    }
}

/// What the process said before it ended well.
fn answer() -> Option<String> {
    let mut child = Command::new(platform::own_program())
        .arg(GRAPHICS_SUBCOMMAND)
        .envs(NO_SHADER_CACHES)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let until = Instant::now() + LIMIT;
    let ended = loop {
        match child.try_wait() {
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(10)),
            Ok(ended) => break ended,
            Err(_) => break None,
        }
    };
    if ended.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let mut said = String::new();
    child.stdout.take()?.take(MOST).read_to_string(&mut said).ok()?;
    ended.filter(|ended| ended.success()).map(|_| said)
}
