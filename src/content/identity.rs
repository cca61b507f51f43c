//! Which content something is, told by its bytes: the same whether it is packed or not.

use super::archive::{self, Archive, ArchiveError, folder_of};
use super::{Location, patch};
use aws_lc_rs::digest::{Context, SHA256};
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What is up to this size counts as a whole: everything but discs.
const WHOLE_BYTES: u64 = 64 << 20;
/// What is unpacked to identify a file in an archive, some seconds' work: where it takes more, checksums count.
const UNPACKED_BYTES: u64 = 4 * WHOLE_BYTES;
/// Of larger content so many pieces of this size, evenly spread, the first and the last among them. Discs of one size that differ
/// differ by more than that.
const PIECES: u64 = 64;
const PIECE_BYTES: u64 = 64 << 10;

/// The files that a sheet names are looked at, up to so many.
const MOST_TRACKS: usize = 128;
/// A sheet is short text.
const MOST_SHEET_BYTES: u64 = 256 << 10;
/// Content that is a text which names the files with the game itself.
const SHEETS: [&str; 6] = ["cue", "ccd", "toc", "gdi", "m3u", "mds"];

/// Adds one file to what an identity is made of.
pub fn add(context: &mut Context, file: &mut (impl Read + Seek)) -> io::Result<()> {
    let len = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    context.update(&len.to_le_bytes());
    let mut piece = vec![0; PIECE_BYTES as usize];
    if len <= WHOLE_BYTES {
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(()),
                read => context.update(&piece[..read]),
            }
        }
    }
    for number in 0..PIECES {
        file.seek(SeekFrom::Start((len - PIECE_BYTES) * number / (PIECES - 1)))?;
        file.read_exact(&mut piece)?;
        context.update(&piece);
    }
    Ok(())
}

/// In hexadecimal digits.
pub fn finish(context: Context) -> String {
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Of a file as it lies on disk, and of those that it names, if it is a disc's sheet.
pub fn of_file(path: &Path) -> io::Result<String> {
    let mut context = Context::new(&SHA256);
    add_file(&mut context, path)?;
    for track in tracks(path) {
        // One that is missing is the core's to complain of.
        let _ = add_file(&mut context, &track);
    }
    Ok(finish(context))
}

fn add_file(context: &mut Context, path: &Path) -> io::Result<()> {
    add(context, &mut File::open(path)?)
}

/// The files beside a sheet that it names: whole lines (`.m3u`), or what stands in quotation marks or between spaces.
fn tracks(path: &Path) -> Vec<PathBuf> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let Some(folder) = path.parent().filter(|_| SHEETS.contains(&extension.as_str())) else { return Vec::new() };
    let mut text = Vec::new();
    if File::open(path).and_then(|file| file.take(MOST_SHEET_BYTES).read_to_end(&mut text)).is_err() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&text);
    let mut found = Vec::new();
    for line in text.lines() {
        let names = std::iter::once(line.trim()).chain(line.split('"').map(str::trim)).chain(line.split_whitespace());
        for name in names.filter(|name| !name.is_empty() && !name.contains('/') && !name.starts_with('.')) {
            let track = folder.join(name);
            if found.len() < MOST_TRACKS && track != path && !found.contains(&track) && track.is_file() {
                found.push(track);
            }
        }
    }
    // Clone CD's image lies beside its sheet, which does not name it.
    found.extend(["img", "mdf"].map(|it| path.with_extension(it)).into_iter().filter(|track| track.is_file()));
    found
}

/// Of a file in an archive, or of a game with patches beside it. A cartridge is the bytes that the core will get; a disc in an archive,
/// and a cartridge far inside a solid one, is known by the lengths and checksums that the archive has of its files, since unpacking it here takes too long.
pub(super) fn of_unpacked(location: &Location) -> Result<String, ArchiveError> {
    let mut context = Context::new(&SHA256);
    let name = location.name().to_string_lossy().into_owned();
    let unreadable = |error: io::Error| ArchiveError::Unreadable { archive: name.clone(), cause: error.into() };
    let game = match &location.inner {
        None => {
            let len = fs::metadata(&location.file).map_err(unreadable)?.len();
            if len > patch::MOST_BYTES {
                let mut file = File::open(&location.file).map_err(unreadable)?;
                add(&mut context, &mut file).map_err(unreadable)?;
                return Ok(finish(context));
            }
            fs::read(&location.file).map_err(unreadable)?
        }
        Some(inner) => {
            let mut archive = Archive::open(&location.file)?;
            let size = archive.entries().iter().find(|it| it.name == *inner).map_or(0, |it| it.size);
            let far = archive.unpacked_for(inner) > UNPACKED_BYTES;
            if archive::is_sheet(&location.extension()) || size > WHOLE_BYTES || far {
                let sheet = archive::is_sheet(&location.extension());
                let within =
                    |it: &&super::Entry| if sheet { it.name.starts_with(folder_of(inner)) } else { it.name == *inner };
                for entry in archive.entries().iter().filter(within) {
                    context.update(&entry.size.to_le_bytes());
                    context.update(&entry.crc.unwrap_or(0).to_le_bytes());
                }
                // What they make of it is not known here; with them it is another game.
                for patch in patch::beside(location).0 {
                    context.update(&patch::read(&patch).unwrap_or_default());
                }
                return Ok(finish(context));
            }
            archive.unpack(inner, WHOLE_BYTES)?
        }
    };
    let (patched, _) = patch::beside(location).apply(game);
    add(&mut context, &mut Cursor::new(patched)).map_err(unreadable)?;
    Ok(finish(context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_names_itself_or_what_lies_elsewhere_is_read_all_the_same() {
        let folder = std::env::temp_dir().join(format!("hotseat-tracks-{}", std::process::id()));
        fs::create_dir_all(folder.join("in")).unwrap();
        fs::write(folder.join("secret"), b"x").unwrap();
        let path = folder.join("in/G.m3u");
        fs::write(&path, format!("G.m3u\n../secret\n/etc/passwd\n{}\n\"\n", "x\n".repeat(10_000))).unwrap();
        assert!(tracks(&path).is_empty());
        assert!(of_file(&path).is_ok());
        fs::remove_dir_all(folder).unwrap();
    }
}
