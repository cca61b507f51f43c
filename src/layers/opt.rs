//! Files with `key = "value"` lines, as RetroArch has them for core options (`.opt`) and overrides (`.cfg`). Comments, lines of
//! a kind that is not known here and the order are kept.
//!
//! The grammar is that of RetroArch's `libretro-common/file/config_file.c`: a key without spaces, a value between quotation marks or
//! up to the next space, `#` for comments, of two lines with one key the first.

use super::{MOST_KEY, MOST_KEYS, MOST_VALUE};
use std::collections::BTreeMap;

/// A larger file is none.
pub const MOST_BYTES: usize = 1 << 20;

/// What such a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OptFile {
    lines: Vec<Line>,
    /// The first line that is none, from 1.
    damaged: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Entry {
        key: String,
        value: String,
    },
    /// A comment, a directive, or nothing.
    Other(String),
}

/// Whether it can stand before the `=`.
pub fn is_key(key: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && !"=\"#".contains(c);
    !key.is_empty() && key.len() <= MOST_KEY && key.chars().all(fits)
}

/// Whether it can stand between quotation marks.
pub fn is_value(value: &str) -> bool {
    value.len() <= MOST_VALUE && !value.contains(|c: char| c == '"' || c.is_control())
}

impl OptFile {
    /// Reads what can be read.
    pub fn parse(bytes: &[u8]) -> OptFile {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut file = OptFile::default();
        let mut entries = 0;
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let read = std::str::from_utf8(line).ok().and_then(|line| parse_line(line.trim()));
            match read {
                Some(Line::Entry { .. }) if entries == MOST_KEYS => {}
                Some(line) => {
                    entries += usize::from(matches!(line, Line::Entry { .. }));
                    file.lines.push(line);
                    continue;
                }
                None => {}
            }
            file.damaged.get_or_insert(number);
        }
        // The end of the last line begins none.
        if matches!(file.lines.last(), Some(Line::Other(text)) if text.is_empty()) {
            file.lines.pop();
        }
        file
    }

    /// The first line that could not be read, from 1.
    pub fn damaged(&self) -> Option<usize> {
        self.damaged
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Of two values for one key the first.
    pub fn values(&self) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        for line in &self.lines {
            if let Line::Entry { key, value } = line {
                values.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        values
    }

    /// Sets a value where it stands, or at the end. Key and value fit.
    pub fn set(&mut self, key: &str, value: &str) {
        let first = self.lines.iter_mut().find_map(|line| match line {
            Line::Entry { key: known, value } if known == key => Some(value),
            _ => None,
        });
        match first {
            Some(known) => value.clone_into(known),
            None => self.lines.push(Line::Entry { key: key.to_owned(), value: value.to_owned() }),
        }
    }

    pub fn remove(&mut self, key: &str) {
        self.lines.retain(|line| !matches!(line, Line::Entry { key: known, .. } if known == key));
    }

    /// What is written: without lines that could not be read.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            match line {
                Line::Entry { key, value } => {
                    text.push_str(key);
                    text.push_str(" = \"");
                    text.push_str(value);
                    text.push('"');
                }
                Line::Other(other) => text.push_str(other),
            }
            text.push('\n');
        }
        text
    }
}

/// None: it is no line of such a file.
fn parse_line(line: &str) -> Option<Line> {
    if line.is_empty() || line.starts_with('#') {
        return (!line.contains('\0')).then(|| Line::Other(line.to_owned()));
    }
    let (key, rest) = line.split_once('=')?;
    let (key, rest) = (key.trim_end(), rest.trim_start());
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?.0,
        None => rest.split(|c: char| c.is_whitespace() || c == '#').next()?,
    };
    let entry = || Line::Entry { key: key.to_owned(), value: value.to_owned() };
    (is_key(key) && is_value(value)).then(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> Vec<(String, String)> {
        OptFile::parse(text.as_bytes()).values().into_iter().collect()
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_retroarch_writes_is_read() {
        let text = "nestopia_blargg = \"disabled\"\r\n# a comment\nbeetle_psx_width=  \"A # b\" # mark\nplain = x4 # no\n";
        let read = [("beetle_psx_width", "A # b"), ("nestopia_blargg", "disabled"), ("plain", "x4")];
        assert_eq!(values(text), pairs(&read));
        assert_eq!(OptFile::parse(text.as_bytes()).damaged(), None);
        assert_eq!(values("a = \"1\"\na = \"2\"\n"), pairs(&[("a", "1")]), "as RetroArch has it");
        assert_eq!(values("\u{feff}empty = \"\""), pairs(&[("empty", "")]));
    }

    #[test]
    fn what_is_not_known_stays_where_it_is() {
        let text = "# mine\n\nb = \"1\"\n#include \"other.cfg\"\na = \"2\"\n";
        let mut file = OptFile::parse(text.as_bytes());
        assert_eq!(file.to_text(), text);
        file.set("b", "3");
        file.set("c", "4");
        file.remove("a");
        assert_eq!(file.to_text(), "# mine\n\nb = \"3\"\n#include \"other.cfg\"\nc = \"4\"\n");
    }

    #[test]
    fn the_first_line_that_is_none_is_named_and_the_others_count() {
        for (text, damaged) in [
            (&b"a = \"1\"\nhello\nb = \"2\"\n"[..], 2),
            (b"a = \"1\"\nb = \"2\"\nc = \"half", 3),
            (b"a = \"1\"\nb = \"2\"\n = \"3\"\n", 3),
            (b"a = \"1\"\n\xff = \"3\"\nb = \"2\"\n", 2),
            (b"a = \"1\"\nb = \"2\"\n#\0\0\0", 3),
        ] {
            let file = OptFile::parse(text);
            assert_eq!(file.damaged(), Some(damaged), "{text:?}");
            assert_eq!(file.values().into_iter().collect::<Vec<_>>(), pairs(&[("a", "1"), ("b", "2")]));
        }
        let many: String = (0..MOST_KEYS + 1).map(|number| format!("k{number} = \"\"\n")).collect();
        let file = OptFile::parse(many.as_bytes());
        assert_eq!((file.values().len(), file.damaged()), (MOST_KEYS, Some(MOST_KEYS + 1)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_read_and_what_is_written_is_read_as_it_was(bytes: Vec<u8>, text in "[a-c=\"# \n]{0,60}") {
            for bytes in [&bytes[..], text.as_bytes()] {
                let file = OptFile::parse(bytes);
                let again = OptFile::parse(file.to_text().as_bytes());
                prop_assert_eq!(again.damaged(), None);
                prop_assert_eq!(again.values(), file.values());
            }
        }

        #[test]
        fn what_fits_is_written_and_read(key in "[^\\p{C}\\s=\"#]{1,20}", value in "[^\\p{C}\"]{0,40}") {
            prop_assert!(is_key(&key) && is_value(&value));
            let mut file = OptFile::default();
            file.set(&key, &value);
            prop_assert_eq!(OptFile::parse(file.to_text().as_bytes()), file);
        }
    }
}
