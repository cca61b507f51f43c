//! From one sample rate to another, in blocks, without allocating once it runs.

use super::error::ResampleError;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Adjustable, Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction,
};

/// How far the ratio may be moved from its start: half a percent, which is not heard.
pub const MAX_ADJUST: f64 = 0.005;

/// Whether the ratio between the two rates may be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ratio {
    Fixed,
    /// By [`MAX_ADJUST`], to follow a device's clock.
    Adjustable,
}

/// Collects interleaved stereo at one rate and gives it out at another.
pub struct RateConverter {
    resampler: Option<Async<f32>>,
    waiting: Vec<f32>,
    out: Vec<f32>,
    block: usize,
    adjust: f64,
}

impl RateConverter {
    /// From `from_hz` to `to_hz`, in blocks of `block` sample pairs out.
    pub fn new(from_hz: f64, to_hz: f64, block: usize, kind: Ratio) -> Result<RateConverter, ResampleError> {
        let resampler = if kind == Ratio::Fixed && (from_hz - to_hz).abs() < 1e-9 {
            None
        } else {
            // 64 taps: half of them, 0.7 ms at 48 kHz, is the delay; aliases stay 80 dB down.
            let parameters = SincInterpolationParameters::new(64, WindowFunction::BlackmanHarris2)
                .oversampling_factor(128)
                .interpolation(SincInterpolationType::Cubic);
            let ratio = to_hz / from_hz;
            let made = Async::new_sinc(ratio, 1.0 + 2.0 * MAX_ADJUST, &parameters, block, 2, FixedAsync::Output);
            Some(made.map_err(|cause| ResampleError { from_hz, to_hz, cause })?)
        };
        let longest = resampler.as_ref().map_or(block, Resampler::input_frames_max);
        Ok(RateConverter {
            resampler,
            // Half a second of the fastest core, or a few blocks: pushed samples never make it grow.
            waiting: Vec::with_capacity(2 * (longest * 4).max(1 << 16)),
            out: vec![0.0; block * 2],
            block,
            adjust: 0.0,
        })
    }

    /// Adds interleaved stereo. What does not fit is dropped: only a reader that stood still gets here.
    pub fn push(&mut self, stereo: impl Iterator<Item = f32>) {
        let room = self.waiting.capacity() - self.waiting.len();
        self.waiting.extend(stereo.take(room));
    }

    /// Moves the ratio by `adjust`, at most [`MAX_ADJUST`] either way: above zero gives more samples out.
    pub fn set_adjust(&mut self, adjust: f64) {
        let adjust = adjust.clamp(-MAX_ADJUST, MAX_ADJUST);
        if (adjust - self.adjust).abs() > 1e-5
            && let Some(resampler) = &mut self.resampler
            && resampler.set_resample_ratio_relative(1.0 + adjust, true).is_ok()
        {
            self.adjust = adjust;
        }
    }

    /// The next block, when there is enough for one.
    pub fn next_block(&mut self) -> Option<&[f32]> {
        let need = self.resampler.as_ref().map_or(self.block, Resampler::input_frames_next);
        if self.waiting.len() < need * 2 {
            return None;
        }
        match &mut self.resampler {
            None => self.out.copy_from_slice(&self.waiting[..need * 2]),
            Some(resampler) => {
                let input = InterleavedSlice::new(&self.waiting, 2, need).ok()?;
                let mut output = InterleavedSlice::new_mut(&mut self.out, 2, self.block).ok()?;
                resampler.process_into_buffer(&input, &mut output, None).ok()?;
            }
        }
        self.waiting.drain(..need * 2);
        Some(&self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts rising zero crossings of the left channel.
    fn crossings(stereo: &[f32]) -> usize {
        stereo.chunks_exact(2).zip(stereo.chunks_exact(2).skip(1)).filter(|(a, b)| a[0] < 0.0 && b[0] >= 0.0).count()
    }

    fn resampled(from_hz: f64, tone_hz: f64, adjust: f64) -> Vec<f32> {
        let kind = if adjust == 0.0 { Ratio::Fixed } else { Ratio::Adjustable };
        let mut converter = RateConverter::new(from_hz, 48_000.0, 480, kind).expect("a converter");
        converter.set_adjust(adjust);
        let mut out = Vec::new();
        let samples = (from_hz * 2.0) as usize;
        let tone = |n: usize| (n as f64 * tone_hz / from_hz * std::f64::consts::TAU).sin() as f32;
        for start in (0..samples).step_by(700) {
            converter.push((start..(start + 700).min(samples)).flat_map(|n| [tone(n), tone(n)]));
            while let Some(block) = converter.next_block() {
                out.extend_from_slice(block);
            }
        }
        out
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_its_length_from_every_rate_that_cores_use() {
        for from_hz in [22_050.0, 31_440.0, 32_040.5, 32_768.0, 44_100.0, 48_000.0, 65_536.0, 96_000.0] {
            let out = resampled(from_hz, 440.0, 0.0);
            let seconds = out.len() as f64 / 2.0 / 48_000.0;
            assert!((seconds - 2.0).abs() < 0.03, "{from_hz}: {seconds} s");
            // The filter rings before the tone begins; what it rings at is not the tone.
            let tone = &out[out.len() / 10..];
            let pitch = crossings(tone) as f64 / (tone.len() as f64 / 2.0 / 48_000.0);
            assert!((pitch - 440.0).abs() < 2.0, "{from_hz}: {pitch} Hz");
        }
    }

    #[test]
    fn the_adjusted_ratio_makes_more_or_fewer_samples() {
        let more = resampled(48_000.0, 440.0, 0.004).len();
        let fewer = resampled(48_000.0, 440.0, -0.004).len();
        // 0.8% of two seconds are 768 pairs: one whole block of 480 at least.
        assert!(more >= fewer + 960, "{more} and {fewer}");
    }
}
