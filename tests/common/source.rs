//! The program's own source as tests read it: which paths stand in a file, outside comments, strings and its tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One name, number, literal or sign of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    line: usize,
}

/// What stands in the place of a string or character.
const LITERAL: &str = "\"";

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The source without comments, and without what stands in strings.
fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut at, mut line) = (0, 1);
    let mut found = Vec::new();
    let is = |at: usize, text: &str| text.chars().enumerate().all(|(index, c)| chars.get(at + index) == Some(&c));
    while at < chars.len() {
        let start = at;
        let mut text = None;
        let word = chars[at].is_alphanumeric() || chars[at] == '_';
        if is(at, "//") {
            at += chars[at..].iter().take_while(|c| **c != '\n').count();
        } else if is(at, "/*") {
            let mut depth = 0;
            loop {
                let (opens, closes) = (is(at, "/*"), is(at, "*/"));
                depth = depth + usize::from(opens) - usize::from(closes);
                at += if opens || closes { 2 } else { 1 };
                if depth == 0 || at >= chars.len() {
                    break;
                }
            }
        } else if let Some(end) = raw_string(&chars, at) {
            (at, text) = (end, Some(LITERAL.to_owned()));
        } else if chars[at] == '"' || (matches!(chars[at], 'b' | 'c') && is(at + 1, "\"")) {
            at += if chars[at] == '"' { 1 } else { 2 };
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            (at, text) = (at + 1, Some(LITERAL.to_owned()));
        } else if chars[at] == '\'' {
            // A lifetime has no closing quote where a character would have it.
            if is(at + 1, "\\") {
                at += 3;
                at += chars[at..].iter().take_while(|c| **c != '\'').count() + 1;
                text = Some(LITERAL.to_owned());
            } else if is(at + 2, "'") {
                (at, text) = (at + 3, Some(LITERAL.to_owned()));
            } else {
                at += 1;
                at += chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            }
        } else if word {
            // A raw name, such as `r#type`, is the name.
            at += if is(at, "r#") { 2 } else { 0 };
            let name: String = chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            at += name.chars().count().max(1);
            text = Some(name);
        } else if is(at, "::") {
            (at, text) = (at + 2, Some("::".to_owned()));
        } else {
            text = Some(chars[at].to_string()).filter(|sign| !sign.trim().is_empty());
            at += 1;
        }
        found.extend(text.map(|text| Token { text, line }));
        line += chars[start..at.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    found
}

/// The end of the raw string that begins here, if one does.
fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let prefix = if matches!(chars[at], 'b' | 'c') { 1 } else { 0 };
    if chars.get(at + prefix) != Some(&'r') {
        return None;
    }
    let from = at + prefix + 1;
    let hashes = chars[from..].iter().take_while(|c| **c == '#').count();
    if chars.get(from + hashes) != Some(&'"') {
        return None;
    }
    let closed = |end: usize| chars[end] == '"' && chars[end + 1..].iter().take(hashes).all(|c| *c == '#');
    (from + hashes + 1..chars.len()).find(|&end| closed(end)).map(|end| end + 1 + hashes)
}

/// The index after the bracket that closes the one at `open`.
fn after_bracket(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// Whether an attribute, without its brackets, leaves what follows to tests.
fn is_for_tests(attribute: &[Token]) -> bool {
    let words: Vec<&str> = attribute.iter().map(|token| token.text.as_str()).collect();
    match words.as_slice() {
        ["test"] | ["cfg", "(", "test", ")"] => true,
        ["cfg", "(", "all", "(", inner @ ..] => {
            inner.contains(&"test") && !inner.contains(&"not") && !inner.contains(&"any")
        }
        _ => false,
    }
}

/// The code that is not for tests alone, and the names of the files' modules that are.
fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut test_modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    while at < tokens.len() {
        if text(at) == "#" && text(at + 1) == "[" {
            let end = after_bracket(tokens, at + 1);
            if !is_for_tests(&tokens[at + 2..end - 1]) {
                kept.extend_from_slice(&tokens[at..end]);
                at = end;
                continue;
            }
            // To the end of the item: its semicolon, or its block.
            at = end;
            while at < tokens.len() && text(at) != ";" && text(at) != "}" {
                if text(at) == "mod" && text(at + 2) == ";" {
                    test_modules.push(text(at + 1).to_owned());
                }
                let block = text(at) == "{";
                at = if matches!(text(at), "(" | "[" | "{") { after_bracket(tokens, at) } else { at + 1 };
                if block {
                    break;
                }
            }
            at += usize::from(text(at) == ";");
            continue;
        }
        kept.push(tokens[at].clone());
        at += 1;
    }
    (kept, test_modules)
}

/// A path that stands in the code, as far as it can be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub path: Vec<String>,
    pub line: usize,
}

/// Reads one tree of a `use`, with the names that it brings.
fn read_use(tokens: &[Token], at: &mut usize, prefix: &[String], found: &mut Vec<(String, Mention)>) {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut path = prefix.to_vec();
    let mut line = tokens.get(*at).map_or(0, |token| token.line);
    loop {
        match text(*at) {
            "::" => *at += 1,
            "{" => {
                *at += 1;
                while *at < tokens.len() && text(*at) != "}" {
                    read_use(tokens, at, &path, found);
                    *at += usize::from(text(*at) == ",");
                }
                *at += 1;
                return;
            }
            "as" => {
                found.push((text(*at + 1).to_owned(), Mention { path, line }));
                *at += 2;
                return;
            }
            word if word == "*" || is_word(word) => {
                line = tokens[*at].line;
                if word != "self" || path.is_empty() {
                    path.push(word.to_owned());
                }
                *at += 1;
            }
            _ => {
                let name = path.last().cloned().unwrap_or_default();
                if !path.is_empty() {
                    found.push((name, Mention { path, line }));
                }
                // Whatever this is, it is passed, so that the reading comes to an end.
                *at += usize::from(!matches!(text(*at), "," | "}" | ";"));
                return;
            }
        }
    }
}

/// Every path of the code, those that begin with an imported name from where that was imported.
fn mentions(tokens: &[Token]) -> Vec<Mention> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut imports = Vec::new();
    let mut rest = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if text(at) == "use" && text(at + 1) != "<" {
            at += 1;
            read_use(tokens, &mut at, &[], &mut imports);
        } else if is_word(text(at)) {
            let mention = Mention { path: vec![text(at).to_owned()], line: tokens[at].line };
            let is_method = at > 0 && text(at - 1) == ".";
            at += 1;
            let mut mention = mention;
            while text(at) == "::" && is_word(text(at + 1)) {
                mention.path.push(text(at + 1).to_owned());
                at += 2;
            }
            if is_method {
                mention.path.insert(0, ".".to_owned());
            }
            rest.push(mention);
        } else {
            at += 1;
        }
    }
    let names: BTreeMap<&str, &[String]> =
        imports.iter().map(|(name, mention)| (name.as_str(), mention.path.as_slice())).collect();
    let mut all: Vec<Mention> = imports.iter().map(|(_, mention)| mention.clone()).collect();
    for Mention { path, line } in rest {
        match names.get(path[0].as_str()) {
            Some(imported) if path.len() > 1 => {
                all.push(Mention { path: imported.iter().chain(&path[1..]).cloned().collect(), line });
            }
            _ => all.push(Mention { path, line }),
        }
    }
    all
}

/// One file below `src`, with what it mentions outside its tests.
#[derive(Debug)]
pub struct Source {
    /// Below `src`.
    pub path: String,
    pub mentions: Vec<Mention>,
}

impl Source {
    /// With what stands in `text`, and the names of the modules beside it that are for tests.
    pub fn new(path: &str, text: &str) -> (Source, Vec<String>) {
        let (code, test_modules) = without_tests(&tokens(text));
        (Source { path: path.to_owned(), mentions: mentions(&code) }, test_modules)
    }

    /// The module of `src/lib.rs` that it is of.
    pub fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Modules between it and the root of the crate, itself included.
    fn depth(&self) -> usize {
        self.path.split('/').count() - usize::from(self.path.ends_with("/mod.rs"))
    }

    /// Names at the root of the crate that it mentions, with the line.
    pub fn roots(&self) -> impl Iterator<Item = (&str, usize, bool)> {
        self.mentions.iter().filter_map(|Mention { path, line }| {
            let supers = path.iter().take_while(|part| *part == "super").count();
            match path.first()?.as_str() {
                "crate" => Some((path.get(1)?.as_str(), *line, true)),
                // Inside a module within the file this may lead less far: then it is an arrow only by its name.
                "super" if supers >= self.depth() => Some((path.get(supers)?.as_str(), *line, false)),
                _ => None,
            }
        })
    }
}

pub fn root() -> PathBuf {
    let folder = std::env::var("CARGO_MANIFEST_DIR").ok();
    folder.or(option_env!("CARGO_MANIFEST_DIR").map(str::to_owned)).unwrap_or_else(|| ".".to_owned()).into()
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The library's files. The program itself, `main.rs`, uses it like any other crate.
pub fn sources() -> &'static [Source] {
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(read_sources)
}

fn read_sources() -> Vec<Source> {
    let src = root().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    files.sort();
    let mut sources = Vec::new();
    let mut for_tests = BTreeSet::new();
    for file in files {
        let path = file.strip_prefix(&src).expect("it is below").to_string_lossy().replace('\\', "/");
        let (source, test_modules) = Source::new(&path, &read(&file));
        let folder = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap_or_default();
        for_tests.extend(test_modules.iter().map(|name| format!("{folder}/{name}")));
        sources.push(source);
    }
    let is_test = |path: &str| {
        let name = path.strip_suffix(".rs").unwrap_or(path);
        let parts = || name.split('/');
        parts().any(|part| part == "tests")
            || (1..=parts().count()).any(|count| for_tests.contains(&parts().take(count).collect::<Vec<_>>().join("/")))
    };
    sources.retain(|it| !matches!(it.path.as_str(), "lib.rs" | "main.rs") && !is_test(&it.path));
    sources
}

/// The modules of `src/lib.rs`, in its order.
pub fn modules() -> Vec<String> {
    let tokens = tokens(&read(&root().join("src/lib.rs")));
    let is_module = |at: &[Token]| at[0].text == "mod" && at[2].text == ";";
    tokens.windows(3).filter(|at| is_module(at)).map(|at| at[1].text.clone()).collect()
}

/// Whether a path is this one or leads into it; a star may.
pub fn is_within(path: &[String], forbidden: &str) -> bool {
    let forbidden: Vec<&str> = forbidden.split("::").collect();
    let same = path.iter().zip(&forbidden).take_while(|(a, b)| a == b).count();
    same == forbidden.len() || (same > 0 && path.get(same).is_some_and(|part| part == "*"))
}

#[cfg(test)]
mod the_reading_itself {
    use super::*;

    fn paths(source: &str) -> Vec<String> {
        let (code, _) = without_tests(&tokens(source));
        mentions(&code).iter().map(|mention| mention.path.join("::")).filter(|path| path.contains("::")).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let source = r##"
            pub use crate::a::{self, b as c, d::{E, F}, g::*};
            use super::{super::h, i};
            use std::time::Instant;
            fn f<'a>(x: &'a crate::j::K) -> impl Sized + use<'a> { Instant::now(); c::l(); x.elapsed() }
            macro_rules! m { () => { $crate::n::o() } }
        "##;
        let expected = "crate::a crate::a::b crate::a::d::E crate::a::d::F crate::a::g::* \
            super::super::h super::i std::time::Instant crate::j::K \
            std::time::Instant::now crate::a::b::l .::elapsed crate::n::o";
        assert_eq!(paths(source).join(" "), expected);
    }

    #[test]
    fn comments_strings_and_tests_are_passed_over() {
        let source = r##"
            // crate::a
            /* crate::b /* crate::c */ crate::d */
            const A: (&str, &[u8], char, char) = ("crate::e \" crate::f", br#"crate::g " crate::h"#, '"', '\'');
            #[cfg(test)] use crate::i::{j, k};
            #[cfg(test)] #[allow(dead_code)] mod tests { use crate::l; fn f() { if true {} } }
            #[cfg(all(test, unix))] fn g(x: [u8; 2]) -> crate::m::N { crate::o::p() }
            #[cfg(test)] mod q;
            #[cfg(feature = "r")] use crate::s;
            fn t() -> crate::u::V {}
        "##;
        assert_eq!(paths(source), ["crate::s", "crate::u::V"]);
        assert_eq!(without_tests(&tokens(source)).1, ["q"]);
        let lines: Vec<usize> = tokens("a\n\"\n\"\n/*\n*/ b").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn what_is_forbidden_is_also_found_behind_a_star() {
        let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
        assert!(is_within(&path("std::fs::read"), "std::fs") && is_within(&path("std::fs"), "std::fs"));
        assert!(is_within(&path("std::net::*"), "std::net::UdpSocket"));
        assert!(!is_within(&path("std::net::IpAddr"), "std::net::UdpSocket"));
        assert!(!is_within(&path("std"), "std::fs") && !is_within(&path("*"), "std::fs"));
    }
}
