//! `hotseat check`: runs a core with no network and says what it did.

use crate::crash::Crash;
use crate::emulator::{Emulator, Event, StartError};
use crate::library::{
    CheckError, ContentError, Found, Inside, check_content, check_core, describe_core, firmware_problems, handed_over,
};
use crate::link::Link;
use crate::link::message::{
    Bounds, CallSeen, FromCore, HardwareSeen, Load, LoadError, Loaded, MessageKind, OptionInfo, Pace, Report,
};
use crate::link::subsystem::{Rom, Subsystem, SubsystemGame};
use crate::messages;
use crate::sandbox::{Held, Refusal};
use crate::text::{IoCause, Message, Spoken, Texts};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

/// What to check.
pub struct Check {
    pub core: PathBuf,
    pub content: Option<PathBuf>,
    /// A game of several files instead.
    pub several: Option<SubsystemGame>,
    /// Core options.
    pub options: Vec<(String, String)>,
    /// Frames to run, as fast as it goes.
    pub frames: u64,
    /// Where cores look for BIOS files.
    pub system_dir: PathBuf,
    /// How the core process is held.
    pub bounds: Bounds,
    /// As one JSON object.
    pub json: bool,
}

messages! {
    /// Why a core was not checked.
    pub enum CheckToolError in check_tool {
        refused => Refused { error: CheckError },
        content => Content { error: ContentError },
        no_memory => NoMemory { cause: IoCause },
        no_folder => NoFolder { folder: PathBuf, cause: IoCause },
        start => Start { error: StartError },
        load => Load { error: LoadError },
        crash => Crash { error: Crash },
        /// With files of the real machine that may be why.
        load_without => LoadWithout { error: LoadError, problems: String },
        crash_without => CrashWithout { error: Crash, problems: String },
        never_ran => NeverRan { core: PathBuf },
    }
}

/// Runs it and describes what was seen.
pub fn check(check: &Check, texts: &Texts) -> Result<String, CheckToolError> {
    check_core(&check.core).map_err(|error| CheckToolError::Refused { error })?;
    let core = describe_core(&check.core);
    let content = match &check.several {
        Some(game) => game.given().next().cloned(),
        None => check.content.as_deref().map(|content| resolve(content, &core.extensions)).transpose()?,
    };
    let problems = firmware_problems(&core.name, &core.firmware, &check.system_dir);
    let problems: Vec<String> = problems.iter().map(|problem| problem.text(texts)).collect();
    let link = Link::create().map_err(|error| CheckToolError::NoMemory { cause: error.into() })?;
    // What the core wants to write goes nowhere that matters.
    let scratch = std::env::temp_dir().join(format!("hotseat-check-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)
        .map_err(|error| CheckToolError::NoFolder { folder: scratch.clone(), cause: error.into() })?;
    let load = Load {
        core: check.core.clone(),
        content,
        several: check.several.clone().map(Box::new),
        only_asked: false,
        options: check.options.clone(),
        options_typed: true,
        devices: Vec::new(),
        system_dir: check.system_dir.clone(),
        save_dir: scratch.clone(),
        temp_dir: scratch.join("temporary"),
        language: Spoken::English,
        revive: false,
        pace: Pace::Unthrottled { frames: check.frames },
        bounds: check.bounds.clone(),
        rewind_mb: 0,
    };
    // A few messages; log lines beyond that are not worth waiting for.
    let (sender, events) = sync_channel(4096);
    let listener = Box::new(move |event| {
        let _ = sender.try_send(event);
    });
    let emulator = Emulator::start(link, load, listener).map_err(|error| CheckToolError::Start { error })?;
    let mut seen = Seen { messages: problems.clone(), ..Seen::default() };
    let result = loop {
        match events.recv() {
            Ok(Event::Message(message)) => {
                if let Err(error) = seen.hear(message, texts) {
                    break Err(match problems.is_empty() {
                        true => CheckToolError::Load { error },
                        false => CheckToolError::LoadWithout { error, problems: problems.join(" ") },
                    });
                }
            }
            Ok(Event::Died { crash: error, .. }) if problems.is_empty() => break Err(CheckToolError::Crash { error }),
            Ok(Event::Died { crash: error, .. }) => {
                break Err(CheckToolError::CrashWithout { error, problems: problems.join(" ") });
            }
            Ok(Event::Ended) | Err(_) => break Ok(()),
            Ok(Event::Held(held)) => seen.held = held,
            Ok(Event::Refused(refusal)) => seen.refusals.push(refusal),
        }
    };
    drop(emulator);
    let _ = std::fs::remove_dir_all(&scratch);
    result?;
    let (Some(loaded), Some(report)) = (seen.loaded.take(), seen.report.take()) else {
        return Err(CheckToolError::NeverRan { core: check.core.clone() });
    };
    Ok(if check.json { as_json(&loaded, &report, &seen) } else { as_text(&loaded, &report, &seen, texts) })
}

/// The content as the core gets it: of a folder or an archive, the one game in it.
fn resolve(content: &Path, extensions: &[String]) -> Result<PathBuf, CheckToolError> {
    let told = |error| CheckToolError::Content { error };
    let Some(inside) = Inside::look(content).map_err(told)? else {
        check_content(content).map_err(|error| CheckToolError::Refused { error })?;
        return Ok(handed_over(content, extensions));
    };
    match inside.find(extensions).map_err(told)? {
        Found::One(game) => Ok(game),
        Found::Several(games) => Err(told(inside.several(&games))),
    }
}

#[derive(Default)]
struct Seen {
    loaded: Option<Loaded>,
    report: Option<Report>,
    subsystems: Vec<Subsystem>,
    /// The core's own, and warnings about it, in the reader's words.
    messages: Vec<String>,
    /// How the core process was held.
    held: Held,
    refusals: Vec<Refusal>,
}

impl Seen {
    fn hear(&mut self, message: FromCore, texts: &Texts) -> Result<(), LoadError> {
        match message {
            FromCore::Loaded(loaded) => self.loaded = Some(loaded),
            FromCore::LoadFailed(error) => return Err(error),
            FromCore::Subsystems(all) => self.subsystems = all,
            FromCore::Ended(report) => self.report = Some(report),
            // One that tells how far it is says the same again and again.
            FromCore::Message(message) if message.kind == MessageKind::Note => self.note(message.text),
            FromCore::Warning(warning) => self.note(warning.text(texts)),
            FromCore::Content(note) => self.note(note.text(texts)),
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

fn refusal(it: &Refusal) -> serde_json::Value {
    json!({"code": it.code(), "call": it.call(), "path": it.path().map(|path| path.display().to_string())})
}

fn as_json(loaded: &Loaded, report: &Report, seen: &Seen) -> String {
    let sizes: Vec<_> = report.sizes.iter().map(|(w, h, n)| json!({"width": w, "height": h, "frames": n})).collect();
    let call = |it: &CallSeen| {
        json!({
            "call": it.call,
            "name": it.name,
            "answered": it.answered,
            "refused": it.refused,
            "reason": it.reason,
        })
    };
    let option = |it: &OptionInfo| {
        json!({
            "key": it.key,
            "category": it.category,
            "label": it.label,
            "info": it.info,
            "values": it.values,
            "labels": it.labels,
            "value": it.value,
            "visible": it.visible,
        })
    };
    let hardware = report.hardware.as_ref().map(|it| {
        json!({
            "api": it.api,
            "version": it.version,
            "renderer": it.renderer,
            "contexts": it.contexts,
            "pictures": it.pictures,
        })
    });
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
        "calls": report.calls.iter().map(call).collect::<Vec<_>>(),
        "run_mean_us": report.run_mean_us,
        "run_max_us": report.run_max_us,
        "hardware": hardware,
        "options": loaded.options.iter().map(option).collect::<Vec<_>>(),
        "messages": seen.messages,
        "subsystems": seen.subsystems.iter().map(subsystem).collect::<Vec<_>>(),
        "sandbox": {
            "landlock": seen.held.landlock,
            "seccomp": seen.held.seccomp,
            "told": seen.held.told,
            "refused": seen.refusals.iter().map(refusal).collect::<Vec<_>>(),
        },
    })
    .to_string()
}

fn subsystem(it: &Subsystem) -> serde_json::Value {
    let rom = |rom: &Rom| {
        let memories: Vec<&str> = rom.memories.iter().map(|memory| &*memory.extension).collect();
        json!({"name": rom.name, "extensions": rom.extensions, "required": rom.required, "saves": memories})
    };
    json!({"name": it.ident, "title": it.name, "files": it.roms.iter().map(rom).collect::<Vec<_>>()})
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
            refused_calls: String,
        },
    }
}

messages! {
    /// What stands in it more than once, or not at all.
    enum ReportPart in check_part {
        size => Size { width: u32, height: u32, frames: u64 },
        call => Call { name: String, call: u32, times: u64 },
        no_calls => NoCalls,
        says => Says { words: String },
        refused => Refused { refusal: Refusal },
        drew => Drew { api: String, version: String, renderer: String },
    }
}

fn as_text(loaded: &Loaded, report: &Report, seen: &Seen, texts: &Texts) -> String {
    let sizes = report.sizes.iter().map(|&(width, height, frames)| ReportPart::Size { width, height, frames });
    let sizes: Vec<String> = sizes.map(|size| size.text(texts)).collect();
    // Many calls are answered with no now and then: an option that is not there. Those that are always are the news.
    let refused = report.calls.iter().filter(|call| call.answered == 0 && call.refused > 0).map(|it| {
        let name = if it.name.is_empty() { "?".to_owned() } else { it.name.clone() };
        ReportPart::Call { name, call: it.call, times: it.refused }.text(texts)
    });
    let refused: Vec<String> = refused.collect();
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
        refused_calls: if refused.is_empty() { ReportPart::NoCalls.text(texts) } else { refused.join(", ") },
    };
    let says = seen.messages.iter().map(|words| ReportPart::Says { words: words.clone() }.text(texts));
    let refused = seen.refusals.iter().map(|it| ReportPart::Refused { refusal: it.clone() }.text(texts));
    let drew = report
        .hardware
        .clone()
        .map(|HardwareSeen { api, version, renderer, .. }| ReportPart::Drew { api, version, renderer }.text(texts));
    let lines: Vec<String> = [core.text(texts)].into_iter().chain(drew).chain(says).chain(refused).collect();
    lines.join("\n")
}
