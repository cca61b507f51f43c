//! Which name is whose: one file in each core's folder says which content each save belongs to. The first content of a name has
//! the plain one, as RetroArch would call it; the next is called "NAME (2)", and so on.

use super::identity::Identity;
use crate::files::{tidy, write_atomically};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// Beside the saves; hidden, because it is no save.
const FILE: &str = ".owners.json";
/// More than a folder of saves ever has.
const MOST_BYTES: u64 = 16 << 20;
const MOST_OWNERS: usize = 50_000;
/// What names were cut to before there was a list.
const OLD_NAME_CHARS: usize = 80;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Owners {
    saves: Vec<Owner>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Owner {
    /// Of the save's files, without endings.
    name: String,
    /// The content's identity.
    content: String,
    /// Where the content was last: a game that is built anew keeps its save.
    path: String,
}

impl Owners {
    /// Nothing if there is none, or none that can be read: names are then given out anew, the plain ones first.
    fn read(folder: &Path) -> Owners {
        let mut text = Vec::new();
        let read = File::open(folder.join(FILE)).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut text));
        let mut owners: Owners = read.ok().and_then(|_| serde_json::from_slice(&text).ok()).unwrap_or_default();
        owners.saves.truncate(MOST_OWNERS);
        owners.saves.retain(|it| super::is_file_name(&it.name));
        owners
    }

    fn position(&self, wanted: &str, content: &Identity, path: &str) -> Option<usize> {
        let by_content = self.saves.iter().position(|it| it.content == content.as_str() && belongs(&it.name, wanted));
        let by_path = || self.saves.iter().position(|it| !path.is_empty() && it.path == path);
        by_content.or_else(by_path)
    }

    fn has(&self, name: &str) -> bool {
        self.saves.iter().any(|it| it.name == name)
    }
}

/// The name that the saves of this content have in `folder`, which is noted there. `wanted` is what it is called; `exists` says
/// whether there are saves of a name already, which are taken for its own unless another content has them.
pub fn claim(
    folder: &Path,
    wanted: &str,
    content: &Identity,
    path: Option<&Path>,
    exists: impl Fn(&str) -> bool,
) -> String {
    let _alone = Guard::of(folder);
    tidy(folder, &[FILE]);
    let mut owners = Owners::read(folder);
    let path = path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    let found = owners.position(wanted, content, &path);
    let owner = |name: String| Owner { name, content: content.as_str().to_owned(), path };
    let owner = match found {
        Some(index) => owner(owners.saves.remove(index).name),
        None => owner(free_name(&owners, wanted, exists)),
    };
    let name = owner.name.clone();
    owners.saves.push(owner);
    // Not written, it is found out anew next time; what is saved then says that the disk is full or read-only.
    if let Ok(text) = serde_json::to_vec(&owners) {
        let _ = write_atomically(&folder.join(FILE), &text);
    }
    name
}

/// The name that [`claim`] would find, without noting anything; none where it would give out another than `wanted`.
pub fn find(folder: &Path, wanted: &str, content: &Identity, path: Option<&Path>) -> Option<String> {
    let owners = Owners::read(folder);
    let path = path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    match owners.position(wanted, content, &path) {
        Some(index) => Some(owners.saves[index].name.clone()),
        None => (!owners.has(wanted)).then(|| wanted.to_owned()),
    }
}

/// Whether a save of this name may be that of content called `wanted`: one content may have been given two names on purpose, to
/// play it twice.
fn belongs(name: &str, wanted: &str) -> bool {
    name == wanted || name == old_name(wanted) || name.strip_prefix(wanted).is_some_and(is_number)
}

fn is_number(rest: &str) -> bool {
    rest.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')')).is_some_and(|number| number.parse::<u32>().is_ok())
}

fn old_name(wanted: &str) -> String {
    wanted.chars().take(OLD_NAME_CHARS).collect()
}

fn free_name(owners: &Owners, wanted: &str, exists: impl Fn(&str) -> bool) -> String {
    let old = old_name(wanted);
    if !exists(wanted) && exists(&old) && !owners.has(&old) {
        return old;
    }
    if !owners.has(wanted) {
        return wanted.to_owned();
    }
    // Files that nobody has a claim to may be anybody's.
    let numbered = (2..).map(|number| format!("{wanted} ({number})"));
    numbered.into_iter().find(|name| !owners.has(name) && !exists(name)).unwrap_or_else(|| wanted.to_owned())
}

/// Held while the list is read and written: two hosts may start at the same time.
struct Guard(Option<File>);

impl Guard {
    fn of(folder: &Path) -> Guard {
        let _ = fs::create_dir_all(folder);
        let file = File::options().create(true).truncate(false).write(true).open(folder.join(".owners.lock")).ok();
        // Without locks, as on some network drives, two hosts at the same time are at their own risk.
        Guard(file.filter(lock_soon))
    }
}

/// Tries for a second: a core that takes the lock must not hold up the hosts of other games.
fn lock_soon(file: &File) -> bool {
    for _ in 0..100 {
        match file.try_lock() {
            Ok(()) => return true,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            Err(TryLockError::Error(_)) => return false,
        }
    }
    false
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("hotseat-owners-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            Folder(folder)
        }

        fn claim(&self, wanted: &str, content: &str, path: &str) -> String {
            let exists = |name: &str| self.0.join(format!("{name}.srm")).exists();
            claim(&self.0, wanted, &Identity::from_text(content), Some(Path::new(path)), exists)
        }

        fn save(&self, name: &str) {
            fs::create_dir_all(&self.0).unwrap();
            fs::write(self.0.join(format!("{name}.srm")), name).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn two_contents_of_one_name_have_two_saves_and_each_finds_its_own_again() {
        let folder = Folder::new("two");
        assert_eq!(folder.claim("G", "one", "/a/G.md"), "G");
        assert_eq!(folder.claim("G", "two", "/b/G.gg"), "G (2)");
        assert_eq!(folder.claim("G", "three", "/c/G.md"), "G (3)");
        for _ in 0..2 {
            assert_eq!(folder.claim("G", "two", "/b/G.gg"), "G (2)");
            assert_eq!(folder.claim("G", "one", "/a/G.md"), "G");
        }
        // Moved, and built anew where it was.
        assert_eq!(folder.claim("G", "two", "/elsewhere/G.gg"), "G (2)");
        assert_eq!(folder.claim("G", "one, a newer version", "/a/G.md"), "G");
        assert_eq!(folder.claim("G", "one, a newer version", "/moved/G.md"), "G");
    }

    #[test]
    fn saves_that_were_there_before_the_list_are_found() {
        let folder = Folder::new("before");
        folder.save("G");
        assert_eq!(folder.claim("G", "one", "/a/G.md"), "G");
        // Names were once cut at 80 characters; RetroArch never cut them.
        let long = "L".repeat(120);
        folder.save(&long[..80]);
        assert_eq!(folder.claim(&long, "long", "/a/L"), long[..80]);
        assert_eq!(folder.claim(&long, "another", "/b/L"), long);
        let other = "M".repeat(120);
        folder.save(&other);
        folder.save(&other[..80]);
        assert_eq!(folder.claim(&other, "long too", "/a/M"), other);
        // What nobody has a claim to is not given to a second content.
        folder.save("G (2)");
        assert_eq!(folder.claim("G", "two", "/b/G.md"), "G (3)");
    }

    #[test]
    fn a_renamed_copy_is_a_game_of_its_own() {
        let folder = Folder::new("copy");
        assert_eq!(folder.claim("G", "one", "/a/G.md"), "G");
        assert_eq!(folder.claim("G for Ann", "one", "/a/G for Ann.md"), "G for Ann");
        assert_eq!(folder.claim("G", "one", "/a/G.md"), "G");
    }

    #[test]
    fn a_damaged_or_hostile_list_is_begun_anew() {
        let folder = Folder::new("damaged");
        folder.save("G");
        for text in ["", "{", "[1]", "\u{0}", r#"{"saves":[{"name":"../../etc/passwd","content":"one","path":"/a"}]}"#]
        {
            fs::write(folder.0.join(FILE), text).unwrap();
            assert_eq!(folder.claim("G", "one", "/a"), "G", "{text}");
        }
    }

    #[test]
    fn hosts_that_start_at_the_same_time_get_a_name_each() {
        let folder = Folder::new("race");
        let names: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let claim = |number: u32| folder.claim("G", &format!("content {number}"), &format!("/{number}/G"));
            let all: Vec<_> = (0..8).map(|number| scope.spawn(move || claim(number))).collect();
            all.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(names.len(), 8, "{names:?}");
    }
}
