//! The engine's thread: carries out commands, follows the core process and the net thread, keeps the snapshot.
//!
//! None of the hot threads waits for it.

use super::play::{StateWish, game_info, game_status};
use super::said::Said;
use super::saves::Saves;
use super::snapshot::{GameState, Level, Notice, Rendition, Snapshot, Speaker};
use super::{Command, Config, Game, Threads};
use crate::crash::Crash;
use crate::emulator::{self, Emulator};
use crate::link::message::{ControlName, Loaded, PortDevices, ToCore, Wants};
use crate::link::state::StateReader;
use crate::link::{Link, Status};
use crate::net::protocol::GameInfo;
use crate::net::{NetCommand, NetEvent, NetHandle, NetStats, Talk};
use crate::packet::Format;
use crate::record::{RecordControl, RecordEvent};
use crate::room::RequestId;
use crate::sync::Event;
use crate::video::VideoControl;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
/// Notices kept for the window.
const MAX_NOTICES: usize = 16;

/// What reaches the engine's thread.
pub enum Message {
    /// A wish of the window's or of headless mode's.
    Command(Command),
    /// News of the core process, with the number of the start it belongs to.
    Core(u64, emulator::Event),
    /// News of the net thread.
    Net(NetEvent),
    /// News of the speaker.
    Speaker(Speaker),
    /// News of the recording.
    Record(RecordEvent),
    /// A screenshot was written, or could not be; both are sentences.
    Screenshot(Result<Said, Said>),
    /// Something failed that people should know of.
    Trouble(String),
    /// End.
    Stop,
}

/// What happens, one by one, for headless mode.
#[derive(Debug, Clone)]
pub enum Happening {
    /// The game runs: the core process's number.
    Started {
        /// Process number.
        core_pid: u32,
    },
    /// It could not be started.
    Failed(Said),
    /// Somebody's media flows.
    PeerJoined {
        /// Number.
        id: u32,
        /// Name.
        name: String,
        /// Seat from 0.
        seat: Option<usize>,
    },
    /// Somebody is gone.
    PeerLeft {
        /// Number.
        id: u32,
        /// Name.
        name: String,
    },
    /// The core crashed or hung.
    CoreDied {
        /// How.
        crash: Crash,
        /// It is being started again.
        restarting: bool,
    },
    /// The game is back.
    CoreRestarted {
        /// Process number.
        core_pid: u32,
        /// From the last automatic state, or from its beginning.
        revived: bool,
    },
    /// Something for people.
    Notice(Notice),
    /// Something between people.
    Talk(Talk),
    /// Somebody waits to be let in.
    Request {
        /// Number.
        id: RequestId,
        /// Name.
        name: String,
        /// Where they come from.
        address: IpAddr,
    },
    /// Once a second.
    Stats {
        /// The snapshot of that moment.
        snapshot: Arc<Snapshot>,
        /// The net thread's figures.
        net: NetStats,
        /// The core process, if one runs.
        core_pid: Option<u32>,
    },
}

/// Where the engine's thread shows itself.
pub struct Outlets {
    pub snapshot: Arc<Mutex<Arc<Snapshot>>>,
    pub change: Arc<Event>,
    pub happenings: SyncSender<Happening>,
    pub messages: SyncSender<Message>,
    /// The page at each address of this machine, the best one first.
    pub pages: Vec<String>,
}

/// The open game.
pub(super) struct Running {
    pub game: Game,
    pub saves: Saves,
    pub emulator: Option<Emulator>,
    pub start: u64,
    pub state: GameState,
    pub loaded: Option<Loaded>,
    pub saved_sram: u64,
    pub sram_trouble: bool,
    pub restarting: bool,
    pub slots: [bool; 10],
    /// The machine it is for, as the libretro database calls it.
    pub system: String,
    /// What the host plugged in, by port.
    pub devices: BTreeMap<u32, u32>,
    /// What can be plugged in and what is.
    pub ports: Vec<PortDevices>,
    /// What the core calls its controls.
    pub names: Vec<ControlName>,
    /// What it reads beside pads.
    pub wants: Wants,
    /// The guest who paused it; none for the host.
    pub paused_by: Option<String>,
}

/// The engine's thread.
pub struct Worker {
    pub(super) config: Config,
    pub(super) link: Arc<Link>,
    pub(super) status: Status,
    pub(super) states: StateReader,
    pub(super) video: Arc<VideoControl>,
    pub(super) net: NetHandle,
    pub(super) threads: Threads,
    pub(super) recording: Arc<RecordControl>,
    pub(super) out: Outlets,
    pub(super) running: Option<Running>,
    pub(super) starts: u64,
    /// The ticket and slot of the state that the core is saving or loading now.
    pub(super) state_asked: Option<(u32, u8)>,
    pub(super) state_wishes: VecDeque<StateWish>,
    pub(super) next_ticket: u32,
    pub(super) crashes: Vec<Instant>,
    pub(super) snapshot: Snapshot,
    pub(super) net_stats: NetStats,
    pub(super) notices: u64,
    pub(super) frames_before: u64,
    pub(super) frames_at_second: (Instant, u64),
    /// Bytes of each rendition a second ago.
    pub(super) bytes_before: [u64; Format::ALL.len()],
    pub(super) game_info: GameInfo,
    /// Lines of talk so far.
    pub(super) lines: u64,
}

impl Worker {
    pub fn new(
        config: Config,
        link: Arc<Link>,
        video: Arc<VideoControl>,
        net: NetHandle,
        threads: Threads,
        recording: Arc<RecordControl>,
        out: Outlets,
    ) -> Worker {
        let snapshot = Snapshot::clone(&out.snapshot.lock().unwrap_or_else(PoisonError::into_inner));
        Worker {
            config,
            status: Status::new(link.clone()),
            states: StateReader::new(link.clone()),
            link,
            video,
            net,
            threads,
            recording,
            running: None,
            starts: 0,
            state_asked: None,
            state_wishes: VecDeque::new(),
            next_ticket: 0,
            crashes: Vec::new(),
            snapshot,
            out,
            net_stats: NetStats::default(),
            notices: 0,
            frames_before: 0,
            frames_at_second: (Instant::now(), 0),
            bytes_before: [0; Format::ALL.len()],
            game_info: GameInfo::default(),
            lines: 0,
        }
    }

    pub fn run(mut self, inbox: &Receiver<Message>) {
        self.publish();
        let mut next_second = Instant::now() + SECOND;
        loop {
            let message = inbox.recv_timeout(next_second.saturating_duration_since(Instant::now()));
            match message {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if Instant::now() >= next_second {
                next_second = Instant::now() + SECOND;
                self.every_second();
            }
            self.publish();
        }
        self.close_game();
        // Full for a moment at the most: the net thread never waits for us.
        while !self.net.send(NetCommand::Close) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Command(command) => self.carry_out(command),
            Message::Core(start, event) => {
                // News of a process that was already replaced is no news.
                if self.running.as_ref().is_some_and(|running| running.start == start) {
                    self.follow_core(event);
                }
            }
            Message::Net(event) => self.follow_net(event),
            Message::Speaker(speaker) => {
                if let Speaker::Silent(why) = &speaker
                    && speaker != self.snapshot.speaker
                {
                    self.notice(Level::Warning, Said::NoSound(why.clone()));
                }
                self.snapshot.speaker = speaker;
            }
            Message::Record(event) => self.follow_recording(event),
            Message::Screenshot(Ok(text)) => self.notice(Level::Info, text),
            Message::Screenshot(Err(why)) => self.notice(Level::Error, why),
            Message::Trouble(why) => self.notice(Level::Error, why),
            Message::Stop => {}
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Open(game) => {
                self.close_game();
                self.states.clear();
                self.crashes.clear();
                self.open(game);
            }
            Command::Close => self.close_game(),
            Command::Pause(pause) => {
                if let Some(running) = &mut self.running {
                    running.paused_by = None;
                }
                self.tell_core(&if pause { ToCore::Pause } else { ToCore::Resume });
            }
            Command::Reset => self.tell_core(&ToCore::Reset),
            Command::SaveState(slot) => self.state_wish(StateWish::Save(slot.min(9))),
            Command::LoadState(slot) => self.state_wish(StateWish::Load(slot.min(9))),
            Command::Restart => {
                let down = |running: &Running| matches!(running.state, GameState::Crashed(_) | GameState::Failed(_));
                if self.running.as_ref().is_some_and(down) {
                    self.crashes.clear();
                    self.restart(true);
                }
            }
            Command::Volume(volume) => {
                if let Some(speaker) = &self.threads.speaker {
                    speaker.set_volume(volume);
                }
            }
            Command::CoreOption { key, value } => self.set_option(key, value),
            Command::Room(command) => {
                self.net.send(NetCommand::Room(command));
            }
            Command::Device { port, id } => self.set_device(port, id),
            Command::Screenshot => {
                if self.running.is_some() {
                    self.video.request_screenshot();
                }
            }
            Command::Record(on) => self.record(on),
            Command::Codec(wish) => {
                self.net.send(NetCommand::Wish(wish));
            }
        }
    }

    fn every_second(&mut self) {
        let frames = self.status.frames_run();
        let (since, before) = self.frames_at_second;
        let elapsed = since.elapsed().as_secs_f64();
        self.frames_at_second = (Instant::now(), frames);
        let stats = &mut self.snapshot.stats;
        stats.fps = if elapsed > 0.0 { frames.saturating_sub(before) as f64 / elapsed } else { 0.0 };
        stats.target_fps = self.status.fps();
        stats.emulated = self.frames_before + frames;
        stats.encoded = self.video.encoded();
        stats.skipped = self.video.skipped();
        (stats.width, stats.height) = self.video.size();
        (stats.newest_frame, stats.newest_frame_at) = self.video.newest();
        stats.speed = self.video.speed();
        stats.unusable = self.video.failed();
        let seconds = elapsed.max(0.1);
        for (format, before) in Format::ALL.into_iter().zip(&mut self.bytes_before) {
            let status = self.video.rendition(format);
            let kbit_s = (status.bytes.saturating_sub(*before) as f64 * 0.008 / seconds).round() as u32;
            *before = status.bytes;
            self.snapshot.renditions.retain(|rendition| rendition.status.format != format);
            if status.open || status.viewers > 0 {
                self.snapshot.renditions.push(Rendition { status, kbit_s });
            }
        }
        self.net.send(NetCommand::Fps(stats.fps));
        self.save_sram();
        self.publish();
        let core_pid = self.running.as_ref().and_then(|running| running.emulator.as_ref()).map(Emulator::pid);
        self.happen(Happening::Stats {
            snapshot: Arc::new(self.snapshot.clone()),
            net: self.net_stats.clone(),
            core_pid,
        });
    }

    pub(super) fn notice(&mut self, level: Level, said: impl Into<Said>) {
        self.notices += 1;
        let notice = Notice { id: self.notices, level, said: said.into() };
        if self.snapshot.notices.len() == MAX_NOTICES {
            self.snapshot.notices.remove(0);
        }
        self.snapshot.notices.push(notice.clone());
        self.happen(Happening::Notice(notice));
    }

    pub(super) fn happen(&self, happening: Happening) {
        // Full or gone: nobody listens, as in the window.
        let _ = self.out.happenings.try_send(happening);
    }

    pub(super) fn publish(&mut self) {
        self.snapshot.recording = self.recording.recording();
        self.snapshot.game = self.running.as_ref().map(game_status);
        let info = self.running.as_ref().map(game_info).unwrap_or_default();
        if info != self.game_info && self.net.send(NetCommand::Game(info.clone())) {
            self.game_info = info;
        }
        let mut shown = self.out.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        // The window paints whenever it is rung: only news may ring it.
        if **shown != self.snapshot {
            *shown = Arc::new(self.snapshot.clone());
            drop(shown);
            self.out.change.signal();
        }
    }
}
