//! Landlock: which files the calling thread, and those that it starts, may open.

use super::policy::{Access, Policy};
use ::landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, RestrictionStatus, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, make_bitflags,
};
use std::os::fd::AsFd;
use std::path::Path;

/// What is asked for: files as Linux 6.10 guards them, TCP as 6.7, signals and abstract sockets as 6.12. An older kernel does
/// what it can, a newer one the same.
const ASKED: ABI = ABI::V6;

/// The version of the kernel's interface; 0 where there is none, or it is switched off.
pub fn version() -> u32 {
    super::sys::landlock_version()
}

/// Never a right to execute: mapping code is not that.
fn rights(access: Access) -> BitFlags<AccessFs> {
    match access {
        Access::Read => make_bitflags!(AccessFs::{ReadFile | ReadDir}),
        Access::Device => make_bitflags!(AccessFs::{ReadFile | ReadDir | WriteFile | Truncate | IoctlDev}),
        Access::Write => make_bitflags!(AccessFs::{
            ReadFile | ReadDir | WriteFile | Truncate | MakeReg | MakeDir | RemoveFile | RemoveDir | Refer
        }),
    }
}

/// What of that there is for a file that is no folder.
fn of_a_file() -> BitFlags<AccessFs> {
    AccessFs::from_file(ASKED)
}

/// Puts it in place. False: this kernel has none. What does not exist is left out.
pub fn restrict(policy: &Policy) -> Result<bool, RulesetError> {
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(ASKED))?
        .handle_access(AccessNet::from_all(ASKED))?
        .scope(Scope::from_all(ASKED))?
        .create()?;
    let own = (Path::new("/proc/self"), Access::Read);
    for (path, access) in policy.rules.iter().map(|rule| (rule.path.as_path(), rule.access)).chain([own]) {
        let Ok(place) = PathFd::new(path) else { continue };
        let Ok(stat) = rustix::fs::fstat(place.as_fd()) else { continue };
        let mut rights = rights(access);
        if rustix::fs::FileType::from_raw_mode(stat.st_mode) != rustix::fs::FileType::Directory {
            rights &= of_a_file();
        }
        ruleset = ruleset.add_rule(PathBeneath::new(&place, rights))?;
        if path == own.0 {
            // The rule belongs to the kernel's present picture of the folder, which it would forget otherwise.
            std::mem::forget(place);
        }
    }
    let RestrictionStatus { ruleset, .. } = ruleset.restrict_self()?;
    Ok(ruleset != RulesetStatus::NotEnforced)
}
