//! The audio ring: stereo samples at the core's own rate, one writer, one reader.
//!
//! Full, it drops the newest block: that happens only when the host's audio thread has stood still for half a second,
//! and then the sound is broken anyway.

use super::{Link, layout, sys::Region};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

const FRAMES: u64 = layout::AUDIO_FRAMES as u64;

/// The core process's end.
pub struct AudioWriter(Arc<Link>);

impl AudioWriter {
    /// Writes into the ring of `link`.
    pub fn new(link: Arc<Link>) -> AudioWriter {
        AudioWriter(link)
    }

    /// The core's sample rate in Hz, before the first sample and whenever it changes.
    pub fn set_rate(&self, rate_hz: f64) {
        self.0.region.u64(layout::AUDIO_RATE).store(rate_hz.to_bits(), Release);
    }

    /// Adds interleaved stereo samples. The reader is not woken: [`AudioWriter::flush`] does that once a frame.
    pub fn write(&self, stereo: &[i16]) {
        let region = &self.0.region;
        let pairs = (stereo.len() / 2) as u64;
        let written = region.u64(layout::AUDIO_WRITTEN).load(Relaxed);
        let read = region.u64(layout::AUDIO_READ).load(Acquire);
        if pairs > FRAMES.saturating_sub(written.wrapping_sub(read)) {
            region.u64(layout::AUDIO_LOST).fetch_add(pairs, Relaxed);
            return;
        }
        let start = (written % FRAMES) as usize;
        let first = (layout::AUDIO_FRAMES - start).min(pairs as usize);
        let bytes: &[u8] = bytemuck::cast_slice(&stereo[..pairs as usize * 2]);
        let (head, tail) = bytes.split_at(first * 4);
        region.copy_in(layout::AUDIO_DATA + start * 4, head);
        region.copy_in(layout::AUDIO_DATA, tail);
        region.u64(layout::AUDIO_WRITTEN).store(written + pairs, Release);
    }

    /// Wakes the reader.
    pub fn flush(&self) {
        self.0.audio_event.signal();
    }
}

/// The host process's end: the audio thread holds the only one.
pub struct AudioReader(Arc<Link>);

impl AudioReader {
    /// Reads the ring of `link`.
    pub fn new(link: Arc<Link>) -> AudioReader {
        AudioReader(link)
    }

    /// Sleeps until sound may be there, or the event is rung for another reason.
    pub fn wait(&self) {
        self.0.audio_event.wait();
    }

    /// The core's sample rate in Hz; none before it is known, or when it makes no sense.
    pub fn rate(&self) -> Option<f64> {
        let rate = f64::from_bits(self.0.region.u64(layout::AUDIO_RATE).load(Acquire));
        (rate.is_finite() && (1_000.0..=400_000.0).contains(&rate)).then_some(rate)
    }

    /// Takes what there is, up to `out.len() / 2` sample pairs; returns the samples as interleaved stereo.
    pub fn read<'a>(&self, out: &'a mut [i16]) -> &'a [i16] {
        let region = &self.0.region;
        let written = region.u64(layout::AUDIO_WRITTEN).load(Acquire);
        let read = region.u64(layout::AUDIO_READ).load(Relaxed);
        let waiting = written.wrapping_sub(read);
        if waiting > FRAMES {
            // No honest writer gets here: start afresh from where it says it is.
            region.u64(layout::AUDIO_READ).store(written, Release);
            return &out[..0];
        }
        let pairs = (waiting as usize).min(out.len() / 2);
        let start = (read % FRAMES) as usize;
        let first = (layout::AUDIO_FRAMES - start).min(pairs);
        let out = &mut out[..pairs * 2];
        let (head, tail) = bytemuck::cast_slice_mut::<i16, u8>(out).split_at_mut(first * 4);
        region.copy_out(layout::AUDIO_DATA + start * 4, head);
        region.copy_out(layout::AUDIO_DATA, tail);
        region.u64(layout::AUDIO_READ).store(read + pairs as u64, Release);
        out
    }
}

pub(super) fn clear(region: &Region) {
    // The read position is the host's own and stays; the writer starts where the reader is.
    let read = region.u64(layout::AUDIO_READ).load(Relaxed);
    region.u64(layout::AUDIO_WRITTEN).store(read, Release);
    region.u64(layout::AUDIO_RATE).store(0, Release);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_out_as_they_went_in_across_the_end_of_the_ring() {
        let link = Link::create().expect("link");
        let (writer, reader) = (AudioWriter::new(link.clone()), AudioReader::new(link));
        let mut out = vec![0; 2 * 800];
        let mut expected = 0i16;
        for _ in 0..200 {
            let block: Vec<i16> = (0..2 * 800)
                .map(|_| {
                    expected = expected.wrapping_add(1);
                    expected
                })
                .collect();
            writer.write(&block);
            assert_eq!(reader.read(&mut out), &block[..]);
        }
    }

    #[test]
    fn a_full_ring_drops_the_newest_block_and_goes_on() {
        let link = Link::create().expect("link");
        let (writer, reader) = (AudioWriter::new(link.clone()), AudioReader::new(link));
        let block = vec![7; 2 * 1000];
        for _ in 0..200 {
            writer.write(&block);
        }
        let mut out = vec![0; 2 * layout::AUDIO_FRAMES];
        assert_eq!(reader.read(&mut out).len(), 65 * 2000);
        writer.write(&block);
        assert_eq!(reader.read(&mut out).len(), 2000);
    }

    #[test]
    fn a_writer_that_lies_about_its_position_is_survived() {
        let link = Link::create().expect("link");
        let reader = AudioReader::new(link.clone());
        link.region.u64(layout::AUDIO_WRITTEN).store(u64::MAX - 3, Release);
        let mut out = vec![0; 64];
        assert!(reader.read(&mut out).is_empty());
        link.region.u64(layout::AUDIO_RATE).store(f64::NAN.to_bits(), Release);
        assert_eq!(reader.rate(), None);
    }
}
