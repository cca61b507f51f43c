//! Disc sheets of every kind: as many files as there may be, with names that fit into what cores have for them.
#![no_main]

use hotseat::content::disc::{Kind, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for kind in [Kind::Cue, Kind::M3u, Kind::Toc, Kind::Ccd, Kind::Gdi] {
        if let Ok(sheet) = parse(kind, data) {
            assert!(sheet.files.len() <= 512);
            assert!(sheet.files.iter().all(|file| file.name.len() < 4096));
        }
    }
});
