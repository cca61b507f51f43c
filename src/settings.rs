//! What a person chose, kept between runs in one TOML file.
//!
//! Reading never fails: a bad value is a warning and its default, and keys that this version does not know are
//! written back as they were.

use crate::files::write_atomically;
use crate::packet::Format;
use crate::room;
use crate::text::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The most games that are remembered.
pub const MOST_RECENT: usize = 12;
/// Presses of a turbo button in a second, where no others were asked for: the page's.
pub const TURBO_HZ: u32 = 12;
/// What can be asked for, least and most: the page's.
pub const TURBO_RATES: [u32; 2] = [4, 30];
/// The port of the page and of the media, where nothing else was asked for.
pub const DEFAULT_PORT: u16 = 8470;

/// Everything that is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The host's own name, as the others see it; never empty.
    pub host_name: String,
    /// The language of the window.
    pub language: Language,
    /// The speaker's volume, 0.0 to 1.0.
    pub volume: f32,
    /// How the picture fills the window.
    pub scaling: Scaling,
    /// The one video format that friends are sent; none for the best that each one's browser takes.
    pub codec: Option<Format>,
    /// The left stick also presses the d-pad, for games that know no stick.
    pub stick_moves_dpad: bool,
    /// Keys chosen by hand for the keyboard's two sets: by button, the key's name.
    pub keyboard: [BTreeMap<String, String>; 2],
    /// Buttons of the keyboard's two sets that press themselves again and again while held; those of the first also on
    /// gamepads.
    pub turbo: [BTreeSet<String>; 2],
    /// How often they do, in a second.
    pub turbo_hz: u32,
    /// The games opened last, newest first.
    pub recent: Vec<Recent>,
    /// The core chosen for a file type: extension in lower case, the core's file.
    pub core_for: BTreeMap<String, PathBuf>,
    /// Options changed by hand: by core (its file's stem), then by the option's key.
    pub core_options: BTreeMap<String, BTreeMap<String, String>>,
    /// Folders searched for cores besides the usual ones.
    pub core_folders: Vec<PathBuf>,
    /// Where cores look for BIOS files; none for the program's own folder.
    pub system_dir: Option<PathBuf>,
    /// Ask about everyone who opens the link.
    pub ask_before_joining: bool,
    /// Names under which friends reach this machine, beside its own.
    pub allow_names: Vec<String>,
    /// Port of the page.
    pub http_port: u16,
    /// Port of the media.
    pub udp_port: u16,
    /// The window's inner size in points.
    pub window: [f32; 2],
    /// The file as it was read, for the keys that are not known here.
    unknown: Table,
}

/// A game that was opened before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The content; none for a core that is a game of its own.
    pub content: Option<PathBuf>,
    /// The core it ran on.
    pub core: PathBuf,
    /// What people call it.
    pub title: String,
}

/// How the picture fills the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// As large as fits; pixels stay sharp, only their edges are blended.
    #[default]
    Sharp,
    /// Rows are a whole number of screen pixels high.
    Whole,
}

const LANGUAGES: &[(&str, Language)] =
    &[("system", Language::System), ("en", Language::English), ("zh-CN", Language::Chinese)];
const SCALINGS: &[(&str, Scaling)] = &[("sharp", Scaling::Sharp), ("whole", Scaling::Whole)];

/// The keyboard's two sets of keys.
const KEYBOARDS: [&str; 2] = ["keyboard", "keyboard_2"];
/// Their buttons with turbo.
const TURBOS: [&str; 2] = ["turbo", "turbo_2"];

/// Every choice of a video format, by its name in the file.
fn codecs() -> Vec<(&'static str, Option<Format>)> {
    let all = Format::ALL.into_iter().map(|format| (format.name(), Some(format)));
    std::iter::once(("auto", None)).chain(all).collect()
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host_name: default_name(),
            language: Language::System,
            volume: 1.0,
            scaling: Scaling::Sharp,
            codec: None,
            stick_moves_dpad: true,
            keyboard: Default::default(),
            turbo: Default::default(),
            turbo_hz: TURBO_HZ,
            recent: Vec::new(),
            core_for: BTreeMap::new(),
            core_options: BTreeMap::new(),
            core_folders: Vec::new(),
            system_dir: None,
            ask_before_joining: false,
            allow_names: Vec::new(),
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
    /// Reads the file, with one sentence for everything in it that could not be used.
    ///
    /// A file that is no TOML at all is kept beside the new one, with the ending `.bad`.
    pub fn load(path: &Path) -> (Self, Vec<String>) {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return (Self::default(), Vec::new()),
            Err(error) => {
                let warning = format!("The settings in {} cannot be read ({error}).", path.display());
                return (Self::default(), vec![warning]);
            }
        };
        match String::from_utf8_lossy(&bytes).parse::<Table>() {
            Ok(table) => Self::from_table(table),
            Err(error) => {
                let kept = path.with_extension("toml.bad");
                // The warning below names the file; without room for a copy there is nothing else to do.
                let _ = fs::copy(path, &kept);
                let warning = format!(
                    "The settings in {} are damaged ({}); the defaults are used, and the old file is kept as {}.",
                    path.display(),
                    error.message(),
                    kept.display()
                );
                (Self::default(), vec![warning])
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
        self.recent.retain(|old| old.content != game.content || (old.content.is_none() && old.core != game.core));
        self.recent.insert(0, game);
        self.recent.truncate(MOST_RECENT);
    }

    /// What to call a core in [`Settings::core_options`].
    pub fn core_key(core: &Path) -> String {
        let stem = core.file_stem().unwrap_or_default().to_string_lossy();
        stem.strip_suffix("_libretro").unwrap_or(&stem).to_owned()
    }

    fn from_table(table: Table) -> (Self, Vec<String>) {
        let mut reader = Reader { table: &table, warnings: Vec::new() };
        let default = Self::default();
        let mut settings = Self {
            host_name: reader.text("host_name").map_or(default.host_name, |name| clean_name(&name)),
            language: reader.choice("language", LANGUAGES),
            volume: reader.number("volume", 0.0, 1.0).unwrap_or(default.volume),
            scaling: reader.choice("scaling", SCALINGS),
            codec: reader.choice("codec", &codecs()),
            stick_moves_dpad: reader.read("stick_moves_dpad", "true or false", Value::as_bool).unwrap_or(true),
            keyboard: KEYBOARDS
                .map(|set| reader.map(set, "the name of a key", |value| value.as_str().map(str::to_owned))),
            turbo: TURBOS.map(|set| {
                let names = reader.list(set, "the name of a button", |value| value.as_str().map(str::to_owned));
                names.into_iter().collect()
            }),
            turbo_hz: reader.turbo_hz(),
            recent: reader.list("recent", "a game with a core and a title", recent_from),
            core_for: reader.map("core_for", "a path", |value| value.as_str().map(PathBuf::from)),
            core_options: reader.map("core_options", "a table of texts", options_from),
            core_folders: reader.list("core_folders", "a path", |value| value.as_str().map(PathBuf::from)),
            system_dir: reader.text("system_dir").filter(|dir| !dir.is_empty()).map(PathBuf::from),
            ask_before_joining: reader.read("ask_before_joining", "true or false", Value::as_bool).unwrap_or(false),
            allow_names: reader.list("allow_names", "a text", |value| value.as_str().map(str::to_owned)),
            http_port: reader.port("http_port"),
            udp_port: reader.port("udp_port"),
            window: reader
                .read("window", "a width and a height from 320 to 16384", size_from)
                .unwrap_or(default.window),
            unknown: Table::new(),
        };
        let warnings = reader.warnings;
        settings.recent.truncate(MOST_RECENT);
        settings.unknown = table;
        (settings, warnings)
    }

    fn to_toml(&self) -> String {
        let mut table = self.unknown.clone();
        let mut set = |key: &str, value: Value| table.insert(key.to_owned(), value);
        set("host_name", self.host_name.as_str().into());
        set("language", name_of(LANGUAGES, self.language).into());
        set("volume", rounded(self.volume));
        set("scaling", name_of(SCALINGS, self.scaling).into());
        set("codec", name_of(&codecs(), self.codec).into());
        set("stick_moves_dpad", self.stick_moves_dpad.into());
        for (name, keys) in KEYBOARDS.into_iter().zip(&self.keyboard) {
            set(name, Value::Table(keys.iter().map(|(k, v)| (k.clone(), v.as_str().into())).collect()));
        }
        for (name, buttons) in TURBOS.into_iter().zip(&self.turbo) {
            set(name, buttons.iter().map(|button| Value::from(button.as_str())).collect::<Vec<_>>().into());
        }
        set("turbo_hz", i64::from(self.turbo_hz).into());
        set("recent", self.recent.iter().map(recent_to).collect::<Vec<_>>().into());
        set("core_for", Value::Table(self.core_for.iter().map(|(k, v)| (k.clone(), path_to(v))).collect()));
        set("core_options", Value::Table(self.core_options.iter().map(options_to).collect()));
        set("core_folders", self.core_folders.iter().map(|p| path_to(p)).collect::<Vec<_>>().into());
        set("ask_before_joining", self.ask_before_joining.into());
        set("allow_names", self.allow_names.iter().map(|name| Value::from(name.as_str())).collect::<Vec<_>>().into());
        set("http_port", i64::from(self.http_port).into());
        set("udp_port", i64::from(self.udp_port).into());
        set("window", self.window.iter().map(|side| rounded(*side)).collect::<Vec<_>>().into());
        match &self.system_dir {
            Some(dir) => table.insert("system_dir".into(), path_to(dir)),
            None => table.remove("system_dir"),
        };
        table.to_string()
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

/// Takes values out of a table, noting each that is there and cannot be used.
struct Reader<'a> {
    table: &'a Table,
    warnings: Vec<String>,
}

impl Reader<'_> {
    fn read<T>(&mut self, key: &str, wanted: &str, parse: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.table.get(key)?;
        let parsed = parse(value);
        if parsed.is_none() {
            self.warn(key, value, wanted);
        }
        parsed
    }

    fn warn(&mut self, key: &str, value: &Value, wanted: &str) {
        let shown: String = value.to_string().chars().take(60).collect();
        self.warnings.push(format!("The setting {key} is {shown}, which is not {wanted}; its default is used."));
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.read(key, "a text", |value| value.as_str().map(str::to_owned))
    }

    fn number(&mut self, key: &str, least: f32, most: f32) -> Option<f32> {
        self.read(key, &format!("a number from {least} to {most}"), |value| {
            as_number(value).filter(|n| (least..=most).contains(n))
        })
    }

    fn port(&mut self, key: &str) -> u16 {
        self.read(key, "a port from 0 to 65535", |value| u16::try_from(value.as_integer()?).ok())
            .unwrap_or(DEFAULT_PORT)
    }

    fn turbo_hz(&mut self) -> u32 {
        let [least, most] = TURBO_RATES;
        self.read("turbo_hz", &format!("a number from {least} to {most}"), |value| {
            u32::try_from(value.as_integer()?).ok().filter(|hz| (least..=most).contains(hz))
        })
        .unwrap_or(TURBO_HZ)
    }

    fn choice<T: Copy + Default>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.read(key, &format!("one of {}", names.join(", ")), |value| {
            let name = value.as_str()?;
            choices.iter().find(|(known, _)| *known == name).map(|(_, choice)| *choice)
        })
        .unwrap_or_default()
    }

    /// Entries that cannot be used are left out, each with a warning.
    fn list<T>(&mut self, key: &str, wanted: &str, parse: impl Fn(&Value) -> Option<T>) -> Vec<T> {
        let values = self.read(key, "a list", |value| value.as_array().cloned()).unwrap_or_default();
        let mut list = Vec::new();
        for value in &values {
            match parse(value) {
                Some(parsed) => list.push(parsed),
                None => self.warn(key, value, wanted),
            }
        }
        list
    }

    fn map<T>(&mut self, key: &str, wanted: &str, parse: impl Fn(&Value) -> Option<T>) -> BTreeMap<String, T> {
        let values = self.read(key, "a table", |value| value.as_table().cloned()).unwrap_or_default();
        let mut map = BTreeMap::new();
        for (name, value) in &values {
            match parse(value) {
                Some(parsed) => drop(map.insert(name.clone(), parsed)),
                None => self.warn(&format!("{key}.{name}"), value, wanted),
            }
        }
        map
    }
}

fn as_number(value: &Value) -> Option<f32> {
    let number = value.as_float().or_else(|| value.as_integer().map(|n| n as f64))? as f32;
    number.is_finite().then_some(number)
}

fn size_from(value: &Value) -> Option<[f32; 2]> {
    let sides: Vec<f32> = value.as_array()?.iter().filter_map(as_number).collect();
    let size = <[f32; 2]>::try_from(sides).ok()?;
    size.iter().all(|side| (320.0..=16384.0).contains(side)).then_some(size)
}

fn recent_from(value: &Value) -> Option<Recent> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    Some(Recent {
        content: text("content").map(PathBuf::from),
        core: text("core")?.into(),
        title: text("title")?.to_owned(),
    })
}

fn recent_to(game: &Recent) -> Value {
    let mut table = Table::new();
    if let Some(content) = &game.content {
        table.insert("content".into(), path_to(content));
    }
    table.insert("core".into(), path_to(&game.core));
    table.insert("title".into(), game.title.as_str().into());
    Value::Table(table)
}

fn options_from(value: &Value) -> Option<BTreeMap<String, String>> {
    let pairs = value.as_table()?.iter();
    pairs.map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

fn options_to((core, options): (&String, &BTreeMap<String, String>)) -> (String, Value) {
    let table = options.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
    (core.clone(), Value::Table(table))
}

fn path_to(path: &Path) -> Value {
    path.to_string_lossy().as_ref().into()
}

/// To three decimals, so that 0.8 is not written as 0.800000011920929.
fn rounded(number: f32) -> Value {
    ((f64::from(number) * 1000.0).round() / 1000.0).into()
}

fn name_of<T: PartialEq>(choices: &[(&'static str, T)], choice: T) -> &'static str {
    choices.iter().find(|(_, known)| *known == choice).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Settings, Vec<String>) {
        Settings::from_table(text.parse().unwrap())
    }

    fn full() -> Settings {
        Settings {
            host_name: "Ada".into(),
            language: Language::Chinese,
            volume: 0.8,
            scaling: Scaling::Whole,
            codec: Format::from_name("vp8"),
            stick_moves_dpad: false,
            keyboard: [[("a".to_owned(), "Space".to_owned())].into(), BTreeMap::new()],
            turbo: [BTreeSet::new(), ["b".to_owned()].into()],
            turbo_hz: 20,
            recent: vec![
                Recent {
                    content: Some("/games/a \"b\".nes".into()),
                    core: "/cores/nestopia_libretro.so".into(),
                    title: "a \"b\"".into(),
                },
                Recent { content: None, core: "/cores/arena_libretro.so".into(), title: "Arena".into() },
            ],
            core_for: [("nes".to_owned(), PathBuf::from("/cores/nestopia_libretro.so"))].into(),
            core_options: [("nestopia".to_owned(), [("a.b".to_owned(), "on".to_owned())].into())].into(),
            core_folders: vec!["/more cores".into()],
            ask_before_joining: true,
            allow_names: vec!["arcade.example".into()],
            system_dir: Some("/bios".into()),
            http_port: 1,
            udp_port: 0,
            window: [800.0, 600.5],
            unknown: Table::new(),
        }
    }

    #[test]
    fn what_is_saved_is_read_back() {
        let (mut read, warnings) = parse(&full().to_toml());
        assert_eq!(warnings, Vec::<String>::new());
        read.unknown.clear();
        assert_eq!(read, full());
        assert!(full().to_toml().contains("volume = 0.8\n"));
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        let (mut read, warnings) = parse("");
        read.unknown.clear();
        assert_eq!((read, warnings), (Settings::default(), Vec::new()));
    }

    #[test]
    fn each_bad_value_is_one_warning_and_its_default_and_the_good_ones_stay() {
        let (read, warnings) = parse(
            "host_name = 7\nvolume = 1.5\nscaling = \"blurry\"\nlanguage = []\nhttp_port = 70000\nudp_port = -1\n\
             window = [10, 10]\nrecent = [3, {title = \"x\", core = \"c\"}]\ncore_for = {nes = 1, gb = \"g\"}\n\
             stick_moves_dpad = \"yes\"\ncore_folders = \"one\"\ncore_options = {a = {b = 1}}\nsystem_dir = \"/bios\"\n",
        );
        assert_eq!(warnings.len(), 12, "{warnings:#?}");
        assert_eq!(read.volume, 1.0);
        assert_eq!(read.http_port, DEFAULT_PORT);
        assert_eq!(read.window, [1100.0, 720.0]);
        assert_eq!(read.recent.len(), 1);
        assert_eq!(read.core_for.len(), 1);
        assert_eq!(read.system_dir, Some("/bios".into()));
        assert!(
            warnings
                .iter()
                .any(|w| w
                    == "The setting scaling is \"blurry\", which is not one of sharp, whole; its default is used.")
        );
    }

    #[test]
    fn numbers_that_are_none_do_not_get_in() {
        for text in ["volume = nan", "volume = inf", "window = [nan, 700.0]", "volume = 1e300", "turbo_hz = 0"] {
            let (read, warnings) = parse(text);
            assert_eq!(warnings.len(), 1, "{text}");
            assert_eq!((read.volume, read.window, read.turbo_hz), (1.0, [1100.0, 720.0], TURBO_HZ));
        }
    }

    #[test]
    fn keys_of_another_version_survive_a_save() {
        let (mut read, _) = parse("volume = 0.5\nfuture = 3\n[later]\nx = [1, 2]\n");
        read.volume = 0.25;
        let again: Table = read.to_toml().parse().unwrap();
        assert_eq!(again["future"].as_integer(), Some(3));
        assert_eq!(again["later"]["x"].as_array().unwrap().len(), 2);
        assert_eq!(again["volume"].as_float(), Some(0.25));
    }

    #[test]
    fn a_damaged_file_is_kept_beside_and_the_defaults_are_used() {
        let folder = std::env::temp_dir().join(format!("hotseat-settings-{}", std::process::id()));
        let path = folder.join("settings.toml");
        write_atomically(&path, b"volume = = 3 \xff").unwrap();
        let (read, warnings) = Settings::load(&path);
        assert_eq!(read, Settings::default());
        assert_eq!(warnings.len(), 1);
        read.save(&path).unwrap();
        assert_eq!(fs::read(folder.join("settings.toml.bad")).unwrap(), b"volume = = 3 \xff");
        assert_eq!(Settings::load(&path).1, Vec::<String>::new());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_missing_file_is_no_warning() {
        let (read, warnings) = Settings::load(Path::new("/nowhere/settings.toml"));
        assert_eq!((read, warnings), (Settings::default(), Vec::new()));
    }

    #[test]
    fn a_game_opened_again_moves_to_the_front_and_the_list_stays_short() {
        let game = |n: usize, core: &str| Recent {
            content: Some(format!("/{n}.nes").into()),
            core: core.into(),
            title: n.to_string(),
        };
        let mut settings = Settings::default();
        for n in 0..20 {
            settings.remember(game(n, "a"));
        }
        assert_eq!(settings.recent.len(), MOST_RECENT);
        settings.remember(game(15, "b"));
        assert_eq!(settings.recent.len(), MOST_RECENT);
        assert_eq!(settings.recent[0], game(15, "b"));
        assert_eq!(settings.recent.iter().filter(|g| g.title == "15").count(), 1);
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(clean_name("  Ada\nLovelace  "), "AdaLovelace");
        assert_eq!(clean_name(&"x".repeat(99)).len(), room::MAX_NAME);
        assert!(!clean_name("\u{7}").is_empty());
    }
}
