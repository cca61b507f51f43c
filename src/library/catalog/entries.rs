//! What the window shows: one entry a game, however many files, discs and names it has.

use super::name::{self, GameName};
use super::records::{PlayRecord, Records};
use super::rows::{FileRow, GameRow, Looked};
use super::systems::Systems;
use crate::content;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// One game that can be played.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GameEntry {
    /// What is opened: the file, the one in an archive, the list of discs or the first of them.
    pub path: PathBuf,
    /// All discs in their order, if there are several without a list of their own.
    pub discs: Vec<PathBuf>,
    /// What people call it.
    pub title: String,
    /// In full, with region and all, which pictures are named after.
    pub name: String,
    /// As libretro's databases call it; empty if nothing tells.
    pub system: String,
    /// Empty where the name does not say it.
    pub region: String,
    /// Empty where the name does not say it.
    pub revision: String,
    /// How many can play; none if no list tells.
    pub players: Option<u8>,
    /// By which it is remembered; empty: it was not looked into yet.
    pub identity: String,
    /// A list of games has it.
    pub known: bool,
    /// What the person did with it.
    pub record: PlayRecord,
    /// Title and region in lower case, for searching and for the order.
    pub search: String,
}

/// Everything, by title. `roots` are the folders that are there now: what lies in others is not shown.
pub fn entries(
    files: &BTreeMap<PathBuf, FileRow>,
    roots: &[PathBuf],
    systems: &Systems,
    records: &Records,
) -> Vec<GameEntry> {
    let mut entries: Vec<GameEntry> = Vec::with_capacity(files.len());
    let mut sets: BTreeMap<(PathBuf, String, String), Vec<(u8, GameEntry)>> = BTreeMap::new();
    let mut lists = HashSet::new();
    let shown =
        |file: &&FileRow| roots.contains(&file.root) && !(file.looked == Looked::Failed && file.games.is_empty());
    for file in files.values().filter(shown) {
        for game in &file.games {
            let (entry, name) = entry(file, game, systems, records);
            let key = (folder_of(file, game), entry.system.clone(), name.set.to_lowercase());
            if is_list(&entry.path) {
                lists.insert(key);
                entries.push(entry);
            } else if let Some(disc) = name.disc {
                sets.entry(key).or_default().push((disc, entry));
            } else {
                entries.push(entry);
            }
        }
    }
    // A list of the discs is the game, and they are parts of it even where it does not name them.
    entries.extend(sets.into_iter().filter(|(key, _)| !lists.contains(key)).filter_map(|(_, discs)| set(discs)));
    entries.sort_by(by_title);
    entries
}

/// Between title and region is what comes before every letter, so that "Tale" is before "Tale 2" whatever their regions, and no
/// word that is looked for goes across.
pub fn search_text(title: &str, region: &str) -> String {
    format!("{title}\n{region}").to_lowercase()
}

/// By title, then by what else the name has, then by place: the same order every time.
pub fn by_title(a: &GameEntry, b: &GameEntry) -> Ordering {
    natural(&a.search, &b.search).then_with(|| a.name.cmp(&b.name)).then_with(|| a.path.cmp(&b.path))
}

/// "Tale 2" before "Tale 10".
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (x, y) = (digits(a), digits(b));
        if x > 0 && y > 0 {
            let (left, right) = (without_zeros(&a[..x]), without_zeros(&b[..y]));
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[x..], &b[y..]);
            continue;
        }
        match (a.split_first(), b.split_first()) {
            (Some((x, rest_a)), Some((y, rest_b))) if x == y => (a, b) = (rest_a, rest_b),
            (Some((x, _)), Some((y, _))) => return x.cmp(y),
            (x, y) => return x.is_some().cmp(&y.is_some()),
        }
    }
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    &digits[digits.iter().position(|byte| *byte != b'0').unwrap_or(digits.len())..]
}

fn entry(file: &FileRow, game: &GameRow, systems: &Systems, records: &Records) -> (GameEntry, GameName) {
    let path = file.place(game);
    let stem = content::stem(&path).to_string_lossy().into_owned();
    let full = game.known.name.clone().unwrap_or(stem);
    let name = name::parse(&full);
    let inner = game.inner.as_ref().map(|inner| file.path.join(inner));
    let by_place = || systems.of(inner.as_deref().unwrap_or(&file.path), &file.root);
    let system = game.known.system.clone().unwrap_or_else(by_place);
    let identity = game.hashes.as_ref().map(|it| it.identity.clone()).unwrap_or_default();
    let entry = GameEntry {
        search: search_text(&name.title, &name.region),
        title: name.title.clone(),
        region: name.region.clone(),
        revision: name.revision.clone(),
        players: game.known.players,
        known: game.known.name.is_some(),
        record: records.get(&identity).copied().unwrap_or_default(),
        name: full,
        discs: Vec::new(),
        system,
        identity,
        path,
    };
    (entry, name)
}

/// In an archive, the archive counts as one.
fn folder_of(file: &FileRow, game: &GameRow) -> PathBuf {
    match game.inner {
        Some(_) => file.path.clone(),
        None => file.path.parent().unwrap_or(Path::new("")).to_owned(),
    }
}

fn is_list(path: &Path) -> bool {
    super::super::extension(path).as_deref() == Some("m3u")
}

/// The first disc stands for all.
fn set(mut discs: Vec<(u8, GameEntry)>) -> Option<GameEntry> {
    discs.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.path.cmp(&b.1.path)));
    let paths: Vec<PathBuf> = discs.iter().map(|(_, entry)| entry.path.clone()).collect();
    let (_, mut first) = discs.into_iter().next()?;
    first.discs = if paths.len() > 1 { paths } else { Vec::new() };
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(paths: &[&str]) -> Vec<GameEntry> {
        let rows = paths.iter().map(|path| {
            let (path, games) = match path.split_once('#') {
                Some((path, inner)) => (path, vec![GameRow { inner: Some(inner.into()), ..GameRow::default() }]),
                None => (*path, vec![GameRow::default()]),
            };
            (PathBuf::from(path), FileRow { path: path.into(), root: "/g".into(), games, ..FileRow::default() })
        });
        entries(&rows.collect(), &["/g".into()], &Systems::new(&[]), &Records::new())
    }

    fn titles(entries: &[GameEntry]) -> Vec<(&str, usize)> {
        entries.iter().map(|it| (it.title.as_str(), it.discs.len())).collect()
    }

    #[test]
    fn the_discs_of_a_game_are_one_entry_and_those_of_another_are_not() {
        let shelf = shelf(&[
            "/g/psx/Tale (USA) (Disc 1).cue",
            "/g/psx/Tale (USA) (Disc 2).cue",
            "/g/psx/Tale (Japan) (Disc 1).cue",
            "/g/psx/Song (Disc 2).chd",
            "/g/saturn/Tale (USA) (Disc 1).cue",
        ]);
        assert_eq!(titles(&shelf), [("Song", 0), ("Tale", 0), ("Tale", 2), ("Tale", 0)]);
        assert_eq!(shelf[2].path, Path::new("/g/psx/Tale (USA) (Disc 1).cue"));
    }

    #[test]
    fn a_list_of_discs_stands_for_them() {
        let shelf = shelf(&["/g/psx/Tale.m3u", "/g/psx/Tale (Disc 1).chd", "/g/psx/Tale (Disc 2).chd"]);
        assert_eq!(titles(&shelf), [("Tale", 0)]);
        assert_eq!(shelf[0].path, Path::new("/g/psx/Tale.m3u"));
    }

    #[test]
    fn games_are_in_the_order_in_which_people_count_and_in_archives_called_like_themselves() {
        let shelf = shelf(&["/g/Tale 10.nes", "/g/tale 2.nes", "/g/set.zip#x/Tale 3 (U).nes", "/g/Tale.nes"]);
        assert_eq!(titles(&shelf).iter().map(|it| it.0).collect::<Vec<_>>(), ["Tale", "tale 2", "Tale 3", "Tale 10"]);
        assert_eq!(shelf[2].path, Path::new("/g/set.zip#x/Tale 3 (U).nes"));
        assert_eq!(shelf[2].system, "Nintendo - Nintendo Entertainment System");
        assert_eq!(natural("a007", "a7"), Ordering::Equal);
        assert_eq!(natural("a0", "a00"), Ordering::Equal);
    }

    #[test]
    fn what_is_on_a_drive_that_is_not_there_is_not_shown() {
        let row = FileRow {
            path: "/away/a.nes".into(),
            root: "/away".into(),
            games: vec![GameRow::default()],
            ..FileRow::default()
        };
        let files = BTreeMap::from([(row.path.clone(), row)]);
        assert_eq!(entries(&files, &["/g".into()], &Systems::new(&[]), &Records::new()), []);
        assert_eq!(entries(&files, &["/away".into()], &Systems::new(&[]), &Records::new()).len(), 1);
    }
}
