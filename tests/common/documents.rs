//! Documents as tests read them: links, headings, tables.

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A document, or what the chapter that is one line includes.
pub struct Document {
    pub text: String,
    /// What its links are relative to, on a page of the book.
    pub folder: PathBuf,
}

impl Document {
    pub fn open(path: &Path) -> Document {
        let folder = path.parent().expect("a folder").to_path_buf();
        let text = if path.is_dir() { String::new() } else { read(path) };
        let included = text.trim().strip_prefix("{{#include ").and_then(|rest| rest.strip_suffix("}}"));
        let text = included.map(|name| read(&folder.join(name.trim()))).unwrap_or(text);
        Document { text, folder }
    }
}

/// Lines with their numbers, without those between fences.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fence && !fenced).then_some((index + 1, line))
    })
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// Where each link and picture leads, and the line that it is in.
pub fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in lines(text) {
        let line = without_code(line);
        let marked = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        let drawn = line.split("src=\"").skip(1).filter_map(|rest| rest.split_once('"'));
        found.extend(marked.chain(drawn).map(|(to, _)| (number, to.to_owned())));
    }
    found
}

pub struct Heading {
    pub level: usize,
    pub anchor: String,
}

pub fn headings(text: &str) -> Vec<Heading> {
    let found = lines(text).filter_map(|(_, line)| {
        let level = line.chars().take_while(|sign| *sign == '#').count();
        let title = line[level..].strip_prefix(' ').filter(|_| level > 0)?;
        Some(Heading { level, anchor: anchor(title.trim()) })
    });
    found.collect()
}

/// As both mdBook and forges make it.
fn anchor(title: &str) -> String {
    let signs = title.chars().filter_map(|sign| match sign {
        ' ' => Some('-'),
        sign if sign.is_alphanumeric() || sign == '-' || sign == '_' => Some(sign),
        _ => None,
    });
    signs.flat_map(char::to_lowercase).collect()
}

/// The cells of each row of the tables whose first column is headed so.
pub fn rows(text: &str, heading: &str) -> Vec<Vec<String>> {
    let mut inside = false;
    let mut found = Vec::new();
    for (_, line) in lines(text) {
        let cells: Option<Vec<String>> = line.strip_prefix("| ").map(|rest| {
            let rest = rest.trim_end().trim_end_matches('|');
            rest.split(" | ").map(|cell| cell.trim().to_owned()).collect()
        });
        match cells {
            Some(cells) if inside => found.extend(Some(cells).filter(|cells| !cells[0].starts_with("---"))),
            Some(cells) => inside = cells[0] == heading,
            None => inside = false,
        }
    }
    assert!(!found.is_empty(), "there is no table of {heading}");
    found
}

/// What stands between backticks.
pub fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn links_and_headings_are_found_and_code_is_passed_over() {
    let text =
        "# One & two\n[a](b.md#c) `[d](e)` ![f](g.png)\n```\n# no [h](i)\n```\n## 三个 *steps*\n<img src=\"j.png\">\n";
    let to: Vec<_> = links(text).into_iter().map(|(line, to)| format!("{line} {to}")).collect();
    assert_eq!(to, ["2 b.md#c", "2 g.png", "7 j.png"]);
    let found: Vec<_> = headings(text).into_iter().map(|it| format!("{} {}", it.level, it.anchor)).collect();
    assert_eq!(found, ["1 one--two", "2 三个-steps"]);
}
