//! `cargo bench --bench library`: the library with 20,000 games and their pictures in a real window on a virtual display of 1280 by
//! 800, scrolled by itself, with the processor in place of a graphics card (lavapipe).
//!
//! Frames are made one after the other, as fast as they can be: one that took longer than a display's 16.7 ms would have been dropped
//! at 60 Hz. Printed are how many, and how long one takes, once while pictures come in and once over what was seen before. An
//! argument is one look: `grid`, `large`, `list`; `plain` scrolls without pictures.

#![allow(clippy::unwrap_used)]

#[path = "../tests/common/gui.rs"]
#[allow(dead_code)]
mod gui;

use eframe::egui_wgpu::{SurfaceConfig, WgpuConfiguration};
use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, RawInput, ViewportBuilder, ViewportCommand, vec2};
use gui::Stage;
use hotseat::gui::library::{GamePictures, PictureFolders};
use hotseat::gui::theme;
use hotseat::settings::LibraryLook;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SIZE: [f32; 2] = [1280.0, 800.0];
const GAMES: usize = 20_000;
/// Of which as many have a picture of their own; the rest show one of these again.
const PICTURES: usize = 48;
/// At 60 Hz.
const BUDGET: Duration = Duration::from_micros(16_667);
/// Frames of one way through the list.
const FRAMES: usize = 120;
/// Points a frame: a wheel that is turned briskly, three rows of cards a second.
const STEP: f32 = 12.0;
/// Until pictures of the first screen are there and the window has settled.
const WARM_UP: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with("--bench")).collect();
    if let Some(look) = arguments.iter().find_map(|it| it.strip_prefix("--window=")) {
        return window(look);
    }
    let wanted: Vec<&str> = ["grid", "large", "list", "plain"]
        .into_iter()
        .filter(|look| arguments.is_empty() || arguments.iter().any(|it| it == look))
        .collect();
    let mut screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb starts: install the package xvfb");
    let mut number = String::new();
    BufReader::new(screen.stdout.take().unwrap()).read_line(&mut number).unwrap();
    let mut failed = false;
    for look in wanted {
        let status = Command::new(std::env::current_exe().unwrap())
            .arg(format!("--window={look}"))
            .env("DISPLAY", format!(":{}", number.trim()))
            .env_remove("WAYLAND_DISPLAY")
            .status();
        failed |= !status.is_ok_and(|status| status.success());
    }
    let _ = screen.kill();
    let _ = screen.wait();
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn window(look: &str) -> ExitCode {
    let folder = std::env::temp_dir().join(format!("hotseat-bench-scrolling-{}", std::process::id()));
    let pictures = if look == "plain" { PictureFolders::default() } else { draw(&folder) };
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Hotseat bench")
            .with_inner_size(SIZE)
            .with_position(Pos2::ZERO),
        renderer: eframe::Renderer::Wgpu,
        wgpu_options: WgpuConfiguration::default().with_surface_config(SurfaceConfig::LOW_LATENCY),
        ..Default::default()
    };
    let look = look.to_owned();
    let create: eframe::AppCreator = Box::new(move |context| {
        theme::install(&context.egui_ctx);
        let mut stage = Stage::default().with_library().with_many_games(GAMES);
        stage.software_rendering = true;
        stage.settings.library_look = match look.as_str() {
            "large" => LibraryLook::Large,
            "list" => LibraryLook::List,
            _ => LibraryLook::Grid,
        };
        let wake = context.egui_ctx.clone();
        stage.game_pictures = GamePictures::start(pictures, move || wake.request_repaint());
        let adapter = context.wgpu_render_state.as_ref().map(|state| state.adapter.get_info().name);
        eprintln!("{look}: {}", adapter.unwrap_or_default());
        Ok(Box::new(Scrolled { stage, look, began: Instant::now(), phase: 0, frames: Vec::new(), last: None }))
    });
    let outcome = eframe::run_native("hotseat-bench", options, create);
    let _ = std::fs::remove_dir_all(folder);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the window did not open: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Pictures of the sizes that libretro's thumbnails have.
fn draw(folder: &Path) -> PictureFolders {
    let system = "Nintendo - Nintendo Entertainment System";
    let boxes = folder.join("thumbnails").join(system).join("Named_Boxarts");
    let originals: Vec<PathBuf> = (0..PICTURES)
        .map(|number| {
            let (width, height) = [(512, 358), (366, 512), (512, 512), (512, 474)][number % 4];
            let pixel = |x: usize, y: usize| {
                let noise = ((x * 7919) ^ (y * 104_729) ^ (number * 31)) as u32 % 64;
                ((x as u32 / 2) << 16 | (y as u32 / 2) << 8 | (number as u32 * 5) & 0xff) ^ noise
            };
            let pixels: Vec<u32> = (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect();
            let path = folder.join(format!("{number}.png"));
            hotseat::record::write_png(&path, width as u32, height as u32, &pixels).unwrap();
            path
        })
        .collect();
    std::fs::create_dir_all(&boxes).unwrap();
    for number in 0..GAMES {
        std::os::unix::fs::symlink(&originals[number % PICTURES], boxes.join(format!("Zone {number}.png"))).unwrap();
    }
    PictureFolders { thumbnails: vec![folder.join("thumbnails")], data_dir: folder.join("data") }
}

/// The window that scrolls itself: down with pictures coming in, up again over those that are there, then page by page.
struct Scrolled {
    stage: Stage,
    look: String,
    began: Instant,
    phase: usize,
    frames: Vec<Duration>,
    last: Option<Instant>,
}

const PHASES: [&str; 3] = ["down, pictures coming in", "up again", "page by page"];

impl Scrolled {
    fn print(&mut self) {
        self.frames.sort_unstable();
        let ms = |at: f64| {
            let index = ((self.frames.len() - 1) as f64 * at) as usize;
            self.frames[index].as_secs_f64() * 1000.0
        };
        let dropped = self.frames.iter().filter(|frame| **frame > BUDGET).count();
        println!(
            "library scrolled, {:<6}{:<26}{:>4} frames, p50 {:>6.1} ms, p95 {:>6.1} ms, worst {:>6.1} ms, {dropped:>4} dropped (budget 0 at 60 Hz)",
            self.look,
            PHASES[self.phase],
            self.frames.len(),
            ms(0.5),
            ms(0.95),
            ms(1.0),
        );
        self.frames.clear();
        self.last = None;
        self.phase += 1;
    }
}

impl eframe::App for Scrolled {
    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::BACKGROUND.to_normalized_gamma_f32()
    }

    fn raw_input_hook(&mut self, _ctx: &egui::Context, raw: &mut RawInput) {
        if self.began.elapsed() < WARM_UP {
            return;
        }
        raw.events.push(Event::PointerMoved(Pos2::new(640.0, 500.0)));
        let way = match self.phase {
            0 => -STEP,
            1 => STEP,
            _ => {
                for pressed in [true, false].into_iter().filter(|_| self.frames.len().is_multiple_of(8)) {
                    let (key, modifiers) = (Key::PageDown, Modifiers::NONE);
                    raw.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
                }
                return;
            }
        };
        raw.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, way),
            modifiers: Modifiers::NONE,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
        });
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.stage.ui(ui, frame);
        let Stage { game_pictures, library, view, .. } = &mut self.stage;
        game_pictures.follow(&ctx, &Arc::clone(&library.entries), &view.library.wanted);
        ctx.request_repaint();
        if self.began.elapsed() < WARM_UP {
            return;
        }
        let now = Instant::now();
        if let Some(last) = self.last.replace(now) {
            self.frames.push(now - last);
        }
        if self.frames.len() >= FRAMES {
            self.print();
            if self.phase == PHASES.len() {
                ctx.send_viewport_cmd(ViewportCommand::Close);
                self.phase = 0;
            }
        }
    }
}
