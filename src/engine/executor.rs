//! Does what the machine asks for: the core process, files, and the other threads.

use super::layers::LayerFiles;
use super::machine::{Action, Answer, StartId, StateFound, ToSession};
use super::publisher::Publisher;
use super::saves::{AllWritten, CLOCK_EVERY, CoreName, SaveError, SaveFiles, Saves, Written};
use super::temporary::Temporary;
use super::thread::Message;
use super::wiring::Threads;
use super::{NoticeKind, controls};
use crate::content::Location;
use crate::emulator::{self, Emulator};
use crate::frame::Picture;
use crate::game_command::StatePlace;
use crate::library;
use crate::link::message::{FromCore, Load, Tempo, ToCore};
use crate::link::state::{Memory, StateReader};
use crate::link::{Link, Status};
use crate::net::{NetCommand, NetHandle, Site};
use crate::record::RecordControl;
use crate::session::SessionCommand;
use crate::session::protocol::Discs;
use crate::sync::now;
use crate::video::VideoControl;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError};
use std::time::{Duration, Instant, SystemTime};

/// How long the video thread may take to hand out the picture of a state. Its rounds are shorter than a frame's time.
const PICTURE_WAIT: Duration = Duration::from_millis(200);

/// The video thread, as the engine's thread has it.
pub(super) struct VideoHandle {
    pub control: Arc<VideoControl>,
    /// Those that were asked for.
    pub pictures: Receiver<Picture>,
}

pub(super) struct Executor {
    link: Arc<Link>,
    status: Status,
    states: StateReader,
    emulator: Option<Emulator>,
    video: Arc<VideoControl>,
    pictures: Receiver<Picture>,
    recording: Arc<RecordControl>,
    net: NetHandle,
    threads: Threads,
    messages: SyncSender<Message>,
    /// Of the open game.
    saves: Option<(Saves, SaveFiles)>,
    data_dir: PathBuf,
    layers_dir: PathBuf,
    /// For what cores need unpacked; made with the first core.
    temporary: Option<Temporary>,
    /// The version of the cartridge's clock that its file has, and when it was written.
    clock_saved: (u64, Duration),
    /// The core was told to go back, and not yet to go on.
    goes_back: bool,
    /// Frames that earlier core processes ran.
    pub(super) frames_before: u64,
}

impl Executor {
    /// `messages` leads back to the engine's thread. What is temporary is kept below `data_dir`, what is set for games below
    /// `layers_dir`.
    pub(super) fn new(
        link: Arc<Link>,
        video: VideoHandle,
        recording: Arc<RecordControl>,
        net: NetHandle,
        threads: Threads,
        messages: SyncSender<Message>,
        [data_dir, layers_dir]: [PathBuf; 2],
    ) -> Executor {
        Executor {
            status: Status::new(link.clone()),
            states: StateReader::new(link.clone()),
            link,
            emulator: None,
            video: video.control,
            pictures: video.pictures,
            recording,
            net,
            threads,
            messages,
            saves: None,
            data_dir,
            layers_dir,
            temporary: None,
            clock_saved: (0, Duration::ZERO),
            goes_back: false,
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
                let files = self.files(&saves);
                let (states, versions) = (files.states(), files.versions());
                return Some(Answer::Found { game, system, states, versions });
            }
            Action::ReadLayers { game, core, content, saves } => {
                let (layers, problems) = self.layer_files(&core, content.as_deref(), &saves).read();
                return Some(Answer::LayersRead { game, layers: Box::new(layers), problems });
            }
            Action::WriteLayer { game: _, core, content, saves, kind, layer, edits } => {
                let result = self.layer_files(&core, content.as_deref(), &saves).write(kind, layer, &edits);
                return Some(Answer::LayerWritten { result });
            }
            Action::ClearMemory => self.states.clear(),
            Action::ReadSave { start, saves } => {
                if self.files(&saves).is_in_use() {
                    publisher.notice(NoticeKind::SaveInUse);
                }
                return Some(Answer::SaveRead { start, result: self.read_save(&saves) });
            }
            Action::WriteSave { game, saves, saved } => {
                let (result, foreign) = self.write_save(&saves, saved)?;
                if foreign {
                    publisher.notice(NoticeKind::SaveReplaced);
                }
                let versions = self.files(&saves).versions();
                return Some(Answer::SaveWritten { game, result, versions });
            }
            Action::PutBack { game, saves, put_aside } => {
                let result = self.files(&saves).put_back(put_aside, SystemTime::now());
                return Some(Answer::PutBack { game, result });
            }
            Action::ReleaseSaves => {
                self.saves = None;
                if let Some(temporary) = &self.temporary {
                    temporary.clear();
                }
            }
            Action::ReadState { ticket, place, core, saves } => {
                let result = self.read_state(&saves, place, &core);
                return Some(Answer::StateRead { ticket, result });
            }
            Action::WriteState { ticket, place, core, saves } => {
                let result = self.write_state(&saves, place, &core);
                return Some(Answer::StateWritten { ticket, result, states: self.files(&saves).states() });
            }
            Action::KeepLastState { core, saves } => {
                if let Err(error) = self.write_state(&saves, StatePlace::Auto, &core) {
                    publisher.notice(error.into());
                }
            }
            Action::PutBackState { game, slot, saves } => {
                let files = self.files(&saves);
                let result = files.put_back_state(StatePlace::Slot(slot));
                return Some(Answer::StatePutBack { game, slot, result, states: files.states() });
            }
            Action::StartCore { start, load } => {
                if !load.revive {
                    tell_of_firmware(&load, publisher);
                }
                return Some(Answer::CoreStarted { start, result: self.start_core(start, *load) });
            }
            Action::StopCore => {
                self.ask_for_picture();
                if let Some(emulator) = self.emulator.take() {
                    emulator.stop();
                }
            }
            Action::DropCore => self.emulator = None,
            Action::TellCore(message) => {
                if matches!(message, ToCore::SaveState { .. }) {
                    self.ask_for_picture();
                }
                self.keep_what_is_saved(&message);
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
                    ToSession::Discs(discs) => {
                        SessionCommand::Discs(Discs { names: discs.names, inserted: discs.inserted })
                    }
                    ToSession::DiscChanged { by, disc } => SessionCommand::DiscChanged { by, disc },
                    ToSession::OnScreen(shown) => SessionCommand::OnScreen(shown),
                    ToSession::Room(command) => SessionCommand::Room(command),
                    ToSession::Codec(format) => SessionCommand::ForceFormat(format),
                }));
            }
            Action::Notice(kind) => publisher.notice(kind),
            Action::Event(event) => publisher.event(event),
        }
        None
    }

    /// What is saved now stays as a version if the core is told something that may take it back: a state brings the battery save of
    /// its time with it.
    fn keep_what_is_saved(&mut self, message: &ToCore) {
        let went_back = self.goes_back;
        if let ToCore::Tempo(tempo) = message {
            self.goes_back = *tempo == Tempo::Rewind;
        }
        let Some((_, files)) = &mut self.saves else { return };
        if matches!(message, ToCore::LoadState { .. }) {
            files.begin_version();
        } else if went_back && !self.goes_back {
            // Not before: until then the core shows nothing but what the game saved last.
            files.begin_version_after_rewind(Instant::now());
        }
    }

    /// The files of the game, found when they are first needed and held until another game's are.
    fn files(&mut self, saves: &Saves) -> &mut SaveFiles {
        if self.saves.as_ref().is_some_and(|(known, _)| known != saves) {
            // Let go of before others are taken: they may be the same.
            self.saves = None;
        }
        let (_, files) = self.saves.get_or_insert_with(|| (saves.clone(), SaveFiles::open(saves)));
        files
    }

    fn layer_files(&mut self, core: &Path, content: Option<&Path>, saves: &Saves) -> LayerFiles {
        let owner = self.files(saves).owner().clone();
        let content = content.map(|content| Location::of(content).file);
        LayerFiles::new(&self.layers_dir, core, owner, content.as_deref())
    }

    fn read_save(&mut self, saves: &Saves) -> Result<u64, SaveError> {
        // After a crash the shared memory has newer content than the files, if the core had shown any whole.
        if self.states.memory(Memory::Save).is_none() {
            let sram = self.files(saves).read_sram()?.unwrap_or_default();
            self.states.put_memory(Memory::Save, &sram);
        }
        if self.states.memory(Memory::Clock).is_none() {
            let rtc = self.files(saves).read_rtc()?.unwrap_or_default();
            self.states.put_memory(Memory::Clock, &rtc);
            self.clock_saved = (0, now());
        }
        let states = StateReader::new(self.link.clone());
        for cartridge in self.files(saves).cartridges() {
            if states.memory(cartridge.memory).is_none() {
                states.put_memory(cartridge.memory, &cartridge.read()?.unwrap_or_default());
            }
        }
        Ok(self.states.memory_version(Memory::Save))
    }

    /// Writes what changed since version `saved`, and says whether another program had changed it too. None: nothing did, or it
    /// is being written right now; the next second finds it.
    fn write_save(&mut self, saves: &Saves, saved: u64) -> Option<(Result<u64, SaveError>, bool)> {
        let time = now();
        let changed = self.states.memory_version(Memory::Save) != saved;
        let sram = if changed { self.states.memory(Memory::Save) } else { None };
        // A clock runs: by itself it is not worth a write a second.
        let (clock_saved, clock_written) = self.clock_saved;
        let clock_due = sram.is_some() || self.emulator.is_none() || time >= clock_written + CLOCK_EVERY;
        let rtc = self.states.memory(Memory::Clock).filter(|(version, _)| clock_due && *version != clock_saved);
        let cartridges = self.write_cartridges(saves);
        if sram.is_none() && rtc.is_none() {
            return cartridges.map(|written| (written.result.map(|()| saved), written.foreign));
        }
        let files = self.files(saves);
        let mut result = Ok((saved, false));
        if let Some((version, sram)) = sram {
            let written = files.write_sram(&sram, Instant::now(), SystemTime::now());
            result = written.map(|written| (version, written == Written::OverForeign));
        }
        if let (Some((version, rtc)), true) = (rtc, result.is_ok()) {
            match files.write_rtc(&rtc) {
                Ok(()) => self.clock_saved = (version, time),
                Err(error) => result = Err(error),
            }
        }
        Some(match result {
            Ok((version, foreign)) => (Ok(version), foreign),
            Err(error) => (Err(error), false),
        })
    }

    /// The memories of a game of several files, as far as they changed. None: none did.
    fn write_cartridges(&mut self, saves: &Saves) -> Option<AllWritten> {
        if !saves.is_of_several() {
            return None;
        }
        let states = StateReader::new(self.link.clone());
        let last = self.emulator.is_none();
        self.files(saves).write_cartridges(&states, last, Instant::now(), SystemTime::now())
    }

    fn read_state(&mut self, saves: &Saves, place: StatePlace, core: &CoreName) -> Result<StateFound, SaveError> {
        let Some(state) = self.files(saves).read_state(place, core)? else { return Ok(StateFound::Nothing) };
        match self.states.put_inbox(&state.data) {
            true => Ok(StateFound::Ready { other_version: state.other_version }),
            false => Ok(StateFound::Nothing),
        }
    }

    /// False: the core left none that is whole.
    fn write_state(&mut self, saves: &Saves, place: StatePlace, core: &CoreName) -> Result<bool, SaveError> {
        let Some(state) = self.states.newest() else { return Ok(false) };
        let picture = self.pictures.recv_timeout(PICTURE_WAIT).ok().filter(|picture| picture.width > 0);
        self.files(saves).write_state(place, &state, core, picture.as_ref(), SystemTime::now())?;
        Ok(true)
    }

    /// Of the moment at which a state is saved; it is fetched when the state is there.
    fn ask_for_picture(&self) {
        while self.pictures.try_recv().is_ok() {}
        self.video.request_picture();
    }

    fn start_core(&mut self, start: StartId, mut load: Load) -> Result<u32, NoticeKind> {
        library::check_core(&load.core)?;
        let several = load.several.iter().flat_map(|game| game.given());
        // A folder is for a core that takes folders, or was refused when it was chosen.
        for content in load.content.iter().chain(several).filter(|content| !content.is_dir()) {
            library::check_content(content)?;
        }
        if self.temporary.is_none() {
            // Without it, content that has to be unpacked is refused.
            self.temporary = Temporary::create(&self.data_dir).ok();
        }
        load.temp_dir = self.temporary.as_ref().map(|it| it.path().to_owned()).unwrap_or_default();
        // A folder that cannot be made shows when something is to be written into it.
        let _ = fs::create_dir_all(&load.save_dir);
        let _ = fs::create_dir_all(&load.system_dir);
        // The counter in the shared memory begins anew with each core process.
        self.frames_before += self.status.frames_run();
        self.goes_back = false;
        let messages = self.messages.clone();
        let listener = Box::new(move |event| deliver(&messages, start, event));
        let emulator = Emulator::start(self.link.clone(), load, listener)?;
        let pid = emulator.pid();
        self.emulator = Some(emulator);
        Ok(pid)
    }
}

/// Before the core fails for want of them: which files of the real machine are not there, or are others.
fn tell_of_firmware(load: &Load, publisher: &mut Publisher) {
    let core = library::describe_core(&load.core);
    for problem in library::firmware_problems(&core.name, &core.firmware, &load.system_dir) {
        publisher.notice(NoticeKind::Firmware { problem });
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
