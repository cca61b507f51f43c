//! Archives that come from anywhere: nothing that is unpacked is longer than was said, or called so that it lands elsewhere.
#![no_main]

use hotseat::content::archive::{Archive, playable};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

const MOST: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    let Ok(mut archive) = Archive::read(Cursor::new(data), "fuzz.zip".into()) else { return };
    let entries = archive.entries().to_vec();
    let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
    assert!(playable(&names, &["bin".into(), "cue".into(), "m3u".into()]).len() <= names.len());
    for entry in entries.iter().take(8) {
        assert!(!entry.name.starts_with('/') && !entry.name.split('/').any(|part| part == ".."));
        if let Ok(unpacked) = archive.unpack(&entry.name, MOST) {
            assert_eq!(unpacked.len() as u64, entry.size);
        }
    }
});
