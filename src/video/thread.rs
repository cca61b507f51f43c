//! The video thread: takes frames out of the ring, encodes them once, hands the packets on.
//!
//! It owns the encoder from open to close and opens it for the frame in its hand: a change of size is nothing but a
//! frame that the open encoder does not fit. It waits for frames and for nothing else; a full packet ring costs the
//! packet, and the next frame is then a keyframe.

use super::convert::{Converter, Planes, coded_size};
use super::x264::{Encoder, Settings};
use crate::frame::Picture;
use crate::link::Link;
use crate::link::frames::{FrameHeader, FrameReader};
use crate::packet::{PictureShape, VideoPacket};
use crate::sync::{Event, now, spawn};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::thread::JoinHandle;
use std::time::Duration;

/// No frame for this long, and a wanted keyframe is made from the last picture: the game is paused, or slow.
const STALE: Duration = Duration::from_millis(50);

/// The shortest time between two keyframes: whoever asks without end must not spoil the picture for the others.
const KEYFRAME_EVERY: Duration = Duration::from_millis(200);

/// The rate limit before anything is known of the peers' networks, in kbit/s.
const START_KBIT_S: u32 = 6000;

/// In place of a frame's number while the time that belongs to it changes.
const BEING_WRITTEN: u64 = u64::MAX;

/// What other threads may ask of the video thread, and what they may read of it. All of it atomic: nobody waits.
pub struct VideoControl {
    link: Arc<Link>,
    stop: AtomicBool,
    keyframe: AtomicBool,
    viewers: AtomicU32,
    max_kbit_s: AtomicU32,
    /// Frames encoded.
    pub encoded: AtomicU64,
    /// Frames passed over because the encoder was busy.
    pub skipped: AtomicU64,
    /// Frames that made no sense, or that an encoder failed on.
    pub failed: AtomicU64,
    /// Width (high half) and height of the newest picture.
    size: AtomicU64,
    /// Number of the newest frame, and when the core handed it over, in nanoseconds of the monotonic clock.
    newest: [AtomicU64; 2],
}

impl VideoControl {
    /// For the frames of `link`.
    pub fn new(link: Arc<Link>) -> Arc<VideoControl> {
        Arc::new(VideoControl {
            link,
            stop: AtomicBool::new(false),
            keyframe: AtomicBool::new(false),
            viewers: AtomicU32::new(0),
            max_kbit_s: AtomicU32::new(START_KBIT_S),
            encoded: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            size: AtomicU64::new(0),
            newest: [const { AtomicU64::new(0) }; 2],
        })
    }

    /// The next frame is to be a keyframe.
    pub fn request_keyframe(&self) {
        self.keyframe.store(true, Release);
        self.link.frame_event.signal();
    }

    /// How many peers watch; with none, nothing is encoded.
    pub fn set_viewers(&self, viewers: u32) {
        self.viewers.store(viewers, Release);
    }

    /// The most the encoder may use, in kbit/s.
    pub fn set_max_kbit_s(&self, max_kbit_s: u32) {
        self.max_kbit_s.store(max_kbit_s, Release);
    }

    /// Width and height of the newest picture; 0 before the first.
    pub fn size(&self) -> (u32, u32) {
        let size = self.size.load(Relaxed);
        ((size >> 32) as u32, size as u32)
    }

    /// The newest frame's number and the moment the core handed it over.
    pub fn newest(&self) -> (u64, Duration) {
        let [number, captured] = &self.newest;
        loop {
            let before = number.load(Acquire);
            let at = Duration::from_nanos(captured.load(Acquire));
            if before != BEING_WRITTEN && number.load(Acquire) == before {
                return (before, at);
            }
        }
    }

    fn stop(&self) {
        self.stop.store(true, Release);
        self.link.frame_event.signal();
    }
}

/// What the video thread is connected to.
pub struct VideoPorts {
    /// Encoded packets; full when the net thread stands still, and then the packet is dropped.
    pub packets: rtrb::Producer<VideoPacket>,
    /// Used packets come back, so that their memory is used again.
    pub spares: rtrb::Consumer<VideoPacket>,
    /// Rung after each packet.
    pub packet_event: Arc<Event>,
    /// The window's picture: none in headless mode.
    pub preview: Option<triple_buffer::Input<Picture>>,
    /// Rung after each new picture.
    pub picture_event: Arc<Event>,
    /// Told when the encoder fails.
    pub on_failure: Box<dyn Fn(String) + Send>,
}

/// The running thread. Dropping it ends it.
pub struct VideoThread {
    control: Arc<VideoControl>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for VideoThread {
    fn drop(&mut self) {
        self.control.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts the video thread.
pub fn start(link: Arc<Link>, control: Arc<VideoControl>, ports: VideoPorts) -> Result<VideoThread, String> {
    let worker_control = control.clone();
    // Made on its own thread: an encoder cannot be moved to another, and the compiler knows.
    let thread = spawn("video", move || {
        let mut worker = Worker {
            control: worker_control,
            ports,
            converter: Converter::default(),
            planes: Planes::default(),
            picture: Picture::default(),
            shape: PictureShape::default(),
            planes_fresh: false,
            encoder: None,
            last_keyframe: Duration::ZERO,
            last_due: Duration::ZERO,
            failures: 0,
            last: None,
        };
        worker.run(FrameReader::new(link));
    })?;
    Ok(VideoThread { control, thread: Some(thread) })
}

struct Worker {
    control: Arc<VideoControl>,
    ports: VideoPorts,
    converter: Converter,
    planes: Planes,
    picture: Picture,
    shape: PictureShape,
    /// The planes are those of `picture`.
    planes_fresh: bool,
    encoder: Option<Encoder>,
    last_keyframe: Duration,
    last_due: Duration,
    failures: u32,
    last: Option<FrameHeader>,
}

impl Worker {
    fn run(&mut self, mut reader: FrameReader) {
        crate::sync::wake_precisely();
        while !self.control.stop.load(Acquire) {
            if self.control.keyframe.load(Acquire) && self.last.is_some() {
                // Somebody waits for a keyframe and the game may be standing still.
                if !self.control.link.frame_event.wait_timeout(STALE) {
                    self.repeat_last();
                }
            } else {
                reader.wait();
            }
            loop {
                let begin = now();
                let Some(frame) = reader.take_next() else { break };
                let header = *frame.header();
                if !header.duplicate {
                    self.converter.unpack(&frame, &mut self.picture);
                    self.planes_fresh = false;
                }
                drop(frame);
                if header.duplicate && self.last.is_none() {
                    continue;
                }
                self.last = Some(header);
                self.take(&header, begin);
            }
            self.control.skipped.store(reader.skipped(), Relaxed);
        }
    }

    fn take(&mut self, header: &FrameHeader, taken: Duration) {
        let size = u64::from(self.picture.width) << 32 | u64::from(self.picture.height);
        self.control.size.store(size, Relaxed);
        let [number, captured] = &self.control.newest;
        number.store(BEING_WRITTEN, Release);
        captured.store(u64::try_from(header.captured.as_nanos()).unwrap_or(u64::MAX), Release);
        number.store(header.number, Release);
        if self.control.viewers.load(Acquire) > 0 {
            self.encode(header, taken);
        }
        // The window last: whoever is far away has the longer way to go.
        if let Some(preview) = &mut self.ports.preview
            && !header.duplicate
        {
            let to = preview.input_buffer_mut();
            to.pixels.clear();
            to.pixels.extend_from_slice(&self.picture.pixels);
            to.width = self.picture.width;
            to.height = self.picture.height;
            to.aspect = self.picture.aspect;
            to.number = self.picture.number;
            to.captured = self.picture.captured;
            preview.publish();
            self.ports.picture_event.signal();
        }
    }

    /// A keyframe of the last picture, for somebody who came while the game stands still.
    fn repeat_last(&mut self) {
        if self.control.viewers.load(Acquire) == 0 {
            self.control.keyframe.store(false, Release);
            return;
        }
        let time = now();
        if let Some(mut header) = self.last
            && time.saturating_sub(self.last_keyframe) >= KEYFRAME_EVERY
        {
            header.captured = time;
            header.due = time;
            self.encode(&header, time);
        }
    }

    fn encode(&mut self, header: &FrameHeader, taken: Duration) {
        let (coded_width, coded_height) = coded_size(self.picture.width, self.picture.height);
        // A repeated picture is not converted again, unless nobody watched when it came.
        if !self.planes_fresh {
            if let Err(why) = self.converter.convert(&self.picture, &mut self.planes) {
                self.fail(why);
                return;
            }
            self.planes_fresh = true;
        }
        self.shape = PictureShape {
            width: self.picture.width,
            height: self.picture.height,
            aspect: self.picture.aspect,
            coded_width,
            coded_height,
        };
        let mut packet = self.ports.spares.pop().unwrap_or_default();
        packet.data.clear();
        let keyframe =
            self.control.keyframe.load(Acquire) && taken.saturating_sub(self.last_keyframe) >= KEYFRAME_EVERY;
        if keyframe {
            self.control.keyframe.store(false, Release);
        }
        match self.encode_planes(header.fps, keyframe, &mut packet.data) {
            Ok(is_keyframe) => packet.keyframe = is_keyframe,
            Err(why) => {
                self.encoder = None;
                self.fail(why);
                return;
            }
        }
        self.failures = 0;
        if packet.keyframe {
            self.last_keyframe = taken;
        }
        // The core counts from 1 again after a restart; packets are counted through.
        packet.number = self.control.encoded.fetch_add(1, Relaxed) + 1;
        packet.captured = header.captured;
        // RTP time must rise, and not run away, whatever the core process says.
        self.last_due = header.due.min(taken + Duration::from_secs(1)).max(self.last_due + Duration::from_millis(1));
        packet.due = self.last_due;
        packet.taken = taken;
        packet.encoded = now();
        packet.shape = self.shape;
        if self.ports.packets.push(packet).is_err() {
            // What follows would refer to a frame that nobody got.
            self.control.keyframe.store(true, Release);
        }
        self.ports.packet_event.signal();
    }

    fn encode_planes(&mut self, fps: f64, keyframe: bool, out: &mut Vec<u8>) -> Result<bool, String> {
        let max_kbit_s = self.control.max_kbit_s.load(Acquire);
        let wanted = Settings { width: self.planes.width, height: self.planes.height, fps, max_kbit_s };
        let fits = self.encoder.as_ref().is_some_and(|encoder| {
            let open = encoder.settings();
            (open.width, open.height, open.fps) == (wanted.width, wanted.height, wanted.fps)
        });
        if !fits {
            // Closed before the next is opened, so that two never take memory at once.
            self.encoder = None;
            self.encoder = Some(Encoder::open(wanted)?);
        }
        let Some(encoder) = &mut self.encoder else {
            return Err("no encoder".into());
        };
        encoder.set_max_kbit_s(max_kbit_s)?;
        let encoded = encoder.encode(&self.planes, keyframe)?;
        out.extend_from_slice(encoded.data);
        Ok(encoded.keyframe)
    }

    /// Tells once in a row of failures: the next frame tries again with a new encoder.
    fn fail(&mut self, why: String) {
        self.control.failed.fetch_add(1, Relaxed);
        self.failures += 1;
        if self.failures == 2 {
            (self.ports.on_failure)(format!("The picture cannot be sent: {why}."));
        }
    }
}
