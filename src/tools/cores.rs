//! `hotseat cores`: the cores found, their systems and extensions.

use crate::library::find_cores;
use serde_json::json;
use std::path::PathBuf;

/// Lists them. Nothing is loaded: what is known comes from `.info` files and our own table.
pub fn cores(extra: &[PathBuf], as_json: bool) -> String {
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
                    "note": core.note,
                })
            })
            .collect();
        return json!({ "cores": list }).to_string();
    }
    if cores.is_empty() {
        return "No cores were found. On Debian and Ubuntu, `apt install libretro-nestopia` brings one for the NES."
            .into();
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
        lines.extend(core.note.map(|note| format!("  {note}")));
    }
    lines.join("\n")
}
