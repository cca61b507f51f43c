//! `hotseat library`: the games of the library, or of some folders.

use crate::library::catalog::{CatalogConfig, GameEntry, Shelf, short_name};
use crate::messages;
use crate::text::{Message, Texts};
use serde_json::{Value, json};

messages! {
    enum LibraryText in game_list {
        empty => Empty,
    }
}

/// Lists the games. With `scan` the folders are looked through first; `progress` is told how far that is.
pub fn library(
    config: CatalogConfig,
    scan: bool,
    as_json: bool,
    texts: &Texts,
    progress: &mut dyn FnMut(usize, usize),
) -> String {
    let mut shelf = Shelf::open(config);
    if scan {
        let begun = shelf.begin(&mut || true);
        if let Some((mut scan, _)) = begun {
            while shelf.step(&mut scan) {
                progress(scan.done, scan.of);
            }
            progress(scan.done, scan.of);
        }
    }
    let entries = shelf.entries();
    let notices: Vec<String> = shelf.take_notices().iter().map(|notice| notice.text(texts)).collect();
    if as_json {
        let games: Vec<Value> = entries.iter().map(in_json).collect();
        return json!({ "games": games, "notices": notices }).to_string();
    }
    let mut lines = notices;
    lines.extend(entries.iter().map(line));
    if entries.is_empty() {
        lines.push(LibraryText::Empty.text(texts));
    }
    lines.join("\n")
}

fn in_json(entry: &GameEntry) -> Value {
    json!({
        "path": entry.path.to_string_lossy(),
        "discs": entry.discs.iter().map(|disc| disc.to_string_lossy()).collect::<Vec<_>>(),
        "title": entry.title,
        "name": entry.name,
        "system": entry.system,
        "region": entry.region,
        "revision": entry.revision,
        "players": entry.players,
        "identity": entry.identity,
        "known": entry.known,
        "favourite": entry.record.favourite,
        "last_played": entry.record.last_played,
        "played_s": entry.record.played,
    })
}

fn line(entry: &GameEntry) -> String {
    let about = [short_name(&entry.system), &entry.region, &entry.revision];
    let about: Vec<&str> = about.into_iter().filter(|it| !it.is_empty()).collect();
    match about.is_empty() {
        true => format!("{}  {}", entry.title, entry.path.display()),
        false => format!("{} ({})  {}", entry.title, about.join(", "), entry.path.display()),
    }
}
