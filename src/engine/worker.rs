//! The engine's thread: carries out commands, follows the core process and the net thread, keeps the snapshot.
//!
//! None of the hot threads waits for it.

use super::saves::Saves;
use super::snapshot::{
    GameState, GameStatus, Level, Notice, OptionStatus, PeerStatus, Rendition, SeatStatus, Snapshot, Speaker,
};
use super::{Command, Config, Game, Threads};
use crate::emulator::{self, Emulator};
use crate::link::message::{FromCore, Load, Loaded, OptionInfo, Pace, ToCore};
use crate::link::state::StateReader;
use crate::link::{Link, Status};
use crate::net::protocol::{GameInfo, PlayState};
use crate::net::{NetCommand, NetEvent, NetHandle, NetStats};
use crate::packet::Format;
use crate::record::{RecordControl, RecordEvent};
use crate::sync::Event;
use crate::video::VideoControl;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
/// Crashes closer together than this count as one trouble: the first is followed by a start from the last automatic
/// state, the second by a start from nothing, the third by waiting for the host.
const TROUBLE: Duration = Duration::from_secs(30);
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
    Screenshot(Result<String, String>),
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
    /// It could not be started; the sentence says why.
    Failed(String),
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
        reason: String,
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
    pub invites: Vec<String>,
}

struct Running {
    game: Game,
    saves: Saves,
    emulator: Option<Emulator>,
    start: u64,
    state: GameState,
    loaded: Option<Loaded>,
    saved_sram: u64,
    sram_trouble: bool,
    restarting: bool,
    slots: [bool; 10],
}

/// The engine's thread.
pub struct Worker {
    config: Config,
    link: Arc<Link>,
    status: Status,
    states: StateReader,
    video: Arc<VideoControl>,
    net: NetHandle,
    threads: Threads,
    recording: Arc<RecordControl>,
    out: Outlets,
    running: Option<Running>,
    starts: u64,
    tickets: HashMap<u32, u8>,
    next_ticket: u32,
    crashes: Vec<Instant>,
    snapshot: Snapshot,
    net_stats: NetStats,
    notices: u64,
    frames_before: u64,
    frames_at_second: (Instant, u64),
    /// Bytes of each rendition a second ago.
    bytes_before: [u64; Format::ALL.len()],
    game_info: GameInfo,
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
            tickets: HashMap::new(),
            next_ticket: 0,
            crashes: Vec::new(),
            snapshot: Snapshot { invites: out.invites.clone(), ..Snapshot::default() },
            out,
            net_stats: NetStats::default(),
            notices: 0,
            frames_before: 0,
            frames_at_second: (Instant::now(), 0),
            bytes_before: [0; Format::ALL.len()],
            game_info: GameInfo::default(),
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
                    self.notice(Level::Warning, why.clone());
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
            Command::Pause(pause) => self.tell_core(&if pause { ToCore::Pause } else { ToCore::Resume }),
            Command::Reset => self.tell_core(&ToCore::Reset),
            Command::SaveState(slot) => self.save_state(slot.min(9)),
            Command::LoadState(slot) => self.load_state(slot.min(9)),
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
            Command::Kick(id) => {
                self.net.send(NetCommand::Kick(id));
            }
            Command::Screenshot => {
                if self.running.is_some() {
                    self.video.request_screenshot();
                }
            }
            Command::Record(on) => self.record(on),
            Command::Codec(wish) => {
                self.net.send(NetCommand::Wish(wish));
            }
            Command::HostName(name) => {
                self.net.send(NetCommand::HostName(name));
            }
        }
    }

    fn open(&mut self, game: Game) {
        let saves = Saves::new(&self.config.data_dir, &game);
        let slots = saves.slots();
        self.running = Some(Running {
            game,
            saves,
            emulator: None,
            start: 0,
            state: GameState::Starting,
            loaded: None,
            saved_sram: 0,
            sram_trouble: false,
            restarting: false,
            slots,
        });
        self.start_core(false);
    }

    /// Starts a core process for the open game.
    fn start_core(&mut self, revive: bool) {
        let frames_run = self.status.frames_run();
        self.starts += 1;
        let start = self.starts;
        let Some(running) = &mut self.running else { return };
        running.start = start;
        running.state = GameState::Starting;
        let game = &running.game;
        let checked = crate::library::check_core(&game.core)
            .and_then(|()| game.content.as_deref().map_or(Ok(()), crate::library::check_content));
        if let Err(why) = checked {
            self.failed(why);
            return;
        }
        // After a crash the shared memory has newer battery memory than the file, if the core had shown any whole.
        if self.states.sram().is_none() {
            match running.saves.read_sram() {
                Ok(sram) => self.states.put_sram(&sram.unwrap_or_default()),
                Err(why) => {
                    // Running on would end in overwriting a save that could not be read.
                    self.failed(why);
                    return;
                }
            }
        }
        if !running.sram_trouble {
            running.saved_sram = self.states.sram_version();
        }
        let core_dir = running.saves.core_dir.clone();
        let load = Load {
            core: game.core.clone(),
            content: game.content.clone(),
            options: game.options.clone(),
            devices: Vec::new(),
            system_dir: self.config.system_dir.clone(),
            save_dir: core_dir.clone(),
            revive,
            pace: Pace::Real,
        };
        let _ = std::fs::create_dir_all(&core_dir);
        let _ = std::fs::create_dir_all(&self.config.system_dir);
        let messages = self.out.messages.clone();
        let listener = Box::new(move |event| deliver(&messages, start, event));
        match Emulator::start(self.link.clone(), load, listener) {
            Ok(emulator) => {
                // The counter in shared memory begins anew with each core process.
                self.frames_before += frames_run;
                if let Some(running) = &mut self.running {
                    running.emulator = Some(emulator);
                }
            }
            Err(why) => self.failed(why),
        }
    }

    fn failed(&mut self, why: String) {
        if let Some(running) = &mut self.running {
            running.emulator = None;
            running.restarting = false;
            running.state = GameState::Failed(why.clone());
        }
        self.happen(Happening::Failed(why));
    }

    fn restart(&mut self, revive: bool) {
        if let Some(running) = &mut self.running {
            running.restarting = true;
            self.start_core(revive);
        }
    }

    fn follow_core(&mut self, event: emulator::Event) {
        match event {
            emulator::Event::Said(message) => self.hear(message),
            emulator::Event::Died(reason) => self.core_died(reason),
            emulator::Event::Ended => {
                // The core asked to end by itself: the game is over, not broken.
                self.save_sram();
                let loading = self.running.as_ref().is_some_and(|running| running.state == GameState::Starting);
                let failed = self.running.as_ref().is_some_and(|r| matches!(r.state, GameState::Failed(_)));
                if !loading && !failed {
                    self.close_game();
                }
            }
        }
    }

    fn hear(&mut self, message: FromCore) {
        let Some(running) = &mut self.running else { return };
        match message {
            FromCore::Loaded(loaded) => self.loaded(loaded),
            FromCore::LoadFailed(why) => self.failed(why),
            FromCore::AvChanged(av) => {
                if let Some(loaded) = &mut running.loaded {
                    loaded.av = av;
                }
            }
            FromCore::Log { level, text } => match level {
                0 => tracing::debug!(target: "core", "{text}"),
                1 => tracing::info!(target: "core", "{text}"),
                _ => tracing::warn!(target: "core", "{text}"),
            },
            FromCore::Message(text) => self.notice(Level::Info, text),
            FromCore::Paused(paused) => {
                running.state = if paused { GameState::Paused } else { GameState::Running };
                if paused {
                    self.save_sram();
                }
            }
            FromCore::StateSaved { ticket, ok } => self.state_saved(ticket, ok),
            FromCore::StateLoaded { ticket, ok } => {
                if let Some(slot) = self.tickets.remove(&ticket) {
                    let (level, text) = if ok {
                        (Level::Info, format!("State {} is back.", slot + 1))
                    } else {
                        (
                            Level::Error,
                            format!("The core does not take state {}: it may be of another version.", slot + 1),
                        )
                    };
                    self.notice(level, text);
                }
            }
            FromCore::Options(options) => {
                if let Some(loaded) = &mut running.loaded {
                    loaded.options = options;
                }
            }
            FromCore::Controllers(_) | FromCore::Controls(_) | FromCore::Wants(_) => {}
            FromCore::Pong | FromCore::Ended(_) => {}
        }
    }

    fn loaded(&mut self, loaded: Loaded) {
        let Some(running) = &mut self.running else { return };
        let core_pid = running.emulator.as_ref().map_or(0, Emulator::pid);
        running.state = GameState::Running;
        let restarting = std::mem::take(&mut running.restarting);
        let revived = loaded.revived;
        self.net.send(NetCommand::Ports(loaded.ports));
        running.loaded = Some(loaded);
        self.frames_at_second = (Instant::now(), 0);
        self.video.request_keyframes();
        if restarting {
            let text =
                if revived { "The game is back where it was a moment ago." } else { "The game was started again." };
            self.notice(Level::Info, text.into());
            self.happen(Happening::CoreRestarted { core_pid, revived });
        } else {
            self.happen(Happening::Started { core_pid });
        }
    }

    fn core_died(&mut self, reason: String) {
        self.save_sram();
        let now = Instant::now();
        self.crashes.retain(|crash| now.duration_since(*crash) < TROUBLE);
        self.crashes.push(now);
        let Some(running) = &mut self.running else { return };
        let never_ran = running.loaded.is_none();
        running.emulator = None;
        running.state = GameState::Crashed(reason.clone());
        let restarting = !never_ran && self.crashes.len() <= 2;
        self.happen(Happening::CoreDied { reason: reason.clone(), restarting });
        self.notice(Level::Error, reason.clone());
        if never_ran {
            self.happen(Happening::Failed(reason));
        } else if restarting {
            // Everyone is told before the new process says anything.
            self.publish();
            self.restart(self.crashes.len() == 1);
        }
    }

    fn follow_net(&mut self, event: NetEvent) {
        match event {
            NetEvent::Joined { id, name, seat } => self.happen(Happening::PeerJoined { id, name, seat }),
            NetEvent::Left { id, name } => self.happen(Happening::PeerLeft { id, name }),
            NetEvent::Room { seats, people } => {
                self.snapshot.seats = seats
                    .into_iter()
                    .map(|seat| SeatStatus { seat: seat.seat, name: seat.name, peer: seat.peer })
                    .collect();
                let old = std::mem::take(&mut self.snapshot.peers);
                let known = |id| old.iter().find(|peer| peer.id == id);
                self.snapshot.peers = people
                    .into_iter()
                    .map(|person| PeerStatus {
                        id: person.peer,
                        name: person.name,
                        seat: person.seat,
                        round_trip: known(person.peer).and_then(|peer| peer.round_trip),
                        kbit_s: known(person.peer).map_or(0, |peer| peer.kbit_s),
                        loss: known(person.peer).map_or(0.0, |peer| peer.loss),
                        format: known(person.peer).and_then(|peer| peer.format),
                    })
                    .collect();
            }
            NetEvent::Stats(stats) => {
                for peer in &mut self.snapshot.peers {
                    if let Some(figures) = stats.peers.iter().find(|figures| figures.id == peer.id) {
                        peer.round_trip = figures.round_trip;
                        peer.kbit_s = figures.kbit_s;
                        peer.loss = figures.loss;
                        peer.format = Some(figures.format);
                    }
                }
                self.snapshot.stats.sent = stats.frames_sent;
                (self.snapshot.stats.latency_p50_ms, self.snapshot.stats.latency_p99_ms) = stats.latency_ms;
                self.snapshot.stats.kbit_s = stats.peers.iter().map(|peer| peer.kbit_s).sum();
                self.net_stats = stats;
            }
        }
    }

    fn record(&mut self, on: bool) {
        let Some(running) = &self.running else { return };
        if on == self.recording.recording() {
            return;
        }
        if !on {
            self.recording.stop();
        } else if let Err(why) = self.recording.start(self.config.record_dir.clone(), &running.game.title) {
            self.notice(Level::Error, why);
        }
    }

    fn follow_recording(&mut self, event: RecordEvent) {
        match event {
            RecordEvent::Started(path) => self.notice(Level::Info, format!("Recording to {}.", path.display())),
            RecordEvent::Finished { files, seconds } => {
                let text = match files.as_slice() {
                    [] => "Nothing was recorded.".into(),
                    [file] => format!("Recorded {}: {}.", length(seconds), file.display()),
                    [first, ..] => {
                        format!("Recorded {} in {} parts, from {}.", length(seconds), files.len(), first.display())
                    }
                };
                self.notice(Level::Info, text);
            }
            RecordEvent::Failed(why) => self.notice(Level::Error, why),
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

    fn save_sram(&mut self) {
        let Some(running) = &mut self.running else { return };
        if self.states.sram_version() == running.saved_sram {
            return;
        }
        // None: it is being written right now; the next second finds it.
        let Some((version, sram)) = self.states.sram() else { return };
        match running.saves.write_sram(&sram) {
            Ok(()) => {
                running.saved_sram = version;
                running.sram_trouble = false;
            }
            // Tried again every second, told once.
            Err(why) => {
                if !std::mem::replace(&mut running.sram_trouble, true) {
                    self.notice(Level::Error, why);
                }
            }
        }
    }

    fn ticket(&mut self, slot: u8) -> u32 {
        self.next_ticket = self.next_ticket.wrapping_add(1);
        self.tickets.insert(self.next_ticket, slot);
        self.next_ticket
    }

    fn save_state(&mut self, slot: u8) {
        let ticket = self.ticket(slot);
        self.tell_core(&ToCore::SaveState { ticket });
    }

    fn state_saved(&mut self, ticket: u32, ok: bool) {
        let (Some(slot), Some(running)) = (self.tickets.remove(&ticket), &mut self.running) else { return };
        let state = if ok { self.states.newest() } else { None };
        let result = match state {
            Some(state) => running.saves.write_state(slot, &state),
            None => Err("This core cannot save its state now.".into()),
        };
        running.slots = running.saves.slots();
        match result {
            Ok(()) => self.notice(Level::Info, format!("Saved as state {}.", slot + 1)),
            Err(why) => self.notice(Level::Error, why),
        }
    }

    fn load_state(&mut self, slot: u8) {
        let Some(running) = &self.running else { return };
        match running.saves.read_state(slot) {
            Ok(Some(state)) if self.states.put_inbox(&state) => {
                let ticket = self.ticket(slot);
                self.tell_core(&ToCore::LoadState { ticket });
            }
            Ok(_) => self.notice(Level::Info, format!("There is no state {} yet.", slot + 1)),
            Err(why) => self.notice(Level::Error, why),
        }
    }

    fn set_option(&mut self, key: String, value: String) {
        if let Some(running) = &mut self.running {
            running.game.options.retain(|(known, _)| *known != key);
            running.game.options.push((key.clone(), value.clone()));
        }
        self.tell_core(&ToCore::Option { key, value });
    }

    fn tell_core(&self, message: &ToCore) {
        if let Some(emulator) = self.running.as_ref().and_then(|running| running.emulator.as_ref()) {
            emulator.send(message);
        }
    }

    fn close_game(&mut self) {
        if let Some(emulator) = self.running.as_mut().and_then(|running| running.emulator.take()) {
            emulator.stop();
        }
        self.save_sram();
        self.recording.stop();
        self.running = None;
        self.tickets.clear();
    }

    fn notice(&mut self, level: Level, text: String) {
        self.notices += 1;
        let notice = Notice { id: self.notices, level, text };
        if self.snapshot.notices.len() == MAX_NOTICES {
            self.snapshot.notices.remove(0);
        }
        self.snapshot.notices.push(notice.clone());
        self.happen(Happening::Notice(notice));
    }

    fn happen(&self, happening: Happening) {
        // Full or gone: nobody listens, as in the window.
        let _ = self.out.happenings.try_send(happening);
    }

    fn publish(&mut self) {
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

/// Such as 1:02:03 or 0:07.
fn length(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Brings news of a core process to the engine's thread. Its end must arrive; a log line need not.
fn deliver(messages: &SyncSender<Message>, start: u64, event: emulator::Event) {
    let dispensable = matches!(event, emulator::Event::Said(FromCore::Log { .. } | FromCore::Message(_)));
    let mut message = Message::Core(start, event);
    for _ in 0..400 {
        match messages.try_send(message) {
            Err(TrySendError::Full(back)) if !dispensable => message = back,
            _ => return,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn game_status(running: &Running) -> GameStatus {
    let loaded = running.loaded.as_ref();
    let option = |option: &OptionInfo| OptionStatus {
        key: option.key.clone(),
        label: option.label.clone(),
        values: option.values.clone(),
        value: option.value.clone(),
    };
    GameStatus {
        title: running.game.title.clone(),
        core_name: loaded.map(|loaded| format!("{} {}", loaded.name, loaded.version)).unwrap_or_default(),
        core: running.game.core.clone(),
        content: running.game.content.clone(),
        state: running.state.clone(),
        ports: loaded.map_or(0, |loaded| loaded.ports),
        options: loaded.map(|loaded| loaded.options.iter().map(option).collect()).unwrap_or_default(),
        saved_slots: running.slots,
        can_save_state: loaded.is_some_and(|loaded| loaded.state_bytes > 0),
    }
}

fn game_info(running: &Running) -> GameInfo {
    let (state, message) = match &running.state {
        GameState::Starting if running.restarting => (PlayState::Crashed, "The game is being brought back.".into()),
        GameState::Starting => (PlayState::Starting, String::new()),
        GameState::Running => (PlayState::Running, String::new()),
        GameState::Paused => (PlayState::Paused, String::new()),
        GameState::Crashed(why) => (PlayState::Crashed, why.clone()),
        GameState::Failed(why) => (PlayState::Stopped, why.clone()),
    };
    GameInfo {
        name: running.game.title.clone(),
        core: running.loaded.as_ref().map(|loaded| loaded.name.clone()).unwrap_or_default(),
        state,
        message,
    }
}
