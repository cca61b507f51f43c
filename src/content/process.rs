//! The process that looks into archives for the host: short-lived, with little memory and time, and nothing to write to. What is in an
//! archive decides what happens in here, so the host only reads the answer.

mod batch;

pub use batch::{Batch, MOST_ARCHIVES, PackedGame, receive, send};

use super::archive::{Archive, ArchiveError};
use super::{Location, identity};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// The hidden subcommand that makes this executable such a process.
pub const SUBCOMMAND: &str = "content-process";
/// The longest answer that is read, in bytes.
pub const MOST_ANSWER_BYTES: u64 = 128 << 20;

/// Processor time, in seconds.
const MOST_SECONDS: u64 = 60;
/// Of addresses, most of which are the program itself, in bytes.
const MOST_MEMORY: u64 = 4 << 30;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Which files are in it.
    Names,
    /// Which content it is, unpacked and patched.
    Identity,
    /// Which games are in several archives, which come as open files on standard input.
    Games,
}

impl Question {
    pub fn name(self) -> &'static str {
        match self {
            Question::Names => "names",
            Question::Identity => "identity",
            Question::Games => "games",
        }
    }

    pub fn from_name(name: &str) -> Option<Question> {
        [Question::Names, Question::Identity, Question::Games].into_iter().find(|it| it.name() == name)
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    Names(Vec<String>),
    Identity(String),
    /// Of one of several archives, on a line of its own.
    Games(Vec<PackedGame>),
    Refused(ArchiveError),
}

/// Answers one question on standard output. `batch` is what [`receive`] gave for [`Question::Games`].
pub fn main(question: Question, path: &Path, batch: Option<Batch>) -> ExitCode {
    limit();
    let answer = match question {
        Question::Names => {
            Archive::open(path).map(|it| Answer::Names(it.entries().iter().map(|it| it.name.clone()).collect()))
        }
        Question::Identity => identity::of_unpacked(&Location::of(path)).map(Answer::Identity),
        Question::Games => return batch.map_or(ExitCode::FAILURE, batch::answer),
    };
    let answer = answer.unwrap_or_else(Answer::Refused);
    let Ok(text) = serde_json::to_vec(&answer) else { return ExitCode::FAILURE };
    match std::io::stdout().write_all(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// What cannot be limited here is not; the answer is read with suspicion in any case.
fn limit() {
    let to = |most| Rlimit { current: Some(most), maximum: Some(most) };
    let _ = setrlimit(Resource::Cpu, to(MOST_SECONDS));
    let _ = setrlimit(Resource::As, to(MOST_MEMORY));
    let _ = setrlimit(Resource::Core, to(0));
    let _ = setrlimit(Resource::Nofile, to(64));
}
