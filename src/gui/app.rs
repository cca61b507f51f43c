//! Joins the view to the engine, the settings, the disc and the controllers.

use super::desk::{Desk, Held, Scene};
use super::keys::{self, Keyboard, LAYOUTS, Layout};
use super::lamps::Lamps;
use super::pads::LocalPads;
use super::picker::{Picked, Picker, Purpose};
use super::places::{Gamepad, Places};
use super::view::{Action, Model, PictureShape, View};
use super::{links, preview, theme};
use crate::engine::{Command, Config, Engine, Game, GameState, GameStatus, Level, Snapshot};
use crate::library::{self, CoreEntry};
use crate::link::board::FeedbackReader;
use crate::net::RoomCommand;
use crate::net::ports::{self, Protocol};
use crate::room::{Local, RequestId};
use crate::settings::{self, Settings, SettingsWarning};
use crate::signals;
use crate::text::{Message, Spoken, Texts, fill};
use eframe::egui_wgpu::{RenderState, SurfaceConfig, WgpuConfiguration, wgpu};
use egui::{
    Context, CursorGrab, CursorIcon, Order, Pos2, RawInput, Ui, UserAttentionType, ViewportBuilder, ViewportCommand,
};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// What the window was asked for on the command line.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Run this at once.
    pub game: Option<Game>,
    /// Open this content, asking for the core where that is not clear.
    pub open: Option<PathBuf>,
    /// Open it with this core.
    pub core: Option<PathBuf>,
    /// Serve the page here, and nowhere else.
    pub http: Option<SocketAddr>,
    /// Send the media from here, and from nowhere else.
    pub udp: Option<SocketAddr>,
}

/// Opens the window and returns when it is closed. The error is one sentence for people.
pub fn run(start: Start) -> Result<(), String> {
    let path = settings::path();
    let (settings, warnings) = path.as_deref().map(Settings::load).unwrap_or_default();
    let viewport = ViewportBuilder::default()
        .with_title("Hotseat")
        .with_app_id("hotseat")
        .with_inner_size(settings.window)
        .with_min_inner_size([640.0, 480.0])
        .with_drag_and_drop(true);
    let viewport = match eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon-256.png")) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    };
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Wgpu,
        // Ctrl+C may be two of the game's keys.
        clipboard_shortcuts: false,
        wgpu_options: WgpuConfiguration::default().with_surface_config(SurfaceConfig::LOW_LATENCY),
        ..Default::default()
    };
    let create: eframe::AppCreator = Box::new(move |context| {
        let app = App::new(context, start, settings, path, warnings)?;
        Ok(Box::new(app))
    });
    eframe::run_native("hotseat", options, create).map_err(|error| match error {
        // The engine's own sentence.
        eframe::Error::AppCreation(error) => error.to_string(),
        other => no_window(&other.to_string()),
    })
}

/// The reason without the places in source files that winit puts before it.
fn no_window(error: &str) -> String {
    let reason =
        error.rsplit_once(".rs:").and_then(|(_, rest)| rest.split_once(": ")).map_or(error, |(_, reason)| reason);
    let reason = reason.trim_end_matches('.');
    format!("Hotseat could not open a window: {reason}. To host without one, run `hotseat host`.")
}

pub(super) struct App {
    pub(super) engine: Engine,
    snapshot: Arc<Snapshot>,
    pads: LocalPads,
    keyboard: Keyboard,
    desk: Desk,
    /// The pointer is hidden and kept in the window.
    pointer_taken: bool,
    feedback: FeedbackReader,
    lamps: Lamps,
    pub(super) view: View,
    picker: Picker,
    pub(super) settings: Settings,
    settings_path: Option<PathBuf>,
    pub(super) settings_changed: bool,
    system_dir: PathBuf,
    pub(super) cores: Vec<CoreEntry>,
    pub(super) texts: Texts,
    spoken: Spoken,
    font_checked: bool,
    pub(super) picture: Option<PictureShape>,
    render_state: Option<RenderState>,
    software_rendering: bool,
    gamepads: Vec<Gamepad>,
    pad_trouble: Option<String>,
    places: Places,
    locals: Vec<Local>,
    title: String,
    /// The last one who waited to be let in and of whom the host knows.
    newest_request: Option<RequestId>,
    full_screen: bool,
}

impl App {
    fn new(
        context: &eframe::CreationContext,
        start: Start,
        settings: Settings,
        settings_path: Option<PathBuf>,
        warnings: Vec<SettingsWarning>,
    ) -> Result<Self, String> {
        let ctx = &context.egui_ctx;
        theme::install(ctx);
        let closing = ctx.clone();
        // Logging out is no crash: the window closes in order, saves written.
        signals::on_end(move || {
            closing.send_viewport_cmd(ViewportCommand::Close);
            closing.request_repaint();
        })
        .map_err(|error| error.text(&Spoken::from_choice(settings.language).texts()))?;
        let data_dir = settings::data_dir()
            .ok_or("Hotseat found no home folder to keep saves in: set the variable HOME, then start it again.")?;
        let system_dir = settings.system_dir.clone().unwrap_or_else(|| data_dir.join("system"));
        let spoken = Spoken::from_choice(settings.language);
        let texts = spoken.texts();
        let mut view = View::default();
        for warning in warnings {
            view.notices.push(Level::Warning, warning.text(&texts));
        }
        let mut listen = |asked: Option<SocketAddr>, port, protocol| {
            let Some(address) = asked else {
                let (address, free) = ports::or_free(ports::any(port), protocol);
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
            system_dir: system_dir.clone(),
            record_dir: crate::settings::record_dir().unwrap_or_else(|| "recordings".into()),
            screenshot_dir: crate::settings::screenshot_dir().unwrap_or_else(|| "screenshots".into()),
            codec: settings.codec,
            invite: links::usual_terms(&settings),
            names: settings.allow_names.clone(),
        })?;
        let wake = |ctx: &Context| {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        engine.on_change(wake(ctx));
        engine.send(Command::Volume(settings.volume));
        let pads = LocalPads::start(engine.local_pads(), Some(engine.feedback()), wake(ctx));
        pads.stick_moves_dpad(settings.stick_moves_dpad);
        set_turbo(&pads, &settings);
        let feedback = engine.feedback();
        let render_state = context.wgpu_render_state.clone();
        let mut app = Self {
            engine,
            snapshot: Arc::default(),
            pads,
            keyboard: Keyboard::default(),
            desk: Desk::default(),
            pointer_taken: false,
            feedback,
            lamps: Lamps::default(),
            view,
            picker: Picker::default(),
            cores: library::find_cores(&settings.core_folders),
            settings,
            settings_path,
            settings_changed: false,
            system_dir,
            texts,
            spoken,
            font_checked: false,
            picture: None,
            software_rendering: render_state.as_ref().is_some_and(is_software),
            render_state,
            gamepads: Vec::new(),
            pad_trouble: None,
            places: Places::default(),
            locals: Vec::new(),
            title: String::new(),
            newest_request: None,
            full_screen: false,
        };
        app.begin(start);
        Ok(app)
    }

    fn begin(&mut self, start: Start) {
        match (start.game, start.open, start.core) {
            (Some(game), _, _) => self.open(game),
            (None, Some(content), Some(core)) => self.open_with(&content, &core),
            (None, Some(content), None) => self.open_file(&content),
            (None, None, Some(core)) => self.open_core(&core),
            (None, None, None) => {}
        }
    }

    fn carry_out(&mut self, action: Action, ctx: &Context) {
        match action {
            Action::Engine(command) => self.send(command),
            Action::PickGame => self.pick(Purpose::Content, ctx),
            Action::PickCoreFor(content) => self.pick(Purpose::CoreFor(content), ctx),
            Action::PickCoreFolder => self.pick(Purpose::CoreFolder, ctx),
            Action::PickSystemFolder => self.pick(Purpose::SystemFolder, ctx),
            Action::PlayDemo => match library::demo_core() {
                Some(core) => self.open_core(&core),
                None => self.complain(self.texts.play_demo_missing.to_owned()),
            },
            Action::OpenFile(path) => self.open_file(&path),
            Action::OpenWith { content, core, remember } => {
                if let Some(extension) = library::extension(&content).filter(|_| remember) {
                    self.settings.core_for.insert(extension, core.clone());
                    self.settings_changed = true;
                }
                self.open_with(&content, &core);
            }
            Action::OpenRecent(index) => self.open_recent(index),
            Action::ForgetRecent(index) => self.forget_recent(index),
            Action::Change(settings) => self.change(*settings),
            Action::Places(places) => {
                self.pads.sit(&places);
                self.places = places;
                self.tell_locals();
            }
            Action::Desk(true) => {
                // A text field would take the keys back at once.
                ctx.memory_mut(|memory| {
                    if let Some(focused) = memory.focused() {
                        memory.surrender_focus(focused);
                    }
                });
                self.desk.enter();
            }
            Action::Desk(false) => self.desk.leave(),
            Action::FullScreen(yes) => ctx.send_viewport_cmd(ViewportCommand::Fullscreen(yes)),
        }
    }

    fn send(&mut self, command: Command) {
        if let (Command::CoreOption { key, value }, Some(game)) = (&command, &self.snapshot.game) {
            let options = self.settings.core_options.entry(Settings::core_key(&game.core)).or_default();
            options.insert(key.clone(), value.clone());
            self.settings_changed = true;
        }
        self.engine.send(command);
    }

    pub(super) fn complain(&mut self, text: String) {
        self.view.notices.push(Level::Error, text);
    }

    fn pick(&mut self, purpose: Purpose, ctx: &Context) {
        let title = match &purpose {
            Purpose::Content => self.texts.open_game,
            Purpose::CoreFor(_) => self.texts.pick_core_file,
            Purpose::CoreFolder => self.texts.add_core_folder,
            Purpose::SystemFolder => self.texts.choose_folder,
        };
        let ctx = ctx.clone();
        self.picker.start(purpose, title, move || ctx.request_repaint());
    }

    fn picked(&mut self, picked: Picked) {
        match picked {
            Picked::Nothing => {}
            Picked::Unavailable => self.view.notices.push(Level::Warning, self.texts.no_dialog.to_owned()),
            Picked::Path(Purpose::Content, path) => self.open_file(&path),
            Picked::Path(Purpose::CoreFor(content), core) => self.open_with(&content, &core),
            Picked::Path(Purpose::CoreFolder, folder) => {
                let mut settings = self.settings.clone();
                settings.core_folders.retain(|known| *known != folder);
                settings.core_folders.push(folder);
                self.change(settings);
            }
            Picked::Path(Purpose::SystemFolder, folder) => {
                self.settings.system_dir = Some(folder);
                self.settings_changed = true;
            }
        }
    }

    fn change(&mut self, new: Settings) {
        let old = std::mem::replace(&mut self.settings, new);
        self.settings_changed = true;
        if old.language != self.settings.language {
            self.speak(Spoken::from_choice(self.settings.language));
        }
        if old.core_folders != self.settings.core_folders {
            self.cores = library::find_cores(&self.settings.core_folders);
        }
        if old.host_name != self.settings.host_name {
            self.engine.send(Command::Room(RoomCommand::HostName(self.settings.host_name.clone())));
        }
        if old.codec != self.settings.codec {
            self.engine.send(Command::Codec(self.settings.codec));
        }
        self.pads.stick_moves_dpad(self.settings.stick_moves_dpad);
        set_turbo(&self.pads, &self.settings);
    }

    fn speak(&mut self, spoken: Spoken) {
        self.spoken = spoken;
        self.texts = spoken.texts();
        self.font_checked = false;
    }

    /// Chinese without a font for it would be a window full of boxes.
    fn check_font(&mut self, ctx: &Context) {
        if std::mem::replace(&mut self.font_checked, true) || self.spoken == Spoken::English {
            return;
        }
        let sample = self.texts.open_game.to_owned();
        if !ctx.fonts_mut(|fonts| fonts.has_glyphs(&theme::regular(14.0), &sample)) {
            self.view.notices.push(Level::Warning, self.texts.no_chinese_font.to_owned());
            self.speak(Spoken::English);
        }
    }

    fn take_news(&mut self, ctx: &Context) {
        self.snapshot = self.engine.snapshot();
        if let Some(picture) = self.engine.new_picture() {
            if let Some(render_state) = &self.render_state {
                preview::upload(render_state, picture);
            }
            self.picture = (picture.width > 0 && picture.height > 0)
                .then_some(PictureShape { size: [picture.width, picture.height], aspect: picture.aspect });
        }
        if self.snapshot.game.is_none() {
            self.picture = None;
        }
        self.pads.playing(self.snapshot.game.as_ref().is_some_and(|game| game.state == GameState::Running));
        let game = self.snapshot.game.as_ref().map(|game| (&game.core, &game.content));
        self.lamps.set(game, self.feedback.leds());
        self.gamepads = self.pads.gamepads();
        self.pad_trouble = self.pads.trouble();
        self.fit_seats();
        self.tell_locals();
        if let Some(picked) = self.picker.poll() {
            self.picked(picked);
        }
        self.name_window(ctx);
        self.call_host(ctx);
    }

    /// The seats in the snapshot are the game's own once it runs.
    fn fit_seats(&mut self) {
        let game = self.snapshot.game.as_ref();
        let runs = game.is_some_and(|game| matches!(game.state, GameState::Running | GameState::Paused));
        if runs && self.places.fit(self.snapshot.seats.len()) {
            self.pads.sit(&self.places);
        }
    }

    /// Tells the room who sits at this machine, when that changed: also when a guest's gamepad comes or goes.
    fn tell_locals(&mut self) {
        let locals = self.places.locals(&self.settings.host_name, &self.gamepads);
        if locals != self.locals {
            self.engine.send(Command::Room(RoomCommand::Locals(locals.clone())));
            self.locals = locals;
        }
    }

    /// What keys and mouse are held for; `free` if nothing else waits for keys.
    fn scene(&self, ctx: &Context, free: bool) -> Scene {
        let game = self.snapshot.game.as_ref();
        let running = game.filter(|game| game.state == GameState::Running);
        Scene {
            wants: game.map(|game| game.wants).unwrap_or_default(),
            seat: running.and(self.places.host),
            free,
            screen: self.view.screen,
            pixels_per_point: ctx.pixels_per_point(),
        }
    }

    /// Gives keys and mouse to a game that takes them.
    fn hold(&mut self, ctx: &Context, raw: &mut RawInput, free: bool) {
        let scene = self.scene(ctx, free);
        let bare = |at: Pos2| ctx.layer_id_at(at).is_none_or(|layer| layer.order == Order::Background);
        for held in self.desk.take(&mut raw.events, &scene, bare) {
            match held {
                Held::Keys(keys) => self.engine.local_keys(&keys),
                Held::Mouse(seat, moved, state) => self.engine.local_mouse(seat, moved, state),
            }
        }
        let taken = self.desk.takes_pointer();
        if taken == self.pointer_taken {
            return;
        }
        self.pointer_taken = taken;
        if taken {
            // Nothing of the window lies under a pointer that cannot be seen.
            raw.events.push(egui::Event::PointerGone);
            // X11 knows only the first, and the second is the better one elsewhere.
            ctx.send_viewport_cmd(ViewportCommand::CursorGrab(CursorGrab::Confined));
            ctx.send_viewport_cmd(ViewportCommand::CursorGrab(CursorGrab::Locked));
        } else {
            ctx.send_viewport_cmd(ViewportCommand::CursorGrab(CursorGrab::None));
        }
        ctx.send_viewport_cmd(ViewportCommand::CursorVisible(!taken));
    }

    /// Somebody new waits to be let in, and the host may be looking at another program.
    fn call_host(&mut self, ctx: &Context) {
        let newest = self.snapshot.requests.iter().map(|request| request.id).max();
        if newest > self.newest_request && !ctx.input(|input| input.focused) {
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        }
        self.newest_request = self.newest_request.max(newest);
    }

    fn name_window(&mut self, ctx: &Context) {
        let title = match &self.snapshot.game {
            Some(GameStatus { title, .. }) => format!("{title} – Hotseat"),
            None => "Hotseat".to_owned(),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
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

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.take_news(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.check_font(&ctx);
        let window = ctx.input(|input| input.viewport().clone());
        self.full_screen = window.fullscreen.unwrap_or(false);
        if let Some(rect) = window.inner_rect
            && !self.full_screen
            && !window.maximized.unwrap_or(false)
        {
            self.settings.window = [rect.width(), rect.height()];
        }
        if self.desk.takes_pointer() {
            ctx.set_cursor_icon(CursorIcon::None);
        }
        let snapshot = Arc::clone(&self.snapshot);
        let desk = self.desk.offer(&self.scene(&ctx, true));
        let model = Model {
            snapshot: &snapshot,
            settings: &self.settings,
            cores: &self.cores,
            texts: &self.texts,
            picture: self.picture,
            demo: self.cores.iter().any(|core| core.bundled),
            gamepads: &self.gamepads,
            pad_trouble: self.pad_trouble.as_deref(),
            places: &self.places,
            desk,
            lamps: &self.lamps,
            system_dir: &self.system_dir,
            software_rendering: self.software_rendering,
            full_screen: self.full_screen,
        };
        for action in self.view.show(ui, &model) {
            self.carry_out(action, &ctx);
        }
        // Not while a slider is dragged, which changes a setting with every pixel.
        if self.settings_changed && !ctx.input(|input| input.pointer.any_down()) {
            self.save_settings();
        }
    }

    fn raw_input_hook(&mut self, ctx: &Context, raw: &mut RawInput) {
        let wanted_here = egui::Popup::is_any_open(ctx) || ctx.text_edit_focused();
        let playing = raw.focused && self.view.game_has_keyboard(&self.snapshot, wanted_here);
        self.hold(ctx, raw, playing);
        let layouts: [Layout; LAYOUTS] = std::array::from_fn(|set| Layout::of(&self.settings, set));
        let in_use = if self.places.second_keys() { &layouts[..] } else { &layouts[..1] };
        let pads = self.keyboard.take(&mut raw.events, playing && !self.desk.takes_keys(), in_use);
        self.pads.keyboard(pads);
        if keys::clipboard(&mut raw.events) {
            ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
        }
    }

    fn on_exit(&mut self) {
        self.save_settings();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::BACKGROUND.to_normalized_gamma_f32()
    }
}

fn set_turbo(pads: &LocalPads, settings: &Settings) {
    pads.turbo(std::array::from_fn(|set| keys::with_turbo(settings, set)), settings.turbo_hz);
}

fn is_software(render_state: &RenderState) -> bool {
    render_state.adapter.get_info().device_type == wgpu::DeviceType::Cpu
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_display_the_sentence_names_the_way_to_host_without_one() {
        assert_eq!(
            no_window("winit EventLoopError: os error at /x/platform_impl/linux/mod.rs:765: no DISPLAY is set"),
            "Hotseat could not open a window: no DISPLAY is set. To host without one, run `hotseat host`."
        );
        assert_eq!(
            no_window("WGPU error: No suitable graphics adapter."),
            "Hotseat could not open a window: WGPU error: No suitable graphics adapter. To host without one, run `hotseat host`."
        );
    }
}
