//! `hotseat doctor`: tries what friends elsewhere need and what cores draw with, and says what it found.

use crate::downloads::releases::{self, ReleaseStatus};
use crate::emulator::{Graphics, ask_graphics};
use crate::engine::{Config, Engine, StartError, Step, StepState, StepTitle, diagnose, diagnose_awake, diagnose_hold};
use crate::sandbox::{Policy, Private, Task, probe};
use crate::text::{Message, Texts};
use serde_json::json;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Servers and brokers have so long to answer.
const LIMIT: Duration = Duration::from_secs(15);
/// What is known after so long without another change is taken for all there is.
const QUIET: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(100);

/// Starts what hosting would start, without a game, waits until nothing more comes, and describes each step.
pub fn doctor(config: Config, update_address: &str, as_json: bool, texts: &Texts) -> Result<String, StartError> {
    let engine = Engine::start(config)?;
    let start = Instant::now();
    let mut steps = diagnose(&engine.snapshot().internet, texts);
    let mut since = start;
    loop {
        let works = steps.iter().any(|step| step.state == StepState::Working && step.title != StepTitle::Link);
        if start.elapsed() >= LIMIT || (!works && since.elapsed() >= QUIET) {
            break;
        }
        sleep(LOOK);
        let now = diagnose(&engine.snapshot().internet, texts);
        if now != steps {
            (steps, since) = (now, Instant::now());
        }
    }
    let policy = Policy::new(&Task::default(), &Private::default(), &[]);
    let tried =
        probe::run(&policy).inspect_err(|error| tracing::warn!("no process could try what cores may do: {error}"));
    steps.extend(diagnose_hold(tried.ok()));
    steps.push(diagnose_awake());
    let graphics = ask_graphics();
    let release = releases::status(update_address);
    Ok(if as_json {
        machine_readable(&steps, &graphics, &release, texts)
    } else {
        readable(&steps, &graphics, &release, texts)
    })
}

fn state_of(graphics: &Graphics) -> StepState {
    match graphics {
        Graphics::Card { .. } => StepState::Good,
        Graphics::Processor { .. } => StepState::Limited,
        Graphics::Missing { .. } | Graphics::Crashed => StepState::Bad,
    }
}

fn state_of_release(release: &ReleaseStatus) -> StepState {
    match release {
        ReleaseStatus::Off => StepState::Off,
        ReleaseStatus::Newest { .. } => StepState::Good,
        ReleaseStatus::Newer { .. } => StepState::Limited,
        ReleaseStatus::Unknown { .. } => StepState::Bad,
    }
}

fn machine_readable(steps: &[Step], graphics: &Graphics, release: &ReleaseStatus, texts: &Texts) -> String {
    let step = |step: &Step| {
        json!({
            "step": step.title.code(),
            "state": step.state.name(),
            "code": step.finding.code(),
            "finding": step.finding.text(texts),
            "advice": step.advice.as_ref().map(|advice| advice.text(texts)),
        })
    };
    let opengl = json!({
        "state": state_of(graphics).name(),
        "code": graphics.code(),
        "finding": graphics.text(texts),
    });
    let version = json!({
        "state": state_of_release(release).name(),
        "code": release.code(),
        "finding": release.text(texts),
    });
    let steps: Vec<_> = steps.iter().map(step).collect();
    json!({ "steps": steps, "opengl": opengl, "newer_version": version }).to_string()
}

fn mark(state: StepState) -> &'static str {
    match state {
        StepState::Good => "✓",
        StepState::Working => "…",
        StepState::Limited => "!",
        StepState::Bad => "✗",
        StepState::Off => "-",
    }
}

fn readable(steps: &[Step], graphics: &Graphics, release: &ReleaseStatus, texts: &Texts) -> String {
    let mut lines = Vec::new();
    for step in steps {
        let mark = mark(step.state);
        lines.push(format!("{mark} {}: {}", step.title.text(texts), step.finding.text(texts)));
        lines.extend(step.advice.iter().map(|advice| format!("    {}", advice.text(texts))));
    }
    lines.push(format!("{} OpenGL: {}", mark(state_of(graphics)), graphics.text(texts)));
    lines.push(format!("{} {}: {}", mark(state_of_release(release)), texts.newer_versions, release.text(texts)));
    lines.join("\n")
}
