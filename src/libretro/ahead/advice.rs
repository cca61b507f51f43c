//! What a game can take, found by trying: every button is pressed in turn, and the frames are counted until that is seen.

use super::witness::Seen;
use super::{run_ahead, watched};
use crate::input::{Button, Inputs};
use crate::libretro::callbacks;
use crate::libretro::core::Core;
use crate::link::ahead::{AheadAdvice, MOST_AHEAD, NoAhead};
use crate::sync::now;
use std::time::Duration;

/// Frames that are looked at after a press. What takes longer is no lag, but the game's own way.
const LOOKED_AT: usize = 8;
/// The game stands still for it.
const LONGEST: Duration = Duration::from_millis(1500);
const TRIED: [Button; 10] = [
    Button::Right,
    Button::Left,
    Button::A,
    Button::B,
    Button::Up,
    Button::Down,
    Button::X,
    Button::Y,
    Button::L,
    Button::R,
];

/// From the state of the core in `state`, which has one, and as it was held in the last frame.
pub fn find(core: &mut Core, state: &[u8]) -> AheadAdvice {
    let begin = now();
    let mut advice = AheadAdvice::default();
    let held = callbacks::with(|front| front.inputs);
    let mut unpressed = [Seen::default(); LOOKED_AT];
    for seen in &mut unpressed {
        *seen = frame(core);
    }
    advice.frame_us = micros((now() - begin) / LOOKED_AT as u32);
    let putting_back = now();
    if !back(core, state) {
        return AheadAdvice { refused: Some(NoAhead::NotTaken), ..advice };
    }
    advice.state_us = micros(now() - putting_back);
    for button in TRIED {
        if now() - begin > LONGEST {
            break;
        }
        callbacks::with(|front| press(&mut front.inputs, button));
        // One that is held already changes nothing.
        let most = advice.frames.map_or(LOOKED_AT, |frames| frames as usize);
        let answer = unpressed[..most].iter().position(|seen| !frame(core).looks_like(seen));
        callbacks::with(|front| front.inputs = held);
        if let Some(frames) = answer {
            advice.frames = Some(frames as u32);
        }
        if !back(core, state) {
            return AheadAdvice { refused: Some(NoAhead::NotTaken), ..advice };
        }
    }
    advice.frames = advice.frames.map(|frames| frames.min(MOST_AHEAD));
    advice
}

fn press(inputs: &mut Inputs, button: Button) {
    inputs.pads[0].buttons |= button as u16;
}

fn frame(core: &mut Core) -> Seen {
    watched(|| run_ahead(core, true))
}

fn back(core: &mut Core, state: &[u8]) -> bool {
    super::quickly(|| core.load_state(state))
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}
