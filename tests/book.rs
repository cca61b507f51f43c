//! What people read about the program agrees with itself and with the code: links, chapters, pictures, languages, tables.

#[path = "common/documents.rs"]
mod documents;

use documents::{Document, headings, links, quoted, read, root, rows};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the book's chapters are, and those in Chinese.
const BOOK: &str = "docs/book/src";
const CHINESE: &str = "zh-CN";
/// Who makes the pictures: the window's in one table, the page's one after another.
const MAKERS: [&str; 2] = ["tests/gui/book.rs", "web/tools/book.js"];
/// What stands before the name of a picture there, at the beginning of a line.
const BEFORE: [&str; 3] = ["(\"", "if let Some(file) = file_of(\"", "await shoot(\""];

fn none(problems: &[String], what_to_do: &str) {
    assert!(problems.is_empty(), "\n{}\n\n{what_to_do}\n", problems.join("\n"));
}

/// Every file of this ending in a folder and those in it.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The chapters' paths below [`BOOK`].
fn chapters() -> Vec<String> {
    let book = root().join(BOOK);
    let all = files(&book, "md").into_iter().map(|path| path.strip_prefix(&book).expect("below it").to_path_buf());
    all.map(|path| path.to_str().expect("a name of letters").to_owned()).filter(|path| path != "SUMMARY.md").collect()
}

/// What the table of contents lists, in its order.
fn listed() -> Vec<String> {
    links(&read(&root().join(BOOK).join("SUMMARY.md"))).into_iter().map(|(_, to)| to).collect()
}

/// The names of the pictures that are made, without ending and language, as they stand at the beginning of a line.
fn made() -> BTreeSet<String> {
    let lines = MAKERS.iter().flat_map(|file| {
        let text = read(&root().join(file));
        text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    });
    let names = lines.filter_map(|line| {
        let rest = BEFORE.iter().find_map(|before| line.strip_prefix(before))?;
        Some(rest.split_once('"')?.0.to_owned())
    });
    names.collect()
}

/// The name of a picture of the book, and whether it is the one in Chinese.
fn picture(path: &str) -> Option<(String, bool)> {
    let name = path.rsplit_once("pictures/")?.1.strip_suffix(".png")?;
    Some(name.strip_suffix("-zh").map_or((name.to_owned(), false), |name| (name.to_owned(), true)))
}

#[test]
fn every_link_leads_somewhere_and_so_does_every_anchor() {
    let root = root();
    let made = made();
    let mut documents: Vec<PathBuf> = files(&root.join("docs"), "md");
    documents.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)));
    let mut problems = Vec::new();
    for file in &documents {
        let document = Document::open(file);
        for (line, to) in links(&document.text) {
            if to.contains("://") || to.starts_with("mailto:") {
                continue;
            }
            let place = format!("{}:{line}: {to}", file.display());
            let (path, anchor) = to.split_once('#').map_or((to.as_str(), None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { file.clone() } else { document.folder.join(path) };
            if let Some((name, _)) = picture(path).filter(|_| file.starts_with(root.join(BOOK))) {
                if !made.contains(&name) {
                    problems.push(format!("{place}: nobody makes this picture"));
                }
            } else if !target.exists() {
                problems.push(format!("{place}: there is no such file"));
            } else if let Some(anchor) = anchor
                && !headings(&Document::open(&target).text).iter().any(|heading| heading.anchor == anchor)
            {
                problems.push(format!("{place}: there is no such heading"));
            }
        }
    }
    none(
        &problems,
        "Links are relative to the file that they are in; an anchor is the heading in small letters with - for each space.",
    );
}

#[test]
fn every_chapter_is_in_the_table_of_contents_once() {
    let listed = listed();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for path in &listed {
        *times.entry(path).or_default() += 1;
    }
    let chapters = chapters();
    let missing = chapters.iter().filter(|path| !times.contains_key(path.as_str()));
    let mut problems: Vec<String> = missing.map(|path| format!("{path} is not in it")).collect();
    problems.extend(times.iter().filter(|(_, times)| **times > 1).map(|(path, _)| format!("{path} is in it twice")));
    none(&problems, "The table of contents is docs/book/src/SUMMARY.md.");
    assert!(listed.len() > 30, "the table of contents is read: {listed:?}");
}

#[test]
fn every_picture_that_is_made_is_shown_and_says_what_is_on_it() {
    let mut shown = BTreeSet::new();
    let mut problems = Vec::new();
    for path in chapters() {
        let text = read(&root().join(BOOK).join(&path));
        for (line, to) in links(&text) {
            let Some((name, in_chinese)) = picture(&to) else { continue };
            if in_chinese != path.starts_with(CHINESE) {
                problems.push(format!("{path}:{line}: {to} is in the other language"));
            }
            let words = text.lines().nth(line - 1).expect("the line that was found");
            if words.contains("![](") || words.contains("alt=\"\"") {
                problems.push(format!("{path}:{line}: {to} has no words for those who do not see it"));
            }
            shown.insert(name);
        }
    }
    problems.extend(made().difference(&shown).map(|name| format!("{name} is made, and nothing shows it")));
    none(&problems, "Pictures are made by tests/gui/book.rs and web/tools/book.js.");
    assert!(!shown.is_empty());
}

/// What a chapter and its twin have in common: the levels of their headings, the names of their pictures, the lengths of their
/// tables.
fn shape(path: &str) -> (Vec<usize>, Vec<String>, usize) {
    let text = read(&root().join(BOOK).join(path));
    let levels = headings(&text).into_iter().map(|heading| heading.level).collect();
    let pictures = links(&text).into_iter().filter_map(|(_, to)| picture(&to)).map(|(name, _)| name).collect();
    (levels, pictures, text.lines().filter(|line| line.starts_with('|')).count())
}

#[test]
fn what_is_there_in_chinese_is_what_is_there_in_english() {
    let listed = listed();
    let of = |part: &str| listed.iter().filter(move |path| path.starts_with(part)).cloned().collect::<Vec<_>>();
    let chinese = |part: &str| {
        let paths = of(&format!("{CHINESE}/{part}"));
        paths.iter().map(|path| path[CHINESE.len() + 1..].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(chinese("players/"), of("players/"), "all of the players' part, in the same order");
    assert_eq!(chinese("introduction"), of("introduction"));
    let first = chinese("hosts/");
    assert_eq!(first, of("hosts/")[..first.len()], "the first chapters for hosts, in the same order");
    assert!(first.len() > 3);
    let twins = listed.iter().filter_map(|path| Some((path, path.strip_prefix(CHINESE)?.strip_prefix('/')?)));
    for (chinese, english) in twins {
        assert_eq!(shape(chinese), shape(english), "headings, pictures and rows of tables of {chinese}");
    }
}

fn chapter(name: &str) -> Vec<String> {
    read(&root().join(BOOK).join(name)).lines().map(str::to_owned).collect()
}

fn same(of_the_code: &BTreeSet<String>, of_the_book: &BTreeSet<String>, where_it_stands: &str) {
    let missing = of_the_code.difference(of_the_book).map(|name| format!("{name} is missing"));
    let gone = of_the_book.difference(of_the_code).map(|name| format!("there is no {name} (any more)"));
    none(&missing.chain(gone).collect::<Vec<_>>(), where_it_stands);
}

#[test]
fn every_event_has_its_row() {
    let source = read(&root().join("src/headless/json.rs"));
    let code = ["\"event\": \"", "ahead(\""].iter().flat_map(|before| source.split(before).skip(1));
    let code: BTreeSet<String> = code.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect();
    let table = rows(&chapter("operators/json.md").join("\n"), "event").into_iter().flat_map(|row| quoted(&row[0]));
    assert!(code.contains("ready") && code.contains("stats"));
    same(&code, &table.collect(), "The table of events is in docs/book/src/operators/json.md.");
}

#[test]
fn every_figure_has_its_row() {
    let source = read(&root().join("src/headless/json.rs"));
    let body = source.split("\"event\": \"stats\",").nth(1).expect("the statistics").split("\n    })").next();
    let lines = body.expect("their end").lines();
    // The object's own keys; those of objects in it stand further to the right.
    let keys = lines.filter_map(|line| line.strip_prefix("        \"")?.split_once('"').map(|(key, _)| key.to_owned()));
    let table =
        rows(&chapter("operators/json.md").join("\n"), "in `stats`").into_iter().flat_map(|row| quoted(&row[0]));
    same(&keys.collect(), &table.collect(), "The table of figures is in docs/book/src/operators/json.md.");
}

#[test]
fn every_setting_has_its_row() {
    let source = read(&root().join("src/settings.rs"));
    let body =
        source.split("pub struct Settings {").nth(1).expect("the settings").split("\n}").next().expect("their end");
    let fields = body.lines().filter_map(|line| line.strip_prefix("    pub ")?.split_once(':').map(|(name, _)| name));
    let mut code: BTreeSet<String> = fields.map(str::to_owned).collect();
    // Two players' keys are an array in the program and two tables in the file.
    code.extend(["keyboard_2", "turbo_2"].map(str::to_owned));
    let table = rows(&chapter("operators/settings.md").join("\n"), "key").into_iter().flat_map(|row| quoted(&row[0]));
    same(&code, &table.collect(), "The table of settings is in docs/book/src/operators/settings.md.");
}

#[test]
fn every_bench_is_named() {
    let source = read(&root().join("src/tools/bench/mod.rs"));
    let list = source.split("NAMES: ").nth(1).and_then(|rest| rest.split("];").next()).expect("the list of benches");
    let mut code: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    code.insert("all".to_owned());
    let lines = chapter("operators/command-line.md");
    let line = lines.iter().find_map(|line| line.strip_prefix("hotseat bench")?.split_once("measure: "));
    let book = line.expect("the line of bench").1.split(", ").map(|name| name.trim().to_owned()).collect();
    same(&code, &book, "Benches are named in docs/book/src/operators/command-line.md.");
}

/// The arguments that `--help` tells of.
fn arguments(of: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotseat"));
    let said = command.args(of).arg("--help").output().expect("the program says what it takes");
    let said = String::from_utf8(said.stdout).expect("words");
    let lines = said.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let flags = lines.flat_map(|line| line.split([' ', ',', '=']).filter(|word| word.starts_with("--")).take(1));
    flags.map(str::to_owned).filter(|flag| !["--help", "--version"].contains(&flag.as_str())).collect()
}

#[test]
fn every_argument_is_in_the_chapter_of_the_command_line() {
    let mut code = arguments(&[]);
    for command in ["host", "doctor", "page", "meet", "check", "cores", "library", "bench"] {
        let of_one = arguments(&[command]);
        assert!(!of_one.is_empty(), "{command}");
        code.extend(of_one);
    }
    // What it is started with in the examples, and nothing of other programs.
    let text = chapter("operators/command-line.md").join(" ");
    let words = text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '-'));
    let book: BTreeSet<String> =
        words.filter(|word| word.starts_with("--") && !word.starts_with("---")).map(str::to_owned).collect();
    let book = book.into_iter().filter(|flag| flag != "--help").collect();
    same(&code, &book, "They are listed in docs/book/src/operators/command-line.md.");
}
