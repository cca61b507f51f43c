//! Which module uses which, which of them touch neither clock nor system, and whether the documents still name what is there.
//!
//! The allowed arrows stand in [`ARROWS`], once. A new one is a decision: it goes in there and, if it changes the order, into
//! the list of `src/lib.rs`. Code that only tests compile does not count.

#[path = "common/source.rs"]
mod source;

use source::{Mention, Source, is_within, modules, read, root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// Each module of `src/lib.rs` and the modules that it uses.
const ARROWS: &[(&str, &str)] = &[
    ("text", ""),
    ("content", "text"),
    ("sync", "text"),
    ("rate_limit", ""),
    ("frame", ""),
    ("input", ""),
    ("packet", ""),
    ("link", "content frame input sync text"),
    ("sandbox", "content files link sync text"),
    ("libretro", "content frame input link sandbox sync text"),
    ("crash", "files link sync text"),
    ("game_command", "text"),
    ("emulator", "crash libretro link sandbox sync text"),
    ("files", ""),
    ("layers", ""),
    ("record", "files frame packet sync text"),
    ("video", "frame link packet record sync text"),
    ("audio", "link packet record sync text"),
    ("room", "game_command input rate_limit"),
    ("session", "game_command input packet rate_limit room text"),
    ("net", "files input link packet rate_limit room session sync text video"),
    ("library", "content emulator files link sync text"),
    ("downloads", "crash emulator files library link net sync text"),
    ("settings", "files game_command layers link packet room text"),
    ("awake", "sync"),
    ("signals", "sync text"),
    ("usage", ""),
    ("meet", "net rate_limit signals sync text"),
    (
        "engine",
        "audio awake content crash emulator files frame game_command input layers library link net packet record room sandbox session sync text video",
    ),
    ("gui", "content downloads engine frame input layers library link net packet room session settings signals sync text"),
    ("headless", "emulator engine input layers packet room sandbox session signals sync text usage"),
    (
        "tools",
        "crash downloads emulator engine files frame input library link net packet record room sandbox sync text usage video",
    ),
];

/// What is at the root of the crate without being a module, and the module that it is of.
const EXPORTED_MACROS: &[(&str, &str)] = &[("messages", "text")];

/// Files and folders below `src` that decide: the time is an argument, and what is to be done is returned.
const SANS_IO: &[&str] = &[
    "engine/machine/",
    "layers/",
    "libretro/pace.rs",
    "libretro/rewind/",
    "libretro/tempo.rs",
    "libretro/tempo_sound.rs",
    "meet/broker.rs",
    "meet/limits.rs",
    "meet/packet.rs",
    "rate_limit.rs",
    "room/",
    "session/",
];

/// What they do without.
const IO: &[&str] = &[
    "std::fs",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::os::unix::net",
    "std::process",
    "std::thread",
    "tokio",
];

/// Ways to ask what time it is.
const CLOCKS: &[&str] = &["crate::sync::now", "std::time::Instant::now", "std::time::SystemTime::now"];

/// Each arrow, and where it is drawn first.
fn arrows(sources: &[Source], modules: &[String]) -> (BTreeMap<(String, String), String>, Vec<String>) {
    let mut arrows = BTreeMap::new();
    let mut problems = Vec::new();
    for source in sources {
        for (name, line, certain) in source.roots() {
            let exported = EXPORTED_MACROS.iter().find(|(exported, _)| *exported == name);
            let to = exported.map_or(name, |(_, module)| module);
            let place = format!("src/{}:{line}", source.path);
            if !modules.iter().any(|module| module == to) {
                if certain {
                    problems.push(format!("{place}: crate::{name} is neither a module nor an exported macro"));
                }
            } else if to != source.module() {
                arrows.entry((source.module().to_owned(), to.to_owned())).or_insert(place);
            }
        }
    }
    (arrows, problems)
}

/// A way from a module back to itself, if there is one.
fn cycle(arrows: &BTreeSet<(&str, &str)>) -> Option<Vec<String>> {
    fn follow<'a>(arrows: &BTreeSet<(&'a str, &'a str)>, way: &mut Vec<&'a str>, done: &mut BTreeSet<&'a str>) -> bool {
        let last = *way.last().expect("a way begins somewhere");
        for (_, to) in arrows.iter().filter(|(from, _)| *from == last) {
            if let Some(start) = way.iter().position(|module| module == to) {
                way.drain(..start);
                way.push(to);
                return true;
            }
            if !done.contains(to) {
                way.push(to);
                if follow(arrows, way, done) {
                    return true;
                }
                way.pop();
            }
        }
        done.insert(last);
        false
    }
    let mut done = BTreeSet::new();
    arrows.iter().find_map(|(from, _)| {
        let mut way = vec![*from];
        follow(arrows, &mut way, &mut done).then(|| way.into_iter().map(str::to_owned).collect())
    })
}

/// Where a file reads a clock. A method `elapsed` does too.
fn clock_readings(source: &Source) -> impl Iterator<Item = String> {
    let reads = |path: &[String]| {
        let ends = |name: &str| path.ends_with(&[name.to_owned(), "now".to_owned()]);
        CLOCKS.iter().any(|clock| is_within(path, clock))
            || ends("Instant")
            || ends("SystemTime")
            || path == [".", "elapsed"]
    };
    let found = source.mentions.iter().filter(move |mention| reads(&mention.path));
    found.map(|mention| format!("src/{}:{}: {}", source.path, mention.line, mention.path.join("::")))
}

fn none(problems: &[String], what_to_do: &str) {
    assert!(problems.is_empty(), "\n{}\n\n{what_to_do}\n", problems.join("\n"));
}

#[test]
fn every_arrow_between_modules_is_allowed_and_every_allowed_one_is_there() {
    let modules = modules();
    let (arrows, mut problems) = arrows(sources(), &modules);
    let allowed: BTreeSet<(&str, &str)> =
        ARROWS.iter().flat_map(|(from, all)| all.split_whitespace().map(move |to| (*from, to))).collect();
    for ((from, to), place) in &arrows {
        if !allowed.contains(&(from.as_str(), to.as_str())) {
            problems.push(format!("{place}: {from} uses {to}, which it may not"));
        }
    }
    for (from, to) in allowed {
        if !arrows.contains_key(&(from.to_owned(), to.to_owned())) {
            problems.push(format!("{from} may use {to}, and does not (any more)"));
        }
    }
    for module in &modules {
        if !ARROWS.iter().any(|(known, _)| known == module) {
            problems.push(format!("the module {module} is missing"));
        }
    }
    for (known, _) in ARROWS {
        if !modules.iter().any(|module| module == known) {
            problems.push(format!("there is no module {known} (any more)"));
        }
    }
    none(&problems, "The arrows that are allowed stand in ARROWS in tests/arrows.rs.");
}

#[test]
fn each_module_uses_only_modules_above_it_in_lib_rs() {
    let modules = modules();
    let (arrows, _) = arrows(sources(), &modules);
    let round = cycle(&arrows.keys().map(|(from, to)| (from.as_str(), to.as_str())).collect());
    let mut problems: Vec<String> = round.iter().map(|way| format!("a cycle: {}", way.join(" -> "))).collect();
    let place_of = |name: &str| modules.iter().position(|module| module == name);
    for ((from, to), place) in &arrows {
        if place_of(to) > place_of(from) {
            problems.push(format!("{place}: {from} uses {to}, which stands below it"));
        }
    }
    none(&problems, "The modules of src/lib.rs stand in an order in which each uses only those above it.");
}

#[test]
fn what_decides_has_no_socket_no_file_no_thread_and_no_clock() {
    let sources = sources();
    let mut problems = Vec::new();
    for part in SANS_IO {
        let files: Vec<_> = sources.iter().filter(|it| it.path.starts_with(part)).collect();
        if files.is_empty() {
            problems.push(format!("there is no src/{part} (any more)"));
        }
        for source in files {
            problems.extend(clock_readings(source));
            for Mention { path, line } in &source.mentions {
                if IO.iter().any(|forbidden| is_within(path, forbidden)) {
                    problems.push(format!("src/{}:{line}: {}", source.path, path.join("::")));
                }
            }
        }
    }
    none(
        &problems,
        "What decides is given the time and returns what is to be done: docs/decisions/sans-io-session.md.",
    );
}

#[test]
fn in_net_only_the_loop_reads_the_clock() {
    let sources = sources();
    let in_net = |it: &&Source| it.module() == "net" && it.path != "net/thread.rs";
    let problems: Vec<String> = sources.iter().filter(in_net).flat_map(clock_readings).collect();
    none(&problems, "net/thread.rs hands the time to everything else there.");
}

#[test]
fn every_module_stands_in_the_table_of_the_map() {
    let text = read(&root().join("ARCHITECTURE.md"));
    // The names between backticks in the first cell of each row.
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let names: BTreeSet<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let missing = modules().into_iter().filter(|module| !names.contains(module.as_str()));
    let problems: Vec<String> = missing.map(|module| format!("the module {module} is missing")).collect();
    none(&problems, "The table of modules is in ARCHITECTURE.md, under The map.");
}

/// Every document about the source.
fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)).into();
    for folder in ["docs", "docs/decisions"].map(|name| root().join(name)) {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let files = entries.map(|entry| entry.expect("an entry").path());
        found.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    found.sort();
    found
}

#[test]
fn every_file_that_the_documents_name_is_there() {
    let mut problems = Vec::new();
    for document in documents() {
        let text = read(&document);
        let here = document.parent().expect("a folder");
        for (line, text) in text.lines().enumerate() {
            let quoted = text.split('`').skip(1).step_by(2).filter(|name| {
                let source = [".rs", ".js", ".toml"].iter().any(|end| name.ends_with(end));
                source && name.contains('/') && !name.contains(['*', ' '])
            });
            let linked = text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(to, _)| to));
            for name in quoted.chain(linked.filter(|to| !to.contains("://"))) {
                if ![here.join(name), root().join(name), root().join("src").join(name)].iter().any(|it| it.exists()) {
                    problems.push(format!("{}:{}: {name}", document.display(), line + 1));
                }
            }
        }
    }
    none(&problems, "These files are named, and not there (any more).");
}

#[test]
fn a_cycle_is_found_and_a_diamond_is_none() {
    let diamond = BTreeSet::from([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]);
    assert_eq!(cycle(&diamond), None);
    let mut round = diamond;
    round.insert(("d", "b"));
    assert_eq!(cycle(&round).expect("one"), ["b", "d", "b"]);
}

#[test]
fn arrows_are_drawn_by_every_kind_of_path() {
    let source = |path: &str, code: &str| Source::new(path, code).0;
    let modules = ["a", "b", "c", "text"].map(str::to_owned);
    let sources = [
        source("a/mod.rs", "use super::b::X; use crate::messages; use super::nothing;"),
        source("a/d.rs", "use super::b; fn f() { super::super::c::g() } use crate::a::d;"),
        source("b.rs", "use crate::nothing;"),
    ];
    let (arrows, problems) = arrows(&sources, &modules);
    let found: Vec<String> = arrows.keys().map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(found, ["a b", "a c", "a text"]);
    assert_eq!(problems.len(), 1);
}
