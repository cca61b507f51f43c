//! The host's side: hears what is in place, answers what is asked, and tells of what is refused.
//!
//! Nothing here decides about files: a question about opening one is always answered with "go on", and Landlock decides. The
//! path that is told of is what stood in the process's memory at that moment.

use super::policy::Policy;
use super::sys::{self, Answer, Question};
use super::{Held, Refusal};
use crate::sync::{SpawnError, spawn};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, IoSliceMut};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// What is told of one core process; more is left out.
const MOST_TOLD: usize = 64;
/// The longest path that the kernel takes, in bytes.
const LONGEST_PATH: usize = 4096;
const PAGE: u64 = 4096;
/// Of a path, in characters.
const LONGEST_SHOWN: usize = 200;
/// How often it is looked whether the process still is there, on kernels that do not say so.
const LOOK: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// What the host learns of a core process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Held(Held),
    /// For the first time.
    Refused(Refusal),
}

/// Starts a thread that lasts as long as the core process with this number. `side` leads to it.
pub fn watch(
    side: UnixStream,
    pid: u32,
    policy: Policy,
    tell: impl Fn(News) + Send + 'static,
) -> Result<JoinHandle<()>, SpawnError> {
    spawn("core-refusals", move || {
        let Ok((held, listener)) = receive(&side) else { return };
        tell(News::Held(held));
        if let Some(listener) = listener {
            Watch { listener, pid, policy, guarded: held.landlock > 0, told: BTreeSet::new(), memory: None }.run(&tell);
        }
    })
}

/// Waits until the core process has restricted itself, or is gone.
fn receive(side: &UnixStream) -> io::Result<(Held, Option<OwnedFd>)> {
    let mut line = [0; 512];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut buffers = [IoSliceMut::new(&mut line)];
    let read = rustix::net::recvmsg(side, &mut buffers, &mut control, RecvFlags::CMSG_CLOEXEC)?.bytes;
    let fd = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    let held = serde_json::from_slice(&line[..read])?;
    Ok((held, fd))
}

struct Watch {
    listener: OwnedFd,
    pid: u32,
    policy: Policy,
    /// There is Landlock: what the policy does not allow was refused.
    guarded: bool,
    told: BTreeSet<(String, Option<PathBuf>)>,
    /// Of the process, once it was opened.
    memory: Option<File>,
}

impl Watch {
    fn run(&mut self, tell: &impl Fn(News)) {
        loop {
            let mut waits = [PollFd::new(&self.listener, PollFlags::IN)];
            match poll(&mut waits, Some(&LOOK)) {
                Ok(0) if self.is_gone() => return,
                Ok(0) | Err(rustix::io::Errno::INTR) => continue,
                Ok(_) if waits[0].revents().contains(PollFlags::IN) => {}
                // Nobody is left who could ask.
                Ok(_) | Err(_) => return,
            }
            match sys::next_question(self.listener.as_fd()) {
                Ok(question) => self.answer(&question, tell),
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::NotFound) => {}
                Err(_) => return,
            }
        }
    }

    fn is_gone(&self) -> bool {
        !self.own_folder().exists()
    }

    fn own_folder(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.pid))
    }

    fn answer(&mut self, question: &Question, tell: &impl Fn(News)) {
        let opens = super::calls::OPENING.contains(&question.call);
        // Enough was told: nothing is looked at any more.
        let refusal = match (self.told.len() < MOST_TOLD, opens) {
            (false, _) => None,
            (true, true) if !self.guarded => None,
            (true, true) => self.refused_file(question),
            (true, false) => {
                let path = self.program(question);
                Some(Refusal::of(question.call, path))
            }
        };
        let answer = match super::calls::name(question.call) {
            _ if opens => Answer::GoOn,
            Some(_) => Answer::Error(libc::EPERM),
            // Of a later kernel: programs take another way then.
            None => Answer::Error(libc::ENOSYS),
        };
        sys::answer(self.listener.as_fd(), question, answer);
        let Some(refusal) = refusal else { return };
        if self.told.insert((refusal.code_and_call(), refusal.path().cloned())) {
            tell(News::Refused(refusal));
        }
    }

    /// The program that was to be started.
    fn program(&mut self, question: &Question) -> Option<PathBuf> {
        let at = match question.call {
            libc::SYS_execve => question.arguments[0],
            libc::SYS_execveat => question.arguments[1],
            _ => return None,
        };
        self.path(at).map(|path| shown(&path))
    }

    /// A file that is there, and that Landlock does not let be opened.
    fn refused_file(&mut self, question: &Question) -> Option<Refusal> {
        const HERE: i32 = libc::AT_FDCWD;
        let [first, second, third, ..] = question.arguments;
        // The kernel looks at 32 bits of a descriptor.
        let (folder, path, flags) = match question.call {
            libc::SYS_openat => (first as i32, second, third as i32),
            libc::SYS_openat2 => (first as i32, second, self.number(third)? as i32),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_open => (HERE, first, second as i32),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_creat => (HERE, first, libc::O_CREAT | libc::O_WRONLY),
            _ => return None,
        };
        if flags & libc::O_PATH != 0 {
            return None;
        }
        let path = self.path(path)?;
        let base = match folder {
            HERE => self.own_folder().join("cwd"),
            folder => self.own_folder().join("fd").join(folder.to_string()),
        };
        let whole = match path.is_absolute() {
            true => path.clone(),
            false => std::fs::read_link(base).ok()?.join(&path),
        };
        let own = self.own_folder();
        let writes = flags & (libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC) != 0;
        let found = real(&as_the_process_sees(&whole, &own), writes)?;
        if self.policy.allows(&found, writes, &own) {
            return None;
        }
        let path = shown(&whole);
        Some(if writes { Refusal::Write { path } } else { Refusal::Open { path } })
    }

    fn memory(&mut self) -> Option<&File> {
        if self.memory.is_none() {
            self.memory = File::open(self.own_folder().join("mem")).ok();
        }
        self.memory.as_ref()
    }

    /// The text at an address, page by page: the next one need not be there.
    fn path(&mut self, at: u64) -> Option<PathBuf> {
        let memory = self.memory()?;
        let (mut bytes, mut at) = (Vec::new(), at);
        while bytes.len() < LONGEST_PATH {
            let mut page = [0; PAGE as usize];
            let rest = (PAGE - at % PAGE) as usize;
            let read = memory.read_at(&mut page[..rest], at).ok().filter(|read| *read > 0)?;
            if let Some(end) = page[..read].iter().position(|byte| *byte == 0) {
                bytes.extend_from_slice(&page[..end]);
                return (!bytes.is_empty()).then(|| OsString::from_vec(bytes).into());
            }
            bytes.extend_from_slice(&page[..read]);
            at = at.checked_add(read as u64)?;
        }
        None
    }

    fn number(&mut self, at: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        self.memory()?.read_exact_at(&mut bytes, at).ok()?;
        Some(u64::from_ne_bytes(bytes))
    }
}

/// A path that a core chose, as people may read it: what need not be there can be any words.
fn shown(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    let is_plain = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let plain: String = text.chars().filter(is_plain).take(LONGEST_SHOWN).collect();
    PathBuf::from(plain)
}

impl Refusal {
    fn code_and_call(&self) -> String {
        format!("{}:{}", self.kind(), self.call())
    }
}

/// What a process calls itself in /proc is another process here.
fn as_the_process_sees(path: &Path, own: &Path) -> PathBuf {
    for itself in ["/proc/self", "/proc/thread-self"] {
        if let Ok(rest) = path.strip_prefix(itself) {
            return own.join(rest);
        }
    }
    path.to_owned()
}

/// Without links, for a file that is there or one that could be made; none where the open fails for another reason.
fn real(path: &Path, makes: bool) -> Option<PathBuf> {
    match std::fs::canonicalize(path) {
        Ok(real) => Some(real),
        Err(_) if makes => {
            let folder = std::fs::canonicalize(path.parent()?).ok()?;
            Some(folder.join(path.file_name()?))
        }
        Err(_) => None,
    }
}
