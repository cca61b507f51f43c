//! Plays scripted games and writes what they look and sound like, for a person to judge.
//!
//! `cargo run --release -p hotseat-arena --example screenshot -- <folder>`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arena_libretro::audio::{RATE, SAMPLES};
use arena_libretro::draw::{HEIGHT, Painter, WIDTH};
use arena_libretro::game::{Control, PORTS, Phase, Seat};
use arena_libretro::machine::Machine;
use arena_libretro::pad::{Pad, button};

const ZOOM: usize = 3;

struct Shoot {
    machine: Machine,
    painter: Painter,
    picture: Vec<u32>,
    sound: Vec<i16>,
    folder: PathBuf,
}

fn pad(c: Control) -> Pad {
    let mut buttons = 0;
    for (on, mask) in [(c.dash, button::B), (c.nova, button::A)] {
        buttons |= if on { mask } else { 0 };
    }
    Pad { buttons, lx: (c.x * 32767.0) as i16, ly: (c.y * 32767.0) as i16, ..Pad::default() }
}

impl Shoot {
    fn frame(&mut self, pads: &[Pad; PORTS]) {
        self.machine.game.update(pads);
        let mut block = [0; SAMPLES * 2];
        self.machine.synth.play(&self.machine.game, &mut block);
        self.sound.extend_from_slice(&block);
    }

    fn bots(&mut self, seats: usize) {
        let game = &self.machine.game;
        let mut pads: [Pad; PORTS] =
            std::array::from_fn(|port| if port < seats { pad(game.bot(port)) } else { Pad::default() });
        // Whoever has no seat yet asks for one.
        for (port, pad) in pads.iter_mut().enumerate().take(seats) {
            if game.players[port].seat == Seat::Empty && game.frame.is_multiple_of(20) {
                pad.buttons = button::START;
            }
        }
        self.frame(&pads);
    }

    fn shot(&mut self, name: &str) -> std::io::Result<()> {
        self.painter.paint(&self.machine.game, &mut self.picture);
        let mut bytes = Vec::with_capacity(WIDTH * HEIGHT * ZOOM * ZOOM * 3);
        for y in 0..HEIGHT * ZOOM {
            for x in 0..WIDTH * ZOOM {
                let [_, r, g, b] = self.picture[y / ZOOM * WIDTH + x / ZOOM].to_be_bytes();
                bytes.extend([r, g, b]);
            }
        }
        let file = BufWriter::new(File::create(self.folder.join(format!("{name}.png")))?);
        let mut encoder = png::Encoder::new(file, (WIDTH * ZOOM) as u32, (HEIGHT * ZOOM) as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(&bytes)?;
        Ok(())
    }

    fn wav(&mut self, name: &str) -> std::io::Result<()> {
        let data: Vec<u8> = self.sound.iter().flat_map(|s| s.to_le_bytes()).collect();
        let mut file = BufWriter::new(File::create(self.folder.join(name))?);
        file.write_all(b"RIFF")?;
        file.write_all(&(36 + data.len() as u32).to_le_bytes())?;
        file.write_all(b"WAVEfmt ")?;
        file.write_all(&16_u32.to_le_bytes())?;
        for half in [1_u16, 2] {
            file.write_all(&half.to_le_bytes())?;
        }
        file.write_all(&RATE.to_le_bytes())?;
        file.write_all(&(RATE * 4).to_le_bytes())?;
        for half in [4_u16, 16] {
            file.write_all(&half.to_le_bytes())?;
        }
        file.write_all(b"data")?;
        file.write_all(&(data.len() as u32).to_le_bytes())?;
        file.write_all(&data)?;
        self.sound.clear();
        Ok(())
    }

    fn run(&mut self) -> std::io::Result<()> {
        for _ in 0..400 {
            self.frame(&[Pad::default(); PORTS]);
        }
        self.shot("1-title")?;
        self.wav("title.wav")?;

        let press = |buttons| Pad { buttons, ..Pad::default() };
        self.frame(&[press(button::B), Pad::default(), Pad::default(), Pad::default()]);
        for _ in 0..30 {
            self.bots(1);
        }
        self.shot("2-wave")?;
        for k in 0..480 {
            self.bots(1);
            if k % 120 == 119 {
                self.shot(&format!("3-solo-{}", k / 120))?;
            }
        }
        for k in 0..1500 {
            self.bots(4);
            if k % 150 == 149 {
                self.shot(&format!("4-four-{}", k / 150))?;
            }
        }
        self.wav("run.wav")?;

        // Wisps that cannot fall, to see the later waves.
        for wave in [4_u16, 5, 8, 12, 17] {
            self.machine.game.wave.number = wave;
            self.machine.game.wave.stage = arena_libretro::game::Stage::Intro;
            self.machine.game.wave.timer = 20;
            for e in &mut self.machine.game.enemies {
                *e = arena_libretro::game::Enemy::NONE;
            }
            for k in 0..600 {
                for p in &mut self.machine.game.players {
                    p.hearts = 3;
                }
                self.bots(4);
                if k % 200 == 199 {
                    self.shot(&format!("5-wave-{wave:02}-{}", k / 200))?;
                }
            }
        }
        self.wav("late.wav")?;
        for p in &mut self.machine.game.players {
            p.hearts = 1;
        }
        while self.machine.game.phase == Phase::Play {
            self.frame(&[press(button::SELECT); PORTS]);
            if self.machine.game.players.iter().filter(|p| p.seat == Seat::Down).count() == 2 {
                self.shot("6-down")?;
            }
        }
        for _ in 0..150 {
            self.frame(&[Pad::default(); PORTS]);
        }
        self.shot("7-over")?;
        self.wav("over.wav")
    }
}

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "shots".into());
    std::fs::create_dir_all(Path::new(&folder))?;
    Shoot {
        machine: Machine::default(),
        painter: Painter::new(),
        picture: vec![0; WIDTH * HEIGHT],
        sound: Vec::new(),
        folder: folder.into(),
    }
    .run()
}
