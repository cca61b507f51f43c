//! What is given out of the newest version: a JSON object, or lines of `name: value` with words after an empty one.
//!
//! ```text
//! version: 1.4.0
//! date: 2026-12-24
//! link: https://hotseat.example/1.4.0
//!
//! Rewinding takes half the memory.
//! ```

use super::super::client::Url;
use semver::Version;
use serde::Deserialize;

const LONGEST_VERSION: usize = 64;
const LONGEST_LINK: usize = 500;
/// In characters; more does not fit into a notice.
const LONGEST_WORDS: usize = 400;

/// A version of the program, as its makers tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub version: Version,
    /// Year, month and day, as ISO 8601 has it.
    pub date: String,
    /// Where it is; by https, or none.
    pub link: Option<String>,
    /// What is new, in one paragraph; may be empty.
    pub words: String,
}

#[derive(Deserialize)]
struct Raw {
    version: String,
    date: String,
    #[serde(default)]
    link: String,
    #[serde(default)]
    words: String,
}

/// The error is what is wrong with it, for a sentence about the server.
pub(super) fn parse(document: &[u8]) -> Result<Release, &'static str> {
    let text = std::str::from_utf8(document).map_err(|_| "no text")?;
    let raw = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|_| "JSON without a version and a date")?
    } else {
        lines(text)
    };
    if raw.version.len() > LONGEST_VERSION {
        return Err("a version that is none");
    }
    let version = raw.version.trim();
    let version = Version::parse(version.strip_prefix('v').unwrap_or(version)).map_err(|_| "a version that is none")?;
    let date = raw.date.trim();
    if !is_date(date) {
        return Err("a version without its date");
    }
    Ok(Release { version, date: date.to_owned(), link: link(&raw.link), words: words(&raw.words) })
}

fn lines(text: &str) -> Raw {
    let mut raw = Raw { version: String::new(), date: String::new(), link: String::new(), words: String::new() };
    let mut lines = text.lines();
    for line in lines.by_ref() {
        let Some((name, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name.trim() {
            "version" => value.clone_into(&mut raw.version),
            "date" => value.clone_into(&mut raw.date),
            "link" => value.clone_into(&mut raw.link),
            _ => {}
        }
    }
    raw.words = lines.collect::<Vec<_>>().join(" ");
    raw
}

/// Shown as it is, so it is digits where digits belong; which days a month has is its maker's business.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut next = |digits| parts.next().is_some_and(|it| it.len() == digits && it.bytes().all(|b| b.is_ascii_digit()));
    next(4) && next(2) && next(2) && parts.next().is_none()
}

/// One that a browser is to open: to a server, by https, without anything that does not belong into an address.
fn link(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = text.len() <= LONGEST_LINK && text.bytes().all(|byte| byte.is_ascii_graphic());
    let secure = plain.then(|| Url::parse(text).ok()).flatten().is_some_and(|url| url.is_https());
    secure.then(|| text.to_owned())
}

fn words(text: &str) -> String {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    clean.chars().filter(|letter| !letter.is_control()).take(LONGEST_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_say_the_same() {
        let json = br#"{"version": "1.4.0", "date": "2026-12-24", "link": "https://hotseat.example/1.4.0",
            "words": "Rewinding takes\nhalf the memory.", "sha256": "later"}"#;
        let lines = b"version: v1.4.0\r\ndate: 2026-12-24\r\nlink: https://hotseat.example/1.4.0\r\nbuilt by: ann\r\n\r\nRewinding takes\r\nhalf the memory.\r\n";
        let release = parse(json).expect("a release");
        assert_eq!(parse(lines), Ok(release.clone()));
        assert_eq!((release.version.to_string(), release.date), ("1.4.0".into(), "2026-12-24".into()));
        assert_eq!(release.link.as_deref(), Some("https://hotseat.example/1.4.0"));
        assert_eq!(release.words, "Rewinding takes half the memory.");
    }

    #[test]
    fn a_link_that_is_not_to_a_server_by_https_is_left_out() {
        for link in [
            "http://hotseat.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://a b/",
            "https://u@h/",
            "x",
            "",
        ] {
            let release = parse(format!("version: 1.0.0\ndate: 2026-12-24\nlink: {link}\n").as_bytes());
            assert_eq!(release.expect("a release").link, None, "{link}");
        }
    }

    #[test]
    fn what_is_no_release_is_refused_and_what_is_long_is_cut() {
        for bad in [
            "",
            "<html><title>404</title></html>",
            "version: 1.0\ndate: 2026-12-24\n",
            "version: 1.0.0\n",
            "version: 1.0.0\ndate: tomorrow\n",
            "version: 1.0.0\ndate: 2026-12-24-1\n",
            "{",
            r#"{"version": 3}"#,
            r#"{"version": "1.0.0"}"#,
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(b"version: \xff\n").is_err());
        assert!(parse(format!("version: 1.0.0-{}\ndate: 2026-12-24\n", "a".repeat(100)).as_bytes()).is_err());
        let long = format!("version: 1.0.0\ndate: 2026-12-24\n\n{}\u{7}", "long ".repeat(1000));
        assert_eq!(parse(long.as_bytes()).expect("a release").words.chars().count(), LONGEST_WORDS);
    }
}
