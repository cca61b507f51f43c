//! Which game a folder or an archive holds, for a core.
//!
//! Archives are looked into by a short-lived process of their own: this one reads its answer, and nothing of the archive.

use super::{CheckError, CoreEntry, cores_for, extension};
use crate::content::archive::{ArchiveError, is_archive, playable};
use crate::content::process::{Answer, MOST_ANSWER_BYTES, Question, SUBCOMMAND};
use crate::content::{Location, file_name};
use crate::messages;
use crate::platform;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The ending by which a core says that it takes folders, as DOSBox Pure does.
pub(super) const FOLDER_ENDING: &str = "/";
/// What is looked at in a folder, and in the folders in it.
const MOST_FILES: usize = 20_000;

/// It has a limit of processor time of its own, which is shorter.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

messages! {
    /// Why content is not opened.
    pub enum ContentError in content {
        check => Check { error: CheckError },
        archive => Archive { error: ArchiveError },
    }
}

impl From<CheckError> for ContentError {
    fn from(error: CheckError) -> ContentError {
        ContentError::Check { error }
    }
}

impl From<ArchiveError> for ContentError {
    fn from(error: ArchiveError) -> ContentError {
        ContentError::Archive { error }
    }
}

/// What is in content that is an archive or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The archive or the folder.
    path: PathBuf,
    is_folder: bool,
    /// With `/` between folders.
    names: Vec<String>,
}

/// What a core could be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    One(PathBuf),
    /// The person is asked.
    Several(Vec<PathBuf>),
}

impl Inside {
    /// Whether there is something to look for in it: it is no plain file, nor one in an archive.
    pub fn is_needed(content: &Path) -> bool {
        content.is_dir() || (Location::of(content).inner.is_none() && is_archive(content))
    }

    /// None: `content` is a file, or one in an archive, and there is nothing to look for.
    pub fn look(content: &Path) -> Result<Option<Inside>, ContentError> {
        if content.is_dir() {
            let names = files_in(content);
            return Ok(Some(Inside { path: content.to_owned(), is_folder: true, names }));
        }
        if !Inside::is_needed(content) {
            return Ok(None);
        }
        super::check_content(content)?;
        match ask(Question::Names, content) {
            Some(Answer::Names(names)) => Ok(Some(Inside { path: content.to_owned(), is_folder: false, names })),
            Some(Answer::Refused(error)) => Err(error.into()),
            _ => Err(gave_up(content).into()),
        }
    }

    /// Whether a core takes the whole of it, and looks into it by itself.
    pub fn is_for(&self, extensions: &[String]) -> bool {
        let ending = if self.is_folder { Some(FOLDER_ENDING.to_owned()) } else { extension(&self.path) };
        ending.is_some_and(|ending| extensions.contains(&ending))
    }

    /// The games in it for cores that open these endings.
    pub fn games(&self, extensions: &[String]) -> Vec<PathBuf> {
        if extensions.is_empty() {
            return Vec::new();
        }
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        playable(&names, extensions).into_iter().map(|name| self.place(name)).collect()
    }

    fn place(&self, name: &str) -> PathBuf {
        match self.is_folder {
            true => self.path.join(name),
            false => Location { file: self.path.clone(), inner: Some(name.to_owned()) }.to_path(),
        }
    }

    /// What a core gets that opens these endings; none are known of a core that nobody has described, which then looks itself.
    pub fn find(&self, extensions: &[String]) -> Result<Found, ContentError> {
        if self.is_for(extensions) || (extensions.is_empty() && !self.is_folder) {
            return Ok(Found::One(self.path.clone()));
        }
        let games = self.games(extensions);
        match games.as_slice() {
            [one] => Ok(Found::One(one.clone())),
            [] => Err(self.nothing()),
            _ => Ok(Found::Several(games)),
        }
    }

    /// Why nothing in it is opened.
    pub fn nothing(&self) -> ContentError {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        match self.is_folder {
            true => CheckError::Folder { file: file_name(&self.path).to_string_lossy().into_owned() }.into(),
            false => ArchiveError::of_nothing(&self.path, &names).into(),
        }
    }

    /// Several games, in words that name them.
    pub fn several(&self, games: &[PathBuf]) -> ContentError {
        let names: Vec<String> = games.iter().map(|game| self.name(game)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if self.is_folder {
            let file = file_name(&self.path).to_string_lossy().into_owned();
            return CheckError::FolderOfSeveral {
                file,
                names: names.into_iter().take(12).collect::<Vec<_>>().join(", "),
            }
            .into();
        }
        ArchiveError::of_several(&self.path, &names).into()
    }

    /// What a game in it is called.
    pub fn name(&self, game: &Path) -> String {
        // Behind the path and one more character: a slash, or the mark behind an archive.
        let before = self.path.as_os_str().len() + 1;
        String::from_utf8_lossy(game.as_os_str().as_encoded_bytes().get(before..).unwrap_or_default()).into_owned()
    }

    /// The only game in it, whichever of `cores` opens it; or several; and without any, the whole of it if one of them takes that.
    pub fn find_for(&self, cores: &[CoreEntry]) -> Result<Found, ContentError> {
        let mut games: Vec<PathBuf> = Vec::new();
        // Each core by itself: what is a track for one is a game for another.
        for core in cores.iter().filter(|core| !core.extensions.is_empty()) {
            games.extend(self.games(&core.extensions));
        }
        games.sort();
        games.dedup();
        let whole = || cores.iter().any(|core| self.is_for(&core.extensions));
        let sheets: Vec<PathBuf> = games.iter().filter(|game| is_sheet(game)).cloned().collect();
        // A disc's tracks are games to cores that know no sheets.
        let games = if sheets.is_empty() { games } else { sheets };
        // The parts of an arcade game are called so, and so are some games: a core that wants the whole decides.
        let vague = |game: &PathBuf| extension(game).is_some_and(|ending| VAGUE.contains(&ending.as_str()));
        match games.as_slice() {
            parts if parts.iter().all(vague) && whole() => Ok(Found::One(self.path.clone())),
            [one] => Ok(Found::One(one.clone())),
            [] => Err(self.nothing()),
            _ => Ok(Found::Several(games)),
        }
    }
}

/// Endings that say nothing of what is in a file.
const VAGUE: [&str; 4] = ["bin", "rom", "dat", "img"];

fn is_sheet(path: &Path) -> bool {
    extension(path).is_some_and(|ending| crate::content::archive::is_sheet(&ending))
}

/// Those of `cores` that could run a game, or the archive that it is in as a whole.
pub fn cores_for_game<'a>(cores: &'a [CoreEntry], game: &Path) -> Vec<&'a CoreEntry> {
    let mut fitting = cores_for(cores, game);
    let location = Location::of(game);
    if location.inner.is_some() {
        let whole = cores_for(cores, &location.file);
        fitting.extend(whole.into_iter().filter(|core| !cores.iter().any(|it| it.path == core.path && it.opens(game))));
    }
    fitting
}

/// What a core that opens these endings gets of a game that was chosen: the archive that it is in, if it looks into archives itself.
pub fn handed_over(game: &Path, extensions: &[String]) -> PathBuf {
    let location = Location::of(game);
    let whole =
        location.inner.is_some() && extension(&location.file).is_some_and(|ending| extensions.contains(&ending));
    if whole { location.file } else { game.to_owned() }
}

/// Which content something is that has to be unpacked or patched first; none if that cannot be found out.
pub fn identity_of(content: &Path) -> Option<String> {
    match ask(Question::Identity, content)? {
        Answer::Identity(digits) if digits.len() == 64 && digits.bytes().all(|it| it.is_ascii_hexdigit()) => {
            Some(digits)
        }
        _ => None,
    }
}

fn gave_up(content: &Path) -> ArchiveError {
    ArchiveError::GaveUp { archive: file_name(content).to_string_lossy().into_owned() }
}

fn ask(question: Question, path: &Path) -> Option<Answer> {
    let child = Command::new(platform::own_program())
        .args([SUBCOMMAND, question.name()])
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.ok()?;
    let text = child.stdout.take().and_then(|out| hear(out, Instant::now() + LONGEST_WAIT));
    let _ = child.kill();
    let _ = child.wait();
    let text = text?;
    let mut answer = serde_json::from_slice(&text).ok()?;
    if let Answer::Refused(error) = &mut answer {
        error.bound(plain);
    }
    Some(answer)
}

/// Everything that it says until it ends; none if that takes too long: a drive may not answer, which costs no processor time.
fn hear(mut out: ChildStdout, until: Instant) -> Option<Vec<u8>> {
    let (mut text, mut piece) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let mut waits = [PollFd::new(&out, PollFlags::IN)];
        match poll(&mut waits, Some(&left)) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return None,
        }
        match out.read(&mut piece).ok()? {
            0 => return Some(text),
            read => text.extend_from_slice(&piece[..read]),
        }
        if text.len() as u64 > MOST_ANSWER_BYTES {
            return None;
        }
    }
}

fn plain(text: &mut String) {
    text.retain(|c| !c.is_control());
    if let Some((end, _)) = text.char_indices().nth(4096) {
        text.truncate(end);
    }
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = Vec::new();
    for path in entries(folder) {
        if path.is_dir() { folders.push(path) } else { names.push(path) }
    }
    names.extend(folders.iter().flat_map(|folder| entries(folder)).filter(|path| path.is_file()));
    names.truncate(MOST_FILES);
    let mut names: Vec<String> =
        names.iter().filter_map(|path| path.strip_prefix(folder).ok()?.to_str().map(str::to_owned)).collect();
    names.sort();
    names
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_FILES).map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(is_folder: bool, names: &[&str]) -> Inside {
        let path = if is_folder { "/roms/G" } else { "/roms/G.zip" };
        Inside { path: path.into(), is_folder, names: names.iter().map(|it| (*it).to_owned()).collect() }
    }

    fn endings(list: &str) -> Vec<String> {
        list.split('|').filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn a_core_gets_the_one_game_the_whole_or_is_asked_about() {
        let find = |it: Inside, list: &str| it.find(&endings(list)).map_err(|error| error.to_string());
        let one = |path: &str| Ok(Found::One(path.into()));
        let nes = &["G.nes", "G.txt"];
        assert_eq!(find(inside(false, nes), "nes"), one("/roms/G.zip#G.nes"));
        assert_eq!(find(inside(true, nes), "nes"), one("/roms/G/G.nes"));
        assert_eq!(find(inside(false, nes), "zip|exe|/"), one("/roms/G.zip"));
        assert_eq!(find(inside(true, nes), "zip|exe|/"), one("/roms/G"));
        assert_eq!(find(inside(false, nes), ""), one("/roms/G.zip"), "it knows better");
        let two = find(inside(false, &["a.nes", "b.nes"]), "nes");
        assert_eq!(two, Ok(Found::Several(vec!["/roms/G.zip#a.nes".into(), "/roms/G.zip#b.nes".into()])));
        assert!(find(inside(true, nes), "gba").is_err_and(|it| it.contains("G is a folder")));
        assert!(find(inside(false, &["x.7z"]), "gba").is_err_and(|it| it.contains("another archive")));
    }

    #[test]
    fn several_games_are_named_with_how_to_choose_one() {
        let set = inside(false, &["a.nes", "b/c.nes"]);
        let games = set.games(&endings("nes"));
        let said = set.several(&games).to_string();
        assert_eq!(said, "There are several games in G.zip: a.nes, b/c.nes. Say which, such as G.zip#a.nes.");
    }

    #[test]
    fn a_game_in_an_archive_may_also_be_run_by_a_core_that_takes_the_archive() {
        let core = |name: &str, list: &str| CoreEntry {
            path: name.into(),
            name: name.into(),
            systems: Vec::new(),
            extensions: endings(list),
            bundled: false,
            note: None,
            firmware: Vec::new(),
        };
        let cores = [core("nes", "nes"), core("arcade", "zip|7z"), core("disc", "cue|bin"), core("bin", "bin|md")];
        let found = |names: &[&str]| inside(false, names).find_for(&cores).map_err(|error| error.to_string());
        assert_eq!(found(&["G.nes"]), Ok(Found::One("/roms/G.zip#G.nes".into())));
        assert_eq!(found(&["rom1.u1", "rom2.u2"]), Ok(Found::One("/roms/G.zip".into())));
        assert_eq!(found(&["G.cue", "G.bin"]), Ok(Found::One("/roms/G.zip#G.cue".into())));
        assert_eq!(handed_over(Path::new("/roms/G.nes"), &endings("zip")), Path::new("/roms/G.nes"));
    }
}
