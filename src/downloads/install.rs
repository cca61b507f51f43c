//! From an archive on the disc to a core that can be chosen: unpacked, compared with the list, tried, and only then put where
//! cores are looked for.

use super::error::{DownloadError, ProbeError};
use super::index::Listed;
use crate::library::check_core;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Of a core, unpacked; the largest (MAME) has some 400 MB.
const LARGEST_CORE: u64 = 1 << 30;
/// Files of an archive that holds one core: beside it a licence or two.
const MOST_FILES: usize = 64;
/// Where a core is until it has shown that it runs, below the folder of cores. Nobody looks for cores there.
const STAGING: &str = ".new";

/// Something that tries a core: its file, and a folder for what it wants to write.
pub(super) type Probe<'a> = &'a dyn Fn(&Path, &Path) -> Result<(), ProbeError>;

/// Puts the core of `archive` into `folder`, in place of one that is there. After an error what was there is still there.
pub(super) fn install(
    listed: &Listed,
    archive: &Path,
    folder: &Path,
    probe: Probe<'_>,
) -> Result<PathBuf, DownloadError> {
    let staging = folder.join(STAGING).join(&listed.id);
    // What an earlier try left behind.
    let _ = fs::remove_dir_all(&staging);
    let result = staged(listed, archive, folder, &staging, probe);
    let _ = fs::remove_dir_all(&staging);
    let _ = fs::remove_dir(folder.join(STAGING));
    result
}

fn staged(
    listed: &Listed,
    archive: &Path,
    folder: &Path,
    staging: &Path,
    probe: Probe<'_>,
) -> Result<PathBuf, DownloadError> {
    let scratch = staging.join("scratch");
    fs::create_dir_all(&scratch).map_err(|error| not_written(&scratch, &error))?;
    let core = staging.join(&listed.library);
    unpack(listed, archive, &core)?;
    check_core(&core).map_err(|error| DownloadError::Check { error })?;
    probe(&core, &scratch).map_err(|error| DownloadError::Probe { core: listed.id.clone(), error })?;
    let place = folder.join(&listed.library);
    // One that runs keeps the file that it was started from.
    let placed = fs::rename(&core, &place).and_then(|()| File::open(folder)?.sync_all());
    placed.map_err(|error| not_written(&place, &error))?;
    Ok(place)
}

fn unpack(listed: &Listed, archive: &Path, to: &Path) -> Result<(), DownloadError> {
    let no_archive = || DownloadError::NotAnArchive { file: listed.archive.clone() };
    let damaged = || DownloadError::Damaged { file: listed.archive.clone() };
    let file = File::open(archive).map_err(|error| not_written(archive, &error))?;
    let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(|_| no_archive())?;
    if zip.len() > MOST_FILES {
        return Err(no_archive());
    }
    let not_inside = |_| DownloadError::NotInside { file: listed.archive.clone(), core: listed.library.clone() };
    let entry = zip.by_name(&listed.library).map_err(not_inside)?;
    let mut from = entry.take(LARGEST_CORE + 1);
    let mut out = File::create(to).map_err(|error| not_written(to, &error))?;
    let mut crc = flate2::Crc::new();
    let mut piece = vec![0; 256 * 1024];
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(_) => return Err(damaged()),
        };
        crc.update(&piece[..read]);
        out.write_all(&piece[..read]).map_err(|error| not_written(to, &error))?;
    }
    if from.limit() == 0 || crc.sum() != listed.crc {
        return Err(damaged());
    }
    out.sync_all().map_err(|error| not_written(to, &error))
}

/// CRC-32 of a file, to compare with a list's; none if it cannot be read.
pub(super) fn crc_of(path: &Path) -> Option<u32> {
    let mut file = File::open(path).ok()?;
    let mut crc = flate2::Crc::new();
    let mut piece = vec![0; 256 * 1024];
    loop {
        match file.read(&mut piece).ok()? {
            0 => return Some(crc.sum()),
            read => crc.update(&piece[..read]),
        }
    }
}

fn not_written(file: &Path, error: &io::Error) -> DownloadError {
    DownloadError::NotWritten { file: file.to_owned(), cause: error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("hotseat-install-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).expect("a folder");
            Folder(folder)
        }

        fn archive(&self, files: &[(&str, &[u8])]) -> PathBuf {
            let path = self.0.join("archive.zip");
            let mut zip = ZipWriter::new(File::create(&path).expect("a file"));
            for (name, data) in files {
                zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
                zip.write_all(data).expect("written");
            }
            zip.finish().expect("an archive");
            path
        }

        fn cores(&self) -> PathBuf {
            let folder = self.0.join("cores");
            fs::create_dir_all(&folder).expect("a folder");
            folder
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// A library of this machine that passes for a core as far as its header goes.
    fn library() -> Vec<u8> {
        let core = crate::library::demo_core().expect("the demo game: cargo build --release --workspace");
        fs::read(core).expect("its file")
    }

    fn listed(data: &[u8]) -> Listed {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        Listed {
            id: "good".into(),
            archive: "good_libretro.so.zip".into(),
            library: "good_libretro.so".into(),
            crc: crc.sum(),
            date: "2026-07-26".into(),
        }
    }

    #[test]
    fn a_core_that_passes_is_put_in_place_and_nothing_else_is_left() {
        let folder = Folder::new("passes");
        let data = library();
        let archive = folder.archive(&[("README", b"words"), ("good_libretro.so", &data)]);
        let cores = folder.cores();
        let place = install(&listed(&data), &archive, &cores, &|core, scratch| {
            assert!(core.is_file() && scratch.is_dir());
            // Not where cores are looked for.
            assert_ne!(core.parent(), Some(cores.as_path()));
            Ok(())
        });
        assert_eq!(place, Ok(cores.join("good_libretro.so")));
        assert_eq!(fs::read(cores.join("good_libretro.so")).expect("there"), data);
        assert_eq!(fs::read_dir(&cores).expect("a folder").count(), 1);
    }

    #[test]
    fn one_that_does_not_run_here_leaves_the_one_before() {
        let folder = Folder::new("fails");
        let data = library();
        let archive = folder.archive(&[("good_libretro.so", &data)]);
        let cores = folder.cores();
        fs::write(cores.join("good_libretro.so"), "the one before").expect("written");
        let result = install(&listed(&data), &archive, &cores, &|_, _| Err(ProbeError::Silent { seconds: 30 }));
        assert!(matches!(result, Err(DownloadError::Probe { .. })), "{result:?}");
        assert_eq!(fs::read(cores.join("good_libretro.so")).expect("there"), b"the one before");
        assert_eq!(fs::read_dir(&cores).expect("a folder").count(), 1);
    }

    #[test]
    fn what_is_not_what_the_list_says_is_refused_before_it_is_tried() {
        let folder = Folder::new("damaged");
        let data = library();
        let cores = folder.cores();
        let never: Probe<'_> = &|_, _| panic!("tried");
        let refused = |archive: &Path, listed: &Listed| install(listed, archive, &cores, never).expect_err("refused");

        let mut other = listed(&data);
        other.crc ^= 1;
        let archive = folder.archive(&[("good_libretro.so", &data)]);
        assert!(matches!(refused(&archive, &other), DownloadError::Damaged { .. }));

        let bytes = fs::read(&archive).expect("there");
        let cut = folder.0.join("cut.zip");
        fs::write(&cut, &bytes[..bytes.len() / 2]).expect("written");
        assert!(matches!(refused(&cut, &listed(&data)), DownloadError::NotAnArchive { .. }));
        let mut mutated = bytes.clone();
        let middle = bytes.len() / 3;
        mutated[middle..middle + 64].fill(0xa5);
        fs::write(&cut, &mutated).expect("written");
        assert!(matches!(refused(&cut, &listed(&data)), DownloadError::Damaged { .. }));
        fs::write(&cut, "<html>not found</html>").expect("written");
        assert!(matches!(refused(&cut, &listed(&data)), DownloadError::NotAnArchive { .. }));

        let archive = folder.archive(&[("../good_libretro.so", &data), ("sub/good_libretro.so", &data)]);
        assert!(matches!(refused(&archive, &listed(&data)), DownloadError::NotInside { .. }));
        let archive = folder.archive(&[("good_libretro.so", b"no library")]);
        assert!(matches!(refused(&archive, &listed(b"no library")), DownloadError::Check { .. }));
        assert_eq!(fs::read_dir(&cores).expect("a folder").count(), 0);
    }

    #[test]
    fn a_checksum_is_that_of_zip() {
        let folder = Folder::new("crc");
        let path = folder.0.join("digits");
        fs::write(&path, "123456789").expect("written");
        assert_eq!(crc_of(&path), Some(0xcbf4_3926));
        assert_eq!(crc_of(&folder.0.join("missing")), None);
    }
}
