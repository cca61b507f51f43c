//! `hotseat cores`: the cores found, their systems and extensions.

use crate::library::find_cores;
use crate::messages;
use crate::text::{Message, Texts};
use serde_json::json;
use std::path::PathBuf;

messages! {
    enum ListText in core_list {
        empty => Empty,
    }
}

/// Lists them. Nothing is loaded: what is known comes from `.info` files and our own table.
pub fn cores(extra: &[PathBuf], as_json: bool, texts: &Texts) -> String {
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
                })
            })
            .collect();
        return json!({ "cores": list }).to_string();
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
    }
    lines.join("\n")
}
