//! 7z archives, by the crate sevenz-rust2.

use super::{Fault, Raw, Sink, limits};
use sevenz_rust2::{ArchiveReader, EncoderMethod, EntryDecision, Error, Password};
use std::collections::HashMap;
use std::io::{Read, Seek};

/// Of each header and each dictionary, in KiB: 7-Zip's largest preset has a dictionary of 64 MiB, its largest setting for people
/// without much memory one of 256 MiB.
const MEMORY_KIB: usize = 512 << 10;
/// `FILE_ATTRIBUTE_UNIX_EXTENSION`: the upper half is a Unix mode.
const HAS_UNIX_MODE: u32 = 0x8000;

pub(super) struct Seven<R: Read + Seek>(ArchiveReader<R>);

impl<R: Read + Seek> Seven<R> {
    pub(super) fn open(reader: R) -> Result<(Seven<R>, Vec<Raw>), Fault> {
        let mut seven =
            ArchiveReader::new_with_memory_limit(reader, Password::empty(), MEMORY_KIB).map_err(|it| fault(&it))?;
        // Each thread has a dictionary of its own.
        seven.set_thread_count(1);
        let archive = seven.archive();
        if archive.files.len() > limits::MOST_ENTRIES {
            return Err(Fault::TooMany);
        }
        let aes = EncoderMethod::ID_AES256_SHA256;
        if archive.blocks.iter().any(|block| block.coders.iter().any(|coder| coder.encoder_method_id() == aes)) {
            return Err(Fault::Encrypted);
        }
        let raw = archive.files.iter().filter(|file| !file.is_anti_item).map(|file| {
            let mode = if file.windows_attributes & HAS_UNIX_MODE != 0 { file.windows_attributes >> 16 } else { 0 };
            Raw {
                name: file.name.clone(),
                size: file.size,
                crc: file.has_crc.then_some(file.crc as u32),
                folder: file.is_directory,
                link: mode & libc::S_IFMT == libc::S_IFLNK,
            }
        });
        let raw = raw.collect();
        Ok((Seven(seven), raw))
    }

    /// See [`super::Archive::each`]. Files before those that are wanted are unpacked too where they are packed together.
    pub(super) fn each(&mut self, wanted: &HashMap<&str, u64>, sink: Sink) -> Result<(), Fault> {
        let mut failed = None;
        let mut left = wanted.len();
        let done = self.0.for_each_entries_with_decision(|entry, from| {
            if left == 0 {
                return Ok(EntryDecision::Stop);
            }
            let Some(size) = wanted.get(entry.name()) else { return Ok(EntryDecision::Continue) };
            left -= 1;
            match sink(entry.name(), from, *size) {
                Ok(()) => Ok(EntryDecision::Continue),
                Err(fault) => {
                    failed = Some(fault);
                    Ok(EntryDecision::Stop)
                }
            }
        });
        match (failed, done) {
            (Some(fault), _) => Err(fault),
            (None, Err(error)) => Err(fault(&error)),
            (None, Ok(())) if left > 0 => Err(Fault::Damaged),
            (None, Ok(())) => Ok(()),
        }
    }
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::Io(error, _) | Error::FileOpen(error, _) => {
            Fault::Io(std::io::Error::new(error.kind(), error.to_string()))
        }
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Fault::Encrypted,
        // Its names are locked, too.
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => Fault::Encrypted,
        Error::UnsupportedCompressionMethod(_)
        | Error::UnsupportedVersion { .. }
        | Error::ExternalUnsupported
        | Error::MaxMemLimited { .. }
        | Error::Unsupported(_) => Fault::Method,
        _ => Fault::Damaged,
    }
}
