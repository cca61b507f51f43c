//! Cores whose sound is fetched, by `SET_AUDIO_CALLBACK`, and cores that want to know how much of it is in store.

use super::callbacks;
use super::sys;
use std::time::Duration;

/// Calls for one frame's sound, at most: a core that makes none must not hold up the game.
const MOST_CALLS: u32 = 256;

/// Fetches the sound of each frame.
#[derive(Default)]
pub struct SoundOnDemand {
    /// The core was told that its sound is fetched.
    on: bool,
    /// Sample pairs that are due and were not made, or, below zero, were made before their time.
    owed: f64,
}

impl SoundOnDemand {
    /// Before each frame, which is so late.
    pub fn before_frame(&mut self, late: Duration) {
        let (fetch, status, fps, rate) = callbacks::with(|front| {
            let environment = &front.environment;
            let (fps, rate) = (environment.video.fps, environment.video.sample_rate);
            (environment.audio_callback, environment.buffer_status, fps, rate)
        });
        if let Some(status) = status {
            let (percent, runs_out) = in_store(late, fps);
            sys::call_buffer_status(&status, percent, runs_out);
        }
        let Some(fetch) = fetch else { return };
        if !std::mem::replace(&mut self.on, true) {
            sys::call_audio_state(&fetch, true);
        }
        self.owed += rate / fps;
        for _ in 0..MOST_CALLS {
            if self.owed < 1.0 {
                return;
            }
            let made = || callbacks::with(|front| front.seen.samples);
            let before = made();
            sys::call_audio(&fetch);
            self.owed -= (made() - before) as f64;
        }
        // It is silent. What it did not make is not asked for twice.
        self.owed = self.owed.min(0.0);
    }

    /// The game stands still, or ends.
    pub fn pause(&mut self) {
        if std::mem::take(&mut self.on)
            && let Some(fetch) = callbacks::with(|front| front.environment.audio_callback)
        {
            sys::call_audio_state(&fetch, false);
        }
    }
}

/// How full the store of sound is, in percent, and whether it runs out soon. The host plays sound as it comes, so what is in
/// store is time: a game that is on time has its half, and one that is two frames late has none.
fn in_store(late: Duration, fps: f64) -> (u32, bool) {
    let frames = late.as_secs_f64() * fps;
    let percent = (50.0 - 25.0 * frames).clamp(0.0, 50.0);
    (percent as u32, percent < 25.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_on_time_has_half_and_a_late_one_runs_out() {
        let frame = Duration::from_micros(16_667);
        assert_eq!(in_store(Duration::ZERO, 60.0), (50, false));
        assert_eq!(in_store(frame, 60.0), (24, true));
        assert_eq!(in_store(frame * 3, 60.0), (0, true));
        assert_eq!(in_store(Duration::from_micros(500), 60.0), (49, false));
    }
}
