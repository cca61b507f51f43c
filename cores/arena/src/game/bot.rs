//! The hand that plays the attract screen.

use super::{Control, Game, MAX_CHARGE, Seat};
use crate::math;

impl Game {
    /// What the machine would press on `port`: flee what is near, dash through what is in reach,
    /// fetch what lies about.
    pub fn bot(&self, port: usize) -> Control {
        let p = &self.players[port];
        if p.seat != Seat::Alive {
            return Control::default();
        }
        let mut goal = (160.0 - p.x + port as f32 * 20.0 - 30.0, 134.0 - p.y);
        let mut near = 90.0;
        for g in self.gems.iter().filter(|g| g.life > 0) {
            let far = math::len(g.x - p.x, g.y - p.y);
            if far < near {
                near = far;
                goal = (g.x - p.x, g.y - p.y);
            }
        }
        let mut dash = false;
        let mut close = 0;
        let mut nearest = 1000.0;
        for e in self.enemies.iter().filter(|e| e.solid()) {
            let far = math::len(e.x - p.x, e.y - p.y) - e.radius();
            close += u8::from(far < 60.0);
            if far >= nearest {
                continue;
            }
            nearest = far;
            let toward = (e.x - p.x, e.y - p.y);
            let ready = p.rest == 0 && !e.spiked();
            if ready && far < 42.0 {
                goal = toward;
                dash = true;
            } else if !ready && far < 34.0 {
                goal = (-toward.0, -toward.1);
            } else if near > 60.0 {
                goal = toward;
            }
        }
        for s in self.shots.iter().filter(|s| s.life > 0) {
            if math::near(s.x, s.y, p.x, p.y, 22.0) {
                goal = (-s.vy, s.vx);
                dash = p.rest == 0;
            }
        }
        let (x, y) = math::unit(goal.0, goal.1);
        // Human thumbs do not press in every frame.
        let beat = self.frame.wrapping_add(port as u32 * 5).is_multiple_of(11);
        Control { x, y, dash: dash && beat, nova: p.charge >= MAX_CHARGE && close >= 3, join: false, active: true }
    }
}
