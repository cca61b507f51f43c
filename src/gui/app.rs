//! Joins the view to the engine, the settings, the files and the controllers.

mod actions;
mod cores;
mod games;
mod input;
mod looking;
mod open;
mod several;
mod start;
mod updates;

pub use start::{Start, run};

use self::cores::CoreDownloads;
use self::games::Games;
use self::looking::Looking;
use self::several::CoreQuestions;
use self::start::StartError;
use super::input_capture::InputCapture;
use super::keys::{self, Keyboard};
use super::layers::Played;
use super::leds::Leds;
use super::local_input::LocalInput;
use super::local_players::{Gamepad, LocalPlayers};
use super::pad_keys::Repeat;
use super::pad_map::PadMap;
use super::picker::Picker;
use super::state_pictures::StatePictures;
use super::view::{Dialog, Model, PictureShape, Screen, View};
use super::{invite_links, theme};
use crate::engine::{Command, Config, Engine, GameCommand, Internet, InternetWords, Level, RelayWords, Snapshot, keep_old_options};
use crate::library::{self, CoreEntry};
use crate::link::board::FeedbackReader;
use crate::net::Site;
use crate::net::tls::GivenCertificate;
use crate::net::tls::acme::{AcmeConfig, AcmeWords};
use crate::net::transport::{self, Protocol};
use crate::room::{LocalPlayer, RequestId};
use crate::settings::{self, Settings, SettingsWarning, TurnServer};
use crate::signals;
use crate::text::{Message as _, Spoken, Texts, fill};
use eframe::egui_wgpu::{RenderState, wgpu};
use egui::{Context, CursorIcon, RawInput, Ui, ViewportCommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

struct App {
    engine: Engine,
    snapshot: Arc<Snapshot>,
    local_input: LocalInput,
    pad_repeat: Repeat,
    keyboard: Keyboard,
    capture: InputCapture,
    /// The pointer is hidden and kept in the window.
    pointer_captured: bool,
    feedback: FeedbackReader,
    leds: Leds,
    /// What counts for the open game.
    played: Played,
    state_pictures: StatePictures,
    view: View,
    picker: Picker,
    settings: Settings,
    settings_path: Option<PathBuf>,
    /// Not saved yet.
    settings_changed: bool,
    system_dir: PathBuf,
    cores: Vec<CoreEntry>,
    core_downloads: CoreDownloads,
    games: Games,
    core_questions: CoreQuestions,
    looking: Looking,
    /// To have the window painted by whoever has news for it.
    ctx: Context,
    texts: Texts,
    spoken: Spoken,
    font_checked: bool,
    picture: Option<PictureShape>,
    render_state: Option<RenderState>,
    software_rendering: bool,
    gamepads: Vec<Gamepad>,
    gamepad_error: Option<String>,
    local_players: LocalPlayers,
    /// What the room was told of them last.
    sent_locals: Vec<LocalPlayer>,
    title: String,
    /// The newest join request that the host's attention was asked for.
    newest_request: Option<RequestId>,
    full_screen: bool,
    /// As the engine was told.
    minimized: bool,
}

impl App {
    fn new(
        context: &eframe::CreationContext,
        start: Start,
        mut settings: Settings,
        settings_path: Option<PathBuf>,
        warnings: Vec<SettingsWarning>,
    ) -> Result<Self, StartError> {
        let ctx = &context.egui_ctx;
        theme::install(ctx);
        let closing = ctx.clone();
        // Logging out is no crash: the window closes in order, saves written.
        let handled = signals::on_end(move || {
            closing.send_viewport_cmd(ViewportCommand::Close);
            closing.request_repaint();
        });
        handled.map_err(|error| StartError::Engine(error.text(&Spoken::from_choice(settings.language).texts())))?;
        let data_dir = settings::data_dir().ok_or(StartError::NoHome)?;
        let layers_dir = settings::layers_dir().ok_or(StartError::NoHome)?;
        let had_options = !settings.core_options.is_empty();
        let old_options = keep_old_options(&layers_dir, &mut settings.core_options);
        let system_dir = settings.system_dir.clone().unwrap_or_else(|| data_dir.join("system"));
        let spoken = Spoken::from_choice(settings.language);
        let texts = spoken.texts();
        let moved = had_options && settings.core_options.is_empty();
        let mut view = View::default();
        for warning in warnings {
            view.notices.push(Level::Warning, warning.text(&texts));
        }
        if let Some(error) = old_options {
            view.notices.push(Level::Warning, error.text(&texts));
        }
        let mut listen = |asked: Option<SocketAddr>, port, protocol| {
            let Some(address) = asked else {
                let (address, free) = transport::or_free(transport::any(port), protocol);
                if !free {
                    let text = fill(texts.port_taken, &[("port", &port.to_string())]);
                    view.notices.push(Level::Warning, text);
                }
                return address;
            };
            address
        };
        let engine = Engine::start(Config {
            http: listen(start.http, settings.http_port, Protocol::Tcp),
            udp: listen(start.udp, settings.udp_port, Protocol::Udp),
            local: true,
            host_name: Some(settings.host_name.clone()),
            data_dir,
            layers_dir,
            system_dir: system_dir.clone(),
            record_dir: settings::record_dir().unwrap_or_else(|| "recordings".into()),
            screenshot_dir: settings::screenshot_dir().unwrap_or_else(|| "screenshots".into()),
            language: spoken,
            continuing: settings.continuing,
            time: settings.time(),
            codec: settings.codec,
            invite: invite_links::default_terms(&settings),
            site: site(&settings),
            certificate: GivenCertificate::of(settings.certificate.clone(), settings.private_key.clone()),
            acme: certificates(&settings),
            internet: internet(&settings),
        });
        let engine = engine.map_err(|error| StartError::Engine(error.text(&texts)))?;
        let wake = |ctx: &Context| {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        engine.on_change(wake(ctx));
        engine.send(Command::Volume(settings.volume));
        let commands = engine.game_commands();
        let on_flow = Box::new(move |flow| commands(GameCommand::Flow(flow)));
        let local_input = LocalInput::start(engine.local_pads(), on_flow, Some(engine.feedback()), wake(ctx));
        set_inputs(&local_input, &settings);
        let feedback = engine.feedback();
        let render_state = context.wgpu_render_state.clone();
        let mut app = Self {
            engine,
            snapshot: Arc::default(),
            local_input,
            pad_repeat: Repeat::default(),
            keyboard: Keyboard::default(),
            capture: InputCapture::default(),
            pointer_captured: false,
            feedback,
            leds: Leds::default(),
            played: Played::default(),
            state_pictures: StatePictures::default(),
            view,
            picker: Picker::default(),
            cores: library::find_cores(&settings.core_folders),
            core_downloads: CoreDownloads::default(),
            games: Games::default(),
            core_questions: CoreQuestions::default(),
            looking: Looking::default(),
            ctx: ctx.clone(),
            settings,
            settings_path,
            settings_changed: moved,
            system_dir,
            texts,
            spoken,
            font_checked: false,
            picture: None,
            software_rendering: render_state.as_ref().is_some_and(is_software),
            render_state,
            gamepads: Vec::new(),
            gamepad_error: None,
            local_players: LocalPlayers::default(),
            sent_locals: Vec::new(),
            title: String::new(),
            newest_request: None,
            full_screen: false,
            minimized: false,
        };
        app.start_library(ctx);
        if !app.settings.library_folders.is_empty() {
            app.view.screen = Screen::Library;
        }
        app.begin(start);
        Ok(app)
    }

    fn save_settings(&mut self) {
        self.settings_changed = false;
        let Some(path) = &self.settings_path else { return };
        if let Err(error) = self.settings.save(path) {
            let text = fill(self.texts.settings_not_saved, &[("error", &error.to_string())]);
            self.view.notices.push(Level::Warning, text);
        }
    }
}

/// How guests reach this machine, as the settings have it. What of them cannot be used is said where it is typed.
fn site(settings: &Settings) -> Site {
    Site::from_words(&settings.allow_names, &settings.public_address, &settings.trusted_proxies).0
}

/// How friends beyond the local network get in, as the settings have it.
fn internet(settings: &Settings) -> Internet {
    Internet::from_words(internet_words(settings)).0
}

pub(super) fn internet_words(settings: &Settings) -> InternetWords<'_> {
    InternetWords {
        wanted: settings.internet,
        page: &settings.meeting_page,
        brokers: &settings.brokers,
        stun: &settings.stun_servers,
        relays: settings.turn_servers.iter().map(relay_words).collect(),
        // An address is certified where the router leads there.
        map_ports: settings.map_ports || settings.acme_own_address,
    }
}

/// Those that a server is asked for, as the settings have it.
fn certificates(settings: &Settings) -> Option<AcmeConfig> {
    AcmeConfig::from_words(acme_words(settings)).0.filter(|_| settings.internet)
}

pub(super) fn acme_words(settings: &Settings) -> AcmeWords<'_> {
    AcmeWords {
        names: &settings.acme_names,
        own_address: settings.acme_own_address,
        directory: &settings.acme_directory,
        contact: &settings.acme_contact,
    }
}

fn relay_words(TurnServer { url, username, password, secret }: &TurnServer) -> RelayWords<'_> {
    RelayWords { url, username, password, secret }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.update(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.check_font(&ctx);
        let window = ctx.input(|input| input.viewport().clone());
        self.full_screen = window.fullscreen.unwrap_or(false);
        let minimized = window.minimized.unwrap_or(false);
        if std::mem::replace(&mut self.minimized, minimized) != minimized {
            self.engine.send(Command::WindowShown(!minimized));
        }
        if let Some(rect) = window.inner_rect
            && !self.full_screen
            && !window.maximized.unwrap_or(false)
        {
            self.settings.window = [rect.width(), rect.height()];
        }
        if self.capture.has_pointer() {
            ctx.set_cursor_icon(CursorIcon::None);
        }
        let snapshot = Arc::clone(&self.snapshot);
        let game = snapshot.game.as_ref();
        let shown = game.filter(|game| game.asks_to_continue || self.view.dialog == Some(Dialog::Slots));
        self.state_pictures.follow(&ctx, shown.map(|game| &game.states));
        let capture = self.capture.state(&self.window_state(&ctx, true));
        let model = Model {
            snapshot: &snapshot,
            settings: &self.settings,
            cores: &self.cores,
            library: &self.games.shown,
            game_pictures: &self.games.pictures,
            machines: &self.core_questions.known,
            downloads: &self.core_downloads.shown,
            texts: &self.texts,
            picture: self.picture,
            demo: self.cores.iter().any(|core| core.bundled),
            gamepads: &self.gamepads,
            gamepad_error: self.gamepad_error.as_deref(),
            local_players: &self.local_players,
            capture,
            leds: &self.leds,
            state_pictures: &self.state_pictures,
            system_dir: &self.system_dir,
            software_rendering: self.software_rendering,
            full_screen: self.full_screen,
        };
        for action in self.view.show(ui, &model) {
            self.carry_out(action, &ctx);
        }
        self.games.pictures.follow(&ctx, &self.games.shown.entries, &self.view.library.wanted);
        // Not while a slider is dragged, which changes a setting with every pixel.
        if self.settings_changed && !ctx.input(|input| input.pointer.any_down()) {
            self.save_settings();
        }
    }

    fn raw_input_hook(&mut self, ctx: &Context, raw: &mut RawInput) {
        self.route_input(ctx, raw);
    }

    fn on_exit(&mut self) {
        self.save_settings();
        self.finish_library();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::BACKGROUND.to_normalized_gamma_f32()
    }
}

/// Keys, buttons and turbo as they are chosen.
fn set_inputs(local_input: &LocalInput, settings: &Settings) {
    local_input.set_stick_moves_dpad(settings.stick_moves_dpad);
    local_input.set_pad_map(PadMap::of(settings));
    local_input.set_time_buttons(settings.pad_time_buttons);
    local_input.set_turbo(std::array::from_fn(|set| keys::with_turbo(settings, set)), settings.turbo_hz);
}

fn is_software(render_state: &RenderState) -> bool {
    render_state.adapter.get_info().device_type == wgpu::DeviceType::Cpu
}
