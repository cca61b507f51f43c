//! The VFS as C functions: what a core hands over is turned into Rust's terms, and nothing else happens here.
//!
//! What each returns when it fails is what libretro.h says, except that a seek that worked returns 0 as C's `fseek` does: that
//! is what RetroArch returns, and cores compare with it.
#![allow(unsafe_code)]

use super::{Access, OpenFile, OpenFolder, Opened, Table, lock, open, open_folder, remove, stat};
use crate::libretro::sys::{
    RETRO_VFS_FILE_ACCESS_READ, RETRO_VFS_FILE_ACCESS_UPDATE_EXISTING, RETRO_VFS_FILE_ACCESS_WRITE,
    RETRO_VFS_SEEK_POSITION_CURRENT, RETRO_VFS_SEEK_POSITION_END, RETRO_VFS_SEEK_POSITION_START,
    RETRO_VFS_STAT_IS_CHARACTER_SPECIAL, RETRO_VFS_STAT_IS_DIRECTORY, RETRO_VFS_STAT_IS_VALID, retro_vfs_dir_handle,
    retro_vfs_file_handle, retro_vfs_interface,
};
use std::ffi::{CStr, CString, OsString, c_char, c_int, c_void};
use std::io::{self, SeekFrom};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

/// The newest version of the interface that is here.
pub const VERSION: u32 = 4;

static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Mutex::default);

/// libretro's struct is plain function pointers; the core gets a pointer to this one.
pub struct Interface(retro_vfs_interface);

impl Interface {
    /// For the core to keep.
    pub fn pointer(&self) -> *mut retro_vfs_interface {
        std::ptr::from_ref(&self.0).cast_mut()
    }
}

/// Never changes: cores only read it.
pub static INTERFACE: Interface = Interface(retro_vfs_interface {
    get_path: Some(get_path),
    open: Some(open_file),
    close: Some(close),
    size: Some(size),
    tell: Some(tell),
    seek: Some(seek),
    read: Some(read),
    write: Some(write),
    flush: Some(flush),
    remove: Some(remove_path),
    rename: Some(rename),
    truncate: Some(truncate),
    stat: Some(stat_32),
    mkdir: Some(mkdir),
    opendir: Some(opendir),
    readdir: Some(readdir),
    dirent_get_name: Some(dirent_get_name),
    dirent_is_dir: Some(dirent_is_dir),
    closedir: Some(closedir),
    stat_64: Some(stat_64),
});

/// None for NULL.
///
/// # Safety
/// NULL, or a string with an end.
unsafe fn c_string(text: *const c_char) -> Option<CString> {
    // SAFETY: handed to the caller.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}

/// # Safety
/// As for [`c_string`].
unsafe fn path(text: *const c_char) -> Option<PathBuf> {
    // SAFETY: handed to the caller.
    let text = unsafe { c_string(text) }?;
    (!text.is_empty()).then(|| OsString::from_vec(text.into_bytes()).into())
}

fn with_file<T>(handle: *mut retro_vfs_file_handle, act: impl FnOnce(&mut OpenFile) -> io::Result<T>) -> Option<T> {
    let file = lock(&TABLE).file(handle.addr())?;
    act(&mut lock(&file)).ok()
}

fn with_folder<T>(handle: *mut retro_vfs_dir_handle, act: impl FnOnce(&mut OpenFolder) -> T) -> Option<T> {
    let folder = lock(&TABLE).folder(handle.addr())?;
    Some(act(&mut lock(&folder)))
}

fn number(value: Option<u64>) -> i64 {
    value.and_then(|value| i64::try_from(value).ok()).unwrap_or(-1)
}

fn done(result: Option<()>) -> c_int {
    if result.is_some() { 0 } else { -1 }
}

extern "C" fn get_path(file: *mut retro_vfs_file_handle) -> *const c_char {
    with_file(file, |file| Ok(file.path.as_ptr())).unwrap_or(std::ptr::null())
}

unsafe extern "C" fn open_file(path: *const c_char, mode: u32, _hints: u32) -> *mut retro_vfs_file_handle {
    let has = |bit: u32| mode & bit != 0;
    let access = Access {
        read: has(RETRO_VFS_FILE_ACCESS_READ),
        write: has(RETRO_VFS_FILE_ACCESS_WRITE),
        update: has(RETRO_VFS_FILE_ACCESS_UPDATE_EXISTING),
    };
    // SAFETY: the core's promise.
    let opened = unsafe { c_string(path) }.filter(|path| !path.is_empty()).and_then(|path| open(path, access).ok());
    let handle = opened.and_then(|file| lock(&TABLE).add(Opened::File(Arc::new(Mutex::new(file)))).ok());
    std::ptr::without_provenance_mut(handle.unwrap_or(0))
}

extern "C" fn close(file: *mut retro_vfs_file_handle) -> c_int {
    let mut table = lock(&TABLE);
    done(table.file(file.addr()).and_then(|_| table.open.remove(&file.addr())).map(drop))
}

extern "C" fn size(file: *mut retro_vfs_file_handle) -> i64 {
    number(with_file(file, |file| file.size()))
}

extern "C" fn tell(file: *mut retro_vfs_file_handle) -> i64 {
    number(with_file(file, |file| file.seek(SeekFrom::Current(0))))
}

extern "C" fn seek(file: *mut retro_vfs_file_handle, offset: i64, from: c_int) -> i64 {
    let to = match u32::try_from(from) {
        Ok(RETRO_VFS_SEEK_POSITION_START) => u64::try_from(offset).ok().map(SeekFrom::Start),
        Ok(RETRO_VFS_SEEK_POSITION_CURRENT) => Some(SeekFrom::Current(offset)),
        Ok(RETRO_VFS_SEEK_POSITION_END) => Some(SeekFrom::End(offset)),
        _ => None,
    };
    done(to.and_then(|to| with_file(file, |file| file.seek(to))).map(drop)).into()
}

unsafe extern "C" fn read(file: *mut retro_vfs_file_handle, to: *mut c_void, len: u64) -> i64 {
    let Ok(len) = usize::try_from(len) else { return -1 };
    if to.is_null() {
        return -1;
    }
    // SAFETY: the core promises `len` writable bytes, which it need not have set.
    let out = unsafe { std::slice::from_raw_parts_mut(to.cast::<MaybeUninit<u8>>(), len) };
    number(with_file(file, |file| file.read(out)).map(|read| read as u64))
}

unsafe extern "C" fn write(file: *mut retro_vfs_file_handle, from: *const c_void, len: u64) -> i64 {
    let Ok(len) = usize::try_from(len) else { return -1 };
    if from.is_null() {
        return -1;
    }
    // SAFETY: the core promises `len` readable bytes.
    let data = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), len) };
    number(with_file(file, |file| file.write(data)).map(|()| len as u64))
}

extern "C" fn flush(file: *mut retro_vfs_file_handle) -> c_int {
    // Nothing is kept back here.
    done(with_file(file, |_| Ok(())))
}

extern "C" fn truncate(file: *mut retro_vfs_file_handle, length: i64) -> i64 {
    let cut = u64::try_from(length).ok().and_then(|length| with_file(file, |file| file.file.set_len(length)));
    done(cut).into()
}

unsafe extern "C" fn remove_path(at: *const c_char) -> c_int {
    // SAFETY: the core's promise.
    done(unsafe { path(at) }.and_then(|path| remove(&path).ok()))
}

unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: the core's promise.
    let both = unsafe { path(from).zip(path(to)) };
    done(both.and_then(|(from, to)| std::fs::rename(from, to).ok()))
}

/// # Safety
/// `at` is NULL or a string with an end.
unsafe fn flags_and_size(at: *const c_char) -> Option<(c_int, u64)> {
    // SAFETY: handed to the caller.
    let stat = stat(&unsafe { path(at) }?).ok()?;
    let mut flags = RETRO_VFS_STAT_IS_VALID;
    if stat.folder {
        flags |= RETRO_VFS_STAT_IS_DIRECTORY;
    }
    if stat.device {
        flags |= RETRO_VFS_STAT_IS_CHARACTER_SPECIAL;
    }
    Some((flags.cast_signed(), stat.bytes))
}

unsafe extern "C" fn stat_32(at: *const c_char, size: *mut i32) -> c_int {
    // SAFETY: the core's promise, for both pointers.
    unsafe {
        let Some((flags, bytes)) = flags_and_size(at) else { return 0 };
        if !size.is_null() {
            size.write(i32::try_from(bytes).unwrap_or(i32::MAX));
        }
        flags
    }
}

unsafe extern "C" fn stat_64(at: *const c_char, size: *mut i64) -> c_int {
    // SAFETY: the core's promise, for both pointers.
    unsafe {
        let Some((flags, bytes)) = flags_and_size(at) else { return 0 };
        if !size.is_null() {
            size.write(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        flags
    }
}

/// 0 if it was made, -2 if it is there, -1 if it can be neither.
unsafe extern "C" fn mkdir(at: *const c_char) -> c_int {
    // SAFETY: the core's promise.
    let Some(path) = (unsafe { path(at) }) else { return -1 };
    match std::fs::create_dir(&path) {
        Ok(()) => 0,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => -2,
        Err(_) => -1,
    }
}

unsafe extern "C" fn opendir(at: *const c_char, hidden: bool) -> *mut retro_vfs_dir_handle {
    // SAFETY: the core's promise.
    let folder = unsafe { path(at) }.and_then(|path| open_folder(&path, hidden).ok());
    let handle = folder.and_then(|folder| lock(&TABLE).add(Opened::Folder(Arc::new(Mutex::new(folder)))).ok());
    std::ptr::without_provenance_mut(handle.unwrap_or(0))
}

extern "C" fn readdir(folder: *mut retro_vfs_dir_handle) -> bool {
    with_folder(folder, OpenFolder::next).unwrap_or(false)
}

extern "C" fn dirent_get_name(folder: *mut retro_vfs_dir_handle) -> *const c_char {
    let name = |folder: &mut OpenFolder| (!folder.name.is_empty()).then(|| folder.name.as_ptr());
    with_folder(folder, name).flatten().unwrap_or(std::ptr::null())
}

extern "C" fn dirent_is_dir(folder: *mut retro_vfs_dir_handle) -> bool {
    with_folder(folder, |folder| folder.is_folder).unwrap_or(false)
}

extern "C" fn closedir(folder: *mut retro_vfs_dir_handle) -> c_int {
    let mut table = lock(&TABLE);
    done(table.folder(folder.addr()).and_then(|_| table.open.remove(&folder.addr())).map(drop))
}
