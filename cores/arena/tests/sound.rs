//! What a loudspeaker needs: audible, not clipped, no jumps.

mod common;

use common::{Hands, started};

#[test]
fn a_busy_minute_neither_clips_nor_falls_silent() {
    let mut cabinet = started();
    let mut hands = Hands::new(7);
    let mut energy = 0.0;
    let mut samples = 0.0;
    for frame in 0..60 * 60 {
        for p in &mut cabinet.machine.game.players {
            p.hearts = 3;
        }
        cabinet.blind(&hands.next());
        let mut loudest = 0;
        for s in cabinet.sound {
            loudest = loudest.max(i32::from(s).abs());
            energy += f64::from(s) * f64::from(s);
            samples += 1.0;
        }
        assert!(loudest < 32_000, "frame {frame}");
        assert!(frame < 10 || loudest > 50, "frame {frame}");
    }
    let rms = (energy / samples).sqrt() / 32_768.0;
    // -24 to -14 dB: room for voices, but no straining to hear it.
    assert!((0.06..0.2).contains(&rms), "{rms}");
}
