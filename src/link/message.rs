//! What the two processes say to each other besides frames, sound and inputs: one JSON object a line, over a socket pair.
//!
//! Rare and small, so plainness beats speed. The host reads with a bound on the length of a line, and bounds what is in
//! it: what a core does to its process may make it say anything.

pub use super::core_message::{CoreMessage, MessageKind};
pub use super::errors::{CoreWarning, HardwareProblem, InvalidVideo, LoadError};

use super::subsystem::{MOST_SUBSYSTEMS, Subsystem, SubsystemGame};
use crate::content::ContentNote;
use crate::input::MAX_SEATS;
use crate::messages;
use crate::text::Spoken;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

/// The longest line either side takes.
pub const MAX_LINE: u64 = 1 << 20;

/// The most devices a core may name for one port.
pub const MAX_DEVICES: usize = 32;
/// The most environment calls that are told of.
pub const MAX_CALLS: usize = 512;
/// The most discs of one game.
pub const MAX_DISCS: usize = 64;
/// The most controls a core may name.
pub const MAX_CONTROLS: usize = 512;
/// The longest name of a device or a control, in characters.
pub const MAX_NAME: usize = 100;
/// The longest text in an error or a warning, in characters: a path has at most 4096.
pub const MAX_TEXT: usize = 4096;

/// From the host to the core process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToCore {
    /// First message: what to run.
    Load(Load),
    /// Stop running frames; answered by `Paused(true)`.
    Pause,
    /// Go on; answered by `Paused(false)`.
    Resume,
    /// `retro_reset`.
    Reset,
    /// Go through time in this way from now on.
    Tempo(Tempo),
    /// Run one frame of a game that is paused.
    Step,
    /// Write a save state into the shared memory; answered by `StateSaved`.
    SaveState {
        /// Comes back in the answer.
        ticket: u32,
    },
    /// Put back the state in the host's area; answered by `StateLoaded`.
    LoadState {
        /// Comes back in the answer.
        ticket: u32,
    },
    /// Set a core option, by the core's name for it.
    Option { key: String, value: String },
    /// Plug another device into a port; answered by `Controllers` if the core offers it there.
    Device {
        /// From 0.
        port: u32,
        /// One of the core's, see [`PortDevices`].
        id: u32,
    },
    /// Open the drive, or put a disc in; answered by `Discs` if that changed anything.
    Disc(DiscCommand),
    /// Answered by `Pong`, from the thread that runs the core.
    Ping,
    /// Write what is to be saved, unload and end.
    Stop,
}

/// What is done with the drive of a game that has several discs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiscCommand {
    Eject,
    /// The disc with this index from 0, and close the drive.
    Insert(u32),
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// The core's shared library.
    #[serde(with = "super::paths")]
    pub core: PathBuf,
    /// The content.
    #[serde(with = "super::paths::optional")]
    pub content: Option<PathBuf>,
    /// The game is one of several files, of which the content is the first.
    #[serde(default)]
    pub several: Option<Box<SubsystemGame>>,
    /// Nothing is run: the core says what it has, answered by `Subsystems` and `Ended`.
    #[serde(default)]
    pub only_asked: bool,
    /// Options set before the core is initialised.
    pub options: Vec<(String, String)>,
    /// Those that the core does not know are told.
    pub options_typed: bool,
    /// Port and device: what to plug in once the content is loaded. Everywhere else, and where the core does not offer
    /// it, it is an ordinary pad.
    pub devices: Vec<(u32, u32)>,
    /// Where cores look for BIOS files.
    #[serde(with = "super::paths")]
    pub system_dir: PathBuf,
    /// Where cores that write files of their own may.
    #[serde(with = "super::paths")]
    pub save_dir: PathBuf,
    /// Where content is unpacked that the core opens by its path. The host takes it away when the game is closed; a core process that
    /// follows a crash finds there what its predecessor unpacked.
    #[serde(with = "super::paths")]
    pub temp_dir: PathBuf,
    /// What the core may speak and name its options in.
    pub language: Spoken,
    /// Put the newest automatic state back once loaded.
    pub revive: bool,
    /// How to run it.
    pub pace: Pace,
    /// How the host holds the core process.
    pub bounds: Bounds,
    /// Memory for going back in time, in megabytes; 0 for none.
    pub rewind_mb: u32,
}

impl Load {
    /// With paths that do not depend on the folder that the program was started in, as other front ends hand them over: cores
    /// take the folder out of a path and fall over where there is none. Links stay as they are.
    pub fn with_absolute_paths(mut self) -> Load {
        let paths = [&mut self.core, &mut self.system_dir, &mut self.save_dir, &mut self.temp_dir];
        let several = self.several.iter_mut().flat_map(|game| &mut game.files).filter_map(|file| file.0.as_mut());
        for path in paths.into_iter().chain(&mut self.content).chain(several) {
            // An empty one stays empty.
            if let Ok(absolute) = std::path::absolute(&*path) {
                *path = absolute;
            }
        }
        self
    }
}

/// How the host holds a core process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// It may do nothing but what its task needs; false for a core that the person lets do everything.
    pub confined: bool,
    /// It is ended when it uses more memory than this; 0 for no limit.
    pub memory_mb: u64,
    /// Where the host writes what is known of a crash; none for nowhere.
    #[serde(with = "super::paths::optional")]
    pub reports: Option<PathBuf>,
}

impl Bounds {
    /// Where nobody set another: more than any console needed, less than what ends other programs on a usual machine.
    pub const USUAL_MEMORY_MB: u64 = 4096;
    /// Less than this would end every core at once.
    pub const LEAST_MEMORY_MB: u64 = 64;
    /// What a person has to write to let a core do everything.
    pub const TRUST_WORDS: &str = "this core may do everything I may";
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { confined: true, memory_mb: Self::USUAL_MEMORY_MB, reports: None }
    }
}

/// How fast frames are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pace {
    /// At the core's own rate.
    Real,
    /// As fast as the machine can: for `check`.
    Unthrottled {
        /// Frames to run, then stop.
        frames: u64,
    },
}

/// How a running game goes through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Tempo {
    /// At the core's own rate.
    #[default]
    Normal,
    /// So many times as fast; 0 for as fast as the machine can.
    Fast(u32),
    /// So many times as slow, at least 1.
    Slow(u32),
    /// Back, frame by frame, and no further than what is remembered.
    Rewind,
}

/// From the core process to the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FromCore {
    /// The machines that take several files. Comes before `Loaded`, if the core has any.
    Subsystems(Vec<Subsystem>),
    /// The content runs.
    Loaded(Loaded),
    /// It could not be loaded. The process ends.
    LoadFailed(LoadError),
    /// Timing or sizes changed while running.
    AvChanged(AvInfo),
    /// A line that the core logged.
    Log {
        /// 0 debug, 1 info, 2 warning, 3 error.
        level: u32,
        /// Without a line end.
        text: String,
    },
    /// Something the core wants people to read. Status and progress come ten times a second at most.
    Message(CoreMessage),
    /// Something about the core that people should know. Each kind comes once.
    Warning(CoreWarning),
    /// Something about the content that people should know: a patch, a disc that is odd. Comes before `Loaded`.
    Content(ContentNote),
    /// The game was paused (true) or goes on.
    Paused(bool),
    /// Answer to `SaveState`.
    StateSaved {
        /// The question's.
        ticket: u32,
        /// Whether a state is there now.
        ok: bool,
    },
    /// Answer to `LoadState`.
    StateLoaded {
        /// The question's.
        ticket: u32,
        /// Whether the core took it.
        ok: bool,
    },
    /// The core's options changed.
    Options(Vec<OptionInfo>),
    /// What can be plugged in and what is: one for each seat, so this is also how many there are. Comes after `Loaded`
    /// and whenever it changes.
    Controllers(Vec<PortDevices>),
    /// What the core calls its controls. Comes when the core names them, but after `Loaded`.
    Controls(Vec<ControlName>),
    /// What the core asks for besides pads. Comes when it asks for another for the first time, but after `Loaded`.
    Wants(Wants),
    /// The discs of a game that has a drive. Comes after `Loaded` and whenever it changes.
    Discs(Discs),
    /// Going back in time is given up: the core's states take too long, or too much room, or it makes none. Comes again when the core is
    /// told to go back all the same.
    NoRewind,
    /// Answer to `Ping`.
    Pong,
    /// The core asked to end, or `Stop` was carried out, or all frames of `Unthrottled` ran.
    Ended(Report),
}

/// What became of the load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    pub name: String,
    pub version: String,
    /// Extensions it says it takes, separated by `|`.
    pub extensions: String,
    /// Sizes and rates.
    pub av: AvInfo,
    /// Bytes of a save state now; 0 when the core has none.
    pub state_bytes: u64,
    /// Bytes of battery-backed memory.
    pub sram_bytes: u64,
    /// Controller ports.
    pub ports: usize,
    /// Options with their values.
    pub options: Vec<OptionInfo>,
    /// The automatic state was put back.
    pub revived: bool,
}

/// `retro_system_av_info`, checked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AvInfo {
    /// Usual size.
    pub base_width: u32,
    /// Usual size.
    pub base_height: u32,
    /// Largest size the core promised.
    pub max_width: u32,
    /// Largest size the core promised.
    pub max_height: u32,
    /// Display aspect ratio; 0 when it is just width by height.
    pub aspect: f32,
    pub fps: f64,
    pub sample_rate: f64,
}

/// One core option. Texts for people are in the language that was loaded with, as far as the core has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OptionInfo {
    /// The core's name for it.
    pub key: String,
    /// The group that the core puts it in; empty for none.
    pub category: String,
    /// What the core says it is.
    pub label: String,
    /// What the core says of it at length; may be empty.
    pub info: String,
    /// What it can be; empty for free text.
    pub values: Vec<String>,
    /// What people read for each of the values.
    pub labels: Vec<String>,
    /// What it is.
    pub value: String,
    /// What it is where nobody asks for another.
    #[serde(default)]
    pub default: String,
    /// It is of use now, as other options are set.
    pub visible: bool,
}

impl OptionInfo {
    /// One label for each value.
    fn bound(&mut self) {
        self.labels.truncate(self.values.len());
        for value in &self.values[self.labels.len()..] {
            self.labels.push(value.clone());
        }
    }
}

/// The discs of one game.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Discs {
    /// What each is called; empty where the core does not say.
    pub names: Vec<String>,
    /// The one that is in the closed drive, from 0.
    pub inserted: Option<u32>,
    /// The one that is in when the drive is closed, from 0; as many as there are discs for none.
    pub chosen: u32,
}

/// One controller port.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortDevices {
    /// What the core offers to plug in: libretro's number, and the core's name for it. Empty: it does not say.
    pub types: Vec<(u32, String)>,
    /// What is plugged in.
    pub plugged: u32,
}

/// What the core calls one button or axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlName {
    /// Whose.
    pub seat: usize,
    /// `RETRO_DEVICE_*`: 1 for a pad's buttons, 5 for its sticks.
    pub device: u32,
    /// `RETRO_DEVICE_INDEX_*`: for sticks 0 the left one, 1 the right one.
    pub index: u32,
    /// `RETRO_DEVICE_ID_*`: the button's number, or 0 for x and 1 for y.
    pub id: u32,
    /// Such as "Jump".
    pub name: String,
}

/// Devices besides pads that the core asked for since it was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Wants {
    pub keyboard: bool,
    pub mouse: bool,
    pub lightgun: bool,
    pub pointer: bool,
}

/// A core's name for something, fit to be shown: without control characters and of bounded length.
pub fn plain_name(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

/// Takes out control characters and what is beyond [`MAX_TEXT`].
pub fn bound_text(text: &mut String) {
    text.retain(|c| !c.is_control());
    cut(text);
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(end);
    }
}

impl FromCore {
    /// The same within the bounds that the core process keeps to, should it no longer be itself.
    pub fn bounded(mut self) -> FromCore {
        match &mut self {
            FromCore::LoadFailed(error) => error.bound(),
            FromCore::Warning(warning) => warning.bound(),
            FromCore::Content(note) => note.bound(bound_text),
            FromCore::Message(message) => message.bound(),
            FromCore::Log { text, .. } => cut(text),
            FromCore::Subsystems(all) => {
                all.truncate(MOST_SUBSYSTEMS);
                *all = std::mem::take(all).into_iter().filter_map(Subsystem::bounded).collect();
            }
            FromCore::Controllers(ports) => {
                ports.truncate(MAX_SEATS);
                for port in ports {
                    port.types.truncate(MAX_DEVICES);
                    port.types.iter_mut().for_each(|(_, name)| *name = plain_name(name));
                }
            }
            FromCore::Controls(controls) => {
                controls.truncate(MAX_CONTROLS);
                controls.retain(|control| control.seat < MAX_SEATS);
                controls.iter_mut().for_each(|control| control.name = plain_name(&control.name));
            }
            FromCore::Loaded(loaded) => {
                loaded.ports = loaded.ports.clamp(1, MAX_SEATS);
                loaded.options.iter_mut().for_each(OptionInfo::bound);
            }
            FromCore::Options(options) => options.iter_mut().for_each(OptionInfo::bound),
            FromCore::Discs(discs) => {
                discs.names.truncate(MAX_DISCS);
                discs.names.iter_mut().for_each(|name| *name = plain_name(name));
                discs.inserted = discs.inserted.filter(|index| (*index as usize) < discs.names.len());
            }
            FromCore::Ended(report) => {
                report.calls.truncate(MAX_CALLS);
                for seen in &mut report.calls {
                    (seen.name, seen.reason) = (plain_name(&seen.name), plain_name(&seen.reason));
                }
                if let Some(seen) = &mut report.hardware {
                    for text in [&mut seen.api, &mut seen.version, &mut seen.renderer] {
                        *text = plain_name(text);
                    }
                }
            }
            _ => {}
        }
        self
    }
}

/// What was seen of the core while it ran: the substance of `hotseat check`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    pub frames: u64,
    /// Frames that were "the same again".
    pub duplicates: u64,
    /// Each size seen, with how often: width, height, frames.
    pub sizes: Vec<(u32, u32, u64)>,
    /// Pixel formats seen.
    pub formats: Vec<String>,
    /// Stereo samples made.
    pub samples: u64,
    /// Environment calls that the core made.
    pub calls: Vec<CallSeen>,
    /// Pictures that were refused: sizes, pitch or format that make no sense.
    pub refused_frames: u64,
    /// Mean time of `retro_run`, in microseconds.
    pub run_mean_us: f64,
    /// Longest time of `retro_run`, in microseconds.
    pub run_max_us: f64,
    /// What the core drew with, if that was the graphics card.
    pub hardware: Option<HardwareSeen>,
    /// Automatic states.
    #[serde(default)]
    pub states: StatesSeen,
    /// What was remembered to go back to.
    #[serde(default)]
    pub rewind: RewindSeen,
}

/// What going back in time took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RewindSeen {
    /// States that were remembered.
    pub count: u64,
    /// All of them together, in microseconds.
    pub total_us: f64,
    /// Bytes that are held at the end, for all that can be gone back to.
    pub bytes: u64,
    /// Frames that can be gone back at the end.
    pub frames: u64,
    /// Bytes of one whole state.
    pub state_bytes: u64,
}

/// What a core drew with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HardwareSeen {
    /// What it asked for.
    pub api: String,
    /// What it got, in the driver's words.
    pub version: String,
    /// Who drew, in the driver's words.
    pub renderer: String,
    /// Contexts that it had, one after the other.
    pub contexts: u32,
    /// Pictures that were read back.
    pub pictures: u64,
}

/// What automatic states took.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct StatesSeen {
    pub count: u64,
    /// All of them together, in microseconds.
    pub total_us: f64,
    /// The longest, in microseconds.
    pub max_us: f64,
}

/// One environment call, and how often the core heard yes and no.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallSeen {
    /// Without its flags.
    pub call: u32,
    /// In libretro.h, without `RETRO_ENVIRONMENT_`; empty for one that it does not have.
    pub name: String,
    pub answered: u64,
    pub refused: u64,
    /// Why, for a call that is always refused.
    pub reason: String,
}

messages! {
    /// Why a line is no message: a clause.
    pub enum BadMessage in bad_message {
        /// Longer than [`MAX_LINE`], or cut off.
        endless => Endless,
        malformed => Malformed { detail: String },
    }
}

/// Why no message was read.
#[derive(Debug)]
pub enum ReceiveError {
    /// The socket. What was read of a line before is kept for the next call.
    Io(io::Error),
    Message(BadMessage),
}

impl From<io::Error> for ReceiveError {
    fn from(error: io::Error) -> ReceiveError {
        ReceiveError::Io(error)
    }
}

/// Writes one message. One that the other side would not take is an error of this one.
pub fn send<T: Serialize>(to: &mut impl Write, message: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    if line.len() as u64 > MAX_LINE {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a message that is too long"));
    }
    to.write_all(&line)
}

/// What one look at the stream brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<T> {
    Message(T),
    /// Not yet a whole one.
    Part,
    End,
}

/// Reads one message; none at the end.
pub fn receive<T: DeserializeOwned>(from: &mut impl BufRead, line: &mut Vec<u8>) -> Result<Option<T>, ReceiveError> {
    loop {
        match receive_some(from, line)? {
            Received::Message(message) => return Ok(Some(message)),
            Received::Part => {}
            Received::End => return Ok(None),
        }
    }
}

/// Reads what is there, and waits for it once: whoever has something else to look after is not held up by one who sends a
/// message byte by byte. `line` keeps what is not whole.
pub fn receive_some<T: DeserializeOwned>(
    from: &mut impl BufRead,
    line: &mut Vec<u8>,
) -> Result<Received<T>, ReceiveError> {
    let there = match from.fill_buf() {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Received::Part),
        Err(error) => return Err(error.into()),
    };
    if there.is_empty() {
        return match line.is_empty() {
            true => Ok(Received::End),
            false => Err(ReceiveError::Message(BadMessage::Endless)),
        };
    }
    let end = there.iter().position(|byte| *byte == b'\n');
    let taken = end.map_or(there.len(), |end| end + 1);
    line.extend_from_slice(&there[..taken]);
    from.consume(taken);
    if line.len() as u64 > MAX_LINE {
        return Err(ReceiveError::Message(BadMessage::Endless));
    }
    if end.is_none() {
        return Ok(Received::Part);
    }
    let message = serde_json::from_slice(line);
    line.clear();
    message
        .map(Received::Message)
        .map_err(|error| ReceiveError::Message(BadMessage::Malformed { detail: error.to_string() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let mut bytes = Vec::new();
        send(&mut bytes, &ToCore::SaveState { ticket: 4 }).expect("send");
        send(&mut bytes, &ToCore::Stop).expect("send");
        let (mut from, mut line) = (&bytes[..], Vec::new());
        let mut next = || receive::<ToCore>(&mut from, &mut line).expect("receive");
        assert_eq!(next(), Some(ToCore::SaveState { ticket: 4 }));
        assert_eq!(next(), Some(ToCore::Stop));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_message_in_pieces_is_heard_when_it_is_whole_and_one_without_end_is_none() {
        let mut line = Vec::new();
        let mut hear = |bytes: &[u8]| receive_some::<ToCore>(&mut { bytes }, &mut line);
        assert!(matches!(hear(b"\"Sto"), Ok(Received::Part)));
        assert!(matches!(hear(b"p\"\n"), Ok(Received::Message(ToCore::Stop))));
        assert!(matches!(hear(b""), Ok(Received::End)));
        let half = vec![b'x'; MAX_LINE as usize / 2 + 1];
        assert!(matches!(hear(&half), Ok(Received::Part)));
        assert!(matches!(hear(&half), Err(ReceiveError::Message(BadMessage::Endless))));
        let long = ToCore::Option { key: "x".repeat(MAX_LINE as usize), value: String::new() };
        assert!(send(&mut Vec::new(), &long).is_err());
    }

    #[test]
    fn paths_do_not_depend_on_where_the_program_was_started() {
        let here = std::env::current_dir().expect("a folder");
        let load = load("a.nds", "core.so").with_absolute_paths();
        assert_eq!((load.content, load.core), (Some(here.join("a.nds")), here.join("core.so")));
        assert_eq!(load.temp_dir, PathBuf::new());
    }

    fn load(content: &str, core: &str) -> Load {
        Load {
            core: core.into(),
            content: Some(content.into()),
            several: None,
            only_asked: false,
            options: Vec::new(),
            options_typed: false,
            devices: Vec::new(),
            system_dir: "/system".into(),
            save_dir: "/saves".into(),
            temp_dir: PathBuf::new(),
            language: Spoken::English,
            revive: false,
            pace: Pace::Real,
            bounds: Bounds::default(),
            rewind_mb: 0,
        }
    }

    #[test]
    fn names_lose_what_cannot_be_shown_and_are_cut() {
        assert_eq!(plain_name(" Ju\u{7}mp\r\n\u{9b}\t"), "Jump");
        assert_eq!(plain_name(&"\u{e9}".repeat(300)), "\u{e9}".repeat(MAX_NAME));
    }

    #[test]
    fn lists_beyond_their_bounds_are_cut() {
        let long = || "x\n".repeat(MAX_NAME * 2);
        let port = PortDevices { types: vec![(1, long()); MAX_DEVICES + 1], plugged: 1 };
        let bounded = FromCore::Controllers(vec![port; MAX_SEATS + 1]).bounded();
        let port = PortDevices { types: vec![(1, "x".repeat(MAX_NAME)); MAX_DEVICES], plugged: 1 };
        assert_eq!(bounded, FromCore::Controllers(vec![port; MAX_SEATS]));

        let control = |seat, name| ControlName { seat, device: 1, index: 0, id: 0, name };
        let mut controls = vec![control(MAX_SEATS, long())];
        controls.resize(MAX_CONTROLS + 9, control(0, long()));
        let bounded = FromCore::Controls(controls).bounded();
        assert_eq!(bounded, FromCore::Controls(vec![control(0, "x".repeat(MAX_NAME)); MAX_CONTROLS - 1]));
    }

    #[test]
    fn the_longest_lists_fit_into_a_line() {
        let name = "\u{10ffff}\"".repeat(MAX_NAME / 2);
        let port = PortDevices { types: vec![(u32::MAX, name.clone()); MAX_DEVICES], plugged: u32::MAX };
        let control = ControlName { seat: 7, device: u32::MAX, index: u32::MAX, id: u32::MAX, name };
        for message in [FromCore::Controllers(vec![port; MAX_SEATS]), FromCore::Controls(vec![control; MAX_CONTROLS])] {
            let mut bytes = Vec::new();
            send(&mut bytes, &message).expect("send");
            let back = receive::<FromCore>(&mut &bytes[..], &mut Vec::new()).expect("it fits");
            assert_eq!(back.map(FromCore::bounded), Some(message));
        }
    }

    #[test]
    fn nonsense_and_endless_lines_are_errors() {
        for bad in [&b"{\"Nope\":1}\n"[..], b"\xff\xfe\n", b"\"Stop\""] {
            assert!(receive::<ToCore>(&mut &bad[..], &mut Vec::new()).is_err());
        }
        let endless = vec![b'x'; MAX_LINE as usize + 10];
        assert!(receive::<ToCore>(&mut &endless[..], &mut Vec::new()).is_err());
    }
}
