//! The library with 20,000 games: looking through them, showing them at the next start, finding one by typing.

use super::BenchError;
use super::table::{Row, Table};
use crate::library::catalog::{CatalogConfig, Query, Shelf, find};
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::Path;
use std::time::Instant;

const FILES: usize = 20_000;
/// Every so many files one is an archive, and another a disc's sheet with its track.
const ARCHIVE_EVERY: usize = 10;
const DISC_EVERY: usize = 20;
/// Of a cartridge, in bytes: those of the 8-bit machines have 8 to 512 KiB.
const GAME_BYTES: usize = 40 << 10;
const TYPED: &str = "tale of the 123";
/// Seconds.
const SCAN_BUDGET: f64 = 60.0;
const START_BUDGET: f64 = 0.3;
/// Milliseconds: a frame.
const KEY_BUDGET: f64 = 16.0;

pub fn library(table: &mut Table) -> Result<(), BenchError> {
    let scratch = std::env::temp_dir().join(format!("hotseat-bench-library-{}", std::process::id()));
    let done = measure(table, &scratch);
    let _ = fs::remove_dir_all(&scratch);
    done
}

fn measure(table: &mut Table, scratch: &Path) -> Result<(), BenchError> {
    let games = scratch.join("games");
    generate(&games).map_err(BenchError::io("The games could not be written"))?;
    let config = CatalogConfig { folders: vec![games], ..CatalogConfig::new(scratch.join("data")) };

    let begin = Instant::now();
    let mut shelf = Shelf::open(config.clone());
    let Some((mut scan, _)) = shelf.begin(&mut || true) else { return Err(BenchError::NoFigures) };
    let named = begin.elapsed().as_secs_f64();
    while shelf.step(&mut scan) {}
    let scanned = begin.elapsed().as_secs_f64();
    table.push(Row::below(format!("library, {} files looked through", scan.done), scanned, "s", SCAN_BUDGET));
    table.push(Row::info("  of which until all are shown by their names".into(), named, "s"));
    drop(shelf);

    let begin = Instant::now();
    let mut shelf = Shelf::open(config);
    let entries = shelf.entries();
    let name = format!("library, {} games shown at the next start", entries.len());
    table.push(Row::below(name, begin.elapsed().as_secs_f64(), "s", START_BUDGET));
    let begin = Instant::now();
    let _ = shelf.begin(&mut || true);
    table.push(Row::info("  looked through again, nothing new".into(), begin.elapsed().as_secs_f64(), "s"));

    let mut slowest = 0.0_f64;
    for end in 1..=TYPED.len() {
        let query = Query { text: TYPED[..end].to_owned(), ..Query::default() };
        let begin = Instant::now();
        let found = find(&entries, &query);
        slowest = slowest.max(begin.elapsed().as_secs_f64() * 1000.0);
        std::hint::black_box(found);
    }
    table.push(Row::below("library, a key typed into the search, the slowest".into(), slowest, "ms", KEY_BUDGET));
    Ok(())
}

fn generate(folder: &Path) -> std::io::Result<()> {
    for number in 0..FILES {
        let system = ["nes", "snes", "gb", "psx"][number % 4];
        let place = folder.join(system);
        fs::create_dir_all(&place)?;
        let name = format!("Tale of the {number} Embers (USA) (Rev {})", number % 3);
        let data = game(number);
        if number.is_multiple_of(DISC_EVERY) {
            let sheet = format!("FILE \"{name}.bin\" BINARY\n  TRACK 01 MODE2/2352\n    INDEX 01 00:00:00\n");
            fs::write(place.join(format!("{name}.cue")), sheet)?;
            fs::write(place.join(format!("{name}.bin")), &data)?;
        } else if number.is_multiple_of(ARCHIVE_EVERY) {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file(format!("{name}.nes"), zip::write::SimpleFileOptions::default())?;
            zip.write_all(&data)?;
            File::create(place.join(format!("{name}.zip")))?.write_all(&zip.finish()?.into_inner())?;
        } else {
            let ending = ["nes", "sfc", "gb", "chd"][number % 4];
            fs::write(place.join(format!("{name}.{ending}")), &data)?;
        }
    }
    Ok(())
}

/// Not two alike, and not all zeros.
fn game(number: usize) -> Vec<u8> {
    let mut state = number as u32 ^ 0x9e37_79b9;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    (0..GAME_BYTES / 4).flat_map(|_| word().to_le_bytes()).collect()
}
