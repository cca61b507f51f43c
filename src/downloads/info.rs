//! What libretro says of its cores: an archive of `.info` files, kept in a folder of our own and fetched again when it is old.

use super::error::DownloadError;
use crate::files::write_atomically;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Of the archive; libretro's has 150 kB.
pub(super) const LARGEST_ARCHIVE: u64 = 16 << 20;
/// Of one file in it; the largest has some 10 kB.
const LARGEST_FILE: u64 = 256 << 10;
/// In it; libretro's has some 300.
const MOST_FILES: usize = 2000;
/// A core that is new since then is called by its file's name meanwhile.
const OLD: Duration = Duration::from_secs(7 * 24 * 3600);
/// Its age is that of the folder's files.
const MARK: &str = ".fetched";

/// Whether `folder` has been filled within the last week.
pub(super) fn is_fresh(folder: &Path, now: SystemTime) -> bool {
    let fetched = fs::metadata(folder.join(MARK)).and_then(|meta| meta.modified());
    fetched.is_ok_and(|fetched| now.duration_since(fetched).is_ok_and(|age| age < OLD))
}

/// Puts the `.info` files of an archive into `folder`, over those of the same names. Others in it are passed over.
pub(super) fn unpack(archive: &[u8], folder: &Path) -> Result<(), DownloadError> {
    let not_an_archive = || DownloadError::NotAnArchive { file: "info.zip".into() };
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).map_err(|_| not_an_archive())?;
    for index in 0..zip.len().min(MOST_FILES) {
        let Ok(entry) = zip.by_index(index) else { continue };
        // The name alone: archives have them in a folder or not.
        let Ok(name) = entry.name() else { continue };
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        if !is_info(&name) || entry.size() > LARGEST_FILE {
            continue;
        }
        let mut data = Vec::new();
        if entry.take(LARGEST_FILE + 1).read_to_end(&mut data).is_err() || data.len() as u64 > LARGEST_FILE {
            continue;
        }
        let path = folder.join(&name);
        // Hundreds of files, most of them as they were: each written costs a wait for the disc.
        if fs::read(&path).is_ok_and(|old| old == data) {
            continue;
        }
        let not_written = |error: std::io::Error| DownloadError::NotWritten { file: path.clone(), cause: error.into() };
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, &data)).map_err(not_written)?;
    }
    let mark = folder.join(MARK);
    write_atomically(&mark, b"").map_err(|error| DownloadError::NotWritten { file: mark, cause: error.into() })
}

fn is_info(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+.".contains(&byte);
    name.ends_with("_libretro.info") && name.len() <= 128 && name.bytes().all(plain) && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, data) in files {
            zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            zip.write_all(data).expect("written");
        }
        zip.finish().expect("an archive").into_inner()
    }

    #[test]
    fn info_files_come_out_and_nothing_else_does() {
        let folder = std::env::temp_dir().join(format!("hotseat-info-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        assert!(!is_fresh(&folder, SystemTime::now()));
        let large = vec![b'#'; LARGEST_FILE as usize + 1];
        let archive = archive(&[
            ("info/mgba_libretro.info", b"corename = \"mGBA\""),
            ("../../escape_libretro.info", b"inside"),
            ("evil.so", b"code"),
            (".hidden_libretro.info", b""),
            ("large_libretro.info", &large),
        ]);
        unpack(&archive, &folder).expect("unpacked");
        let mut names: Vec<_> =
            fs::read_dir(&folder).expect("a folder").map(|it| it.expect("an entry").file_name()).collect();
        names.sort();
        assert_eq!(names, [MARK, "escape_libretro.info", "mgba_libretro.info"]);
        assert!(is_fresh(&folder, SystemTime::now()));
        assert!(!is_fresh(&folder, SystemTime::now() + OLD));
        assert!(unpack(b"<html>", &folder).is_err());
        let _ = fs::remove_dir_all(&folder);
    }
}
