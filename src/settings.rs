//! What a person chose, kept between runs in one TOML file.
//!
//! Reading never fails: a bad value is a warning and its default, and keys that this version does not know are
//! written back as they were.

mod file;
mod framing;
mod warning;

pub use framing::{Aspect, Crop, Framing};
pub use warning::{Expected, SettingsWarning};

use crate::files::write_atomically;
use crate::game_command::{Continuing, TimeSettings};
use crate::link::message::{AheadWish, Bounds};
use crate::packet::Format;
use crate::room;
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use toml::Table;

/// The most games that are remembered.
pub const MOST_RECENT: usize = 12;
/// Presses of a turbo button in a second, where no others were asked for: the page's.
pub const TURBO_HZ: u32 = 12;
/// What can be asked for, least and most: the page's.
pub const TURBO_RATES: [u32; 2] = [4, 30];
/// The port of the page and of the media, where nothing else was asked for.
pub const DEFAULT_PORT: u16 = 8470;

/// Public servers that tell a machine its address, of three operators: two that agree show how the router works.
const STUN_SERVERS: [&str; 3] = ["stun.cloudflare.com:3478", "stun.l.google.com:19302", "stun.nextcloud.com:3478"];
/// Public brokers that need no account. They pass on what they cannot read.
const BROKERS: [&str; 3] =
    ["wss://broker.emqx.io:8084/mqtt", "wss://broker.hivemq.com:8884/mqtt", "wss://test.mosquitto.org:8081/"];

/// Everything that is remembered, as it is in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The host's own name, as the others see it; never empty.
    #[serde(deserialize_with = "file::name")]
    pub host_name: String,
    /// Of the window and of what the program prints.
    #[serde(with = "file::LanguageName")]
    pub language: Language,
    /// The speaker's volume, 0.0 to 1.0.
    #[serde(serialize_with = "file::rounded", deserialize_with = "file::volume")]
    pub volume: f32,
    /// How the picture fills the window.
    pub scaling: Scaling,
    /// Its shape there.
    pub aspect: Aspect,
    /// What of its edges is not shown there.
    pub crop: Crop,
    /// What is made of its pixels there.
    pub look: Look,
    /// Whether a game that is opened goes on where it was left.
    pub continuing: Continuing,
    /// How many times as fast a game is that is made fast; 0 for as fast as the machine can.
    #[serde(deserialize_with = "file::fast_forward")]
    pub fast_forward: u32,
    /// How many times as slow one is that is made slow.
    #[serde(deserialize_with = "file::slow_motion")]
    pub slow_motion: u32,
    /// Memory for rewinding, in megabytes; 0 for no rewinding.
    #[serde(deserialize_with = "file::rewind_mb")]
    pub rewind_mb: u32,
    /// Frames that games are run ahead of themselves; 0 for none.
    #[serde(deserialize_with = "file::run_ahead")]
    pub run_ahead: u32,
    /// Inputs that come late are shown at once, where that is cheap.
    pub late_latch: bool,
    /// Select and a trigger of a gamepad here rewind or make fast.
    pub pad_time_buttons: bool,
    /// The one video format that guests are sent; none for the best that each one's browser takes.
    #[serde(with = "file::codec")]
    pub codec: Option<Format>,
    /// The left stick also presses the d-pad, for games that know no stick.
    pub stick_moves_dpad: bool,
    /// Keys chosen by hand for the keyboard's two sets: by button, the key's name.
    #[serde(flatten, with = "file::keyboard")]
    pub keyboard: [BTreeMap<String, String>; 2],
    /// Buttons of the keyboard's two sets that press themselves again and again while held; those of the first also on
    /// gamepads.
    #[serde(flatten, with = "file::turbo")]
    pub turbo: [BTreeSet<String>; 2],
    /// How often they do, in Hz.
    #[serde(deserialize_with = "file::turbo_hz")]
    pub turbo_hz: u32,
    /// The games opened last, newest first.
    pub recent: Vec<Recent>,
    /// The core chosen for a file type: extension in lower case, the core's file.
    #[serde(serialize_with = "file::paths_by_key")]
    pub core_for: BTreeMap<String, PathBuf>,
    /// Options changed by hand: by core (its file's stem), then by the option's key.
    pub core_options: BTreeMap<String, BTreeMap<String, String>>,
    /// Cores that may do everything the person may: by core (its file's stem), the words by which they were let.
    pub trusted_cores: BTreeMap<String, String>,
    /// A core process that uses more memory is ended, in megabytes; 0 for no limit.
    #[serde(deserialize_with = "file::memory_mb")]
    pub core_memory_mb: u64,
    /// Folders searched for cores besides the usual ones.
    #[serde(serialize_with = "file::paths")]
    pub core_folders: Vec<PathBuf>,
    /// The server that cores are fetched from; empty for libretro's.
    pub core_server: String,
    /// Folders with the library's games.
    #[serde(serialize_with = "file::paths")]
    pub library_folders: Vec<PathBuf>,
    /// Where pictures of games lie, as libretro's thumbnails do; none for the program's own folder and RetroArch's.
    #[serde(with = "file::some_path", skip_serializing_if = "Option::is_none")]
    pub library_pictures: Option<PathBuf>,
    /// Where lists of games (DAT) lie; none for the program's own folder.
    #[serde(with = "file::some_path", skip_serializing_if = "Option::is_none")]
    pub library_dats: Option<PathBuf>,
    /// How the library shows its games.
    pub library_look: LibraryLook,
    /// Where cores look for BIOS files; none for the program's own folder.
    #[serde(with = "file::some_path", skip_serializing_if = "Option::is_none")]
    pub system_dir: Option<PathBuf>,
    /// Ask about each guest who opens the link.
    pub ask_before_joining: bool,
    /// Names under which guests reach this machine, beside its own.
    pub allow_names: Vec<String>,
    /// Where guests open the page by way of a server that leads here; empty for none.
    pub public_address: String,
    /// Servers between guests and this machine whose word counts, or networks of such.
    pub trusted_proxies: Vec<String>,
    /// A certificate for https, in PEM; none for no name of one's own.
    #[serde(with = "file::some_path", skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Its key.
    #[serde(with = "file::some_path", skip_serializing_if = "Option::is_none")]
    pub private_key: Option<PathBuf>,
    /// Names and addresses for which a server of certificates is asked: that agrees to its terms.
    pub acme_names: Vec<String>,
    /// And the address at which friends reach this machine.
    pub acme_own_address: bool,
    /// The server's address; empty for Let's Encrypt.
    pub acme_directory: String,
    /// Where it may write to; empty for nowhere.
    pub acme_contact: String,
    /// Friends beyond the local network may come in; false: nothing outside it is asked for anything.
    pub internet: bool,
    /// Ask the router to lead guests here.
    pub map_ports: bool,
    /// Servers that tell this machine its public address: host and port.
    pub stun_servers: Vec<String>,
    /// Servers by which the picture travels where nothing else is possible.
    pub turn_servers: Vec<TurnServer>,
    /// The page by which guests meet the host where it cannot be reached; empty for none.
    pub meeting_page: String,
    /// The message brokers by which they do.
    pub brokers: Vec<String>,
    /// Port of the page.
    pub http_port: u16,
    /// Port of the media.
    pub udp_port: u16,
    /// The window's inner size in points.
    #[serde(serialize_with = "file::rounded_size", deserialize_with = "file::size")]
    pub window: [f32; 2],
    /// Keys of another version.
    #[serde(flatten)]
    unknown: Table,
}

/// A relay (TURN) for which the person has an account, or whose shared secret they know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TurnServer {
    /// Such as `turn:relay.example:3478` or `turns:relay.example:5349`.
    pub url: String,
    pub username: String,
    pub password: String,
    /// In place of name and password: what time-limited ones are made of.
    pub secret: String,
}

/// A game that was opened before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// The content; none for a core that is a game of its own.
    #[serde(default, with = "file::some_path", skip_serializing_if = "Option::is_none")]
    pub content: Option<PathBuf>,
    /// The core it ran on.
    #[serde(with = "file::path")]
    pub core: PathBuf,
    /// What people call it.
    #[serde(deserialize_with = "file::title")]
    pub title: String,
    /// For a game of several files, the machine and the files, the first of which is the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub several: Option<RecentFiles>,
}

/// Files that were opened together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentFiles {
    /// The core's short name for the machine.
    pub subsystem: String,
    /// In the order in which it takes them; an empty one was left out.
    #[serde(with = "file::paths")]
    pub paths: Vec<PathBuf>,
}

/// How the picture fills the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// As large as fits; pixels stay sharp, only their edges are blended.
    #[default]
    Sharp,
    /// Rows are a whole number of screen pixels high.
    Whole,
}

/// What the picture looks like in the window. What friends see is theirs to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Squares.
    #[default]
    Sharp,
    /// Blended from pixel to pixel.
    Smooth,
    /// The rows of a beam, with dark between them.
    Scanlines,
    /// A television: bent glass, rows and the mask's stripes.
    Tube,
    /// A handheld's display, with gaps between pixels.
    Grid,
    /// Diagonals without stairs.
    Rounded,
}

impl Look {
    pub const ALL: [Look; 6] = [Look::Sharp, Look::Smooth, Look::Scanlines, Look::Tube, Look::Grid, Look::Rounded];
}

/// How the library shows its games.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LibraryLook {
    /// As pictures.
    #[default]
    Grid,
    /// As pictures that can be read from a sofa.
    Large,
    /// In lines.
    List,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host_name: default_name(),
            language: Language::System,
            volume: 1.0,
            scaling: Scaling::Sharp,
            aspect: Aspect::Core,
            crop: Crop::default(),
            look: Look::Sharp,
            continuing: Continuing::Ask,
            fast_forward: TimeSettings::default().fast,
            slow_motion: TimeSettings::default().slow,
            rewind_mb: TimeSettings::default().rewind_mb,
            run_ahead: 0,
            late_latch: true,
            pad_time_buttons: true,
            codec: None,
            stick_moves_dpad: true,
            keyboard: Default::default(),
            turbo: Default::default(),
            turbo_hz: TURBO_HZ,
            recent: Vec::new(),
            core_for: BTreeMap::new(),
            core_options: BTreeMap::new(),
            trusted_cores: BTreeMap::new(),
            core_memory_mb: Bounds::USUAL_MEMORY_MB,
            core_folders: Vec::new(),
            core_server: String::new(),
            library_folders: Vec::new(),
            library_pictures: None,
            library_dats: None,
            library_look: LibraryLook::Grid,
            system_dir: None,
            ask_before_joining: false,
            allow_names: Vec::new(),
            public_address: String::new(),
            trusted_proxies: vec!["127.0.0.0/8".into(), "::1".into()],
            certificate: None,
            private_key: None,
            acme_names: Vec::new(),
            acme_own_address: false,
            acme_directory: String::new(),
            acme_contact: String::new(),
            internet: true,
            map_ports: false,
            stun_servers: STUN_SERVERS.map(String::from).into(),
            turn_servers: Vec::new(),
            meeting_page: String::new(),
            brokers: BROKERS.map(String::from).into(),
            http_port: DEFAULT_PORT,
            udp_port: DEFAULT_PORT,
            window: [1100.0, 720.0],
            unknown: Table::new(),
        }
    }
}

/// Where the settings are; none if the system names no home.
pub fn path() -> Option<PathBuf> {
    Some(project_dirs()?.config_dir().join("settings.toml"))
}

/// Where saves, states and the user's own cores are; none if the system names no home.
pub fn data_dir() -> Option<PathBuf> {
    Some(project_dirs()?.data_dir().to_path_buf())
}

/// Where recordings go: the system's folder for videos, or the program's own.
pub fn record_dir() -> Option<PathBuf> {
    let videos = directories::UserDirs::new().and_then(|dirs| Some(dirs.video_dir()?.join("Hotseat")));
    videos.or_else(|| Some(data_dir()?.join("recordings")))
}

/// Where screenshots go: the system's folder for pictures, or the program's own.
pub fn screenshot_dir() -> Option<PathBuf> {
    let pictures = directories::UserDirs::new().and_then(|dirs| Some(dirs.picture_dir()?.join("Hotseat")));
    pictures.or_else(|| Some(data_dir()?.join("screenshots")))
}

fn project_dirs() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "hotseat")
}

impl Settings {
    /// Reads the file, with a warning for everything in it that could not be used.
    ///
    /// A file that is no TOML at all is kept beside the new one, with the ending `.bad`.
    pub fn load(path: &Path) -> (Self, Vec<SettingsWarning>) {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return (Self::default(), Vec::new()),
            Err(error) => {
                let warning = SettingsWarning::Unreadable { file: path.to_owned(), cause: error.into() };
                return (Self::default(), vec![warning]);
            }
        };
        match String::from_utf8_lossy(&bytes).parse::<Table>() {
            Ok(table) => Self::from_table(table),
            Err(error) => {
                let kept = path.with_extension("toml.bad");
                // The warning below names the file; without room for a copy there is nothing else to do.
                let _ = fs::copy(path, &kept);
                let (file, problem) = (path.to_owned(), error.message().to_owned());
                (Self::default(), vec![SettingsWarning::Damaged { file, problem, kept }])
            }
        }
    }

    /// Writes the file, whole or not at all.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        write_atomically(path, self.to_toml().as_bytes())
    }

    /// Puts a game at the head of those opened last.
    pub fn remember(&mut self, game: Recent) {
        // The same content on another core is the same game.
        self.recent.retain(|old| {
            (&old.content, &old.several) != (&game.content, &game.several)
                || (old.content.is_none() && old.core != game.core)
        });
        self.recent.insert(0, game);
        self.recent.truncate(MOST_RECENT);
    }

    /// What to call a core in [`Settings::core_options`].
    pub fn core_key(core: &Path) -> String {
        let stem = core.file_stem().unwrap_or_default().to_string_lossy();
        stem.strip_suffix("_libretro").unwrap_or(&stem).to_owned()
    }

    /// How a core's process is to be held. Other words than those that let it do everything do not.
    pub fn bounds_of(&self, core: &Path) -> Bounds {
        let trusted = self.trusted_cores.get(&Self::core_key(core)).is_some_and(|words| words == Bounds::TRUST_WORDS);
        Bounds { confined: !trusted, memory_mb: self.core_memory_mb, ..Bounds::default() }
    }

    /// How the picture is put into the window.
    pub fn framing(&self) -> Framing {
        Framing { scaling: self.scaling, aspect: self.aspect, crop: self.crop }
    }

    /// How fast, how slow and how far back a game goes.
    pub fn time(&self) -> TimeSettings {
        TimeSettings { fast: self.fast_forward, slow: self.slow_motion, rewind_mb: self.rewind_mb }
    }

    /// How far games are run ahead of themselves.
    pub fn ahead(&self) -> AheadWish {
        AheadWish { frames: self.run_ahead, latch: self.late_latch }
    }

    fn from_table(table: Table) -> (Self, Vec<SettingsWarning>) {
        let (usable, warnings) = file::usable(table);
        let mut settings: Self = usable.clone().try_into().unwrap_or_default();
        // Serde's flattening makes tables of dates.
        for (key, value) in &mut settings.unknown {
            if let Some(read) = usable.get(key) {
                value.clone_from(read);
            }
        }
        settings.recent.truncate(MOST_RECENT);
        (settings, warnings)
    }

    fn to_toml(&self) -> String {
        // Every value is text, a number or one of TOML's other types: there is nothing that could fail.
        Table::try_from(self).unwrap_or_default().to_string()
    }
}

/// The host's name as the room takes it, or the system's name for them where nothing is left.
pub fn clean_name(name: &str) -> String {
    room::clean_name(name).unwrap_or_else(default_name)
}

fn default_name() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default();
    room::clean_name(&user).unwrap_or_else(|| "Host".into())
}

#[cfg(test)]
mod tests;
