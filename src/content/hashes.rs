//! What a game's bytes are known by: the identity that saves go by, and the checksums that DAT files have.

use super::archive::is_sheet;
use super::identity;
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

/// What is larger is a disc, and is known by pieces of it: reading a shelf of discs whole takes hours.
pub const MOST_WHOLE_BYTES: u64 = 64 << 20;

/// Checksums of the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    pub crc: u32,
    pub sha1: [u8; 20],
}

/// One game's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes {
    /// In hexadecimal digits, as [`identity`] has it.
    pub identity: String,
    /// Of the file or the file in the archive, in bytes.
    pub bytes: u64,
    /// None: it is too large to be read whole.
    pub whole: Option<Sums>,
    /// Without the header that copiers and emulators put before it, as most DAT files have it.
    pub bare: Option<Sums>,
}

impl Hashes {
    /// Of a file as it lies on disk; a disc's sheet stands for what it names.
    pub fn of_file(path: &Path) -> io::Result<Hashes> {
        let mut file = File::open(path)?;
        let bytes = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        if bytes > MOST_WHOLE_BYTES {
            return Ok(Hashes { identity: identity::of_file(path)?, bytes, whole: None, bare: None });
        }
        let mut data = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
        // It may grow meanwhile.
        file.take(MOST_WHOLE_BYTES + 1).read_to_end(&mut data)?;
        let hashes = Hashes::of(&data)?;
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match is_sheet(&ending) {
            true => Ok(Hashes { identity: identity::of_file(path)?, ..hashes }),
            false => Ok(hashes),
        }
    }

    /// Of what is in memory.
    pub fn of(data: &[u8]) -> io::Result<Hashes> {
        let mut context = Context::new(&SHA256);
        identity::add(&mut context, &mut Cursor::new(data))?;
        let header = header_bytes(data);
        Ok(Hashes {
            identity: identity::finish(context),
            bytes: data.len() as u64,
            whole: Some(Sums::of(data)),
            bare: (header > 0).then(|| Sums::of(&data[header..])),
        })
    }
}

impl Sums {
    fn of(data: &[u8]) -> Sums {
        let mut sha1 = [0; 20];
        sha1.copy_from_slice(aws_lc_rs::digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, data).as_ref());
        Sums { crc: crc32fast::hash(data), sha1 }
    }
}

/// How long the header is that is no part of the cartridge. The marks are those of No-Intro's header rules.
fn header_bytes(data: &[u8]) -> usize {
    let copier = data.len() > 512 && data.len() % 1024 == 512;
    let length = match data {
        _ if data.starts_with(b"NES\x1a") || data.starts_with(b"FDS\x1a") => 16,
        _ if data.starts_with(b"LYNX") => 64,
        _ if data.get(1..10) == Some(b"ATARI7800") => 128,
        // Copiers for the Super Nintendo put 512 bytes before banks of 32 KiB.
        _ if copier && (data.len() - 512).is_multiple_of(0x8000) => 512,
        _ => 0,
    };
    if length < data.len() { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_is_also_known_without_its_header() {
        let bare = vec![7; 0x8000];
        let with = |header: &[u8], length: usize| {
            let mut data = header.to_vec();
            data.resize(length, 0);
            data.extend(&bare);
            Hashes::of(&data).unwrap()
        };
        let plain = Hashes::of(&bare).unwrap();
        assert_eq!(plain.bare, None);
        for (header, length) in [(&b"NES\x1a"[..], 16), (b"LYNX", 64), (b"\x01ATARI7800", 128), (b"", 512)] {
            let headed = with(header, length);
            assert_eq!(headed.bare, plain.whole, "{length}");
            assert_ne!(headed.identity, plain.identity);
        }
        assert_eq!(Hashes::of(b"NES\x1a").unwrap().bare, None);
        assert_eq!(plain.whole.unwrap().crc, crc32fast::hash(&bare));
    }
}
