//! The interface as a core meets it: by its C functions alone.
#![allow(unsafe_code)]

use super::INTERFACE;
use crate::libretro::sys::{self, retro_vfs_file_handle, retro_vfs_interface};
use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_void};
use std::fs;
use std::path::{Path, PathBuf};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("hotseat-vfs-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn path(&self, name: &str) -> CString {
        CString::new(self.0.join(name).into_os_string().into_encoded_bytes()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn vfs() -> retro_vfs_interface {
    // SAFETY: what a core does with the pointer it is given.
    unsafe { *INTERFACE.pointer() }
}

macro_rules! call {
    ($name:ident $(, $argument:expr)*) => {
        // SAFETY: the tests hand over strings with an end, buffers of the length they say, and handles true or not.
        unsafe { (vfs().$name.unwrap())($($argument),*) }
    };
}

fn open(path: &CStr, mode: u32) -> *mut retro_vfs_file_handle {
    call!(open, path.as_ptr(), mode, 0)
}

fn write(file: *mut retro_vfs_file_handle, data: &[u8]) -> i64 {
    call!(write, file, data.as_ptr().cast::<c_void>(), data.len() as u64)
}

fn read(file: *mut retro_vfs_file_handle, most: usize) -> Vec<u8> {
    let mut data = vec![0xee; most];
    let read = call!(read, file, data.as_mut_ptr().cast::<c_void>(), most as u64);
    data.truncate(usize::try_from(read).unwrap());
    data
}

const READ: u32 = sys::RETRO_VFS_FILE_ACCESS_READ;
const WRITE: u32 = sys::RETRO_VFS_FILE_ACCESS_WRITE;
const UPDATE: u32 = sys::RETRO_VFS_FILE_ACCESS_UPDATE_EXISTING;

#[test]
fn a_file_is_written_read_cut_and_asked_where_it_stands() {
    let folder = Folder::new("file");
    let path = folder.path("save.srm");
    assert!(open(&path, READ).is_null(), "it is not there yet");
    assert!(open(&path, WRITE | UPDATE).is_null(), "updating makes no file");
    let file = open(&path, WRITE);
    assert_eq!(write(file, b"0123456789"), 10);
    assert_eq!((call!(tell, file), call!(size, file)), (10, 10));
    let told = call!(get_path, file);
    // SAFETY: valid until the file is closed.
    assert_eq!(unsafe { CStr::from_ptr(told) }, &*path);
    assert_eq!((call!(flush, file), call!(close, file)), (0, 0));

    let file = open(&path, READ | WRITE | UPDATE);
    assert_eq!(call!(seek, file, -3, 2), 0);
    assert_eq!(call!(tell, file), 7);
    assert_eq!(read(file, 100), b"789");
    assert_eq!(call!(seek, file, 2, 0), 0);
    assert_eq!(call!(seek, file, 1, 1), 0);
    assert_eq!(write(file, b"xy"), 2);
    assert_eq!(call!(truncate, file, 6), 0);
    assert_eq!(call!(seek, file, -1, 0), -1);
    assert_eq!(call!(seek, file, 0, 9), -1);
    assert_eq!(call!(close, file), 0);
    assert_eq!(fs::read(folder.0.join("save.srm")).unwrap(), b"012xy5");

    // Without updating, what was there goes.
    let file = open(&path, READ | WRITE);
    assert_eq!((call!(size, file), read(file, 4).len()), (0, 0));
    assert_eq!(call!(close, file), 0);
}

#[test]
fn a_handle_that_is_closed_or_made_up_finds_nothing() {
    let folder = Folder::new("handles");
    let file = open(&folder.path("a"), WRITE);
    assert_eq!(call!(close, file), 0);
    for handle in [file, std::ptr::null_mut(), std::ptr::without_provenance_mut(usize::MAX)] {
        assert_eq!(call!(close, handle), -1);
        assert_eq!((call!(size, handle), call!(tell, handle), write(handle, b"x")), (-1, -1, -1));
        assert!(call!(get_path, handle).is_null());
        let folder = handle.cast::<sys::retro_vfs_dir_handle>();
        assert!(!call!(readdir, folder) && !call!(dirent_is_dir, folder));
        assert_eq!(call!(closedir, folder), -1);
    }
    // A file is no folder, nor the other way round.
    let file = open(&folder.path("a"), READ);
    assert_eq!(call!(closedir, file.cast()), -1);
    assert_eq!(call!(close, file), 0);
    for path in [std::ptr::null(), c"".as_ptr()] {
        assert!(call!(open, path, READ, 0).is_null());
        assert_eq!((call!(remove, path), call!(mkdir, path), call!(rename, path, path)), (-1, -1, -1));
        assert_eq!(call!(stat, path, std::ptr::null_mut()), 0);
    }
    assert!(open(&folder.path(""), READ).is_null(), "a folder is not read as a file");
}

#[test]
fn folders_are_made_listed_and_removed() {
    let folder = Folder::new("folders");
    let sub = folder.path("sub");
    assert_eq!((call!(mkdir, sub.as_ptr()), call!(mkdir, sub.as_ptr())), (0, -2));
    assert_eq!(call!(mkdir, folder.path("no/where").as_ptr()), -1);
    fs::write(folder.0.join("game.bin"), [7; 300]).unwrap();
    fs::write(folder.0.join(".hidden"), b"").unwrap();
    let list = |hidden: bool| {
        let root = folder.path("");
        let handle = call!(opendir, root.as_ptr(), hidden);
        let mut seen = BTreeSet::new();
        while call!(readdir, handle) {
            let name = call!(dirent_get_name, handle);
            // SAFETY: valid until the next entry is read.
            let name = unsafe { CStr::from_ptr(name) }.to_str().unwrap().to_owned();
            seen.insert((name, call!(dirent_is_dir, handle)));
        }
        assert!(call!(dirent_get_name, handle).is_null());
        assert_eq!(call!(closedir, handle), 0);
        seen.into_iter().collect::<Vec<_>>()
    };
    let entry = |name: &str, folder: bool| (name.to_owned(), folder);
    assert_eq!(list(false), [entry("game.bin", false), entry("sub", true)]);
    assert_eq!(list(true).len(), 3);

    let (mut bytes, mut long) = (0i32, 0i64);
    assert_eq!(call!(stat, folder.path("game.bin").as_ptr(), &mut bytes), 1);
    assert_eq!(call!(stat_64, folder.path("game.bin").as_ptr(), &mut long), 1);
    assert_eq!((bytes, long), (300, 300));
    assert_eq!(call!(stat, sub.as_ptr(), std::ptr::null_mut()), 3);
    assert_eq!(call!(stat, c"/dev/null".as_ptr(), std::ptr::null_mut()), 5);

    assert_eq!(call!(rename, folder.path("game.bin").as_ptr(), folder.path("sub/other").as_ptr()), 0);
    assert_eq!(call!(remove, sub.as_ptr()), -1, "it is not empty");
    assert_eq!((call!(remove, folder.path("sub/other").as_ptr()), call!(remove, sub.as_ptr())), (0, 0));
    assert!(!Path::new(&folder.0.join("sub")).exists());
}

#[test]
fn a_file_larger_than_two_gigabytes_says_so_as_well_as_it_can() {
    let folder = Folder::new("large");
    let path = folder.path("large.iso");
    // Sparse: takes no room on the disc.
    fs::File::create(folder.0.join("large.iso")).unwrap().set_len(5 << 30).unwrap();
    let (mut bytes, mut long) = (0i32, 0i64);
    assert_eq!(call!(stat, path.as_ptr(), &mut bytes), 1);
    assert_eq!(call!(stat_64, path.as_ptr(), &mut long), 1);
    assert_eq!((bytes, long), (i32::MAX, 5 << 30));
    let file = open(&path, READ);
    assert_eq!(call!(seek, file, 4 << 30, 0), 0);
    assert_eq!((call!(tell, file), read(file, 3)), (4 << 30, vec![0; 3]));
    assert_eq!(call!(close, file), 0);
}
