//! Which system calls a core process may make: those of a desktop program without a network. Pure.
//!
//! What is not listed is refused, so that a call of a later kernel is too. A clause about an argument can only be about its
//! number: what a pointer leads to may change between the look and the use.

use libc::c_long;
use seccompiler::SeccompCmpArgLen::{Dword, Qword};
use seccompiler::SeccompCmpOp::{Eq, Gt, MaskedEq};
use seccompiler::{BackendError, SeccompCondition, SeccompRule};
use std::collections::BTreeMap;

/// By the call's number, what must be true of its arguments: one of the rules, or nothing if there are none.
pub(super) type Rules = BTreeMap<i64, Vec<SeccompRule>>;

macro_rules! numbers {
    ($($name:ident)*) => { &[$(libc::$name),*] };
}

macro_rules! names {
    ($($name:ident)*) => { &[$((libc::$name, stringify!($name))),*] };
}

/// Allowed with any arguments. Files are Landlock's business, and it is asked in each of these.
const ALLOWED: &[c_long] = numbers! {
    SYS_brk SYS_capget SYS_chdir SYS_clock_getres SYS_clock_gettime SYS_clock_nanosleep SYS_close SYS_close_range
    SYS_copy_file_range SYS_dup SYS_dup3 SYS_epoll_create1 SYS_epoll_ctl SYS_epoll_pwait SYS_epoll_pwait2 SYS_eventfd2
    SYS_exit SYS_exit_group SYS_faccessat SYS_faccessat2 SYS_fadvise64 SYS_fallocate SYS_fchdir SYS_fdatasync SYS_flock
    SYS_fstat SYS_fstatfs SYS_fsync SYS_ftruncate SYS_futex SYS_futex_waitv SYS_getcpu SYS_getcwd SYS_getdents64
    SYS_getegid SYS_geteuid SYS_getgid SYS_getgroups SYS_getitimer SYS_getpeername SYS_getpgid SYS_getpid SYS_getppid
    SYS_getpriority SYS_getrandom SYS_getresgid SYS_getresuid SYS_getrlimit SYS_getrusage SYS_getsid SYS_getsockname
    SYS_getsockopt SYS_gettid SYS_gettimeofday SYS_getuid SYS_linkat SYS_lseek SYS_madvise SYS_membarrier
    SYS_memfd_create SYS_mincore SYS_mkdirat SYS_mlock SYS_mlock2 SYS_mlockall SYS_mmap SYS_mprotect SYS_mremap SYS_msync
    SYS_munlock SYS_munlockall SYS_munmap SYS_nanosleep SYS_newfstatat SYS_pipe2 SYS_pkey_alloc SYS_pkey_free
    SYS_pkey_mprotect SYS_ppoll SYS_pread64 SYS_preadv SYS_preadv2 SYS_pselect6 SYS_pwrite64 SYS_pwritev SYS_pwritev2
    SYS_read SYS_readahead SYS_readlinkat SYS_readv SYS_recvfrom SYS_renameat2 SYS_restart_syscall SYS_rseq
    SYS_rt_sigaction SYS_rt_sigpending SYS_rt_sigprocmask SYS_rt_sigreturn SYS_rt_sigsuspend SYS_rt_sigtimedwait
    SYS_sched_get_priority_max SYS_sched_get_priority_min SYS_sched_getaffinity SYS_sched_getattr SYS_sched_getparam
    SYS_sched_getscheduler SYS_sched_rr_get_interval SYS_sched_yield SYS_sendfile SYS_set_robust_list SYS_set_tid_address
    SYS_setitimer SYS_setrlimit SYS_shutdown SYS_sigaltstack SYS_splice SYS_statfs SYS_statx SYS_symlinkat
    SYS_sync_file_range SYS_sysinfo SYS_tee SYS_timer_create SYS_timer_delete SYS_timer_getoverrun SYS_timer_gettime
    SYS_timer_settime SYS_timerfd_create SYS_timerfd_gettime SYS_timerfd_settime SYS_times SYS_umask SYS_uname
    SYS_unlinkat SYS_vmsplice SYS_wait4 SYS_waitid SYS_write SYS_writev
    // Until `confine` has handed its listener over; refused from then on.
    SYS_seccomp SYS_sendmsg
};

/// The same by the names that only older systems have.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[c_long] = numbers! {
    SYS_access SYS_alarm SYS_arch_prctl SYS_dup2 SYS_epoll_create SYS_epoll_wait SYS_eventfd SYS_getdents SYS_getpgrp
    SYS_link SYS_lstat SYS_mkdir SYS_pause SYS_pipe SYS_poll SYS_readlink SYS_rename SYS_renameat SYS_rmdir SYS_select
    SYS_stat SYS_symlink SYS_time SYS_unlink
};
#[cfg(target_arch = "aarch64")]
const ALLOWED_HERE: &[c_long] = numbers! { SYS_renameat };
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const ALLOWED_HERE: &[c_long] = &[];

/// Waiting on futexes in three calls of their own, which the `libc` crate has no names for: futex_wake, futex_wait and
/// futex_requeue of Linux 6.7, the same numbers everywhere.
const FUTEX2: [c_long; 3] = [454, 455, 456];

/// Opening files: Landlock decides, the host is told of those that it refuses.
#[cfg(target_arch = "x86_64")]
pub(super) const OPENING: &[c_long] = numbers! { SYS_open SYS_openat SYS_openat2 SYS_creat };
#[cfg(not(target_arch = "x86_64"))]
pub(super) const OPENING: &[c_long] = numbers! { SYS_openat SYS_openat2 };

/// Answered with EPERM and not told of: what ordinary libraries try and go on without. By a path they would reach files
/// that Landlock does not guard against this: times, owners, modes and attributes, and before its third version lengths.
const QUIET: &[c_long] = numbers! {
    SYS_fchmod SYS_fchmodat SYS_fchown SYS_fchownat SYS_utimensat SYS_setxattr SYS_lsetxattr SYS_fsetxattr SYS_removexattr
    SYS_lremovexattr SYS_fremovexattr SYS_get_mempolicy SYS_set_mempolicy SYS_mbind SYS_ioprio_set SYS_setpriority
    SYS_truncate SYS_sched_setscheduler SYS_sched_setparam SYS_sched_setaffinity SYS_inotify_init1 SYS_socketpair
};
#[cfg(target_arch = "x86_64")]
const QUIET_HERE: &[c_long] = numbers! {
    SYS_chmod SYS_chown SYS_lchown SYS_utime SYS_utimes SYS_futimesat SYS_inotify_init
};
#[cfg(not(target_arch = "x86_64"))]
const QUIET_HERE: &[c_long] = &[];

/// Those that are refused and told of, by their names. Others are told of by their numbers.
const REFUSED: &[(c_long, &str)] = names! {
    SYS_socket SYS_connect SYS_bind SYS_listen SYS_accept SYS_accept4 SYS_sendto SYS_sendmsg SYS_sendmmsg SYS_recvmsg
    SYS_recvmmsg SYS_setsockopt SYS_execve SYS_execveat SYS_clone SYS_clone3 SYS_ptrace SYS_process_vm_readv
    SYS_process_vm_writev SYS_process_madvise SYS_process_mrelease SYS_kcmp SYS_kill SYS_tkill SYS_tgkill SYS_rt_sigqueueinfo
    SYS_rt_tgsigqueueinfo SYS_pidfd_open SYS_pidfd_getfd SYS_pidfd_send_signal SYS_mount SYS_umount2 SYS_pivot_root SYS_chroot
    SYS_unshare SYS_setns SYS_move_mount SYS_open_tree SYS_fsopen SYS_fsmount SYS_fsconfig SYS_fspick SYS_mount_setattr
    SYS_swapon SYS_swapoff SYS_reboot SYS_kexec_load SYS_init_module SYS_finit_module SYS_delete_module SYS_bpf
    SYS_perf_event_open SYS_io_uring_setup SYS_io_uring_enter SYS_io_uring_register SYS_io_setup SYS_userfaultfd SYS_keyctl
    SYS_add_key SYS_request_key SYS_fanotify_init SYS_fanotify_mark SYS_inotify_add_watch SYS_name_to_handle_at
    SYS_open_by_handle_at SYS_quotactl SYS_acct SYS_syslog SYS_settimeofday SYS_clock_settime SYS_clock_adjtime SYS_adjtimex
    SYS_sethostname SYS_setdomainname SYS_personality SYS_setuid SYS_setgid SYS_setreuid SYS_setregid SYS_setresuid
    SYS_setresgid SYS_setgroups SYS_setfsuid SYS_setfsgid SYS_setsid SYS_setpgid SYS_capset SYS_seccomp SYS_prctl
    SYS_prlimit64 SYS_ioctl SYS_fcntl SYS_shmget SYS_shmat SYS_shmctl SYS_shmdt SYS_msgget SYS_msgsnd SYS_msgrcv SYS_msgctl
    SYS_semget SYS_semop SYS_semctl SYS_mq_open SYS_mq_unlink SYS_mq_notify SYS_migrate_pages SYS_move_pages
    SYS_memfd_secret SYS_sched_setattr SYS_mknodat SYS_vhangup SYS_remap_file_pages
    SYS_landlock_create_ruleset SYS_landlock_add_rule SYS_landlock_restrict_self SYS_signalfd4 SYS_get_robust_list
    SYS_getxattr SYS_lgetxattr SYS_fgetxattr SYS_listxattr SYS_llistxattr SYS_flistxattr SYS_syncfs SYS_sync
};
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[(c_long, &str)] = names! {
    SYS_fork SYS_vfork SYS_modify_ldt SYS_iopl SYS_ioperm SYS_mknod SYS_ustat SYS_sysfs SYS_uselib SYS_signalfd
    SYS_kexec_file_load
};
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[(c_long, &str)] = &[];

/// The name of a call that is refused or only looked at; none for one that this program does not know.
pub(super) fn name(number: c_long) -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    const OPENING_NAMES: &[(c_long, &str)] = names! { SYS_open SYS_openat SYS_openat2 SYS_creat };
    #[cfg(not(target_arch = "x86_64"))]
    const OPENING_NAMES: &[(c_long, &str)] = names! { SYS_openat SYS_openat2 };
    let mut all = REFUSED.iter().chain(REFUSED_HERE).chain(OPENING_NAMES);
    all.find(|(known, _)| *known == number).map(|(_, name)| name.trim_start_matches("SYS_"))
}

/// Kinds of `ioctl` by their second byte: none (NVIDIA's memory), DRM, DMA-BUF, NVIDIA, sync files.
const IOCTL_KINDS: [u64; 5] = [0, b'd' as u64, b'b' as u64, b'F' as u64, b'>' as u64];
/// AMD's compute, whose calls say which way data goes; those of the console with this letter do not.
const IOCTL_KFD: u64 = b'K' as u64;
/// Single ones. None that puts characters into a terminal or has signals sent.
const IOCTLS: [u64; 6] = [
    libc::TCGETS,
    libc::TIOCGWINSZ,
    libc::FIONREAD,
    libc::FIOCLEX,
    libc::FIONCLEX,
    // TCGETS2, which newer C libraries ask whether something is a terminal.
    0x802c_542a,
];

/// What may be done to an open file. None that has signals sent.
const FCNTLS: &[libc::c_int] = &[
    libc::F_DUPFD,
    libc::F_DUPFD_CLOEXEC,
    libc::F_GETFD,
    libc::F_SETFD,
    libc::F_GETFL,
    libc::F_GETLK,
    libc::F_SETLK,
    libc::F_SETLKW,
    libc::F_OFD_GETLK,
    libc::F_OFD_SETLK,
    libc::F_OFD_SETLKW,
    libc::F_ADD_SEALS,
    libc::F_GET_SEALS,
    libc::F_GETPIPE_SZ,
    libc::F_SETPIPE_SZ,
    libc::F_GETOWN,
];

/// What a process may set of itself. Not whether others may look into it.
const PRCTLS: &[libc::c_int] = &[
    libc::PR_SET_NAME,
    libc::PR_GET_NAME,
    libc::PR_GET_DUMPABLE,
    libc::PR_SET_TIMERSLACK,
    libc::PR_GET_TIMERSLACK,
    libc::PR_CAPBSET_READ,
    libc::PR_GET_NO_NEW_PRIVS,
    // It is set already, and the last filters set it again.
    libc::PR_SET_NO_NEW_PRIVS,
    libc::PR_GET_SECCOMP,
    libc::PR_SET_THP_DISABLE,
    libc::PR_GET_THP_DISABLE,
    libc::PR_SET_VMA,
    // PR_GET_AUXV, which tells a process what the kernel told it when it began.
    0x4155_5856,
];

/// What is allowed to the process with this number. With `told`, opening files is not among it: it goes by way of the host.
pub(super) fn allowed(pid: u32, told: bool) -> Result<Rules, BackendError> {
    let mut rules = Rules::new();
    let free = ALLOWED.iter().chain(ALLOWED_HERE).chain(&FUTEX2);
    for number in free.chain(if told { &[] } else { OPENING }) {
        rules.insert(*number, Vec::new());
    }
    let pid = u64::from(pid);
    let when = |condition| SeccompRule::new(vec![condition]);
    let is = |argument, value| SeccompCondition::new(argument, Dword, Eq, value);
    let one_of = |argument, values: &[u64]| -> Result<Vec<SeccompRule>, BackendError> {
        values.iter().map(|value| when(is(argument, *value)?)).collect()
    };
    let flags = |values: &[libc::c_int]| values.iter().map(|value| *value as u64).collect::<Vec<_>>();
    // Threads, and nothing that has a life of its own.
    let thread = (libc::CLONE_THREAD | libc::CLONE_VM | libc::CLONE_SIGHAND) as u64;
    rules.insert(libc::SYS_clone, vec![when(SeccompCondition::new(0, Dword, MaskedEq(thread), thread)?)?]);
    // The process's own threads.
    for number in [libc::SYS_kill, libc::SYS_tgkill, libc::SYS_rt_sigqueueinfo, libc::SYS_rt_tgsigqueueinfo] {
        rules.insert(number, vec![when(is(0, pid)?)?]);
    }
    // Whether two of its own files are the same, which graphics drivers ask.
    rules.insert(libc::SYS_kcmp, vec![SeccompRule::new(vec![is(0, pid)?, is(1, pid)?])?]);
    // The calling thread, or the process by its number.
    for number in [libc::SYS_prlimit64, libc::SYS_sched_setattr] {
        rules.insert(number, one_of(0, &[0, pid])?);
    }
    // To whom the socket leads already: the host.
    rules.insert(libc::SYS_sendto, vec![when(SeccompCondition::new(4, Qword, Eq, 0)?)?]);
    let mut fcntls = one_of(1, &flags(FCNTLS))?;
    // Never to wait, only: the host has some of these files too, and relies on not waiting.
    let no_wait = libc::O_NONBLOCK as u64;
    fcntls.push(SeccompRule::new(vec![
        is(1, libc::F_SETFL as u64)?,
        SeccompCondition::new(2, Dword, MaskedEq(no_wait), no_wait)?,
    ])?);
    rules.insert(libc::SYS_fcntl, fcntls);
    rules.insert(libc::SYS_prctl, one_of(0, &flags(PRCTLS))?);
    let mut ioctls = one_of(1, &IOCTLS)?;
    for kind in IOCTL_KINDS {
        ioctls.push(when(SeccompCondition::new(1, Dword, MaskedEq(0xff00), kind << 8)?)?);
    }
    ioctls.push(SeccompRule::new(vec![
        SeccompCondition::new(1, Dword, MaskedEq(0xff00), IOCTL_KFD << 8)?,
        SeccompCondition::new(1, Dword, Gt, 0xffff)?,
    ])?);
    rules.insert(libc::SYS_ioctl, ioctls);
    // Which personality is it? 0xffffffff only asks.
    rules.insert(libc::SYS_personality, one_of(0, &[0xffff_ffff])?);
    Ok(rules)
}

/// What is answered with EPERM without a word.
pub(super) fn quiet() -> Rules {
    QUIET.iter().chain(QUIET_HERE).map(|number| (*number, Vec::new())).collect()
}

/// What is answered as if it did not exist: the C library then makes threads by `clone`, whose flags can be looked at.
pub(super) fn unknown() -> Rules {
    Rules::from([(libc::SYS_clone3, Vec::new())])
}

/// What only `confine` needed.
pub(super) fn no_more() -> Rules {
    [libc::SYS_sendmsg, libc::SYS_seccomp].into_iter().map(|number| (number, Vec::new())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_is_both_allowed_with_anything_and_refused() {
        let allowed: Vec<c_long> = ALLOWED.iter().chain(ALLOWED_HERE).copied().collect();
        let later: Vec<i64> = no_more().into_keys().collect();
        for (number, name) in REFUSED.iter().chain(REFUSED_HERE) {
            assert!(!allowed.contains(number) || later.contains(number), "{name}");
        }
        for number in quiet().into_keys().chain(unknown().into_keys()) {
            assert!(!allowed.contains(&number), "{number}");
        }
        for number in OPENING {
            assert!(!allowed.contains(number), "{number}");
        }
    }

    #[test]
    fn what_starts_or_reaches_others_has_a_name_when_it_is_refused() {
        for (number, known) in [
            (libc::SYS_socket, "socket"),
            (libc::SYS_execve, "execve"),
            (libc::SYS_ptrace, "ptrace"),
            (libc::SYS_openat, "openat"),
        ] {
            assert_eq!(name(number), Some(known));
        }
        assert_eq!(name(libc::SYS_read), None);
        assert_eq!(name(9999), None);
    }

    #[test]
    fn opening_is_allowed_where_there_is_nobody_to_tell() {
        let opens = |told| allowed(7, told).expect("rules").contains_key(&libc::SYS_openat);
        assert!(opens(false) && !opens(true));
    }
}
