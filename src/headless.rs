//! `hotseat host`: the same engine without a window. With `--json`, standard output carries one object a line.

mod command;
mod console;
mod doctor;
mod json;

pub use doctor::doctor;

use crate::engine::{Command, Config, Engine, EngineEvent, Game, Notice, NoticeKind, StartError};
use crate::messages;
use crate::operators::{Operators, OperatorsConfig, OperatorsError};
use crate::signals::{self, SignalError};
use crate::sync::SpawnError;
use crate::text::{IoCause, Message as _, Texts};
use std::io::Write;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

messages! {
    /// Why the headless host ends, or does not start.
    pub enum HeadlessError in headless {
        engine => Engine { error: StartError },
        operators => Operators { error: OperatorsError },
        game => Game { error: NoticeKind },
        /// With what was told before, which may be why.
        game_after => GameAfter { error: Box<NoticeKind>, notices: String },
        signals => Signals { error: SignalError },
        thread => Thread { error: SpawnError },
        output_closed => OutputClosed { cause: IoCause },
        events_taken => EventsTaken,
        engine_ended => EngineEnded,
    }
}

/// Runs until a signal ends it, or the game cannot be started. What it prints for people is in the words of `texts`. `figures` says
/// where operators find them.
pub fn run(
    config: Config,
    game: Game,
    json: bool,
    figures: Option<OperatorsConfig>,
    texts: Texts,
) -> Result<(), HeadlessError> {
    let mut engine = Engine::start(config).map_err(|error| HeadlessError::Engine { error })?;
    let operators = figures.map(|config| Operators::start(config, &engine)).transpose();
    let operators = operators.map_err(|error| HeadlessError::Operators { error })?;
    let events = engine.take_events().ok_or(HeadlessError::EventsTaken)?;
    // One: a second signal before the first is seen says the same.
    let (stop, stopped) = sync_channel(1);
    signals::on_end(move || {
        let _ = stop.try_send(());
    })
    .map_err(|error| HeadlessError::Signals { error })?;
    engine.send(Command::Open(game));
    let commands = if json { Some(command::read().map_err(|error| HeadlessError::Thread { error })?) } else { None };
    let mut out = Output { json, texts, started: false, early: Vec::new() };
    loop {
        match events.recv_timeout(Duration::from_millis(50)) {
            Ok(event) => {
                operators.iter().for_each(|operators| operators.note(&event));
                out.tell(&engine, event)?;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(HeadlessError::EngineEnded),
        }
        if stopped.try_recv().is_ok() {
            return Ok(());
        }
        while let Some(command) = commands.as_ref().and_then(|commands| commands.try_recv().ok()) {
            engine.send(command);
        }
        // The core asked to end: so does the program.
        if out.started && engine.snapshot().game.is_none() {
            return Ok(());
        }
    }
}

/// Standard output.
struct Output {
    json: bool,
    texts: Texts,
    started: bool,
    /// Notices from before the start; the engine makes at most one for each message of the core.
    early: Vec<EngineEvent>,
}

impl Output {
    fn tell(&mut self, engine: &Engine, event: EngineEvent) -> Result<(), HeadlessError> {
        if let EngineEvent::Started { .. } = event {
            self.started = true;
        }
        if !self.started {
            match event {
                EngineEvent::Failed(error) => return Err(self.failed(error)),
                // `ready` comes first; what a core says while it loads comes after it.
                EngineEvent::Notice(_) => self.early.push(event),
                _ => {}
            }
            return Ok(());
        }
        self.print(engine, event)?;
        for early in std::mem::take(&mut self.early) {
            self.print(engine, early)?;
        }
        Ok(())
    }

    /// Files of the real machine that are missing, and discs that may be short, are told with what they led to.
    fn failed(&self, error: NoticeKind) -> HeadlessError {
        let early = self.early.iter().filter_map(|event| match event {
            EngineEvent::Notice(Notice {
                kind: kind @ (NoticeKind::Firmware { .. } | NoticeKind::Content { .. }),
                ..
            }) => Some(kind.text(&self.texts)),
            _ => None,
        });
        let notices: Vec<String> = early.collect();
        match notices.is_empty() {
            true => HeadlessError::Game { error },
            false => HeadlessError::GameAfter { error: Box::new(error), notices: notices.join(" ") },
        }
    }

    fn print(&self, engine: &Engine, event: EngineEvent) -> Result<(), HeadlessError> {
        let line = if self.json {
            json::event(engine, event, &self.texts).map(|object| object.to_string())
        } else {
            console::line(engine, event, &self.texts)
        };
        line.map_or(Ok(()), |line| write_line(&line))
    }
}

/// The reader may be gone: that ends the host in order.
fn write_line(line: &str) -> Result<(), HeadlessError> {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.map_err(|error| HeadlessError::OutputClosed { cause: error.into() })
}
