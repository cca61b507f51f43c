//! Archives that are whole, cut, damaged and hostile.

use super::testing::{seven, zip};
use super::*;
use crate::text::Message;
use std::io::Cursor;
use std::path::PathBuf;

type Files<'a> = &'a [(&'a str, &'a [u8])];

fn read(data: &[u8]) -> Result<Archive<Cursor<&[u8]>>, ArchiveError> {
    Archive::read(Cursor::new(data), "set.zip".into())
}

fn code(data: &[u8]) -> &'static str {
    read(data).map_or_else(|error| error.code(), |_| "")
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("hotseat-archive-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

const FILES: Files = &[("a.nes", b"first"), ("b/c.nes", b"second, longer"), ("d.txt", b"words")];

#[test]
fn what_is_in_an_archive_comes_out_as_it_went_in() {
    let many = vec![7_u8; 300_000];
    let large: Files = &[("large.bin", &many), ("a.nes", b"x")];
    for (make, name) in [(zip as fn(Files) -> Vec<u8>, "zip"), (seven, "7z")] {
        for files in [FILES, large] {
            let made = make(files);
            let mut archive = read(&made).expect(name);
            for (inner, data) in files {
                let entry = archive.entries().iter().find(|it| it.name == *inner).expect("an entry");
                assert_eq!((entry.size, entry.crc), (data.len() as u64, Some(crc32fast::hash(data))));
                assert_eq!(archive.unpack(inner, 1 << 20).expect("unpacked"), *data, "{name}: {inner}");
            }
            assert_eq!(archive.unpack("none", 9).map_err(|it| it.code()), Err("archive.missing"));
        }
        let made = make(FILES);
        assert_eq!(read(&made).unwrap().unpack("a.nes", 4).map_err(|it| it.code()), Err("archive.large"));
    }
}

#[test]
fn a_file_of_a_7z_is_unpacked_with_what_comes_before_it() {
    let last = |data: Vec<u8>| read(&data).unwrap().unpacked_for("d.txt");
    assert_eq!((last(zip(FILES)), last(seven(FILES))), (5, 5 + 14 + 5));
}

#[test]
fn files_are_written_below_a_folder_and_over_nothing() {
    let to = folder("extract");
    let made = seven(&[("disc/G.cue", b"sheet"), ("disc/1/G.bin", b"track"), ("other", b"no")]);
    let mut archive = read(&made).unwrap();
    archive.extract(&["disc/G.cue", "disc/1/G.bin"], &to, "disc/".len()).expect("written");
    assert_eq!(fs::read(to.join("G.cue")).unwrap(), b"sheet");
    assert_eq!(fs::read(to.join("1/G.bin")).unwrap(), b"track");
    assert_eq!(fs::read_dir(&to).unwrap().count(), 2);
    let again = archive.extract(&["disc/G.cue"], &to, "disc/".len()).map_err(|it| it.code());
    assert_eq!(again, Err("archive.not_written"));
    fs::remove_dir_all(to).unwrap();
}

#[test]
fn hostile_names_are_refused_before_anything_is_unpacked() {
    for name in ["../x.nes", "/etc/x.nes", "a\\..\\x.nes", "a/../../x.nes"] {
        // The writer of zips would make them harmless, so a name of the same length is replaced.
        let stand_in = "n".repeat(name.len());
        let mut made = zip(&[(&stand_in, b"x")]);
        while let Some(at) = made.windows(name.len()).position(|it| it == stand_in.as_bytes()) {
            made[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
        assert_eq!(code(&made), "archive.escape", "{name}");
        assert_eq!(code(&seven(&[(name, b"x")])), "archive.escape", "{name}");
    }
    assert_eq!(code(&seven(&[("a", b"x"), ("a", b"y")])), "archive.twice");
    assert_eq!(code(&zip(&[("folder/", b"")])), "archive.empty");
}

#[test]
fn links_and_locked_files_are_refused() {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("x.nes", "/etc/passwd", ::zip::write::SimpleFileOptions::default()).unwrap();
    assert_eq!(code(&writer.finish().unwrap().into_inner()), "archive.link");
    // The lowest bit of the flags, in both headers.
    let mut locked = zip(&[("x.nes", b"secret")]);
    for (magic, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = locked.windows(4).position(|it| it == magic).unwrap();
        locked[at + flags] |= 1;
    }
    assert_eq!(code(&locked), "archive.encrypted");
}

#[test]
fn what_lies_about_its_size_is_not_unpacked_beyond_it() {
    let mut made = zip(&[("x.nes", &[0; 100_000])]);
    // The unpacked size, in both headers.
    for (magic, size) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let at = made.windows(4).position(|it| it == magic).unwrap();
        made[at + size..at + size + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    let result = read(&made).and_then(|mut it| it.unpack("x.nes", 1 << 20));
    assert_eq!(result.map_err(|it| it.code()), Err("archive.damaged"));
}

/// An archive that was changed may still be one; it is never more than it says, and nothing panics.
fn survives(data: &[u8]) {
    let Ok(mut archive) = read(data) else { return };
    for entry in archive.entries().to_vec() {
        if let Ok(unpacked) = archive.unpack(&entry.name, 1 << 20) {
            assert_eq!(unpacked.len() as u64, entry.size);
        }
    }
}

#[test]
fn an_archive_that_is_cut_or_changed_anywhere_is_survived() {
    for whole in [zip(FILES), seven(FILES)] {
        for at in 0..whole.len() {
            survives(&whole[..at]);
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                survives(&damaged);
            }
            let mut damaged = whole.clone();
            let end = (at + 8).min(whole.len());
            damaged[at..end].fill(0xff);
            survives(&damaged);
        }
        assert_eq!(code(&whole[..whole.len() - 1]), "archive.damaged");
    }
    for noise in [&b""[..], b"PK", b"7z\xbc\xaf\x27\x1c", b"no archive at all", &[0xff; 5000]] {
        assert_eq!(code(noise), "archive.damaged");
    }
}

#[test]
fn a_7z_header_that_asks_for_endless_memory_is_refused() {
    let mut made = seven(FILES);
    // The number of files, as large as the format has it, under checksums that are right.
    let header = made.windows(2).rposition(|it| it == [0x05, 0x03]).unwrap();
    made.splice(header + 1..header + 2, [0xff; 9]);
    let begin = 32 + FILES.iter().map(|(_, data)| data.len()).sum::<usize>();
    let sum = crc32fast::hash(&made[begin..]);
    let len = (made.len() - begin) as u64;
    made[20..28].copy_from_slice(&len.to_le_bytes());
    made[28..32].copy_from_slice(&sum.to_le_bytes());
    let start = crc32fast::hash(&made[12..32]);
    made[8..12].copy_from_slice(&start.to_le_bytes());
    assert!(matches!(code(&made), "archive.damaged" | "archive.method" | "archive.too_many"), "{}", code(&made));
}
