//! From the command line to an open window, or to the reason why there is none.

use super::App;
use crate::engine::Game;
use crate::settings::{self, Settings};
use crate::text::{Spoken, Texts, fill};
use eframe::egui_wgpu::{SurfaceConfig, WgpuConfiguration};
use egui::ViewportBuilder;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What the window was asked for on the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

/// Why the window did not open.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StartError {
    /// The system names no home folder.
    NoHome,
    /// The display or the graphics driver refused, in its words.
    NoWindow(String),
    /// The engine did not start, or signals cannot be handled; a whole sentence.
    Engine(String),
}

impl StartError {
    fn text(&self, texts: &Texts) -> String {
        match self {
            Self::NoHome => texts.start_no_home.to_owned(),
            Self::NoWindow(reason) => fill(texts.start_no_window, &[("reason", reason)]),
            Self::Engine(sentence) => sentence.clone(),
        }
    }
}

/// In English, as eframe logs it.
impl fmt::Display for StartError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text(&Spoken::English.texts()))
    }
}

impl std::error::Error for StartError {}

impl From<eframe::Error> for StartError {
    fn from(error: eframe::Error) -> Self {
        match error {
            eframe::Error::AppCreation(error) => match error.downcast::<StartError>() {
                Ok(own) => *own,
                Err(other) => Self::NoWindow(reason(&other.to_string())),
            },
            other => Self::NoWindow(reason(&other.to_string())),
        }
    }
}

/// The reason without the places in source files that winit puts before it.
fn reason(error: &str) -> String {
    let reason =
        error.rsplit_once(".rs:").and_then(|(_, rest)| rest.split_once(": ")).map_or(error, |(_, reason)| reason);
    reason.trim_end_matches('.').to_owned()
}

/// Opens the window and returns when it is closed. The error is one sentence in the language of the window.
pub fn run(start: Start) -> Result<(), String> {
    let path = settings::path();
    let (settings, warnings) = path.as_deref().map(Settings::load).unwrap_or_default();
    let spoken = Spoken::from_choice(settings.language);
    let viewport = ViewportBuilder::default()
        .with_title("Hotseat")
        // The name of the desktop file, by which desktops find the icon of a window.
        .with_app_id("app.hotseat.Hotseat")
        .with_inner_size(settings.window)
        .with_min_inner_size([640.0, 480.0])
        .with_drag_and_drop(true);
    let viewport = match eframe::icon_data::from_png_bytes(include_bytes!("../../../assets/icon-256.png")) {
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
    let outcome = eframe::run_native("hotseat", options, create).map_err(StartError::from);
    outcome.map_err(|error| error.text(&spoken.texts()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_display_the_sentence_names_the_way_to_host_without_one() {
        let no_window = |error: &str| StartError::NoWindow(reason(error)).to_string();
        assert_eq!(
            no_window("winit EventLoopError: os error at /x/platform_impl/linux/mod.rs:765: no DISPLAY is set"),
            "Hotseat could not open a window: no DISPLAY is set. To host without one, run `hotseat host`."
        );
        assert_eq!(
            no_window("WGPU error: No suitable graphics adapter."),
            "Hotseat could not open a window: WGPU error: No suitable graphics adapter. To host without one, run `hotseat host`."
        );
    }

    #[test]
    fn what_stopped_the_app_comes_back_from_eframe_as_it_was() {
        let engine = || StartError::Engine("Port 1 is taken.".into());
        assert_eq!(StartError::from(eframe::Error::AppCreation(Box::new(engine()))), engine());
        assert_eq!(engine().to_string(), "Port 1 is taken.");
        assert!(StartError::NoHome.text(&Spoken::Chinese.texts()).contains("HOME"));
    }
}
