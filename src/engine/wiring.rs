//! Opens the sockets, starts the threads, and connects them.

use super::addresses::{self, Bound, Followers};
use super::certificates::PublicCertificates;
use super::executor::{Executor, VideoHandle};
use super::figures::Figures;
use super::internet::Reach;
use super::machine::{Folders, Machine};
use super::people::{Pages, People};
use super::publisher::Publisher;
use super::snapshot::{InviteStatus, Snapshot, Speaker};
use super::thread::{EngineThread, Message};
use super::{Config, Engine, NoticeKind};
use crate::audio::{self, AudioControl, AudioOutputs, AudioStartError, AudioThread, SpeakerHandle, SpeakerStatus};
use crate::awake::Awake;
use crate::frame::Picture;
use crate::link::Link;
use crate::link::board::{BoardWriter, FeedbackReader};
use crate::messages;
use crate::net::tls::{AuthorityError, Certificates, TlsConfig};
use crate::net::transport::{AddressWatch, BindError, listen, local_addresses, open_udp};
use crate::net::{self, NetConfig, NetError, ServeError, Signaling};
use crate::packet::VideoRings;
use crate::record::{self, RecordStartError, RecordThread};
use crate::room::{Invite, Room, Secret};
use crate::session::protocol::GameInfo;
use crate::sync::{Event, SpawnError, now, spawn};
use crate::text::IoCause;
use crate::video::{self, VideoControl, VideoOutputs, VideoThread};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// Messages to the engine's thread that may wait. Full, commands are dropped with a warning and figures are passed over.
const QUEUE: usize = 1024;
/// Blocks of sound on their way to the net thread: 320 ms. Full, a block is dropped.
const AUDIO_PACKETS: usize = 32;

messages! {
    /// Why the engine does not start.
    pub enum StartError in start {
        page => Page { cause: IoCause },
        random => Random { cause: IoCause },
        wake_up => WakeUp { cause: IoCause },
        memory => Memory { cause: IoCause },
        thread => Thread { error: SpawnError },
        recording => Recording { error: RecordStartError },
        audio => Audio { error: AudioStartError },
        bind => Bind { error: BindError },
        net => Net { error: NetError },
        serve => Serve { error: ServeError },
    }
}

macro_rules! causes {
    ($($kind:ty => $variant:ident),* $(,)?) => {
        $(impl From<$kind> for StartError {
            fn from(error: $kind) -> Self {
                Self::$variant { error }
            }
        })*
    };
}

causes! {
    SpawnError => Thread,
    RecordStartError => Recording,
    AudioStartError => Audio,
    BindError => Bind,
    NetError => Net,
    ServeError => Serve,
}

/// Threads that live as long as the engine. Dropped in this order.
pub(super) struct Threads {
    _watch: AddressWatch,
    pub(super) signaling: Signaling,
    _video: VideoThread,
    _audio: AudioThread,
    _record: RecordThread,
    pub(super) speaker: Option<SpeakerHandle>,
}

impl Engine {
    /// Opens the sockets and starts the threads.
    pub fn start(config: Config) -> Result<Engine, StartError> {
        let listener = listen(config.http)?;
        let socket = open_udp(config.udp)?;
        let address = |it: io::Result<_>| it.map_err(|error| StartError::Page { cause: error.into() });
        let bound = Bound { http: address(listener.local_addr())?, media: address(socket.local_addr())? };
        let (certificates, no_authority) = certificates(&config);
        let (messages, inbox) = sync_channel(QUEUE);
        let folder = config.data_dir.join("tls").join("acme");
        let mut public = PublicCertificates::new(certificates.clone(), folder, bound.http.port(), messages.clone());
        public.apply(config.acme.clone())?;
        let named = public.pages();
        let served = local_addresses(bound.http);
        let pages = Pages::new(&config.site, named, addresses::pages(&served));
        let room = room(&config)?;
        // There from the beginning: a core may be loaded before the net thread has told of its room.
        let first: Vec<Invite> = room.invites().iter().cloned().collect();
        let invites = first.iter().map(|invite| InviteStatus::new(invite, &pages.all())).collect();

        let link = Link::create().map_err(|error| StartError::Memory { cause: error.into() })?;
        let change = Arc::new(wake_up()?);
        let packet_event = Arc::new(wake_up()?);
        if let Some(error) = no_authority {
            let _ = messages.try_send(Message::Notice(error.into()));
        }

        let (record, recording, video_tap, audio_tap) = record::start(reporter(&messages, Message::Record))?;
        let VideoRings { packets, packets_out, used, spares } = VideoRings::default();
        let (preview, preview_out) = preview(config.local);
        let video_control = VideoControl::new(link.clone());
        // One: whoever asked for it waits for it.
        let (pictures, pictures_out) = sync_channel(1);
        let video = video::start(
            link.clone(),
            video_control.clone(),
            VideoOutputs {
                packets,
                spares,
                packet_event: packet_event.clone(),
                preview,
                picture_event: change.clone(),
                pictures,
                screenshots: screenshots(config.screenshot_dir.clone(), &messages)?,
                tap: video_tap,
                on_failure: reporter(&messages, |failure| Message::Notice(NoticeKind::NotSent { failure })),
            },
        )?;

        let (speaker, speakers) = match config.local {
            true => {
                let (handle, ends) = SpeakerHandle::start(reporter(&messages, speaker_message))?;
                (Some(handle), Some(ends))
            }
            false => (None, None),
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
        let (net, net_thread) = net::start(
            socket,
            room,
            NetConfig {
                video: packets_out,
                spares: used,
                audio: sound_out,
                event: packet_event,
                video_control: video_control.clone(),
                on_listeners: Box::new(move |any| audio_control.set_listeners(any)),
                board: board.clone(),
                feedback: feedback.clone(),
                force_format: config.codec,
                candidates: addresses::candidates(bound),
                on_event: reporter(&messages, Message::Session),
                on_stun: reporter(&messages, Message::Stun),
                on_turn: reporter(&messages, Message::Turn),
            },
        )?;
        let signaling = Signaling::start(listener, net.clone(), config.site.clone(), certificates.clone())?;

        let followers = Followers { net: net.clone(), certificates, messages: messages.clone() };
        let watch = addresses::follow(bound, wake_up()?, followers)?;

        let snapshot = Arc::new(Mutex::new(Arc::new(Snapshot { invites, ..Snapshot::default() })));
        let (events, events_out) = sync_channel(QUEUE);
        let threads = Threads { _watch: watch, signaling, _video: video, _audio: audio, _record: record, speaker };
        let executor = Executor::new(
            link.clone(),
            VideoHandle { control: video_control.clone(), pictures: pictures_out },
            recording,
            net.clone(),
            threads,
            messages.clone(),
            [config.data_dir.clone(), config.layers_dir],
        );
        let mut engine = EngineThread {
            machine: Machine::new(
                Folders { data: config.data_dir, system: config.system_dir, recordings: config.record_dir },
                config.language,
                config.continuing,
                config.time,
            ),
            executor,
            publisher: Publisher::new(snapshot.clone(), change.clone(), events),
            people: People::new(pages, first),
            figures: Figures::new(link, video_control, now()),
            reach: Reach::new(net.clone(), messages.clone(), bound),
            certificates: public,
            awake: awake(),
            window_shown: config.local,
            net,
            info: GameInfo::default(),
        };
        let internet = &mut engine.publisher.snapshot.internet;
        internet.addresses = served;
        internet.public_page = engine.people.public_page();
        engine.reach.prove(config.acme.is_some())?;
        engine.apply_internet(config.internet);
        engine.follow_ways();
        let thread = spawn("engine", move || {
            engine.run(&inbox);
            let _ = net_thread.join();
        })?;
        Ok(Engine {
            messages,
            snapshot,
            board,
            feedback,
            preview: preview_out,
            // Only headless mode reads them; in the window the queue would fill and keep its snapshots for ever.
            events: if config.local { None } else { Some(events_out) },
            change,
            waker: Mutex::new(None),
            thread: Some(thread),
        })
    }
}

/// For https, with why the host is no authority for the local network: there the page is served without.
fn certificates(config: &Config) -> (Arc<Certificates>, Option<AuthorityError>) {
    let tls = TlsConfig {
        folder: config.data_dir.join("tls"),
        names: net::machine_names(),
        given: config.certificate.clone(),
    };
    let (certificates, problem) = Certificates::open(tls, SystemTime::now);
    (Arc::new(certificates), problem)
}

/// A system that goes to sleep is no reason not to play.
fn awake() -> Option<Awake> {
    Awake::start().inspect_err(|why| tracing::warn!("{why}")).ok()
}

/// A room with the one link that is there from the start.
fn room(config: &Config) -> Result<Room, StartError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| StartError::Random {
        cause: match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code).into(),
            None => IoCause::Other { system: error.to_string() },
        },
    })?;
    let mut room = Room::new(config.host_name.clone(), 2);
    room.invites_mut().add(Secret::new(random), config.invite, now());
    Ok(room)
}

fn wake_up() -> Result<Event, StartError> {
    Event::new().map_err(|error| StartError::WakeUp { cause: error.into() })
}

/// Brings what a thread tells to the engine's. Full, it is passed over: no thread waits for the engine.
fn reporter<T: 'static>(
    messages: &SyncSender<Message>,
    message: impl Fn(T) -> Message + Send + 'static,
) -> Box<dyn Fn(T) + Send> {
    let messages = messages.clone();
    Box::new(move |news| {
        let _ = messages.try_send(message(news));
    })
}

fn speaker_message(status: SpeakerStatus) -> Message {
    Message::Speaker(match status {
        SpeakerStatus::Playing(device) => Speaker::Playing(device),
        SpeakerStatus::Silent(why) => Speaker::Silent(why),
    })
}

type Preview = (Option<triple_buffer::Input<Picture>>, Option<triple_buffer::Output<Picture>>);

/// Pictures for the window; none in headless mode.
fn preview(local: bool) -> Preview {
    match local {
        true => {
            let (input, output) = triple_buffer::triple_buffer(&Picture::default());
            (Some(input), Some(output))
        }
        false => (None, None),
    }
}

/// Where the video thread sends pictures that are to be kept. One may wait: a second request before the first is done is
/// the same request.
fn screenshots(folder: PathBuf, messages: &SyncSender<Message>) -> Result<SyncSender<Picture>, StartError> {
    let (pictures, pictures_out): (_, Receiver<Picture>) = sync_channel(1);
    let messages = messages.clone();
    // A thread of its own, because a slow disk is no other thread's business; it ends with the video thread.
    spawn("screenshots", move || {
        while let Ok(picture) = pictures_out.recv() {
            let kind = match save_screenshot(&folder, &picture) {
                Ok(file) => NoticeKind::Screenshot { file },
                Err(error) => NoticeKind::NoScreenshot { folder: folder.clone(), cause: error.into() },
            };
            let _ = messages.try_send(Message::Notice(kind));
        }
    })?;
    Ok(pictures)
}

fn save_screenshot(folder: &Path, picture: &Picture) -> io::Result<PathBuf> {
    let (path, _) = record::create(folder, &record::stem("Hotseat"), "png")?;
    record::write_png(&path, picture.width, picture.height, &picture.pixels).inspect_err(|_| {
        let _ = std::fs::remove_file(&path);
    })?;
    Ok(path)
}
