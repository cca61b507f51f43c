//! Wires the threads; the only module that sees all of them. The window and headless mode drive it through the same
//! commands and read the same snapshot.

mod command;
mod people;
mod play;
mod recording;
mod said;
mod saves;
mod snapshot;
mod worker;

pub use crate::link::message::Wants;
pub use command::{Command, Game};
pub use said::Said;
pub use snapshot::{
    ChatLine, DeviceStatus, GameState, GameStatus, HolderStatus, InviteStatus, Level, Notice, OptionStatus, PeerStatus,
    Rendition, RequestStatus, SeatStatus, Snapshot, Speaker, Stats,
};
pub use worker::Happening;

use crate::audio::{self, AudioControl, AudioOutputs, AudioThread, SpeakerHandle, SpeakerStatus};
use crate::frame::Picture;
use crate::input::{KeySet, MouseMove, MouseState, PadState};
use crate::link::Link;
use crate::link::board::{BoardWriter, FeedbackReader, Lane};
use crate::net::{self, NetPorts, Signaling, listen, local_addresses, open_udp};
use crate::packet::{Format, VideoRings};
use crate::record::{self, RecordThread};
use crate::room::{Room, Secret, Terms};
use crate::sync::{Event, spawn};
use crate::video::{self, VideoControl, VideoOutputs, VideoThread};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use worker::{Message, Worker};

/// Messages to the engine's thread that may wait. Full, commands are dropped with a warning and figures are passed over.
const QUEUE: usize = 1024;
/// Blocks of sound on their way to the net thread: 320 ms. Full, a block is dropped.
const AUDIO_PACKETS: usize = 32;

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
    /// Where cores look for BIOS files.
    pub system_dir: PathBuf,
    /// Where recordings are kept.
    pub record_dir: PathBuf,
    /// Where screenshots are kept.
    pub screenshot_dir: PathBuf,
    /// Stream in this format only; none for the best that each peer takes.
    pub codec: Option<Format>,
    /// What the link grants that is there from the start.
    pub invite: Terms,
    /// Names under which this machine is reached, beside its own.
    pub names: Vec<String>,
}

/// The handle that the window and headless mode hold. Dropping it ends everything, saves written.
pub struct Engine {
    messages: SyncSender<Message>,
    snapshot: Arc<Mutex<Arc<Snapshot>>>,
    board: BoardWriter,
    feedback: FeedbackReader,
    preview: Option<triple_buffer::Output<Picture>>,
    happenings: Option<Receiver<Happening>>,
    change: Arc<Event>,
    waker: Mutex<Option<Waker>>,
    thread: Option<JoinHandle<()>>,
}

/// Threads that live as long as the engine. Dropped in this order.
struct Threads {
    _signaling: Signaling,
    _video: VideoThread,
    _audio: AudioThread,
    _record: RecordThread,
    speaker: Option<SpeakerHandle>,
}

/// Writes one picture. Both outcomes are for people.
fn save_screenshot(folder: &Path, picture: &Picture) -> Result<Said, Said> {
    let failed = |error: std::io::Error| Said::NoScreenshot(folder.to_owned(), error.to_string());
    let (path, _) = record::create(folder, &record::stem("Hotseat"), "png").map_err(failed)?;
    let written = record::write_png(&path, picture.width, picture.height, &picture.pixels);
    written.map_err(|error| {
        let _ = std::fs::remove_file(&path);
        failed(error)
    })?;
    Ok(Said::Screenshot(path))
}

impl Engine {
    /// Opens the sockets and starts the threads. The error is one sentence for people.
    pub fn start(config: Config) -> Result<Engine, String> {
        let listener = listen(config.http)?;
        let socket = open_udp(config.udp)?;
        let http = listener.local_addr().map_err(|error| format!("The page cannot be served: {error}."))?;
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| format!("The system gives no random numbers: {error}."))?;
        let secret = Secret::new(random);
        let pages: Vec<String> = local_addresses(http).iter().map(|at| format!("http://{at}/")).collect();
        let mut room = Room::new(config.host_name.clone(), 2);
        room.invites_mut().add(secret, config.invite, crate::sync::now());
        // There from the beginning: a core may be loaded before the net thread has told of its room.
        let invites = room.invites().iter().map(|invite| InviteStatus::new(invite, &pages)).collect();

        let event = || Event::new().map_err(|error| format!("The system gives no event counter: {error}."));
        let link = Link::create().map_err(|error| format!("The system gives no shared memory: {error}."))?;
        let change = Arc::new(event()?);
        let packet_event = Arc::new(event()?);
        let (messages, inbox) = sync_channel(QUEUE);
        let (happenings, happenings_out) = sync_channel(QUEUE);

        let VideoRings { packets, packets_out, used, spares } = VideoRings::default();
        let (preview, preview_out) = if config.local {
            let (input, output) = triple_buffer::triple_buffer(&Picture::default());
            (Some(input), Some(output))
        } else {
            (None, None)
        };
        let tell = messages.clone();
        let (record, recording, video_tap, audio_tap) = record::start(Box::new(move |event| {
            let _ = tell.try_send(Message::Record(event));
        }))?;
        let video_control = VideoControl::new(link.clone());
        // One at a time: a second wish before the first is done is the same wish.
        let (screenshots, screenshots_out) = sync_channel(1);
        let tell = messages.clone();
        let video = video::start(
            link.clone(),
            video_control.clone(),
            VideoOutputs {
                packets,
                spares,
                packet_event: packet_event.clone(),
                preview,
                picture_event: change.clone(),
                screenshots,
                tap: video_tap,
                on_failure: Box::new(move |why| {
                    let _ = tell.try_send(Message::Trouble(why));
                }),
            },
        )?;

        let (speaker, speakers) = if config.local {
            let tell = messages.clone();
            let on_status = move |status| {
                let status = match status {
                    SpeakerStatus::Playing(name) => Speaker::Playing(name),
                    SpeakerStatus::Silent(why) => Speaker::Silent(why),
                };
                let _ = tell.try_send(Message::Speaker(status));
            };
            let (handle, ends) = SpeakerHandle::start(on_status)?;
            (Some(handle), Some(ends))
        } else {
            (None, None)
        };
        let (sound, sound_out) = rtrb::RingBuffer::new(AUDIO_PACKETS);
        let audio_control = AudioControl::new(link.clone());
        let audio = audio::start(
            link.clone(),
            audio_control.clone(),
            AudioOutputs { tap: audio_tap, packets: sound, packet_event: packet_event.clone(), speakers },
        )?;

        let board = BoardWriter::new(link.clone());
        let feedback = FeedbackReader::new(link.clone());
        let tell = messages.clone();
        let (net, net_thread) = net::start(NetPorts {
            socket,
            video: packets_out,
            spares: used,
            audio: sound_out,
            event: packet_event,
            video_control: video_control.clone(),
            on_listeners: Box::new(move |any| audio_control.set_listeners(any)),
            board: board.clone(),
            feedback: feedback.clone(),
            room,
            wish: config.codec,
            on_event: Box::new(move |event| {
                let _ = tell.try_send(Message::Net(event));
            }),
        })?;
        let signaling = Signaling::start(listener, net.clone(), &config.names)?;

        let local = config.local;
        let screenshot_dir = config.screenshot_dir.clone();
        let snapshot = Arc::new(Mutex::new(Arc::new(Snapshot { invites, ..Snapshot::default() })));
        let threads = Threads { _signaling: signaling, _video: video, _audio: audio, _record: record, speaker };
        let worker = Worker::new(
            config,
            link,
            video_control,
            net,
            threads,
            recording,
            worker::Outlets {
                snapshot: snapshot.clone(),
                change: change.clone(),
                happenings,
                messages: messages.clone(),
                pages,
            },
        );
        let tell = messages.clone();
        // A thread of its own, because a slow disk is nobody else's business; it ends with the video thread.
        spawn("screenshots", move || {
            while let Ok(picture) = screenshots_out.recv() {
                let _ = tell.try_send(Message::Screenshot(save_screenshot(&screenshot_dir, &picture)));
            }
        })?;
        let thread = spawn("engine", move || {
            worker.run(&inbox);
            let _ = net_thread.join();
        })?;
        Ok(Engine {
            messages,
            snapshot,
            board,
            feedback,
            preview: preview_out,
            // Only headless mode reads them; in the window the queue would fill and keep its snapshots for ever.
            happenings: (!local).then_some(happenings_out),
            change,
            waker: Mutex::new(None),
            thread: Some(thread),
        })
    }

    /// Hands a wish to the engine; never waits.
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
    pub fn local_pads(&self) -> Box<dyn Fn(usize, PadState) + Send + Sync> {
        let board = self.board.clone();
        Box::new(move |seat, pad| board.set(Lane::Local, seat, pad))
    }

    /// Sets the keys held at this machine. Takes effect at the core's next poll. Only one thread may call this and
    /// [`Engine::local_mouse`].
    pub fn local_keys(&self, keys: &KeySet) {
        self.board.set_keyboard(Lane::Local, keys);
    }

    /// Moves the mouse of `seat` at this machine, and sets where it is and what it holds.
    pub fn local_mouse(&self, seat: usize, moved: MouseMove, state: MouseState) {
        self.board.move_mouse(Lane::Local, seat, moved);
        self.board.set_mouse(Lane::Local, seat, state);
    }

    /// How the core turns the motors, for whoever has controllers at this machine.
    pub fn feedback(&self) -> FeedbackReader {
        self.feedback.clone()
    }

    /// The newest picture, if a newer one came since the last call. Always none in headless mode.
    pub fn new_picture(&mut self) -> Option<&Picture> {
        let preview = self.preview.as_mut()?;
        preview.update().then(|| preview.output_buffer())
    }

    /// What happens, one by one, for headless mode. Can be taken once.
    pub fn take_happenings(&mut self) -> Option<Receiver<Happening>> {
        self.happenings.take()
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
