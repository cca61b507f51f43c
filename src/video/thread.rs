//! The video thread: takes frames out of the ring, encodes them once for each rendition that is watched, hands the
//! packets on.
//!
//! It owns the encoders from open to close and opens them for the frame in its hand: a change of size is nothing but a
//! frame that the open encoder does not fit. It waits for frames and for nothing else; a full packet ring costs the
//! packet, and the next frame is then a keyframe.

use super::control::VideoControl;
use super::convert::Converter;
use super::encoder::{self, FrameType, Tuning};
use super::error::VideoFailure;
use super::planes::Planes;
use super::rendition::{FrameInput, Outcome, Rendition};
use super::speed::SpeedControl;
use crate::frame::Picture;
use crate::link::Link;
use crate::link::frames::{FrameHeader, FrameReader};
use crate::packet::{Chroma, Format, PictureShape, SPARES, VideoPacket};
use crate::record::{NextFrame, VideoTap};
use crate::sync::{Event, SpawnError, now, spawn};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::Duration;

/// No frame for this long, or for three frame times, and a wanted keyframe is made from the last picture: the game stands
/// still.
const STALE: Duration = Duration::from_millis(50);

/// Where the video thread's results go.
pub struct VideoOutputs {
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
    /// The way to the recording.
    pub tap: VideoTap,
    /// The picture of now, asked for by [`VideoControl::request_picture`]; full, one more is not made.
    pub pictures: SyncSender<Picture>,
    /// Pictures that were asked for by [`VideoControl::request_screenshot`]; full, one more is not made.
    pub screenshots: SyncSender<Picture>,
    /// Called on the video thread when a picture cannot be sent.
    pub on_failure: Box<dyn Fn(VideoFailure) + Send>,
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
pub fn start(link: Arc<Link>, control: Arc<VideoControl>, outputs: VideoOutputs) -> Result<VideoThread, SpawnError> {
    let loop_control = control.clone();
    // Made on its own thread: an encoder cannot be moved to another, and the compiler knows.
    let thread = spawn("video", move || {
        let mut video = VideoLoop {
            control: loop_control,
            outputs,
            converter: Converter::default(),
            planes: [ConvertedPlanes::default(), ConvertedPlanes::default()],
            picture: Picture::default(),
            other: Picture::default(),
            renditions: Format::ALL.map(|format| Rendition::new(format, encoder::open)),
            speed: SpeedControl::default(),
            last_due: Duration::ZERO,
            last: None,
            spares: Vec::with_capacity(SPARES),
        };
        video.run(FrameReader::new(link));
    })?;
    Ok(VideoThread { control, thread: Some(thread) })
}

/// Planes that are converted when the first rendition needs them.
#[derive(Default)]
struct ConvertedPlanes {
    planes: Planes,
    /// They are those of the present picture.
    fresh: bool,
}

/// What lives on the video thread.
struct VideoLoop {
    control: Arc<VideoControl>,
    outputs: VideoOutputs,
    converter: Converter,
    /// By chroma: 4:2:0, 4:4:4.
    planes: [ConvertedPlanes; 2],
    picture: Picture,
    /// The next picture is unpacked here, so that it can be compared.
    other: Picture,
    renditions: [Rendition; Format::ALL.len()],
    speed: SpeedControl,
    last_due: Duration,
    last: Option<FrameHeader>,
    /// Packets to be used again, the last one used on top: its memory is still in the processor's caches, and that of
    /// packets which are never needed is never touched.
    spares: Vec<VideoPacket>,
}

/// What a picture is encoded for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// The core drew another picture.
    Changed,
    /// The core handed over the same picture again.
    Unchanged,
    /// The core handed over nothing: only for renditions that lack a keyframe or could look better.
    Repeated,
}

/// When a frame was where, for all its packets.
#[derive(Clone, Copy)]
struct FrameTimes {
    number: u64,
    captured: Duration,
    due: Duration,
    taken: Duration,
}

impl VideoLoop {
    fn run(&mut self, mut reader: FrameReader) {
        crate::sync::wake_before_others(crate::sync::Claim::Early);
        // One frame in each round: the last viewer's leaving, a screenshot and the program's end do not wait for the
        // encoders to catch up with the game, which they may never do.
        while !self.control.is_stopped() {
            self.close_unwatched();
            self.take_screenshot();
            if self.take_frame(&mut reader) {
                continue;
            }
            if let Some(last) = self.last
                && self.wants_repeat()
            {
                // The game may be standing still, and its picture could be there, or better.
                let stale = STALE.max(Duration::from_secs_f64(3.0 / last.fps.max(1.0)));
                if !self.control.event().wait_timeout(stale) {
                    self.repeat_last();
                }
            } else {
                reader.wait();
            }
        }
    }

    /// The next frame, or the newest when the encoders cannot keep up: only that is of any use then. False: there is none.
    fn take_frame(&mut self, reader: &mut FrameReader) -> bool {
        let begin = now();
        let Some(frame) = reader.take_next(self.speed.backlog_limit()) else { return false };
        let header = *frame.header();
        let redrawn = match self.last {
            _ if !header.duplicate => {
                self.converter.unpack(&frame, &mut self.other);
                true
            }
            // The same picture, to be shown in another way.
            Some(last) if (header.rotation, header.aspect) != (last.rotation, last.aspect) => {
                let quarters = header.rotation.wrapping_sub(last.rotation) % 4;
                self.converter.turn(&self.picture, quarters, &mut self.other);
                self.other.aspect = header.aspect;
                (self.other.number, self.other.captured) = (header.number, header.captured);
                true
            }
            _ => false,
        };
        drop(frame);
        self.control.skipped.store(reader.skipped(), Relaxed);
        self.control.refused.store(reader.refused(), Relaxed);
        if header.duplicate && self.last.is_none() {
            return true;
        }
        let mut occasion = Occasion::Unchanged;
        if redrawn {
            // Many a core draws the same picture again and does not say so.
            if !self.other.looks_like(&self.picture) {
                occasion = Occasion::Changed;
            }
            std::mem::swap(&mut self.other, &mut self.picture);
        }
        if occasion == Occasion::Changed {
            self.planes.iter_mut().for_each(|planes| planes.fresh = false);
        }
        self.last = Some(header);
        self.send(&header, begin, occasion);
        true
    }

    /// Encodes the present picture, and shows it in the window.
    fn send(&mut self, header: &FrameHeader, taken: Duration, occasion: Occasion) {
        self.control.set_newest(header.number, header.captured, (self.picture.width, self.picture.height));
        if self.encode_all(header, taken, occasion) {
            let done = now();
            let frame_time = Duration::from_secs_f64(1.0 / header.fps.clamp(1.0, 1000.0));
            self.speed.observe(done.saturating_sub(taken), frame_time, done, occasion == Occasion::Changed);
            self.control.speed.store(self.speed.speed() as u32, Relaxed);
        }
        // The window last: packets have the longer way to go.
        if let Some(preview) = &mut self.outputs.preview
            && occasion == Occasion::Changed
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
            self.outputs.picture_event.signal();
        }
    }

    /// What is recorded: a rendition that is made anyway, or else one for the recording alone.
    fn recorded(&self) -> Option<Format> {
        let watched = || Format::ALL.into_iter().find(|&format| self.control.viewers(format) > 0);
        self.outputs.tap.recording().then(|| watched().unwrap_or_default())
    }

    /// The renditions that have viewers, and the recorded one.
    fn watched(&self) -> impl Iterator<Item = Format> {
        let recorded = self.recorded();
        Format::ALL.into_iter().filter(move |&format| self.control.viewers(format) > 0 || recorded == Some(format))
    }

    /// Whether a rendition lacks a keyframe or could look better.
    fn wants_repeat(&self) -> bool {
        self.watched().any(|format| {
            self.control.of(format).keyframe.load(Acquire) || self.renditions[format.index()].could_improve()
        })
    }

    fn close_unwatched(&mut self) {
        let recorded = self.recorded();
        for (rendition, format) in self.renditions.iter_mut().zip(Format::ALL) {
            let control = self.control.of(format);
            if self.control.viewers(format) > 0 || recorded == Some(format) {
                continue;
            }
            if rendition.is_open() {
                rendition.close();
                control.open.store(false, Release);
            }
            // Its viewers went to another one, so no frame of theirs would show that it works again.
            if control.broken.load(Acquire) && !rendition.rests(now()) {
                control.broken.store(false, Release);
            }
        }
    }

    fn take_screenshot(&mut self) {
        if self.control.take_picture_request() {
            // Before the first frame there is none to wait for.
            let picture = self.last.map(|_| self.picture.clone()).unwrap_or_default();
            let _ = self.outputs.pictures.try_send(picture);
        }
        if self.last.is_some() && self.control.take_screenshot_request() {
            let _ = self.outputs.screenshots.try_send(self.picture.clone());
        }
    }

    /// The last picture again, for peers that come while the game stands still, and until it looks as good as it can.
    fn repeat_last(&mut self) {
        let time = now();
        if let Some(mut header) = self.last {
            header.captured = time;
            header.due = time;
            self.encode_all(&header, time, Occasion::Repeated);
        }
    }

    /// Encodes the present picture for every rendition that is watched or recorded. True if there was anything to do.
    fn encode_all(&mut self, header: &FrameHeader, taken: Duration, occasion: Occasion) -> bool {
        let mut times = None;
        let recorded = self.recorded();
        for format in Format::ALL {
            let control = self.control.of(format);
            if self.control.viewers(format) == 0 && recorded != Some(format) {
                continue;
            }
            let keyframe = control.keyframe.load(Acquire) && self.renditions[format.index()].may_make_keyframe(taken);
            let improves = keyframe || self.renditions[format.index()].could_improve();
            if occasion == Occasion::Repeated && !improves {
                continue;
            }
            let times = *times.get_or_insert_with(|| {
                // RTP time must rise, and not run away, whatever the core process says.
                let due = header.due.min(taken + Duration::from_secs(1));
                self.last_due = due.max(self.last_due + Duration::from_millis(1));
                FrameTimes {
                    // The core counts from 1 again after a restart; packets are counted through.
                    number: self.control.encoded.fetch_add(1, Relaxed) + 1,
                    captured: header.captured,
                    due: self.last_due,
                    taken,
                }
            });
            self.encode(format, header.fps, keyframe, occasion, times);
        }
        times.is_some()
    }

    fn encode(&mut self, format: Format, fps: f64, keyframe: bool, occasion: Occasion, times: FrameTimes) {
        let converted = &mut self.planes[usize::from(format.chroma == Chroma::C444)];
        // A repeated picture is not converted again, unless it had no viewers when it came.
        if !converted.fresh {
            if let Err(cause) = self.converter.convert(&self.picture, format.chroma, &mut converted.planes) {
                if self.control.failed.fetch_add(1, Relaxed) == 0 {
                    (self.outputs.on_failure)(VideoFailure::NotConverted { cause });
                }
                return;
            }
            converted.fresh = true;
        }
        let shape = converted.planes.shape;
        let control = self.control.of(format);
        if keyframe {
            control.keyframe.store(false, Release);
        }
        while self.spares.len() < SPARES
            && let Ok(packet) = self.outputs.spares.pop()
        {
            self.spares.push(packet);
        }
        let mut packet = self.spares.pop().unwrap_or_default();
        packet.data.clear();
        let tuning = Tuning { fps, max_kbit_s: self.control.max_kbit_s(format), speed: self.speed.speed() };
        let rendition = &mut self.renditions[format.index()];
        let picture = (self.picture.width, self.picture.height);
        let unchanged = occasion != Occasion::Changed;
        let input = FrameInput { planes: &converted.planes, picture, tuning, keyframe, unchanged, now: times.taken };
        let outcome = rendition.encode(input, &mut packet.data);
        control.open.store(rendition.is_open(), Release);
        packet.keyframe = match outcome {
            Outcome::Encoded(frame_type) => frame_type == FrameType::Key,
            Outcome::Waiting => {
                self.spares.push(packet);
                return;
            }
            Outcome::Broken(cause) => {
                self.spares.push(packet);
                let known = control.broken.swap(true, AcqRel);
                // The net thread looks after its viewers.
                self.outputs.packet_event.signal();
                // Tried again every now and then, said once.
                if !known {
                    (self.outputs.on_failure)(VideoFailure::NotEncoded { format: format.title(), cause });
                }
                return;
            }
        };
        control.broken.store(false, Release);
        control.encoded.fetch_add(1, Relaxed);
        control.keyframes.fetch_add(packet.keyframe.into(), Relaxed);
        control.bytes.fetch_add(packet.data.len() as u64, Relaxed);
        packet.format = format;
        packet.number = times.number;
        packet.captured = times.captured;
        packet.due = times.due;
        packet.taken = times.taken;
        packet.encoded = now();
        packet.shape = PictureShape {
            width: self.picture.width,
            height: self.picture.height,
            aspect: self.picture.aspect,
            coded_width: shape.width,
            coded_height: shape.height,
        };
        if self.recorded() == Some(format) && self.outputs.tap.put(&packet) == NextFrame::Keyframe {
            control.keyframe.store(true, Release);
        }
        if let Err(rtrb::PushError::Full(packet)) = self.outputs.packets.push(packet) {
            self.spares.push(packet);
            control.dropped.fetch_add(1, Relaxed);
            // What follows would refer to a frame that was not sent.
            control.keyframe.store(true, Release);
        }
        self.outputs.packet_event.signal();
    }
}
