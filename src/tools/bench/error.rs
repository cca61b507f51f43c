//! Why a bench has no figures. A developer's tool: in English only.

use crate::crash::Crash;
use crate::emulator::StartError;
use crate::link::message::LoadError;
use crate::packet::Format;
use crate::record::RecordStartError;
use crate::sync::SpawnError;
use crate::video::error::{ConvertError, EncodeError};
use std::io;
use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum BenchError {
    #[error("There is no bench called {name}: choose one of {}, or all.", super::NAMES.join(", "))]
    UnknownBench { name: String },
    /// A system call: what could not be done, and the system's reason.
    #[error("{what}: {error}.")]
    Io { what: &'static str, error: io::Error },
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Crash(#[from] Crash),
    #[error("The host to measure never said {event}.")]
    HostSilent { event: String },
    #[error("The host to measure named no core process.")]
    NoCoreProcess,
    #[error("{url} is no invite.")]
    NoInvite { url: String },
    #[error("The host refused the viewer: {answer}.")]
    Refused { answer: String },
    #[error("The host answered nonsense: {answer}.")]
    BadAnswer { answer: String },
    /// What does not fit in the offer or in the answer.
    #[error("The viewer and the host do not agree: {problem}.")]
    Sdp { problem: String },
    #[error("The viewer got {got} frames of {wanted}.")]
    FramesMissing { got: u64, wanted: u64 },
    #[error("No input was measured in {without} of {seconds} seconds, {who}.")]
    InputsMissing { without: usize, seconds: usize, who: String },
    #[error("Of {players} players' inputs, those of {lit} reached the input board.")]
    InputsLost { players: usize, lit: usize },
    #[error("No frame was made for the spectators.")]
    NoFrames,
    #[error("The host does not know all of the spectators.")]
    ViewersMissing,
    #[error("The game was paused, and frames kept coming.")]
    NeverAtRest,
    #[error("The host gave no figures.")]
    NoFigures,
    #[error("The thread that waited for datagrams ended early.")]
    WaiterEnded,
    #[error("{} made {got} pictures of {wanted} in time.", core.display())]
    PicturesMissing { core: PathBuf, got: usize, wanted: usize },
    #[error("`check` did not come to its end: {error}")]
    NotChecked { error: String },
    #[error("The engine did not start: {error}")]
    NoEngine { error: String },
    #[error("A game was not played: {why}.")]
    NotPlayed { why: String },
    #[error("A frame was lost on its way through the ring.")]
    FrameLost,
    #[error(transparent)]
    Record(#[from] RecordStartError),
    #[error(transparent)]
    Convert(#[from] ConvertError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// What came of the first (0) or second frame of a size.
    #[error("{} at {width}x{height}, frame {frame}: {problem}.", format.title())]
    Switch { format: Format, width: u32, height: u32, frame: usize, problem: String },
}

impl BenchError {
    /// For `map_err`: what could not be done.
    pub fn io(what: &'static str) -> impl Fn(io::Error) -> BenchError {
        move |error| BenchError::Io { what, error }
    }
}
