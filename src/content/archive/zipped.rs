//! Zip archives, by the crate of that name.

use super::{Fault, Raw, Sink, limits};
use std::collections::HashMap;
use std::io::{Read, Seek};
use zip::ZipArchive;
use zip::result::ZipError;

pub(super) struct Zip<R> {
    zip: ZipArchive<R>,
    /// By their names as they are used here.
    indices: HashMap<String, usize>,
}

impl<R: Read + Seek> Zip<R> {
    pub(super) fn open(reader: R) -> Result<(Zip<R>, Vec<Raw>), Fault> {
        let mut zip = ZipArchive::new(reader).map_err(fault)?;
        if zip.len() > limits::MOST_ENTRIES {
            return Err(Fault::TooMany);
        }
        let mut raw = Vec::with_capacity(zip.len());
        let mut indices = HashMap::with_capacity(zip.len());
        for index in 0..zip.len() {
            let file = zip.by_index_raw(index).map_err(fault)?;
            if file.encrypted() {
                return Err(Fault::Encrypted);
            }
            let name = plain(&file.name().map_err(fault)?);
            indices.insert(name.clone(), index);
            raw.push(Raw {
                name,
                size: file.size(),
                crc: Some(file.crc32()),
                folder: file.is_dir(),
                link: file.is_symlink(),
            });
        }
        Ok((Zip { zip, indices }, raw))
    }

    /// See [`super::Archive::each`].
    pub(super) fn each(&mut self, wanted: &HashMap<&str, u64>, sink: Sink) -> Result<(), Fault> {
        for (name, size) in wanted {
            let index = *self.indices.get(*name).ok_or(Fault::Damaged)?;
            let mut file = self.zip.by_index(index).map_err(fault)?;
            sink(name, &mut file, *size)?;
        }
        Ok(())
    }
}

/// Some programs write names as Windows has them, or begin them with the folder they were in; what leads elsewhere is looked
/// for behind this.
fn plain(name: &str) -> String {
    let name = name.replace('\\', "/");
    name.trim_start_matches("./").to_owned()
}

fn fault(error: ZipError) -> Fault {
    match error {
        ZipError::Io(error) => Fault::Io(error),
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Fault::Encrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Fault::Method,
        _ => Fault::Damaged,
    }
}
