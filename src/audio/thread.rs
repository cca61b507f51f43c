//! The audio thread: takes the core's samples, brings them to 48 kHz, encodes them once, feeds the speaker.

use super::error::AudioStartError;
use super::resample::{MAX_ADJUST, RateConverter, Ratio};
use super::speaker::{SpeakerSink, SpeakerSlot, TARGET};
use super::test_tone::{Part, TestTone};
use crate::link::audio::AudioReader;
use crate::link::{AUDIO_FRAMES, Link};
use crate::packet::{AudioPacket, BLOCK, MAX_OPUS_BYTES, RATE_HZ};
use crate::record::AudioTap;
use crate::sync::{Event, now, spawn};
use opus::{Application, Bitrate, Channels, Encoder};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Enough for chip music to be transparent.
const BITRATE: i32 = 128_000;

/// A gap this long between two blocks is a pause, not a hiccup.
const PAUSE: Duration = Duration::from_millis(200);

/// How often more of the test's notes is handed to the speaker.
const TONE_STEP: Duration = Duration::from_millis(10);

/// What came of the notes by which a person tries the speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToneOutcome {
    /// A device took them.
    Taken,
    /// There is a device, and it takes nothing.
    Stuck,
    /// There is none.
    NoDevice,
    /// A game is heard, which says as much.
    Game,
}

/// What other threads may ask of the audio thread.
pub struct AudioControl {
    link: Arc<Link>,
    stop: AtomicBool,
    listeners: AtomicBool,
    tone: AtomicBool,
}

impl AudioControl {
    pub fn new(link: Arc<Link>) -> Arc<AudioControl> {
        let no = || AtomicBool::new(false);
        Arc::new(AudioControl { link, stop: no(), listeners: no(), tone: no() })
    }

    /// Whether a peer listens; without one and without a recording, nothing is encoded.
    pub fn set_listeners(&self, any: bool) {
        self.listeners.store(any, Ordering::Release);
    }

    /// Has three notes played, from their beginning, by the way that a game's sound takes to the speaker. Friends do not hear them.
    pub fn play_tone(&self) {
        self.tone.store(true, Ordering::Release);
        self.link.audio_event.signal();
    }
}

/// Where the audio thread's results go.
pub struct AudioOutputs {
    /// Encoded blocks; full when the net thread stands still, and then the block is dropped.
    pub packets: rtrb::Producer<AudioPacket>,
    /// Rung after each packet.
    pub packet_event: Arc<Event>,
    /// The way to the recording.
    pub tap: AudioTap,
    /// The device that was opened last: none in headless mode.
    pub speakers: Option<SpeakerSlot>,
    /// Told once the notes of a test are over. Must not wait.
    pub on_tone: Box<dyn Fn(ToneOutcome) + Send>,
}

/// The running thread. Dropping it ends it.
pub struct AudioThread {
    control: Arc<AudioControl>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for AudioThread {
    fn drop(&mut self) {
        self.control.stop.store(true, Ordering::Release);
        self.control.link.audio_event.signal();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts the audio thread.
pub fn start(
    link: Arc<Link>,
    control: Arc<AudioControl>,
    outputs: AudioOutputs,
) -> Result<AudioThread, AudioStartError> {
    // Low delay: no lookahead beyond 2.5 ms; error correction is RED's business.
    let mut encoder = Encoder::new(RATE_HZ, Channels::Stereo, Application::LowDelay)?;
    encoder.set_bitrate(Bitrate::Bits(BITRATE))?;
    let mut audio = AudioLoop {
        control: control.clone(),
        outputs,
        encoder,
        converter: None,
        speaker: None,
        tone: None,
        position: 0,
        last_block: Duration::ZERO,
    };
    let thread = spawn("audio", move || audio.run(&AudioReader::new(link)))
        .map_err(|cause| AudioStartError::NoThread { cause })?;
    Ok(AudioThread { control, thread: Some(thread) })
}

/// What lives on the audio thread.
struct AudioLoop {
    control: Arc<AudioControl>,
    outputs: AudioOutputs,
    encoder: Encoder,
    /// The core's rate, and the way from there to 48 kHz.
    converter: Option<(f64, RateConverter)>,
    speaker: Option<Speaker>,
    tone: Option<TestTone>,
    position: u64,
    last_block: Duration,
}

struct Speaker {
    sink: SpeakerSink,
    converter: RateConverter,
    /// The ring's fill over the last second or so, in sample pairs.
    fill: f64,
}

impl AudioLoop {
    fn run(&mut self, reader: &AudioReader) {
        let mut samples = vec![0i16; AUDIO_FRAMES * 2];
        loop {
            match self.tone {
                None => reader.wait(),
                Some(_) => drop(self.control.link.audio_event.wait_timeout(TONE_STEP)),
            }
            if self.control.stop.load(Ordering::Acquire) {
                return;
            }
            self.take_speaker();
            let fresh = reader.read(&mut samples);
            self.play_tone(!fresh.is_empty());
            let Some(rate) = reader.rate() else { continue };
            if self.converter.as_ref().is_none_or(|(from, _)| *from != rate) {
                self.converter = RateConverter::new(rate, RATE_HZ.into(), BLOCK, Ratio::Fixed)
                    .ok()
                    .map(|converter| (rate, converter));
            }
            let Some((_, converter)) = &mut self.converter else { continue };
            converter.push(fresh.iter().map(|&sample| f32::from(sample) / 32768.0));
            while let Some(block) = converter.next_block() {
                // A pause is time in which nothing was played: without it every later block would count as late.
                let time = now();
                let gap = time.saturating_sub(self.last_block);
                if gap > PAUSE && self.position > 0 {
                    self.position += (gap.as_millis() / 10) as u64 * BLOCK as u64;
                }
                self.last_block = time;
                if self.control.listeners.load(Ordering::Acquire) || self.outputs.tap.recording() {
                    encode(&mut self.encoder, block, self.position, &mut self.outputs);
                }
                self.position += BLOCK as u64;
                if let Some(speaker) = &mut self.speaker {
                    speaker.play(block);
                }
            }
        }
    }

    /// Goes on with the notes of a test, where one was asked for and no game is heard.
    fn play_tone(&mut self, game: bool) {
        if self.control.tone.swap(false, Ordering::AcqRel) {
            self.tone = Some(TestTone::new(now()));
        }
        let Some(tone) = &mut self.tone else { return };
        if game {
            self.end_tone(ToneOutcome::Game);
            return;
        }
        loop {
            match tone.next(now()) {
                Part::Block(block) => {
                    if let Some(speaker) = &mut self.speaker {
                        speaker.play(block);
                    }
                }
                Part::Later => return,
                Part::Over => break,
            }
        }
        let outcome = match &self.speaker {
            None => ToneOutcome::NoDevice,
            // A device that stands still leaves the ring full; less than its own block is left by one that does not.
            Some(speaker) if speaker.waiting() > speaker.target() * 2.0 => ToneOutcome::Stuck,
            Some(_) => ToneOutcome::Taken,
        };
        self.end_tone(outcome);
    }

    fn end_tone(&mut self, outcome: ToneOutcome) {
        self.tone = None;
        (self.outputs.on_tone)(outcome);
    }

    fn take_speaker(&mut self) {
        let Some(speakers) = &self.outputs.speakers else { return };
        let Some(sink) = speakers.try_lock().ok().and_then(|mut newest| newest.take()) else { return };
        let target = TARGET.as_secs_f64() * f64::from(sink.rate_hz);
        self.speaker = RateConverter::new(RATE_HZ.into(), sink.rate_hz.into(), BLOCK, Ratio::Adjustable)
            .ok()
            .map(|converter| Speaker { sink, converter, fill: target });
    }
}

fn encode(encoder: &mut Encoder, block: &[f32], position: u64, outputs: &mut AudioOutputs) {
    let mut packet = AudioPacket { data: [0; MAX_OPUS_BYTES], len: 0, position };
    // Opus fails only on sizes that it does not know, and 10 ms is one it knows; a missing block is heard as a click.
    if let Ok(len) = encoder.encode_float(block, &mut packet.data) {
        packet.len = len;
        outputs.tap.put(&packet);
        let _ = outputs.packets.push(packet);
        outputs.packet_event.signal();
    }
}

impl Speaker {
    /// What should wait for the device, in sample pairs.
    fn target(&self) -> f64 {
        TARGET.as_secs_f64() * f64::from(self.sink.rate_hz)
    }

    /// What does.
    fn waiting(&self) -> f64 {
        (self.sink.capacity - self.sink.samples.slots()) as f64 / 2.0
    }

    fn play(&mut self, block: &[f32]) {
        self.converter.push(block.iter().copied());
        let (target, waiting) = (self.target(), self.waiting());
        // The device takes its blocks in jumps; only the drift beneath them counts.
        self.fill += (waiting - self.fill) * 0.01;
        self.converter.set_adjust((target - self.fill) / target * MAX_ADJUST);
        while let Some(block) = self.converter.next_block() {
            if let Ok(chunk) = self.sink.samples.write_chunk_uninit(block.len()) {
                chunk.fill_from_iter(block.iter().copied());
            }
        }
    }
}
