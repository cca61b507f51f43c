//! `hotseat check`: runs a core with no network and says what it did.

use crate::crash::Crash;
use crate::emulator::{Emulator, Event, StartError};
use crate::library::{CheckError, check_content, check_core};
use crate::link::Link;
use crate::link::message::{FromCore, Load, LoadError, Loaded, Pace, Report};
use crate::messages;
use crate::text::{IoCause, Message, Texts};
use serde_json::json;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

/// What to check.
pub struct Check {
    pub core: PathBuf,
    pub content: Option<PathBuf>,
    /// Core options.
    pub options: Vec<(String, String)>,
    /// Frames to run, as fast as it goes.
    pub frames: u64,
    /// Where cores look for BIOS files.
    pub system_dir: PathBuf,
    /// As one JSON object.
    pub json: bool,
}

messages! {
    /// Why a core was not checked.
    pub enum CheckToolError in check_tool {
        refused => Refused { error: CheckError },
        no_memory => NoMemory { cause: IoCause },
        no_folder => NoFolder { folder: PathBuf, cause: IoCause },
        start => Start { error: StartError },
        load => Load { error: LoadError },
        crash => Crash { error: Crash },
        never_ran => NeverRan { core: PathBuf },
    }
}

/// Runs it and describes what was seen.
pub fn check(check: &Check, texts: &Texts) -> Result<String, CheckToolError> {
    let checked = check_core(&check.core).and_then(|()| check.content.as_deref().map_or(Ok(()), check_content));
    checked.map_err(|error| CheckToolError::Refused { error })?;
    let link = Link::create().map_err(|error| CheckToolError::NoMemory { cause: error.into() })?;
    // What the core wants to write goes nowhere that matters.
    let scratch = std::env::temp_dir().join(format!("hotseat-check-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)
        .map_err(|error| CheckToolError::NoFolder { folder: scratch.clone(), cause: error.into() })?;
    let load = Load {
        core: check.core.clone(),
        content: check.content.clone(),
        options: check.options.clone(),
        devices: Vec::new(),
        system_dir: check.system_dir.clone(),
        save_dir: scratch.clone(),
        revive: false,
        pace: Pace::Unthrottled { frames: check.frames },
    };
    // A few messages; log lines beyond that are not worth waiting for.
    let (sender, events) = sync_channel(4096);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let emulator = Emulator::start(link, load, listener).map_err(|error| CheckToolError::Start { error })?;
    let mut seen = Seen::default();
    let result = loop {
        match events.recv() {
            Ok(Event::Message(message)) => {
                if let Err(error) = seen.hear(message, texts) {
                    break Err(CheckToolError::Load { error });
                }
            }
            Ok(Event::Died(error)) => break Err(CheckToolError::Crash { error }),
            Ok(Event::Ended) | Err(_) => break Ok(()),
        }
    };
    drop(emulator);
    let _ = std::fs::remove_dir_all(&scratch);
    result?;
    let (Some(loaded), Some(report)) = (seen.loaded, seen.report) else {
        return Err(CheckToolError::NeverRan { core: check.core.clone() });
    };
    Ok(if check.json {
        as_json(&loaded, &report, &seen.messages)
    } else {
        as_text(&loaded, &report, &seen.messages, texts)
    })
}

#[derive(Default)]
struct Seen {
    loaded: Option<Loaded>,
    report: Option<Report>,
    /// The core's own, and warnings about it, in the reader's words.
    messages: Vec<String>,
}

impl Seen {
    fn hear(&mut self, message: FromCore, texts: &Texts) -> Result<(), LoadError> {
        match message {
            FromCore::Loaded(loaded) => self.loaded = Some(loaded),
            FromCore::LoadFailed(error) => return Err(error),
            FromCore::Ended(report) => self.report = Some(report),
            FromCore::Message(text) => self.note(text),
            FromCore::Warning(warning) => self.note(warning.text(texts)),
            _ => {}
        }
        Ok(())
    }

    fn note(&mut self, text: String) {
        if self.messages.len() < 16 {
            self.messages.push(text);
        }
    }
}

/// Names of the environment calls that are most often missed.
fn call_name(call: u32) -> &'static str {
    match call {
        12 => "SET_KEYBOARD_CALLBACK",
        13 => "SET_DISK_CONTROL_INTERFACE",
        14 => "SET_HW_RENDER",
        22 => "SET_AUDIO_CALLBACK",
        23 => "GET_RUMBLE_INTERFACE",
        25 => "GET_SENSOR_INTERFACE",
        26 => "GET_CAMERA_INTERFACE",
        28 => "GET_PERF_INTERFACE",
        29 => "GET_LOCATION_INTERFACE",
        33 => "SET_PROC_ADDRESS_CALLBACK",
        40 => "GET_CURRENT_SOFTWARE_FRAMEBUFFER",
        41 => "GET_HW_RENDER_INTERFACE",
        43 => "SET_HW_RENDER_CONTEXT_NEGOTIATION_INTERFACE",
        45 => "GET_VFS_INTERFACE",
        46 => "GET_LED_INTERFACE",
        48 => "GET_MIDI_INTERFACE",
        56 => "GET_PREFERRED_HW_RENDER",
        57 => "GET_DISK_CONTROL_INTERFACE_VERSION",
        58 => "SET_DISK_CONTROL_EXT_INTERFACE",
        62 => "SET_AUDIO_BUFFER_STATUS_CALLBACK",
        64 => "SET_FASTFORWARDING_OVERRIDE",
        65 => "SET_CONTENT_INFO_OVERRIDE",
        66 => "GET_GAME_INFO_EXT",
        69 => "SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK",
        72 => "GET_SAVESTATE_CONTEXT",
        _ => "unnamed",
    }
}

fn as_json(loaded: &Loaded, report: &Report, messages: &[String]) -> String {
    let sizes: Vec<_> = report.sizes.iter().map(|(w, h, n)| json!({"width": w, "height": h, "frames": n})).collect();
    let missing: Vec<_> = report
        .missing_calls
        .iter()
        .map(|(call, times)| json!({"call": call, "name": call_name(*call), "times": times}))
        .collect();
    json!({
        "name": loaded.name,
        "version": loaded.version,
        "extensions": loaded.extensions,
        "fps": loaded.av.fps,
        "sample_rate": loaded.av.sample_rate,
        "aspect": loaded.av.aspect,
        "base": {"width": loaded.av.base_width, "height": loaded.av.base_height},
        "max": {"width": loaded.av.max_width, "height": loaded.av.max_height},
        "ports": loaded.ports,
        "state_bytes": loaded.state_bytes,
        "sram_bytes": loaded.sram_bytes,
        "frames": report.frames,
        "duplicates": report.duplicates,
        "refused_frames": report.refused_frames,
        "sizes": sizes,
        "formats": report.formats,
        "samples": report.samples,
        "missing_calls": missing,
        "run_mean_us": report.run_mean_us,
        "run_max_us": report.run_max_us,
        "options": loaded.options.iter().map(|o| json!({"key": o.key, "label": o.label, "values": o.values, "value": o.value})).collect::<Vec<_>>(),
        "messages": messages,
    })
    .to_string()
}

messages! {
    /// The report for people.
    enum ReportText in check_report {
        core => Core {
            name: String,
            version: String,
            fps: String,
            sample_rate: String,
            sizes: String,
            formats: String,
            ports: usize,
            state_bytes: u64,
            sram_bytes: u64,
            frames: u64,
            duplicates: u64,
            refused: u64,
            mean_us: String,
            max_us: String,
            missing: String,
        },
    }
}

messages! {
    /// What stands in it more than once, or not at all.
    enum ReportPart in check_part {
        size => Size { width: u32, height: u32, frames: u64 },
        call => Call { name: &'static str, call: u32, times: u64 },
        no_calls => NoCalls,
        says => Says { words: String },
    }
}

fn as_text(loaded: &Loaded, report: &Report, messages: &[String], texts: &Texts) -> String {
    let sizes = report.sizes.iter().map(|&(width, height, frames)| ReportPart::Size { width, height, frames });
    let sizes: Vec<String> = sizes.map(|size| size.text(texts)).collect();
    let missing = report.missing_calls.iter().map(|&(call, times)| {
        let call = ReportPart::Call { name: call_name(call), call, times };
        call.text(texts)
    });
    let missing: Vec<String> = missing.collect();
    let core = ReportText::Core {
        name: loaded.name.clone(),
        version: loaded.version.clone(),
        fps: format!("{:.4}", loaded.av.fps),
        sample_rate: format!("{:.1}", loaded.av.sample_rate),
        sizes: sizes.join(", "),
        formats: report.formats.join(", "),
        ports: loaded.ports,
        state_bytes: loaded.state_bytes,
        sram_bytes: loaded.sram_bytes,
        frames: report.frames,
        duplicates: report.duplicates,
        refused: report.refused_frames,
        mean_us: format!("{:.0}", report.run_mean_us),
        max_us: format!("{:.0}", report.run_max_us),
        missing: if missing.is_empty() { ReportPart::NoCalls.text(texts) } else { missing.join(", ") },
    };
    let says = messages.iter().map(|words| ReportPart::Says { words: words.clone() }.text(texts));
    let lines: Vec<String> = [core.text(texts)].into_iter().chain(says).collect();
    lines.join("\n")
}
