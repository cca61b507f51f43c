//! What a reader of the window sees comes from the language files.

use std::path::{Path, PathBuf};

/// Literals that are words and yet no text to translate.
const ALLOWED: [&str; 7] = [
    // The program's name.
    "Hotseat",
    "{title} – Hotseat",
    // Each language has its own name in every list.
    "English",
    "简体中文 (Chinese)",
    // The folder that libretro's thumbnails have.
    "Named_Boxarts",
    // Fonts.
    "Inter",
    "Inter SemiBold",
];

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(source_files(&path));
        } else if path.file_name().is_some_and(|name| name != "tests.rs") {
            files.push(path);
        }
    }
    files
}

/// The string literals of a source file, each with what precedes it on its line. Comments and character literals are skipped.
fn literals(source: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let (bytes, mut at) = (source.as_bytes(), 0);
    let end_of = |from: usize, mark: &str| source[from..].find(mark).map_or(source.len(), |end| from + end);
    while at < bytes.len() {
        match bytes[at] {
            b'/' if source[at..].starts_with("//") => at = end_of(at, "\n"),
            b'\'' if bytes.get(at + 1) == Some(&b'\\') => at = end_of(at + 3, "'") + 1,
            b'\'' if source[at + 1..].chars().nth(1) == Some('\'') => at = end_of(at + 1, "'") + 1,
            b'"' => {
                let mut end = at + 1;
                while bytes[end] != b'"' {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                let line = source[..at].rfind('\n').map_or(0, |line| line + 1);
                found.push((&source[at + 1..end], &source[line..at]));
                at = end + 1;
            }
            _ => at += 1,
        }
    }
    found
}

/// Two words, or one written as a name or the beginning of a sentence is.
fn is_readable(literal: &str) -> bool {
    let mut text = String::new();
    let mut inside = false;
    for letter in literal.chars() {
        inside = letter == '{' || inside && letter != '}';
        text.push(if inside || letter == '}' { ' ' } else { letter });
    }
    let is_word = |word: &&str| word.chars().filter(|letter| letter.is_alphabetic()).count() > 1;
    let capitalised = |word: &str| {
        let letters: Vec<char> = word.chars().filter(|letter| letter.is_alphabetic()).collect();
        letters[0].is_uppercase() && letters[1..].iter().any(|letter| letter.is_lowercase())
    };
    let is_path = |word: &&str| word.contains(['/', '=']);
    let words: Vec<&str> = text.split_whitespace().filter(is_word).filter(|word| !is_path(word)).collect();
    words.len() > 1 || words.iter().any(|word| capitalised(word))
}

#[test]
fn no_words_for_a_reader_stand_in_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gui");
    let mut words = Vec::new();
    for path in source_files(&root) {
        let source = std::fs::read_to_string(&path).unwrap();
        let code = source.split_once("#[cfg(test)]\nmod tests {").map_or(source.as_str(), |(code, _)| code);
        for (literal, before) in literals(code) {
            // Logs are for developers.
            if is_readable(literal) && !ALLOWED.contains(&literal) && !before.contains("tracing::") {
                words.push(format!("{}: {literal:?}", path.strip_prefix(&root).unwrap().display()));
            }
        }
    }
    assert!(words.is_empty(), "to be moved to assets/lang: {words:#?}");
}

#[test]
fn literals_are_found_where_they_are_and_judged_by_their_words() {
    let source = r#"let a = "one"; // "comment"
        let (quote, tick, b) = ('"', '\'', "with \" inside"); fn f<'a>(x: &'a str) {} tracing::warn!("log line");"#;
    let found: Vec<&str> = literals(source).into_iter().map(|(literal, _)| literal).collect();
    assert_eq!(found, ["one", r#"with \" inside"#, "log line"]);
    for text in ["Left Shift", "no core", "Start", "{name} is gone", "打开 游戏"] {
        assert!(is_readable(text), "{text}");
    }
    for text in
        ["core-options", "P{n}", "{name} (F5)", " · ", "{:.1}", "OFF", "../../assets/Inter.ttf", "{first} {rest}"]
    {
        assert!(!is_readable(text), "{text}");
    }
}
