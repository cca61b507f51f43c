//! Does what the machine asks for: the core process, files, and the other threads.

use super::machine::{Action, Answer, StartId, ToSession};
use super::publisher::Publisher;
use super::saves::{SaveError, Saves};
use super::thread::Message;
use super::wiring::Threads;
use super::{NoticeKind, controls};
use crate::emulator::{self, Emulator};
use crate::library;
use crate::link::message::{FromCore, Load};
use crate::link::state::StateReader;
use crate::link::{Link, Status};
use crate::net::{NetCommand, NetHandle, Site};
use crate::record::RecordControl;
use crate::session::SessionCommand;
use crate::video::VideoControl;
use std::fs;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::Duration;

pub(super) struct Executor {
    link: Arc<Link>,
    status: Status,
    states: StateReader,
    emulator: Option<Emulator>,
    video: Arc<VideoControl>,
    recording: Arc<RecordControl>,
    net: NetHandle,
    threads: Threads,
    messages: SyncSender<Message>,
    /// Frames that earlier core processes ran.
    pub(super) frames_before: u64,
}

impl Executor {
    /// `messages` leads back to the engine's thread.
    pub(super) fn new(
        link: Arc<Link>,
        video: Arc<VideoControl>,
        recording: Arc<RecordControl>,
        net: NetHandle,
        threads: Threads,
        messages: SyncSender<Message>,
    ) -> Executor {
        Executor {
            status: Status::new(link.clone()),
            states: StateReader::new(link.clone()),
            link,
            emulator: None,
            video,
            recording,
            net,
            threads,
            messages,
            frames_before: 0,
        }
    }

    pub(super) fn recording(&self) -> bool {
        self.recording.recording()
    }

    /// The web server's business alone.
    pub(super) fn set_site(&self, site: Site) {
        self.threads.signaling.set_site(site);
    }

    pub(super) fn perform(&mut self, action: Action, publisher: &mut Publisher) -> Option<Answer> {
        match action {
            Action::LookUp { game, core, content, saves } => {
                let system = library::system_of(&core, content.as_deref());
                return Some(Answer::Found { game, system, slots: saves.slots() });
            }
            Action::ClearMemory => self.states.clear(),
            Action::ReadSave { start, saves } => {
                return Some(Answer::SaveRead { start, result: self.read_save(&saves) });
            }
            Action::WriteSave { game, saves, saved } => {
                if self.states.sram_version() != saved {
                    // None: it is being written right now; the next second finds it.
                    let (version, sram) = self.states.sram()?;
                    return Some(Answer::SaveWritten { game, result: saves.write_sram(&sram).map(|()| version) });
                }
            }
            Action::ReadState { ticket, slot, saves } => {
                let state = saves.read_state(slot);
                let result = state.map(|state| state.is_some_and(|state| self.states.put_inbox(&state)));
                return Some(Answer::StateRead { ticket, result });
            }
            Action::WriteState { ticket, slot, saves } => {
                let result = match self.states.newest() {
                    Some(state) => saves.write_state(slot, &state).map(|()| true),
                    None => Ok(false),
                };
                return Some(Answer::StateWritten { ticket, result, slots: saves.slots() });
            }
            Action::StartCore { start, load } => {
                return Some(Answer::CoreStarted { start, result: self.start_core(start, *load) });
            }
            Action::StopCore => {
                if let Some(emulator) = self.emulator.take() {
                    emulator.stop();
                }
            }
            Action::DropCore => self.emulator = None,
            Action::TellCore(message) => {
                if let Some(emulator) = &self.emulator {
                    emulator.send(&message);
                }
            }
            Action::RequestKeyframes => self.video.request_keyframes(),
            Action::TakeScreenshot => self.video.request_screenshot(),
            Action::StartRecording { folder, title } => {
                if !self.recording.recording()
                    && let Err(failure) = self.recording.start(folder, &title)
                {
                    publisher.notice(NoticeKind::RecordingFailed { failure });
                }
            }
            Action::StopRecording => self.recording.stop(),
            Action::SetVolume(volume) => {
                if let Some(speaker) = &self.threads.speaker {
                    speaker.set_volume(volume);
                }
            }
            Action::ToSession(message) => {
                self.net.send(NetCommand::Session(match message {
                    ToSession::Seats(seats) => SessionCommand::Ports(seats),
                    ToSession::Controls { ports, names, wants } => {
                        SessionCommand::Controls(controls::controls(&ports, &names, wants))
                    }
                    ToSession::Room(command) => SessionCommand::Room(command),
                    ToSession::Codec(format) => SessionCommand::ForceFormat(format),
                }));
            }
            Action::Notice(kind) => publisher.notice(kind),
            Action::Event(event) => publisher.event(event),
        }
        None
    }

    fn read_save(&self, saves: &Saves) -> Result<u64, SaveError> {
        // After a crash the shared memory has newer content than the file, if the core had shown any whole.
        if self.states.sram().is_none() {
            self.states.put_sram(&saves.read_sram()?.unwrap_or_default());
        }
        Ok(self.states.sram_version())
    }

    fn start_core(&mut self, start: StartId, load: Load) -> Result<u32, NoticeKind> {
        library::check_core(&load.core)?;
        if let Some(content) = &load.content {
            library::check_content(content)?;
        }
        // A folder that cannot be made shows when something is to be written into it.
        let _ = fs::create_dir_all(&load.save_dir);
        let _ = fs::create_dir_all(&load.system_dir);
        // The counter in the shared memory begins anew with each core process.
        self.frames_before += self.status.frames_run();
        let messages = self.messages.clone();
        let listener = Box::new(move |event| deliver(&messages, start, event));
        let emulator = Emulator::start(self.link.clone(), load, listener)?;
        let pid = emulator.pid();
        self.emulator = Some(emulator);
        Ok(pid)
    }
}

/// Brings news of a core process to the engine's thread. Its end must arrive; a log line need not.
fn deliver(messages: &SyncSender<Message>, start: StartId, event: emulator::Event) {
    let dispensable = matches!(event, emulator::Event::Message(FromCore::Log { .. } | FromCore::Message(_)));
    let mut message = Message::Core(start, event);
    for _ in 0..400 {
        match messages.try_send(message) {
            Err(TrySendError::Full(back)) if !dispensable => message = back,
            _ => return,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
