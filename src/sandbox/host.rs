//! What the host process itself gives up.

use rustix::process::DumpableBehavior;

/// Set, others may look into the host's memory: debuggers, and core dumps are written.
const DEBUGGABLE: &str = "HOTSEAT_DEBUGGABLE";

/// For hosts without a window, which start no program but core processes: no privileges are gained by starting one, and no
/// other program of the same person reads its memory, where the secrets of invites are.
///
/// A window starts browsers and file dialogs, and has the desktop look at it: those want both.
pub fn give_up_what_is_not_needed() {
    if let Err(error) = rustix::thread::set_no_new_privs(true) {
        tracing::warn!("this program may gain privileges by starting another: {error}");
    }
    if std::env::var_os(DEBUGGABLE).is_none()
        && let Err(error) = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
    {
        tracing::warn!("other programs may read this one's memory: {error}");
    }
}
