//! Names of files that are safe on every file system, and never those of files that are there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The most a title takes of a file name, in bytes: with date, part and ending it fits the 143 of an encrypted home.
const MAX_TITLE: usize = 96;

/// How many files of one name there may be.
const MAX_SAME: u32 = 1000;

/// What a file's name begins with: the title, made harmless, and the date and time, here and now.
pub fn stem(title: &str) -> String {
    format!("{} {}", safe(title), jiff::ZonedDateTime::now().strftime("%Y-%m-%d %H.%M.%S"))
}

/// Makes a new file in `folder`, which is made if it is missing: `STEM.EXTENSION`, or with ` (2)` and so on after the stem
/// when there is one of that name. Errors are those of the file system.
pub fn create(folder: &Path, stem: &str, extension: &str) -> io::Result<(PathBuf, File)> {
    fs::create_dir_all(folder)?;
    for same in 1..=MAX_SAME {
        let counted = if same == 1 { String::new() } else { format!(" ({same})") };
        let path = folder.join(format!("{stem}{counted}.{extension}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// A title as a part of a file name: what some file system or shell would stumble over becomes an underscore, what
/// cannot be seen goes.
fn safe(title: &str) -> String {
    let mut name = String::new();
    for c in title.chars() {
        let c = match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => continue,
            c if c.is_control() => continue,
            c => c,
        };
        if name.len() + c.len_utf8() > MAX_TITLE {
            break;
        }
        name.push(c);
    }
    // A leading dot hides a file, a leading dash looks like an option.
    let name = name.trim_start_matches(|c: char| c.is_whitespace() || c == '.' || c == '-').trim_end();
    if name.is_empty() { "Game".into() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_harmless() {
        for (title, name) in [
            ("Kirby's Adventure (USA)", "Kirby's Adventure (USA)"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..", "Game"),
            ("", "Game"),
            (" - \n", "Game"),
            ("-rf", "rf"),
            ("a\0b\u{1b}[31m\r\nc", "ab[31mc"),
            ("Who? \"Me\": <yes>|no*\\", "Who_ _Me__ _yes__no__"),
            ("abc\u{202e}gpj", "abcgpj"),
            ("ゼルダの伝説", "ゼルダの伝説"),
        ] {
            assert_eq!(safe(title), name, "{title:?}");
        }
    }

    #[test]
    fn long_titles_are_cut_between_characters_and_fit() {
        let stem = stem(&"伝".repeat(500));
        assert!(stem.starts_with(&"伝".repeat(32)));
        assert!(stem.len() + " part 1000 (1000).webm".len() <= 143, "{} bytes", stem.len());
    }

    #[test]
    fn a_file_that_is_there_is_never_touched() {
        let folder = std::env::temp_dir().join(format!("hotseat-names-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let names: Vec<_> = (0..3)
            .map(|n| {
                let (path, _) = create(&folder.join("new"), "Game", "mp4").expect("create");
                fs::write(&path, [n]).expect("write");
                path
            })
            .collect();
        assert!(names[0].ends_with("Game.mp4") && names[1].ends_with("Game (2).mp4"), "{names:?}");
        assert!(names[2].ends_with("Game (3).mp4"));
        assert_eq!(fs::read(&names[0]).expect("read"), [0]);
        fs::remove_dir_all(folder).expect("remove");
    }
}
