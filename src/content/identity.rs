//! Which content something is, told by its bytes: the same whether it is packed or not.

use super::archive::{self, Archive, ArchiveError, folder_of};
use super::{Location, patch};
use aws_lc_rs::digest::{Context, SHA256};
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// What is up to this size counts as a whole: everything but discs.
const WHOLE_BYTES: u64 = 64 << 20;
/// What is unpacked to identify a file in an archive, some seconds' work: where it takes more, checksums count.
const UNPACKED_BYTES: u64 = 4 * WHOLE_BYTES;
/// Of larger content so many pieces of this size, evenly spread, the first and the last among them. Discs of one size that differ
/// differ by more than that.
const PIECES: u64 = 64;
const PIECE_BYTES: u64 = 64 << 10;

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
