//! `hotseat cores`: the cores found, their systems and extensions.

use crate::library::{CoreEntry, Firmware, FirmwareState, find_cores, firmware_problems, look_for_firmware};
use crate::messages;
use crate::text::{Message, Texts};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

messages! {
    enum ListText in core_list {
        empty => Empty,
    }
}

/// Lists them, with the files of real machines that they look for in `system_dir`. Nothing is loaded: what is known comes from `.info`
/// files and our own tables.
pub fn cores(extra: &[PathBuf], system_dir: &Path, as_json: bool, texts: &Texts) -> String {
    let cores = find_cores(extra);
    if as_json {
        let list: Vec<_> = cores
            .iter()
            .map(|core| {
                json!({
                    "path": core.path,
                    "name": core.name,
                    "systems": core.systems,
                    "extensions": core.extensions,
                    "bundled": core.bundled,
                    "note": core.note.as_ref().map(|note| note.text(texts)),
                    "firmware": firmware(core, system_dir),
                })
            })
            .collect();
        return json!({ "cores": list, "system_dir": system_dir }).to_string();
    }
    if cores.is_empty() {
        return ListText::Empty.text(texts);
    }
    let mut lines = Vec::new();
    for core in cores {
        lines.push(format!("{}\n  {}", core.name, core.path.display()));
        if !core.systems.is_empty() {
            lines.push(format!("  {}", core.systems.join(", ")));
        }
        if !core.extensions.is_empty() {
            lines.push(format!("  .{}", core.extensions.join(" .")));
        }
        lines.extend(core.note.map(|note| format!("  {}", note.text(texts))));
        let problems = firmware_problems(&core.name, &core.firmware, system_dir);
        lines.extend(problems.iter().map(|problem| format!("  {}", problem.text(texts))));
    }
    lines.join("\n")
}

fn firmware(core: &CoreEntry, system_dir: &Path) -> Vec<Value> {
    let one = |(file, state): (&Firmware, FirmwareState)| {
        let has = match &state {
            FirmwareState::Wrong { md5 } => Some(md5.clone()),
            _ => None,
        };
        json!({
            "path": file.path,
            "description": file.description,
            "optional": file.optional,
            "md5": file.md5,
            "state": state.name(),
            "has_md5": has,
        })
    };
    look_for_firmware(&core.firmware, system_dir).into_iter().map(one).collect()
}
