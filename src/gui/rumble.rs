//! Motors of the controllers plugged into the host.

use crate::input::Rumble;
use gilrs::ff::{BaseEffect, BaseEffectType, Effect, EffectBuilder};
use gilrs::{GamepadId, Gilrs};
use std::collections::HashMap;

/// Every controller with motors, and how they turn.
#[derive(Default)]
pub(super) struct Motors(HashMap<GamepadId, Option<MotorPair>>);

struct MotorPair {
    strong: Effect,
    weak: Effect,
    now: Rumble,
}

impl Motors {
    /// Turns every motor as `wanted` says of its controller. True when there is any.
    pub fn follow(&mut self, gilrs: &mut Gilrs, wanted: impl Fn(usize) -> Rumble) -> bool {
        let there: Vec<GamepadId> =
            gilrs.gamepads().filter(|(_, pad)| pad.is_ff_supported()).map(|(id, _)| id).collect();
        self.0.retain(|id, _| there.contains(id));
        for id in &there {
            let pair = self.0.entry(*id).or_insert_with(|| MotorPair::of(*id, gilrs));
            if let Some(pair) = pair {
                pair.turn(wanted(usize::from(*id)));
            }
        }
        !there.is_empty()
    }
}

impl MotorPair {
    /// None for a controller that says it has motors and then has none.
    fn of(id: GamepadId, gilrs: &mut Gilrs) -> Option<MotorPair> {
        let mut effect = |kind| {
            let base = BaseEffect { kind, ..BaseEffect::default() };
            let effect = EffectBuilder::new().add_effect(base).gamepads(&[id]).gain(0.0).finish(gilrs);
            effect.map_err(|error| tracing::warn!("the motors of controller {id} cannot be used: {error}")).ok()
        };
        Some(MotorPair {
            strong: effect(BaseEffectType::Strong { magnitude: u16::MAX })?,
            weak: effect(BaseEffectType::Weak { magnitude: u16::MAX })?,
            now: Rumble::default(),
        })
    }

    fn turn(&mut self, wanted: Rumble) {
        for (effect, from, to) in
            [(&self.strong, self.now.strong, wanted.strong), (&self.weak, self.now.weak, wanted.weak)]
        {
            if from == to {
                continue;
            }
            let outcome = match (from, to) {
                (_, 0) => effect.stop(),
                (0, _) => effect.set_gain(share(to)).and_then(|()| effect.play()),
                _ => effect.set_gain(share(to)),
            };
            if let Err(error) = outcome {
                // It was unplugged a moment ago; the next look finds it gone.
                tracing::debug!("a motor cannot be turned: {error}");
            }
        }
        self.now = wanted;
    }
}

fn share(strength: u16) -> f32 {
    f32::from(strength) / f32::from(u16::MAX)
}
