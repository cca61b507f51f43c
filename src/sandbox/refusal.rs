//! What a core was refused, for people.

use super::calls;
use crate::messages;
use std::path::PathBuf;

messages! {
    /// What it wanted: a clause about the core.
    pub enum Refusal in refusal {
        open => Open { path: PathBuf },
        write => Write { path: PathBuf },
        /// By this system call.
        network => Network { call: String },
        program => Program { call: String },
        /// The same, and this one.
        program_at => ProgramAt { call: String, path: PathBuf },
        process => Process { call: String },
        system => System { call: String },
    }
}

const NETWORK: &[&str] = &[
    "socket",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "recvmsg",
    "recvmmsg",
    "setsockopt",
];
const PROGRAM: &[&str] = &["execve", "execveat", "clone", "fork", "vfork"];
const PROCESS: &[&str] = &[
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "process_mrelease",
    "kcmp",
    "kill",
    "tkill",
    "tgkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "shmat",
    "shmget",
];

impl Refusal {
    /// Of a system call that is refused; `path` is what it was about.
    pub(super) fn of(call: libc::c_long, path: Option<PathBuf>) -> Refusal {
        let known = calls::name(call);
        let name = known.map_or_else(|| format!("system call {call}"), str::to_owned);
        let is = |kind: &[&str]| known.is_some_and(|known| kind.contains(&known));
        match path {
            Some(path) if is(PROGRAM) => Refusal::ProgramAt { call: name, path },
            None if is(PROGRAM) => Refusal::Program { call: name },
            _ if is(NETWORK) => Refusal::Network { call: name },
            _ if is(PROCESS) => Refusal::Process { call: name },
            _ => Refusal::System { call: name },
        }
    }

    /// The system call.
    pub fn call(&self) -> &str {
        match self {
            Refusal::Open { .. } | Refusal::Write { .. } => "open",
            Refusal::Network { call }
            | Refusal::Program { call }
            | Refusal::ProgramAt { call, .. }
            | Refusal::Process { call }
            | Refusal::System { call } => call,
        }
    }

    /// What it was about, if that is a file.
    pub fn path(&self) -> Option<&PathBuf> {
        match self {
            Refusal::Open { path } | Refusal::Write { path } | Refusal::ProgramAt { path, .. } => Some(path),
            _ => None,
        }
    }

    /// People are told once of each kind.
    pub fn kind(&self) -> u8 {
        match self {
            Refusal::Open { .. } => 0,
            Refusal::Write { .. } => 1,
            Refusal::Network { .. } => 2,
            Refusal::Program { .. } | Refusal::ProgramAt { .. } => 3,
            Refusal::Process { .. } => 4,
            Refusal::System { .. } => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_of_as_what_it_is_for() {
        assert_eq!(Refusal::of(libc::SYS_socket, None), Refusal::Network { call: "socket".into() });
        assert_eq!(
            Refusal::of(libc::SYS_execve, Some("/bin/sh".into())),
            Refusal::ProgramAt { call: "execve".into(), path: "/bin/sh".into() }
        );
        assert_eq!(Refusal::of(libc::SYS_ptrace, None).call(), "ptrace");
        assert_eq!(Refusal::of(9999, None), Refusal::System { call: "system call 9999".into() });
        assert_ne!(Refusal::of(libc::SYS_bpf, None).kind(), Refusal::of(libc::SYS_socket, None).kind());
    }
}
