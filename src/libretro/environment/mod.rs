//! Answers to what a core asks and tells through its environment callback, by families of calls.

mod calls;
mod content;
mod discs;
mod input;
mod messages;
mod options;
mod refusals;
mod sound;
mod system;
mod timing;
mod video;

#[cfg(test)]
mod tests;

pub use calls::{CALLS, name as call_name};
pub use timing::FastOverride;
pub use video::{NoHardware, Video};

use super::ahead::Run;
use super::discs::Drive;
use super::options::Options;
use super::sys::{self, Argument};
use crate::frame::PixelFormat;
use crate::input::MAX_SEATS;
use crate::link::message::{ControlName, FromCore, Tempo, Wants};
use crate::link::subsystem::Subsystem;
use crate::text::Spoken;
use calls::Counts;
use content::ContentOverride;
use messages::{Frequent, LOG_LINES_PER_SECOND, ProblemKind};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError};

/// The front end's answers, and what the core said so far.
pub struct Environment {
    pub video: Video,
    pub options: Options,
    /// Rate or size changed: the runner looks at `video` after the frame.
    pub av_changed: bool,
    pub supports_no_game: bool,
    /// It asked to end.
    pub shutdown: bool,
    pub ports: usize,
    /// Called for every key that is pressed or released.
    pub keyboard: Option<sys::retro_keyboard_callback>,
    /// Called before each frame with the time since the last, in microseconds.
    pub frame_time: Option<sys::retro_frame_time_callback>,
    /// How the game goes through time now.
    pub tempo: Tempo,
    /// One frame at a time, while it is paused.
    pub stepping: bool,
    /// What the frame is for that runs now.
    pub run: Run,
    /// Its picture is looked at.
    pub picture_wanted: bool,
    /// The state that the core is asked for, or given, does not leave this process.
    pub quick_state: bool,
    /// The core wants to be fast, or not to be made fast.
    pub fast_override: Option<FastOverride>,
    /// Asked for sound, by cores that do not send it with their frames.
    pub audio_callback: Option<sys::retro_audio_callback>,
    /// Told before each frame how much sound is in store.
    pub buffer_status: Option<sys::retro_audio_buffer_status_callback>,
    /// Asked which options are of use, after one was changed.
    pub options_display: Option<sys::retro_core_options_update_display_callback>,
    /// The core asked to draw with the graphics card, the last time in vain.
    pub no_hardware: Option<NoHardware>,
    /// What discs are changed with.
    pub drive: Option<Drive>,
    /// The content that is being loaded, for cores that want more than its path and its bytes.
    pub game_info: Option<sys::GameInfoExt>,
    /// Machines that take several files.
    pub subsystems: Vec<Subsystem>,
    /// Where the content lies.
    pub content_dir: Option<CString>,
    /// Every call that was made.
    pub calls: Counts,
    /// What went wrong while loading, in the core's own last words.
    pub last_error: String,
    core_name: String,
    system_dir: CString,
    save_dir: CString,
    core_path: CString,
    user_name: CString,
    language: Spoken,
    overrides: Vec<ContentOverride>,
    /// `RETRO_SERIALIZATION_QUIRK_*`.
    quirks: u64,
    log_budget: u32,
    status: Frequent,
    progress: Frequent,
    /// Kinds of problems that the host was told of.
    warned: Vec<ProblemKind>,
    /// What can be plugged into each port, in the core's words.
    offered: Vec<Vec<(u32, String)>>,
    plugged: [u32; MAX_SEATS],
    controls: Vec<ControlName>,
    wants: Wants,
    news: News,
    out: SyncSender<FromCore>,
}

/// What the host has not been told yet. A full queue drops log lines, but these are said again.
#[derive(Default)]
struct News {
    controllers: bool,
    controls: bool,
    wants: bool,
}

impl Environment {
    /// For the core at `core_path`; what it says goes to `out`, which drops log lines when full.
    pub fn new(
        core_path: &Path,
        system_dir: &Path,
        save_dir: &Path,
        options: Options,
        language: Spoken,
        out: SyncSender<FromCore>,
    ) -> Environment {
        let c = |path: &Path| CString::new(path.as_os_str().as_bytes()).unwrap_or_default();
        Environment {
            video: Video {
                format: PixelFormat::default(),
                rotation: 0,
                aspect: 0.0,
                base: (0, 0),
                max_width: 0,
                max_height: 0,
                fps: 60.0,
                sample_rate: 48_000.0,
            },
            options,
            av_changed: false,
            supports_no_game: false,
            shutdown: false,
            ports: 2,
            keyboard: None,
            frame_time: None,
            tempo: Tempo::Normal,
            stepping: false,
            run: Run::Real,
            picture_wanted: true,
            quick_state: false,
            fast_override: None,
            audio_callback: None,
            buffer_status: None,
            options_display: None,
            no_hardware: None,
            drive: None,
            game_info: None,
            subsystems: Vec::new(),
            content_dir: None,
            calls: Counts::default(),
            last_error: String::new(),
            core_name: core_path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            system_dir: c(system_dir),
            save_dir: c(save_dir),
            core_path: c(core_path),
            user_name: c"player".to_owned(),
            language,
            overrides: Vec::new(),
            quirks: 0,
            log_budget: LOG_LINES_PER_SECOND,
            status: Frequent::default(),
            progress: Frequent::default(),
            warned: Vec::new(),
            offered: Vec::new(),
            plugged: [sys::RETRO_DEVICE_JOYPAD; MAX_SEATS],
            controls: Vec::new(),
            wants: Wants::default(),
            news: News { controllers: true, ..News::default() },
            out,
        }
    }

    /// The core's name for messages, once it is known.
    pub fn set_core_name(&mut self, name: &str) {
        name.clone_into(&mut self.core_name);
    }

    fn tell(&self, message: FromCore) {
        // Full means that the host is not reading: a log line is the least of its worries. The runner must not wait.
        if let Err(TrySendError::Disconnected(_)) = self.out.try_send(message) {
            // The host is gone; the control thread ends this process.
        }
    }

    /// Tells the host what it does not know yet of controllers and of what the core asks for. The runner calls this
    /// after every frame.
    pub fn tell_news(&mut self) {
        if self.news.controllers {
            self.news.controllers = self.out.try_send(FromCore::Controllers(self.controllers())).is_err();
        }
        if self.news.controls {
            self.news.controls = self.out.try_send(FromCore::Controls(self.controls.clone())).is_err();
        }
        self.tell_frequent(crate::sync::now());
        if self.news.wants {
            self.news.wants = self.out.try_send(FromCore::Wants(self.wants)).is_err();
        }
    }

    /// One environment call.
    pub fn call(&mut self, command: u32, data: Argument) -> bool {
        // Those in `refusals`, and those of other front ends, have no answer.
        let answer = self.answers(command, data).unwrap_or(false);
        self.calls.count(command, answer);
        answer
    }

    /// None for a call that is refused as such.
    fn answers(&mut self, command: u32, data: Argument) -> Option<bool> {
        self.video_call(command, data)
            .or_else(|| self.option_call(command, data))
            .or_else(|| self.input_call(command, data))
            .or_else(|| self.sound_call(command, data))
            .or_else(|| self.timing_call(command, data))
            .or_else(|| self.content_call(command, data))
            .or_else(|| self.disc_call(command, data))
            .or_else(|| self.message_call(command, data))
            .or_else(|| self.system_call(command, data))
            .or_else(|| self.hardware_call(command, data))
            .or_else(|| self.other_call(command))
    }

    /// The calls that are only taken note of; none when the command is not one.
    fn other_call(&mut self, command: u32) -> Option<bool> {
        match command {
            sys::RETRO_ENVIRONMENT_SHUTDOWN => self.shutdown |= self.run.counts(),
            // Nothing has to be done for them.
            sys::RETRO_ENVIRONMENT_SET_PERFORMANCE_LEVEL
            | sys::RETRO_ENVIRONMENT_SET_MEMORY_MAPS
            | sys::RETRO_ENVIRONMENT_SET_SUPPORT_ACHIEVEMENTS => {}
            _ => return None,
        }
        Some(true)
    }
}
