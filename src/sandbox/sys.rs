//! The system calls that no crate of ours wraps: filters that ask another process, and the asking itself.
#![allow(unsafe_code)]

use seccompiler::sock_filter;
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

/// Adds a filter to the calling thread, and returns where its questions come out.
pub fn add_filter_with_listener(program: &[sock_filter]) -> io::Result<OwnedFd> {
    #[repr(C)]
    struct Program {
        len: libc::c_ushort,
        filter: *const sock_filter,
    }
    let len = libc::c_ushort::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let program = Program { len, filter: program.as_ptr() };
    rustix::thread::set_no_new_privs(true)?;
    // SAFETY: the kernel reads `len` steps from a slice that lives until it returns.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const program,
        )
    };
    match i32::try_from(fd) {
        // SAFETY: the kernel made it for us just now.
        Ok(fd) if fd >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whether the kernel knows filters.
pub fn knows_filters() -> bool {
    let action = libc::SECCOMP_RET_ERRNO;
    // SAFETY: the kernel reads one number.
    let known = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const action) };
    known == 0
}

/// The version of Landlock's interface; 0 where there is none, or it is switched off.
pub fn landlock_version() -> u32 {
    const VERSION: libc::c_uint = 1;
    // SAFETY: asked for its version, the kernel reads nothing.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0, VERSION) };
    u32::try_from(version).unwrap_or(0)
}

/// A call that waits for an answer.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    id: u64,
    pub call: libc::c_long,
    pub arguments: [u64; 6],
}

/// The next one; `Interrupted` or `NotFound` when it was taken back meanwhile.
pub fn next_question(listener: impl AsFd) -> io::Result<Question> {
    // SAFETY: zeroes are a valid value of this plain struct, and what the kernel wants to find.
    let mut asked: libc::seccomp_notif = unsafe { std::mem::zeroed() };
    let fd = listener.as_fd().as_raw_fd();
    // SAFETY: the kernel fills a struct of the size that is part of the request's number.
    let done = unsafe { libc::ioctl(fd, libc::SECCOMP_IOCTL_NOTIF_RECV as _, &raw mut asked) };
    if done != 0 {
        return Err(io::Error::last_os_error());
    }
    let libc::seccomp_notif { id, data, .. } = asked;
    Ok(Question { id, call: data.nr.into(), arguments: data.args })
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The kernel carries it out, as far as all else allows.
    GoOn,
    Error(i32),
}

/// Answers one. Nobody waits for it any more: that does not matter.
pub fn answer(listener: impl AsFd, question: &Question, answer: Answer) {
    let (error, flags) = match answer {
        Answer::GoOn => (0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32),
        Answer::Error(errno) => (-errno, 0),
    };
    let mut told = libc::seccomp_notif_resp { id: question.id, val: 0, error, flags };
    let fd = listener.as_fd().as_raw_fd();
    // SAFETY: the kernel reads a struct of the size that is part of the request's number.
    let _ = unsafe { libc::ioctl(fd, libc::SECCOMP_IOCTL_NOTIF_SEND as _, &raw mut told) };
}

/// Closes every file but the first three: what the program that started this one left open by mistake.
pub fn close_what_was_left_open() {
    // SAFETY: called first of all, before anything here has opened a file.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
}
