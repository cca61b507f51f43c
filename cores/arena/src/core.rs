//! The machine as a libretro core.

use hotseat_api::{Av, Core, Env, Front, Info, OptionDef, Pad, PixelFormat, button};

use crate::audio::{RATE, SAMPLES};
use crate::draw::{HEIGHT, Painter, WIDTH};
use crate::game::PORTS;
use crate::machine::Machine;

/// Marks battery memory that this game wrote.
const MARK: [u8; 4] = *b"EMB1";

struct Emberdash {
    machine: Machine,
    painter: Painter,
    picture: Vec<u32>,
    sound: Box<[i16; SAMPLES * 2]>,
    /// [`MARK`], then the best score.
    battery: [u8; 8],
    recalled: bool,
}

impl Emberdash {
    /// Takes the best score from battery memory, which front ends fill only after loading.
    fn recall(&mut self) {
        let [m0, m1, m2, m3, best @ ..] = self.battery;
        if [m0, m1, m2, m3] == MARK {
            let best = u32::from_le_bytes(best);
            self.machine.game.best = self.machine.game.best.max(best);
        }
    }

    fn remember(&mut self) {
        self.battery[..4].copy_from_slice(&MARK);
        self.battery[4..].copy_from_slice(&self.machine.game.best.to_le_bytes());
    }
}

impl Core for Emberdash {
    const INFO: Info =
        Info { name: "Emberdash", version: env!("CARGO_PKG_VERSION"), extensions: "", supports_no_game: true };
    const OPTIONS: &'static [OptionDef] = &[];
    const PORTS: usize = PORTS;
    const BUTTONS: &'static [(u16, &'static str)] = &[
        (button::UP, "Up"),
        (button::DOWN, "Down"),
        (button::LEFT, "Left"),
        (button::RIGHT, "Right"),
        (button::B, "Dash"),
        (button::Y, "Dash"),
        (button::R, "Dash"),
        (button::A, "Nova, or dash"),
        (button::X, "Nova, or dash"),
        (button::L, "Nova, or dash"),
        (button::START, "Join"),
    ];

    fn load(_content: Option<&[u8]>, _env: &mut Env) -> Result<Self, String> {
        Ok(Self {
            machine: Machine::default(),
            painter: Painter::new(),
            picture: vec![0; WIDTH * HEIGHT],
            sound: Box::new([0; SAMPLES * 2]),
            battery: [0; 8],
            recalled: false,
        })
    }

    fn format(&self) -> PixelFormat {
        PixelFormat::Xrgb8888
    }

    fn av(&self) -> Av {
        Av {
            width: WIDTH as u32,
            height: HEIGHT as u32,
            max_width: WIDTH as u32,
            max_height: HEIGHT as u32,
            aspect: 4.0 / 3.0,
            fps: 60.0,
            sample_rate: f64::from(RATE),
        }
    }

    fn reset(&mut self) {
        let best = self.machine.game.best;
        self.machine = Machine::default();
        self.machine.game.best = best;
    }

    fn run(&mut self, front: &mut Front) {
        if !self.recalled {
            self.recalled = true;
            self.recall();
        }
        let pads: [Pad; PORTS] = std::array::from_fn(|port| front.pad(port));
        let best = self.machine.game.best;
        self.machine.game.update(&pads);
        if self.machine.game.best != best {
            self.remember();
        }
        // The picture before the sound: a streaming host is waiting for it.
        self.painter.paint(&self.machine.game, &mut self.picture);
        let bytes = bytemuck::cast_slice(&self.picture);
        front.video(bytes, WIDTH as u32, HEIGHT as u32, WIDTH * 4);
        self.machine.synth.play(&self.machine.game, &mut self.sound);
        front.audio(&self.sound[..]);
    }

    fn state_size(&self) -> usize {
        Machine::state_size()
    }

    fn save_state(&self, out: &mut [u8]) -> bool {
        self.machine.save(out)
    }

    fn load_state(&mut self, data: &[u8]) -> bool {
        self.machine.load(data)
    }

    fn save_ram(&mut self) -> Option<&mut [u8]> {
        Some(&mut self.battery)
    }
}

hotseat_api::export_core!(Emberdash);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_runs_and_remembers_the_best_score_in_battery_memory() {
        let mut env = Env::detached();
        let mut core = Emberdash::load(None, &mut env).expect("it needs nothing");
        core.machine.game.best = 1234;
        core.remember();
        let kept = core.battery;

        let mut next = Emberdash::load(None, &mut env).expect("it needs nothing");
        let ram = next.save_ram().expect("it has battery memory");
        ram.copy_from_slice(&kept);
        for _ in 0..3 {
            next.run(&mut Front::detached(&mut env, PixelFormat::Xrgb8888));
        }
        assert_eq!(next.machine.game.best, 1234);
        next.reset();
        assert_eq!(next.machine.game.best, 1234);
    }

    #[test]
    fn battery_memory_of_something_else_is_left_aside() {
        let mut env = Env::detached();
        let mut core = Emberdash::load(None, &mut env).expect("it needs nothing");
        core.battery = [0xff; 8];
        core.run(&mut Front::detached(&mut env, PixelFormat::Xrgb8888));
        assert_eq!(core.machine.game.best, 0);
    }
}
