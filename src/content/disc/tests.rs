//! Sheets that are right, wrong, cut, endless and hostile, beside files that are there or not.

use super::*;
use crate::text::Message;
use proptest::prelude::*;
use std::fs::{self, File};
use std::path::PathBuf;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("hotseat-disc-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Folder(folder)
    }

    fn file(&self, name: &str, data: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, data).unwrap();
        path
    }

    /// Takes no room on the disc.
    fn sparse(&self, name: &str, bytes: u64) -> PathBuf {
        let path = self.file(name, b"");
        File::options().write(true).open(&path).unwrap().set_len(bytes).unwrap();
        path
    }

    fn said(&self, name: &str) -> String {
        check(&self.0.join(name)).map_or_else(
            |error| error.text(&crate::text::Spoken::English.texts()),
            |notes| notes.iter().map(ToString::to_string).collect(),
        )
    }

    fn code(&self, name: &str) -> &'static str {
        check(&self.0.join(name)).map_or_else(|error| error.code(), |_| "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const TWO_TRACKS: &str = "FILE \"G (Track 1).bin\" BINARY\n  TRACK 01 MODE2/2352\n    INDEX 01 00:00:00\n\
    FILE \"G (Track 2).bin\" BINARY\n  TRACK 02 AUDIO\n    INDEX 00 00:00:00\n    INDEX 01 00:02:00\n";

#[test]
fn a_track_that_is_missing_empty_or_short_is_named() {
    let folder = Folder::new("tracks");
    folder.file("G.cue", TWO_TRACKS.as_bytes());
    assert_eq!(
        folder.said("G.cue"),
        "G.cue names the file G (Track 1).bin, which is not beside it: copy the whole disc, under its own names."
    );
    folder.sparse("G (Track 1).bin", 17 * 2352);
    folder.file("G (Track 2).bin", b"");
    assert_eq!(folder.code("G.cue"), "disc_error.empty");
    folder.sparse("G (Track 2).bin", 150 * 2352);
    let said = folder.said("G.cue");
    assert!(said.starts_with("G (Track 2).bin is cut short: it has 352800 of at least 355152 bytes"), "{said}");
    folder.sparse("G (Track 2).bin", 151 * 2352);
    assert_eq!(folder.code("G.cue"), "");
    // Without a place for a file system no game begins.
    folder.sparse("G (Track 1).bin", 16 * 2352);
    assert!(folder.said("G.cue").starts_with("G (Track 1).bin is cut short"));
}

#[test]
fn one_file_with_tracks_of_two_kinds_is_measured_by_both() {
    let folder = Folder::new("mixed");
    let sheet = "FILE G.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nPREGAP 00:02:00\nINDEX 01 00:10:00\n";
    folder.file("G.cue", sheet.as_bytes());
    let needs = 750 * 2048 + 2352;
    folder.sparse("G.bin", needs - 1);
    assert_eq!(folder.code("G.cue"), "disc_error.short");
    folder.sparse("G.bin", needs);
    assert_eq!(folder.code("G.cue"), "");
}

#[test]
fn a_disc_whose_file_system_says_more_is_told_and_run() {
    let folder = Folder::new("volume");
    folder.file("G.cue", b"FILE \"G.bin\" BINARY\nTRACK 01 MODE2/2352\nINDEX 01 00:00:00\n");
    let mut image = vec![0; 20 * 2352];
    image[16 * 2352 + 24..][..6].copy_from_slice(b"\x01CD001");
    image[16 * 2352 + 24 + 80..][..4].copy_from_slice(&100_000_u32.to_le_bytes());
    folder.file("G.bin", &image);
    assert_eq!(
        folder.said("G.cue"),
        "G.bin has 1 of the 224 MB that it says it has: it may be cut short. If the game stops, copy it again."
    );
    image[16 * 2352 + 24 + 80..][..4].copy_from_slice(&300_u32.to_le_bytes());
    folder.file("G.bin", &image);
    assert_eq!(folder.said("G.cue"), "");
}

#[test]
fn lists_of_discs_are_followed_and_do_not_go_round() {
    let folder = Folder::new("lists");
    folder.file("G.m3u", b"# both\nG1/1.cue\n./G1/2.chd|Disc 2\nMEMORY\n");
    folder.file("G1/1.cue", b"FILE \"1.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n");
    folder.sparse("G1/1.bin", 2352);
    assert_eq!(
        folder.said("G.m3u"),
        "G.m3u names the file 2.chd, which is not beside it: copy the whole disc, under its own names."
    );
    folder.file("G1/2.chd", b"no disc");
    assert_eq!(folder.code("G.m3u"), "disc_error.not_chd");
    let mut chd = b"MComprHD".to_vec();
    chd.extend([0, 0, 0, 124, 0, 0, 0, 5]);
    chd.resize(40, 0);
    chd.extend(5_000_u64.to_be_bytes());
    chd.resize(124, 0);
    folder.file("G1/2.chd", &chd);
    assert_eq!(folder.code("G.m3u"), "disc_error.short");
    chd.resize(5_016, 0);
    folder.file("G1/2.chd", &chd);
    assert_eq!(folder.code("G.m3u"), "");
    folder.file("a.m3u", b"b.m3u\n");
    folder.file("b.m3u", b"a.m3u\n");
    folder.file("self.m3u", b"self.m3u\n");
    assert_eq!([folder.code("a.m3u"), folder.code("self.m3u")], ["disc_error.loops"; 2]);
}

#[test]
fn what_leads_out_of_the_games_folder_is_refused() {
    let folder = Folder::new("escape");
    folder.file("secret.bin", b"x");
    for name in ["../secret.bin", "/etc/passwd.bin", "x/../../secret.bin", "..\\secret.bin"] {
        folder.file("in/G.cue", format!("FILE \"{name}\" BINARY\n").as_bytes());
        folder.file("in/G.m3u", format!("{name}\n").as_bytes());
        assert_eq!([folder.code("in/G.cue"), folder.code("in/G.m3u")], ["disc_error.outside"; 2], "{name}");
    }
    // To and fro within it.
    folder.file("in/G.bin", &[0; 2352]);
    folder.file("in/G.cue", b"FILE \"x/../G.bin\" BINARY\n");
    assert_eq!(folder.code("in/G.cue"), "");
}

#[test]
fn names_longer_than_any_and_endless_sheets_are_refused() {
    let folder = Folder::new("endless");
    for name in ["A".repeat(256), "A/".repeat(3000), "B".repeat(100_000)] {
        for (sheet, text) in
            [("G.cue", format!("FILE \"{name}.bin\" BINARY\n")), ("G.toc", format!("FILE \"{name}.bin\" 0\n"))]
        {
            folder.file(sheet, text.as_bytes());
            assert_eq!(folder.code(sheet), "disc_error.long_name", "{sheet} {}", name.len());
        }
    }
    folder.file("G.m3u", "x.cue\n".repeat(10_000).as_bytes());
    assert_eq!(folder.code("G.m3u"), "disc_error.too_many");
    folder.file("G.cue", "REM nothing\n".repeat(10_000).as_bytes());
    assert_eq!(folder.code("G.cue"), "disc_error.names_nothing");
    folder.sparse("G.cue", (1 << 20) + 1);
    assert_eq!(folder.code("G.cue"), "disc_error.too_long");
    folder.file("G.cue", b"\x00\x01\x02");
    assert_eq!(folder.code("G.cue"), "disc_error.not_a_sheet");
}

#[test]
fn other_kinds_of_sheet_are_compared_with_their_files() {
    let folder = Folder::new("kinds");
    folder.file("G.ccd", b"[Entry 2]\nPoint=0xa2\nPLBA=100\n[TRACK 1]\nMODE=2\n");
    assert_eq!(folder.code("G.ccd"), "disc_error.missing");
    folder.sparse("G.img", 100 * 2352 - 1);
    assert_eq!(folder.code("G.ccd"), "disc_error.short");
    folder.sparse("G.img", 100 * 2352);
    assert_eq!(folder.code("G.ccd"), "");
    folder.file("D.gdi", b"2\n1 0 4 2352 track01.bin 0\n2 756 0 2352 \"track 02.raw\" 0\n");
    folder.sparse("track01.bin", 2352);
    assert_eq!(folder.code("D.gdi"), "disc_error.missing");
    folder.sparse("track 02.raw", 2351);
    assert_eq!(folder.code("D.gdi"), "disc_error.short");
    folder.file("T.toc", b"CD_ROM\nTRACK MODE1\nDATAFILE \"t.bin\"\n");
    assert_eq!(folder.code("T.toc"), "disc_error.missing");
    folder.file("t.bin", b"x");
    assert_eq!(folder.code("T.toc"), "");
    assert_eq!(folder.code("t.bin"), "", "no disc at all");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_bounded_sheet_or_a_fault(
        kind in 0..5usize,
        lines in proptest::collection::vec("(FILE|TRACK|INDEX|01|\"|[0-9]{1,12}|:|MODE2/2352|AUDIO|BINARY|Point=0xa2|PLBA=[0-9]{1,25}|[ -~]{0,12}|\u{e9}| ){0,8}", 0..40),
    ) {
        let kind = [Kind::Cue, Kind::M3u, Kind::Toc, Kind::Ccd, Kind::Gdi][kind];
        if let Ok(sheet) = parse(kind, lines.join("\n").as_bytes()) {
            prop_assert!(sheet.files.len() <= 40);
        }
    }
}
