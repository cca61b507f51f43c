//! Wires the threads; the only module that sees all of them. The window and headless mode drive it through the same
//! commands and read the same snapshot.
//!
//! From the inside out: `machine` decides what happens to the game and does nothing itself, `executor` does what it asks
//! for, `thread` brings the two together, `publisher` shows the outcome, `wiring` starts it all.

mod addresses;
mod certificates;
mod command;
mod controls;
mod core_hold;
mod diagnosis;
mod event;
mod executor;
mod figures;
mod internet;
mod layers;
mod machine;
mod notice;
mod people;
mod publisher;
mod resolver;
mod saves;
mod snapshot;
mod temporary;
mod thread;
mod wiring;

pub use crate::game_command::{Continuing, Flow, GameCommand, Slot, TimeSettings};
pub use crate::link::message::{Bounds, DiscCommand, Discs, OptionInfo, Wants};
pub use command::{Command, Game};
pub use core_hold::diagnose_hold;
pub use diagnosis::{Advice, Finding, Step, StepState, StepTitle, diagnose, diagnose_awake};
pub use event::EngineEvent;
pub use layers::{GameLayers, LayerError, LayerFiles, LayerValue, keep_old_options};
pub use internet::{Internet, InternetProblem, InternetStatus, InternetWords, RelayWords};
pub use machine::device_key;
pub use notice::{Length, Level, Notice, NoticeKind};
pub use resolver::ServerName;
pub use saves::{SaveError, SaveVersion, SavedState, StateList, last_pictures};
pub use snapshot::{
    ChatLine, DeviceStatus, GameState, GameStatus, InviteStatus, PeerStatus, Rendition, Snapshot, Speaker, Stats,
};
pub use wiring::StartError;

use crate::frame::Picture;
use crate::input::{KeySet, MouseMove, MouseState, PadState, Seat};
use crate::link::board::{BoardWriter, FeedbackReader, Lane};
use crate::net::Site;
use crate::net::tls::GivenCertificate;
use crate::net::tls::acme::AcmeConfig;
use crate::packet::Format;
use crate::room::InviteTerms;
use crate::sync::{Event, spawn};
use crate::text::Spoken;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use thread::Message;

/// What the engine needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the page and its WebSocket are served; port 0 picks a free one.
    pub http: SocketAddr,
    /// The one UDP socket of the media; port 0 picks a free one.
    pub udp: SocketAddr,
    /// Play sound here and fill the preview: true for the window, false for headless mode.
    pub local: bool,
    /// The person at the desktop, if they play: they hold seat 0.
    pub host_name: Option<String>,
    /// Where saves and states are kept.
    pub data_dir: PathBuf,
    /// Where is kept what is set for cores, folders and games.
    pub layers_dir: PathBuf,
    /// Where cores look for BIOS files.
    pub system_dir: PathBuf,
    /// Where recordings are kept.
    pub record_dir: PathBuf,
    /// Where screenshots are kept.
    pub screenshot_dir: PathBuf,
    /// What cores may speak and name their options in.
    pub language: Spoken,
    /// Whether a game that is opened goes on where it was left.
    pub continuing: Continuing,
    /// How fast, how slow, and how far back.
    pub time: TimeSettings,
    /// Stream in this format only; none for the best that each peer takes.
    pub codec: Option<Format>,
    /// What the link grants that is there from the start.
    pub invite: InviteTerms,
    /// What guests may call this machine, and by way of whom they come.
    pub site: Site,
    /// Certificate and key for https, of the person's own.
    pub certificate: Option<GivenCertificate>,
    /// Certificates that a server gives by itself.
    pub acme: Option<AcmeConfig>,
    /// What may be used to reach friends beyond the local network.
    pub internet: Internet,
}

/// The handle that the window and headless mode hold. Dropping it ends everything, saves written.
pub struct Engine {
    messages: SyncSender<Message>,
    snapshot: Arc<Mutex<Arc<Snapshot>>>,
    board: BoardWriter,
    feedback: FeedbackReader,
    preview: Option<triple_buffer::Output<Picture>>,
    events: Option<Receiver<EngineEvent>>,
    change: Arc<Event>,
    waker: Mutex<Option<Waker>>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Hands a command to the engine; never waits.
    pub fn send(&self, command: Command) {
        if self.messages.try_send(Message::Command(command)).is_err() {
            tracing::warn!("the engine is too busy for another command");
        }
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets a controller at this machine, whole, from any thread, such as the one that reads gamepads. Takes effect at
    /// the core's next poll.
    pub fn local_pads(&self) -> Box<dyn Fn(Seat, PadState) + Send + Sync> {
        let board = self.board.clone();
        Box::new(move |seat, pad| board.set(Lane::Local, seat.index(), pad))
    }

    /// Hands game commands to the engine from any thread, such as the one that reads gamepads; never waits.
    pub fn game_commands(&self) -> Box<dyn Fn(GameCommand) + Send + Sync> {
        let messages = self.messages.clone();
        Box::new(move |command| {
            if messages.try_send(Message::Command(Command::Game(command))).is_err() {
                tracing::warn!("the engine is too busy for another command");
            }
        })
    }

    /// Sets the keys held at this machine. Takes effect at the core's next poll. Only one thread may call this and
    /// [`Engine::local_mouse`].
    pub fn local_keys(&self, keys: &KeySet) {
        self.board.set_keyboard(Lane::Local, keys);
    }

    /// Moves the mouse of `seat` at this machine, and sets where it is and what it holds.
    pub fn local_mouse(&self, seat: Seat, moved: MouseMove, state: MouseState) {
        self.board.move_mouse(Lane::Local, seat.index(), moved);
        self.board.set_mouse(Lane::Local, seat.index(), state);
    }

    /// How the core turns the motors, for controllers at this machine.
    pub fn feedback(&self) -> FeedbackReader {
        self.feedback.clone()
    }

    /// The newest picture, if a newer one came since the last call. Always none in headless mode.
    pub fn new_picture(&mut self) -> Option<&Picture> {
        let preview = self.preview.as_mut()?;
        preview.update().then(|| preview.output_buffer())
    }

    /// What happens, one by one, for headless mode. Can be taken once.
    pub fn take_events(&mut self) -> Option<Receiver<EngineEvent>> {
        self.events.take()
    }

    /// Calls `wake` from a thread of its own whenever there is a new picture or snapshot; replaces an earlier one.
    /// The engine's threads only ring a counter: they never touch what `wake` locks.
    pub fn on_change(&self, wake: impl Fn() + Send + 'static) {
        let stop = Arc::new(AtomicBool::new(false));
        let (change, stopped) = (self.change.clone(), stop.clone());
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        // The old one first: two would take rings from each other.
        *waker = None;
        let thread = spawn("waker", move || {
            loop {
                change.wait();
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                wake();
            }
        });
        match thread {
            Ok(thread) => {
                *waker = Some(Waker { stop, change: self.change.clone(), thread: Some(thread) });
            }
            Err(why) => tracing::error!("{why}"),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let _ = self.messages.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Waker {
    stop: Arc<AtomicBool>,
    change: Arc<Event>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Waker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.change.signal();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
