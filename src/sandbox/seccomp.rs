//! seccomp: which system calls the calling thread, and those that it starts, may make.

use super::calls::{self, Rules};
use super::sys;
use seccompiler::{BackendError, BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
use std::os::fd::OwnedFd;

/// Why there is no filter; for the log.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    #[error("this processor is not known to the filter: {0}")]
    Compile(#[from] BackendError),
    #[error("the kernel took no filter: {0}")]
    Apply(#[from] seccompiler::Error),
}

/// Stands for "ask the host" until the program is made: the crate has no name for it.
const ASK: SeccompAction = SeccompAction::Trace(0x4853);

fn program(rules: Rules, otherwise: SeccompAction, matching: SeccompAction) -> Result<BpfProgram, BackendError> {
    let processor: TargetArch = std::env::consts::ARCH.try_into()?;
    let mut program: BpfProgram = SeccompFilter::new(rules, otherwise, matching, processor)?.try_into()?;
    let ask = u32::from(ASK);
    for step in &mut program {
        if u32::from(step.code) == libc::BPF_RET | libc::BPF_K && step.k == ask {
            step.k = libc::SECCOMP_RET_USER_NOTIF;
        }
    }
    Ok(program)
}

fn add(rules: Rules, errno: i32) -> Result<(), FilterError> {
    let program = program(rules, SeccompAction::Allow, SeccompAction::Errno(errno.unsigned_abs()))?;
    Ok(apply_filter(&program)?)
}

/// Puts the filters in place, of which the strictest answer counts. Where the kernel has it, returns the other end of those
/// calls that the host is asked about; elsewhere they are answered with ENOSYS. Calls of other processors' tables (32-bit
/// ones) end the process. `hand_over` is called before the last filter.
pub fn restrict(pid: u32, hand_over: impl FnOnce(Option<OwnedFd>)) -> Result<(), FilterError> {
    add(calls::quiet(), libc::EPERM)?;
    add(calls::unknown(), libc::ENOSYS)?;
    let asking = program(calls::allowed(pid, true)?, ASK, SeccompAction::Allow)?;
    match sys::add_filter_with_listener(&asking) {
        Ok(listener) => hand_over(Some(listener)),
        // An older kernel, or somebody around us listens already, as some containers do.
        Err(_) => {
            add_deaf(pid)?;
            hand_over(None);
        }
    }
    add(calls::no_more(), libc::EPERM)
}

/// The same where nobody wants to hear of it.
pub fn restrict_unheard(pid: u32) -> Result<(), FilterError> {
    add(calls::quiet(), libc::EPERM)?;
    add(calls::unknown(), libc::ENOSYS)?;
    add_deaf(pid)?;
    add(calls::no_more(), libc::EPERM)
}

fn add_deaf(pid: u32) -> Result<(), FilterError> {
    let deaf = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    Ok(apply_filter(&program(calls::allowed(pid, false)?, deaf, SeccompAction::Allow)?)?)
}

/// Whether the kernel knows filters at all.
pub fn is_there() -> bool {
    sys::knows_filters()
}
