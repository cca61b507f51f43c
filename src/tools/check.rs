//! `hotseat check`: runs a core with no network and says what it did.

use crate::emulator::{Emulator, Event};
use crate::library::{check_content, check_core};
use crate::link::Link;
use crate::link::message::{FromCore, Load, Loaded, Pace, Report};
use serde_json::json;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

/// What to check.
pub struct Check {
    /// The core.
    pub core: PathBuf,
    /// The content.
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

/// Runs it and describes what was seen. The error is one sentence.
pub fn check(check: Check) -> Result<String, String> {
    check_core(&check.core)?;
    check.content.as_deref().map_or(Ok(()), check_content)?;
    let link = Link::create().map_err(|error| format!("The system gives no shared memory: {error}."))?;
    // What the core wants to write goes nowhere that matters.
    let scratch = std::env::temp_dir().join(format!("hotseat-check-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{} cannot be made: {error}.", scratch.display()))?;
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
    let emulator = Emulator::start(link, load, listener)?;
    let mut seen = Seen::default();
    let result = loop {
        match events.recv() {
            Ok(Event::Said(message)) => {
                if let Err(why) = seen.hear(message) {
                    break Err(why);
                }
            }
            Ok(Event::Died(crash)) => break Err(crash.to_string()),
            Ok(Event::Ended) | Err(_) => break Ok(()),
        }
    };
    drop(emulator);
    let _ = std::fs::remove_dir_all(&scratch);
    result?;
    let (Some(loaded), Some(report)) = (seen.loaded, seen.report) else {
        return Err(format!("{} ended before it ran.", check.core.display()));
    };
    Ok(if check.json { as_json(&loaded, &report, &seen.messages) } else { as_text(&loaded, &report, &seen.messages) })
}

#[derive(Default)]
struct Seen {
    loaded: Option<Loaded>,
    report: Option<Report>,
    messages: Vec<String>,
}

impl Seen {
    fn hear(&mut self, message: FromCore) -> Result<(), String> {
        match message {
            FromCore::Loaded(loaded) => self.loaded = Some(loaded),
            FromCore::LoadFailed(why) => return Err(why),
            FromCore::Ended(report) => self.report = Some(report),
            FromCore::Message(text) if self.messages.len() < 16 => self.messages.push(text),
            _ => {}
        }
        Ok(())
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

fn as_text(loaded: &Loaded, report: &Report, messages: &[String]) -> String {
    let sizes: Vec<_> = report.sizes.iter().map(|(w, h, n)| format!("{w}x{h} ({n} frames)")).collect();
    let missing: Vec<_> =
        report.missing_calls.iter().map(|(call, times)| format!("{} ({call}, {times}x)", call_name(*call))).collect();
    let mut text = format!(
        "{} {}\n  rate      {:.4} Hz, sound {:.1} Hz\n  sizes     {}\n  format    {}\n  ports     {}\n  state     {} bytes, battery memory {} bytes\n  frames    {} ({} the same again, {} refused)\n  speed     {:.0} us a frame, {:.0} us at most\n  missing   {}",
        loaded.name,
        loaded.version,
        loaded.av.fps,
        loaded.av.sample_rate,
        sizes.join(", "),
        report.formats.join(", "),
        loaded.ports,
        loaded.state_bytes,
        loaded.sram_bytes,
        report.frames,
        report.duplicates,
        report.refused_frames,
        report.run_mean_us,
        report.run_max_us,
        if missing.is_empty() { "no calls".into() } else { missing.join(", ") },
    );
    for message in messages {
        text.push_str("\n  says      ");
        text.push_str(message);
    }
    text
}
