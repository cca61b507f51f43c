//! The audio thread: takes the core's samples, brings them to 48 kHz, encodes them once, feeds the speaker.

use super::error::AudioStartError;
use super::resample::{MAX_ADJUST, RateConverter, Ratio};
use super::speaker::{SpeakerSink, SpeakerSlot, TARGET};
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

/// What other threads may ask of the audio thread.
pub struct AudioControl {
    link: Arc<Link>,
    stop: AtomicBool,
    listeners: AtomicBool,
}

impl AudioControl {
    pub fn new(link: Arc<Link>) -> Arc<AudioControl> {
        Arc::new(AudioControl { link, stop: AtomicBool::new(false), listeners: AtomicBool::new(false) })
    }

    /// Whether a peer listens; without one and without a recording, nothing is encoded.
    pub fn set_listeners(&self, any: bool) {
        self.listeners.store(any, Ordering::Release);
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
            reader.wait();
            if self.control.stop.load(Ordering::Acquire) {
                return;
            }
            self.take_speaker();
            let fresh = reader.read(&mut samples);
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
    fn play(&mut self, block: &[f32]) {
        self.converter.push(block.iter().copied());
        let target = TARGET.as_secs_f64() * f64::from(self.sink.rate_hz);
        let waiting = (self.sink.capacity - self.sink.samples.slots()) as f64 / 2.0;
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
