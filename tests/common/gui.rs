//! The window's content with made-up things to show, and what was asked for in it.

use eframe::egui_wgpu::RenderState;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use egui_kittest::{Harness, HarnessBuilder};
use hotseat::engine::*;
use hotseat::frame::Picture;
use hotseat::gui::text::{Spoken, Texts};
use hotseat::gui::view::{Action, Model, PictureShape, View};
use hotseat::gui::{preview, theme};
use hotseat::library::CoreEntry;
use hotseat::settings::{Recent, Settings};
use std::path::Path;
use std::time::Duration;

/// Everything the view reads, and the actions it gave.
pub struct Stage {
    pub view: View,
    pub snapshot: Snapshot,
    pub settings: Settings,
    pub cores: Vec<CoreEntry>,
    pub texts: Texts,
    pub picture: Option<PictureShape>,
    pub demo: bool,
    pub gamepads: Vec<String>,
    pub software_rendering: bool,
    pub full_screen: bool,
    pub actions: Vec<Action>,
    /// Paintings so far.
    pub painted: usize,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            view: View::default(),
            snapshot: Snapshot::default(),
            settings: settings(),
            cores: vec![
                core("Emberdash (demo)", "arena", &[], &[], true),
                core("FCEUmm", "fceumm", &["Nintendo Entertainment System"], &["nes", "fds"], false),
                core("Nestopia UE", "nestopia", &["Nintendo Entertainment System"], &["nes", "fds"], false),
                core("mGBA", "mgba", &["Game Boy", "Game Boy Color", "Game Boy Advance"], &["gb", "gbc", "gba"], false),
            ],
            texts: Spoken::English.texts(),
            picture: None,
            demo: true,
            gamepads: Vec::new(),
            software_rendering: false,
            full_screen: false,
            actions: Vec::new(),
            painted: 0,
        }
    }
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.host_name = "Ada".into();
    settings
}

impl eframe::App for Stage {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.painted += 1;
        let model = Model {
            snapshot: &self.snapshot,
            settings: &self.settings,
            cores: &self.cores,
            texts: &self.texts,
            picture: self.picture,
            demo: self.demo,
            gamepads: &self.gamepads,
            system_dir: Path::new("/home/ada/.local/share/hotseat/system"),
            software_rendering: self.software_rendering,
            full_screen: self.full_screen,
        };
        let actions = self.view.show(ui, &model);
        self.actions.extend(actions);
    }
}

impl Stage {
    /// What is recent for someone who plays often.
    pub fn with_recent(mut self) -> Self {
        for (title, file, core) in [
            ("Micro Mages", "Micro Mages.nes", "nestopia"),
            ("Anguna – Warriors of Virtue with a Rather Long Title", "anguna.gba", "mgba"),
            ("Tobu Tobu Girl", "tobu.gb", "mgba"),
            ("efp", "efp.nes", "fceumm"),
            ("Arena", "", "arena"),
        ] {
            self.settings.recent.push(Recent {
                content: (!file.is_empty()).then(|| format!("/home/ada/games/{file}").into()),
                core: format!("/cores/{core}_libretro.so").into(),
                title: title.into(),
            });
        }
        self
    }

    /// An open room.
    pub fn with_invite(mut self) -> Self {
        self.snapshot.invites =
            vec!["http://192.168.1.20:8470/#j=k7Qm2xVb9TzR".into(), "http://10.8.0.3:8470/#j=k7Qm2xVb9TzR".into()];
        self
    }

    /// A running game with two others who play and one who watches.
    pub fn playing(mut self) -> Self {
        self = self.with_invite();
        self.snapshot.game = Some(game(GameState::Running));
        self.snapshot.seats = vec![
            seat(0, Some("Ada"), None),
            seat(1, Some("Grace"), Some(7)),
            seat(2, Some("Katherine Johnson of Hampton"), Some(8)),
            seat(3, None, None),
        ];
        self.snapshot.peers = vec![
            peer(7, "Grace", Some(1), Some(12), 2400, 0.0),
            peer(8, "Katherine Johnson of Hampton", Some(2), Some(148), 640, 0.042),
            peer(9, "Alan", None, None, 2380, 0.0),
        ];
        self.snapshot.speaker = Speaker::Playing("Built-in Audio".into());
        self.snapshot.stats = Stats {
            fps: 60.1,
            target_fps: 60.0988,
            width: 256,
            height: 240,
            latency_p50_ms: 2.4,
            latency_p99_ms: 4.9,
            kbit_s: 5420,
            ..Stats::default()
        };
        self.picture = Some(PictureShape { size: [256, 240], aspect: 4.0 / 3.0 });
        self
    }

    /// The same in another state.
    pub fn in_state(mut self, state: GameState) -> Self {
        self.snapshot.game = Some(game(state));
        self
    }

    /// With one more thing to tell.
    pub fn told(mut self, level: Level, text: &str) -> Self {
        self.snapshot.notices.push(Notice { id: self.snapshot.notices.len() as u64, level, text: text.into() });
        self
    }

    /// In Chinese.
    pub fn chinese(mut self) -> Self {
        self.texts = Spoken::Chinese.texts();
        self
    }

    /// What the engine was asked for.
    pub fn commands(&self) -> Vec<Command> {
        let commands = self.actions.iter().filter_map(|action| match action {
            Action::Engine(command) => Some(command.clone()),
            _ => None,
        });
        commands.collect()
    }

    /// A window without a graphics card. A letter that the bundled fonts lack is a failure.
    pub fn open(self) -> Harness<'static, Self> {
        self.open_at([1100.0, 720.0])
    }

    /// The same at another size.
    pub fn open_at(self, size: [f32; 2]) -> Harness<'static, Self> {
        self.open_in(Harness::builder().with_size(size))
    }

    /// The same, where letters may be missing.
    pub fn open_with_any_font(self) -> Harness<'static, Self> {
        self.open_in(Harness::builder().with_size([1100.0, 720.0]).allow_missing_glyphs())
    }

    fn open_in(self, builder: HarnessBuilder<Self>) -> Harness<'static, Self> {
        let mut harness = builder.build_eframe(|context| {
            theme::install(&context.egui_ctx);
            self
        });
        harness.run_steps(2);
        harness
    }

    /// A window that can be made a picture of.
    pub fn open_painted(self, size: [f32; 2], pixels_per_point: f32) -> Harness<'static, Self> {
        let render_state = create_render_state(default_wgpu_setup(), Default::default());
        preview::upload(&render_state, &test_picture());
        self.open_with(render_state, size, pixels_per_point)
    }

    fn open_with(self, render_state: RenderState, size: [f32; 2], pixels_per_point: f32) -> Harness<'static, Self> {
        let mut harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels_per_point)
            .with_render_cursor(false)
            .renderer(WgpuTestRenderer::from_render_state(render_state))
            .build_eframe(|context| {
                theme::install(&context.egui_ctx);
                let fonts = egui_system_font_provider::SystemFontProvider::new().with_locale(Some("zh-CN"));
                context.egui_ctx.add_font_provider(std::sync::Arc::new(fonts));
                self
            });
        harness.run_steps(4);
        harness
    }
}

pub fn core(name: &str, id: &str, systems: &[&str], extensions: &[&str], bundled: bool) -> CoreEntry {
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    CoreEntry {
        path: format!("/cores/{id}_libretro.so").into(),
        name: name.into(),
        systems: own(systems),
        extensions: own(extensions),
        bundled,
        note: None,
    }
}

pub fn game(state: GameState) -> GameStatus {
    let mut saved_slots = [false; 10];
    saved_slots[0] = true;
    GameStatus {
        title: "Micro Mages".into(),
        core_name: "Nestopia 1.52".into(),
        core: "/cores/nestopia_libretro.so".into(),
        content: Some("/home/ada/games/Micro Mages.nes".into()),
        state,
        ports: 4,
        options: vec![
            option("nestopia_palette", "Color palette", &["cxa2025as", "consumer", "canonical", "raw"], "consumer"),
            option(
                "nestopia_nospritelimit",
                "Remove the 8-sprites-per-scanline limit",
                &["disabled", "enabled"],
                "disabled",
            ),
            option("nestopia_overclock", "CPU speed", &["1x", "2x"], "1x"),
            option("nestopia_turbo_pulse", "Turbo pulse speed", &["2", "3", "4", "5"], "2"),
        ],
        saved_slots,
        can_save_state: true,
    }
}

pub fn option(key: &str, label: &str, values: &[&str], value: &str) -> OptionStatus {
    OptionStatus {
        key: key.into(),
        label: label.into(),
        values: values.iter().map(|text| (*text).to_owned()).collect(),
        value: value.into(),
    }
}

fn seat(seat: usize, name: Option<&str>, peer: Option<u32>) -> SeatStatus {
    SeatStatus { seat, name: name.map(str::to_owned), peer }
}

fn peer(id: u32, name: &str, seat: Option<usize>, ms: Option<u64>, kbit_s: u32, loss: f32) -> PeerStatus {
    PeerStatus { id, name: name.into(), seat, round_trip: ms.map(Duration::from_millis), kbit_s, loss, format: None }
}

/// Pixel art of sorts, with single pixels, lines and flat colours, so that blurring and stretching show.
pub fn test_picture() -> Picture {
    let (width, height) = (256, 240);
    let color = |x: u32, y: u32| -> u32 {
        let checks = (x / 16 + y / 16).is_multiple_of(2);
        match () {
            _ if y > 200 => {
                if (x + y).is_multiple_of(2) {
                    0x30_60_30
                } else {
                    0x40_90_40
                }
            }
            _ if x.abs_diff(128).pow(2) + y.abs_diff(100).pow(2) < 1600 => 0xff_c0_40,
            _ if x == y || x + 1 == width || y == 0 || x == 0 => 0xff_ff_ff,
            _ if checks => 0x20_28_58,
            _ => 0x18_20_48,
        }
    };
    Picture {
        width,
        height,
        pixels: (0..height).flat_map(|y| (0..width).map(move |x| color(x, y))).collect(),
        aspect: 4.0 / 3.0,
        number: 1,
        captured: Duration::ZERO,
    }
}
