//! The speaker of the host's own machine.
//!
//! A thread of its own opens the device, hands the writing end to the audio thread, and opens it again when it goes
//! away. The device's clock is not the game's: the audio thread resamples by a hair to keep the ring half full.

use super::error::SpeakerError;
use crate::sync::{SpawnError, spawn};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, FromSample, SampleFormat, SizedSample, StreamConfig};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Sound that waits for the device: enough for its wake-ups, short enough not to be heard as delay.
pub const TARGET: Duration = Duration::from_millis(30);
/// Full, the ring drops the newest block.
const RING: Duration = Duration::from_millis(250);
/// What the device is asked to take at a time, in sample pairs.
const DEVICE_BLOCK: u32 = 480;
/// How long until a lost device is looked for again.
const RETRY: Duration = Duration::from_secs(3);

/// Whether the game is heard on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeakerStatus {
    /// It plays on this device.
    Playing(String),
    /// There is none.
    Silent(SpeakerError),
    /// The names of all that there are, as they were asked for.
    Devices(Vec<String>),
}

/// The writing end of an open device.
pub struct SpeakerSink {
    /// Interleaved stereo.
    pub samples: rtrb::Producer<f32>,
    pub rate_hz: u32,
    /// Ring slots in all.
    pub capacity: usize,
}

/// The sink of the device that was opened last, for the audio thread to take. Locked only for a move; the audio thread
/// does not wait for it.
pub type SpeakerSlot = Arc<Mutex<Option<SpeakerSink>>>;

/// The speaker's thread and volume. Dropping it closes the device.
pub struct SpeakerHandle {
    volume: Arc<AtomicU32>,
    wake: SyncSender<Wake>,
    thread: Option<JoinHandle<()>>,
}

enum Wake {
    Lost(cpal::Error),
    /// By its name; none for the system's own choice.
    Choose(Option<String>),
    List,
    Stop,
}

impl SpeakerHandle {
    /// Starts to look for a device; its sink arrives in the slot, news in `on_status`.
    pub fn start(
        on_status: impl Fn(SpeakerStatus) + Send + 'static,
    ) -> Result<(SpeakerHandle, SpeakerSlot), SpawnError> {
        let volume = Arc::new(AtomicU32::new(1f32.to_bits()));
        // A lost device, a choice and the end of the program may come together. Full, a loss says nothing new, and a choice waits
        // for no device that takes its time: the person makes it again.
        let (wake, wakes) = sync_channel(8);
        let slot = SpeakerSlot::default();
        let (its_slot, its_volume, its_wake) = (slot.clone(), volume.clone(), wake.clone());
        let thread = spawn("speaker", move || {
            let mut chosen = None;
            loop {
                let stream = open(chosen.as_deref(), &its_volume, &its_wake);
                let limit = match &stream {
                    Ok((_, sink, name)) => {
                        tracing::info!(device = %name, rate_hz = sink.rate_hz, "sound");
                        on_status(SpeakerStatus::Playing(name.clone()));
                        None
                    }
                    Err(error) => {
                        on_status(SpeakerStatus::Silent(error.clone()));
                        Some(RETRY)
                    }
                };
                let _stream = stream.ok().map(|(stream, sink, _)| {
                    *its_slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
                    stream
                });
                let next = || match limit {
                    None => wakes.recv().map_err(|_| RecvTimeoutError::Disconnected),
                    Some(limit) => wakes.recv_timeout(limit),
                };
                let mut wake = next();
                while let Ok(Wake::List) = wake {
                    on_status(SpeakerStatus::Devices(names()));
                    wake = next();
                }
                match wake {
                    Ok(Wake::Lost(why)) => {
                        tracing::warn!("the sound device went away: {why}");
                        // A device that fails at once must not be opened in a tight circle.
                        std::thread::sleep(Duration::from_millis(200));
                    }
                    Ok(Wake::Choose(device)) => chosen = device,
                    Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                    Ok(Wake::List) | Err(RecvTimeoutError::Timeout) => {}
                }
            }
        })?;
        let handle = SpeakerHandle { volume, wake, thread: Some(thread) };
        Ok((handle, slot))
    }

    /// Play on the device of this name from now on, where it is there; none for the system's own choice.
    pub fn choose(&self, device: Option<String>) {
        let _ = self.wake.try_send(Wake::Choose(device));
    }

    /// Have the names of all devices told, as [`SpeakerStatus::Devices`].
    pub fn list(&self) {
        let _ = self.wake.try_send(Wake::List);
    }

    /// 0.0 to 1.0.
    pub fn set_volume(&self, volume: f32) {
        let volume = if volume.is_finite() { volume.clamp(0.0, 1.0) } else { 1.0 };
        self.volume.store(volume.to_bits(), Ordering::Relaxed);
    }
}

impl Drop for SpeakerHandle {
    fn drop(&mut self) {
        let _ = self.wake.send(Wake::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Hosts to try, the sound server first: ALSA's own default often leads to a device that the server has taken.
fn hosts() -> Vec<cpal::Host> {
    let mut ids = cpal::available_hosts();
    ids.sort_by_key(|id| id.name().eq_ignore_ascii_case("alsa"));
    ids.into_iter().filter_map(|id| cpal::host_from_id(id).ok()).collect()
}

/// More than anybody has, and few enough for a list on the screen.
const MOST_DEVICES: usize = 16;

fn name_of(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| "default".into(), |d| d.name().to_owned())
}

/// Of the devices of the sound server, or of what there is in its place: where there is one, the same devices by other names lead
/// past it.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for host in hosts() {
        let Ok(devices) = host.output_devices() else { continue };
        for name in devices.map(|device| name_of(&device)).take(MOST_DEVICES) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if !names.is_empty() {
            return names;
        }
    }
    names
}

/// The device that was chosen, as long as it is there, or else the system's own choice.
fn device_of(host: &cpal::Host, chosen: Option<&str>) -> Option<cpal::Device> {
    let wanted = chosen.and_then(|chosen| host.output_devices().ok()?.find(|device| name_of(device) == chosen));
    wanted.or_else(|| host.default_output_device())
}

fn open(
    chosen: Option<&str>,
    volume: &Arc<AtomicU32>,
    wake: &SyncSender<Wake>,
) -> Result<(cpal::Stream, SpeakerSink, String), SpeakerError> {
    let mut failure = SpeakerError::NoDevice;
    for host in hosts() {
        let Some(device) = device_of(&host, chosen) else { continue };
        let name = name_of(&device);
        match open_device(&device, volume, wake) {
            Ok((stream, sink)) => return Ok((stream, sink, name)),
            Err(error) => failure = SpeakerError::of_device(name, &error),
        }
    }
    Err(failure)
}

fn open_device(
    device: &cpal::Device,
    volume: &Arc<AtomicU32>,
    wake: &SyncSender<Wake>,
) -> Result<(cpal::Stream, SpeakerSink), cpal::Error> {
    let default = device.default_output_config()?;
    let rate_hz = default.sample_rate();
    let ring = |duration: Duration| (f64::from(rate_hz) * duration.as_secs_f64()) as usize * 2;
    let config =
        |buffer_size| StreamConfig { channels: default.channels(), sample_rate: default.sample_rate(), buffer_size };
    let open = |buffer_size| {
        let (samples, feed) = rtrb::RingBuffer::new(ring(RING));
        let player = Player {
            feed,
            volume: volume.clone(),
            target: ring(TARGET),
            primed: false,
            channels: usize::from(default.channels()),
        };
        let built = match default.sample_format() {
            SampleFormat::I16 => build::<i16>(device, config(buffer_size), player, wake),
            SampleFormat::I32 => build::<i32>(device, config(buffer_size), player, wake),
            _ => build::<f32>(device, config(buffer_size), player, wake),
        };
        Ok((built?, SpeakerSink { samples, rate_hz, capacity: ring(RING) }))
    };
    // A device that does not take the small block gets its own.
    open(BufferSize::Fixed(DEVICE_BLOCK)).or_else(|_: cpal::Error| open(BufferSize::Default))
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut player: Player,
    wake: &SyncSender<Wake>,
) -> Result<cpal::Stream, cpal::Error> {
    let wake = wake.clone();
    let lost = AtomicBool::new(false);
    let on_error = move |error: cpal::Error| {
        // An underrun is not the end of a device.
        if matches!(error.kind(), cpal::ErrorKind::Xrun) || lost.swap(true, Ordering::Relaxed) {
            return;
        }
        let _ = wake.try_send(Wake::Lost(error));
    };
    let stream = device.build_output_stream::<T, _, _>(
        config,
        move |out, _| player.fill(out),
        on_error,
        Some(Duration::from_secs(5)),
    )?;
    stream.play()?;
    Ok(stream)
}

/// Runs on the device's thread.
struct Player {
    feed: rtrb::Consumer<f32>,
    volume: Arc<AtomicU32>,
    target: usize,
    primed: bool,
    channels: usize,
}

impl Player {
    fn fill<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T]) {
        // After a gap, wait until there is enough again: one gap is better than many.
        self.primed |= self.feed.slots() >= self.target;
        let volume = f32::from_bits(self.volume.load(Ordering::Relaxed));
        for frame in out.chunks_mut(self.channels.max(1)) {
            let pair = if self.primed { self.feed.pop().and_then(|l| Ok((l, self.feed.pop()?))).ok() } else { None };
            self.primed &= pair.is_some();
            let (left, right) = pair.unwrap_or((0.0, 0.0));
            for (channel, sample) in frame.iter_mut().enumerate() {
                let value = match channel {
                    0 if self.channels == 1 => (left + right) * 0.5,
                    0 => left,
                    1 => right,
                    _ => 0.0,
                };
                *sample = T::from_sample(value * volume);
            }
        }
    }
}
