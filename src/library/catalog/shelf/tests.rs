use super::super::records::PlayRecord;
use super::*;
use std::path::Path;

struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Home {
        let home = std::env::temp_dir().join(format!("hotseat-shelf-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(home.join("games")).unwrap();
        Home(home)
    }

    fn file(&self, path: &str, data: &[u8]) -> PathBuf {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, data).unwrap();
        path
    }

    fn config(&self) -> CatalogConfig {
        CatalogConfig {
            folders: vec![self.0.join("games")],
            program: "/bin/false".into(),
            ..CatalogConfig::new(self.0.join("data"))
        }
    }

    fn open(&self) -> Shelf {
        Shelf::open(self.config())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How many files were looked into.
fn scan(shelf: &mut Shelf) -> usize {
    let (mut scan, _) = shelf.begin(&mut || true).unwrap();
    while shelf.step(&mut scan) {}
    scan.done
}

fn titles(shelf: &Shelf) -> Vec<String> {
    shelf.entries().into_iter().map(|entry| entry.title).collect()
}

#[test]
fn what_is_added_moved_and_removed_is_followed_and_nothing_is_read_twice() {
    let home = Home::new("follow");
    let first = home.file("games/nes/Tale (USA).nes", b"tale");
    home.file("games/Song.gb", b"song");
    home.file("games/readme.txt", b"words");
    let mut shelf = home.open();
    assert_eq!(scan(&mut shelf), 2);
    assert_eq!(titles(&shelf), ["Song", "Tale"]);
    let identity = shelf.entries()[1].identity.clone();
    assert_eq!(identity.len(), 64);
    assert_eq!(scan(&mut shelf), 0, "nothing changed");
    fs::rename(&first, home.0.join("games/nes/Story.nes")).unwrap();
    assert_eq!(scan(&mut shelf), 0, "it is the same file under another name");
    assert_eq!(titles(&shelf), ["Song", "Story"]);
    assert_eq!(shelf.entries()[1].identity, identity);
    fs::remove_file(home.0.join("games/Song.gb")).unwrap();
    home.file("games/nes/Story.nes", b"another story");
    assert_eq!(scan(&mut shelf), 1);
    assert_eq!(titles(&shelf), ["Story"]);
    assert_ne!(shelf.entries()[0].identity, identity);
    drop(shelf);
    assert_eq!(titles(&home.open()), ["Story"], "known before anything is looked for");
}

#[test]
fn what_a_person_did_stays_with_the_game_and_outlives_the_database() {
    let home = Home::new("records");
    let path = home.file("games/Tale.nes", b"tale");
    let mut shelf = home.open();
    let (scan_begun, _) = shelf.begin(&mut || true).unwrap();
    assert_eq!(scan_begun.of, 1);
    // Shown by its name alone, and looked into because it is to be remembered.
    let entry = shelf.entries().remove(0);
    assert_eq!(entry.identity, "");
    shelf.remember(&entry, |record| (record.favourite, record.played) = (true, 77));
    assert!(shelf.entries()[0].record.favourite);
    fs::create_dir_all(home.0.join("games/x")).unwrap();
    fs::rename(&path, home.0.join("games/x/Other name.nes")).unwrap();
    scan(&mut shelf);
    assert_eq!(shelf.entries()[0].record.played, 77);
    drop(shelf);
    fs::write(home.0.join("data/library.db"), b"no database at all, but a text").unwrap();
    let _ = fs::remove_file(home.0.join("data/library.db-wal"));
    let mut shelf = home.open();
    let notices = shelf.take_notices();
    assert!(matches!(notices.as_slice(), [CatalogNotice::Rebuilt { kept, .. }] if kept.is_file()), "{notices:?}");
    assert_eq!(scan(&mut shelf), 1);
    assert_eq!((shelf.entries()[0].record.played, shelf.entries()[0].record.favourite), (77, true));
    assert!(fs::read(home.0.join("data/library.db.aside")).unwrap().starts_with(b"no database"));
}

#[test]
fn what_a_person_did_while_the_database_could_not_be_opened_is_joined_at_the_next_start() {
    let home = Home::new("closed");
    let [first, second] = ["Song", "Tale"].map(|name| home.file(&format!("games/{name}.nes"), name.as_bytes()));
    let entry = |shelf: &Shelf, path: &Path| shelf.entries().into_iter().find(|it| it.path == path).unwrap();
    let mut shelf = home.open();
    scan(&mut shelf);
    shelf.remember(&entry(&shelf, &first), |record| record.set_favourite(true, 5));
    shelf.remember(&entry(&shelf, &second), |record| record.played = 10);
    drop(shelf);
    // A folder in its place cannot be opened, and is no damaged file.
    fs::rename(home.0.join("data/library.db"), home.0.join("kept.db")).unwrap();
    fs::create_dir(home.0.join("data/library.db")).unwrap();
    let mut shelf = home.open();
    assert!(matches!(shelf.take_notices().as_slice(), [CatalogNotice::NoDatabase { .. }]));
    scan(&mut shelf);
    assert!(entry(&shelf, &first).record.favourite, "known from the copy");
    shelf.remember(&entry(&shelf, &first), |record| record.set_favourite(false, 6));
    shelf.remember(&entry(&shelf, &second), |record| record.played += 60);
    drop(shelf);
    fs::remove_dir(home.0.join("data/library.db")).unwrap();
    fs::rename(home.0.join("kept.db"), home.0.join("data/library.db")).unwrap();
    let shelf = home.open();
    assert!(!entry(&shelf, &first).record.favourite);
    assert_eq!(entry(&shelf, &second).record.played, 70);
    fs::remove_file(home.0.join("data/library-played.json")).unwrap();
    drop(shelf);
    assert_eq!(entry(&home.open(), &second).record.played, 70, "in the database too");
}

#[test]
fn a_write_that_fails_is_made_up_for_at_the_next_one_and_told_once() {
    let home = Home::new("busy");
    home.file("games/Tale.nes", b"tale");
    let mut shelf = home.open();
    scan(&mut shelf);
    let entry = shelf.entries().remove(0);
    let play = |record: &mut PlayRecord| record.played += 60;
    shelf.database.as_mut().unwrap().refuse_writes(true);
    shelf.remember(&entry, play);
    shelf.remember(&entry, play);
    assert!(matches!(shelf.take_notices().as_slice(), [CatalogNotice::NoDatabase { .. }]));
    assert_eq!(shelf.entries()[0].record.played, 120);
    shelf.remember(&entry, play);
    assert!(shelf.take_notices().is_empty());
    shelf.database.as_mut().unwrap().refuse_writes(false);
    shelf.remember(&entry, play);
    let written = shelf.database.as_ref().unwrap().records().unwrap();
    assert_eq!(written[&entry.identity].played, 240);
}

#[test]
fn two_hosts_lose_nothing_of_what_the_other_one_writes() {
    let home = Home::new("hosts");
    home.file("games/Tale.nes", b"tale");
    home.file("games/Song.nes", b"song");
    let mut first = home.open();
    scan(&mut first);
    let mut second = home.open();
    let [song, tale]: [GameEntry; 2] = first.entries().try_into().unwrap();
    first.remember(&tale, |record| record.played += 60);
    second.remember(&song, |record| record.set_favourite(true, 5));
    second.remember(&tale, |record| record.played += 5);
    first.remember(&tale, |record| record.played += 60);
    let copy = records::read(&home.0.join("data/library-played.json"));
    assert_eq!((copy[&tale.identity].played, copy[&song.identity].favourite), (125, true));
    assert_eq!(home.open().records, copy);
}

#[test]
fn a_drive_that_is_put_in_again_and_another_root_are_no_reason_to_read_files_again() {
    let home = Home::new("mount");
    home.file("games/nes/Tale.nes", b"tale");
    home.file("games/nes/a.zip", b"a set");
    let mut shelf = home.open();
    scan(&mut shelf);
    let identity = shelf.entries()[0].identity.clone();
    for row in shelf.files.values_mut() {
        (row.stamp.device, row.stamp.inode) = (row.stamp.device + 1, row.stamp.inode + 1);
    }
    assert_eq!(scan(&mut shelf), 0);
    shelf.set_config(CatalogConfig { folders: vec![home.0.join("games/nes")], ..home.config() });
    assert_eq!(scan(&mut shelf), 0);
    assert_eq!(shelf.entries()[0].identity, identity);
    assert!(shelf.files.values().all(|row| row.root == home.0.join("games/nes")));
    // Its new inode is known: it is found when it is moved.
    fs::rename(home.0.join("games/nes/Tale.nes"), home.0.join("games/nes/Song.nes")).unwrap();
    assert_eq!(scan(&mut shelf), 0);
}

#[test]
fn a_file_that_is_moved_over_another_one_like_it_takes_its_place() {
    let home = Home::new("over");
    let [song, tale] = ["Song", "Tale"].map(|name| home.file(&format!("games/{name}.nes"), name.as_bytes()));
    for path in [&song, &tale] {
        fs::File::options().write(true).open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    let mut shelf = home.open();
    scan(&mut shelf);
    let identity = shelf.entries()[0].identity.clone();
    fs::rename(&song, &tale).unwrap();
    scan(&mut shelf);
    assert_eq!(titles(&shelf), ["Tale"]);
    assert_eq!(shelf.entries()[0].identity, identity);
}

#[test]
fn what_cannot_be_opened_now_is_looked_into_the_next_time() {
    let home = Home::new("passing");
    let paths = [home.file("games/Tale.nes", b"tale"), home.file("games/a.zip", b"a set")];
    let mut shelf = home.open();
    let (mut begun, _) = shelf.begin(&mut || true).unwrap();
    let away = |path: &PathBuf| path.with_extension("away");
    paths.iter().for_each(|path| fs::rename(path, away(path)).unwrap());
    while shelf.step(&mut begun) {}
    paths.iter().for_each(|path| fs::rename(away(path), path).unwrap());
    assert!(shelf.files.values().all(|row| row.looked == Looked::NotYet || row.is_archive));
    shelf.set_config(CatalogConfig { program: "/no/such/program".into(), ..home.config() });
    shelf.retry_failed();
    assert_eq!(scan(&mut shelf), 2);
    // The archive: there was no process to look into it.
    assert_eq!(scan(&mut shelf), 1);
    shelf.set_config(home.config());
    assert_eq!((scan(&mut shelf), scan(&mut shelf)), (1, 0), "it ended the process");
    shelf.retry_failed();
    assert_eq!(scan(&mut shelf), 1);
}

#[test]
fn archives_are_looked_into_again_for_other_cores() {
    let home = Home::new("endings");
    home.file("games/a.zip", b"whatever");
    home.file("games/Tale.nes", b"tale");
    let mut shelf = home.open();
    assert_eq!((scan(&mut shelf), scan(&mut shelf)), (2, 0));
    drop(shelf);
    let core = |ending: &str| crate::library::CoreEntry {
        path: "/x_libretro.so".into(),
        name: "x".into(),
        systems: Vec::new(),
        extensions: vec![ending.into()],
        bundled: false,
        note: None,
        firmware: Vec::new(),
    };
    let mut shelf = Shelf::open(CatalogConfig { cores: vec![core("uze")], ..home.config() });
    assert_eq!((scan(&mut shelf), scan(&mut shelf)), (1, 0));
    shelf.set_config(CatalogConfig { cores: vec![core("xyz")], ..home.config() });
    assert_eq!((scan(&mut shelf), scan(&mut shelf)), (1, 0));
}

#[test]
fn lists_are_read_once_and_gone_on_with_where_they_were_left() {
    let home = Home::new("lists");
    home.file("games/x1.nes", b"tale");
    let crc = crc32fast::hash(b"tale");
    let list = format!("clrmamepro ( name \"NES\" )\ngame ( name \"Tale\" rom ( crc {crc:08x} ) )");
    // In an order which bytes and names of folders do not share.
    home.file("data/dats/a b/x.dat", b"no list");
    home.file("data/dats/a/x.dat", list.as_bytes());
    let mut shelf = home.open();
    // Yes to the folders, and to the first list.
    let mut asked = 0;
    let begun = shelf.begin(&mut || {
        asked += 1;
        asked <= 2
    });
    assert!(begun.is_none());
    let known = shelf.with_database(|it| it.dats()).unwrap();
    assert_eq!(known.len(), 1);
    scan(&mut shelf);
    assert_eq!(titles(&shelf), ["Tale"]);
    assert_eq!(shelf.take_notices().len(), 1, "each is read once");
    scan(&mut shelf);
    assert!(shelf.take_notices().is_empty());
}

#[test]
fn a_list_of_games_names_them_and_is_read_again_when_it_changes() {
    let home = Home::new("dats");
    home.file("games/x1.nes", b"tale");
    let mut shelf = home.open();
    scan(&mut shelf);
    assert_eq!(titles(&shelf), ["x1"]);
    let crc = crc32fast::hash(b"tale");
    let list =
        |name: &str| format!("clrmamepro ( name \"NES\" )\ngame ( name \"{name}\" users 4 rom ( crc {crc:08x} ) )");
    home.file("data/dats/nes.dat", list("Tale of Fire, The (Japan)").as_bytes());
    home.file("data/dats/bad.xml", b"<datafile>");
    assert_eq!(scan(&mut shelf), 0, "nothing of the games is read for it");
    let entry = &shelf.entries()[0];
    assert_eq!((entry.title.as_str(), entry.region.as_str()), ("The Tale of Fire", "Japan"));
    assert_eq!((entry.players, entry.system.as_str(), entry.known), (Some(4), "NES", true));
    assert!(matches!(shelf.take_notices().as_slice(), [CatalogNotice::Dat { .. }]));
    scan(&mut shelf);
    assert!(shelf.take_notices().is_empty(), "told once");
    home.file("data/dats/nes.dat", list("Song of the Longest Night").as_bytes());
    scan(&mut shelf);
    assert_eq!(titles(&shelf), ["Song of the Longest Night"]);
}

#[test]
fn a_folder_that_is_away_is_not_forgotten_and_one_that_was_taken_off_is() {
    let home = Home::new("away");
    home.file("games/Tale.nes", b"tale");
    let mut shelf = home.open();
    scan(&mut shelf);
    fs::rename(home.0.join("games"), home.0.join("away")).unwrap();
    scan(&mut shelf);
    assert!(titles(&shelf).is_empty());
    fs::rename(home.0.join("away"), home.0.join("games")).unwrap();
    assert_eq!(scan(&mut shelf), 0);
    assert_eq!(titles(&shelf), ["Tale"]);
    shelf.set_config(CatalogConfig { folders: Vec::new(), ..home.config() });
    scan(&mut shelf);
    shelf.set_config(home.config());
    assert_eq!(scan(&mut shelf), 1);
}

#[test]
fn an_archive_that_ends_the_process_is_passed_over_until_it_changes() {
    let home = Home::new("archive");
    home.file("games/a.zip", b"whatever");
    home.file("games/arcade/pac.zip", b"a set");
    home.file("games/Tale.nes", b"tale");
    let mut shelf = home.open();
    assert_eq!(scan(&mut shelf), 3);
    assert_eq!(titles(&shelf), ["pac", "Tale"]);
    assert_eq!(scan(&mut shelf), 0);
    home.file("games/a.zip", b"whatever else");
    assert_eq!(scan(&mut shelf), 1);
}

#[test]
fn a_scan_that_is_given_up_goes_on_where_it_was() {
    let home = Home::new("cancel");
    for n in 0..STEP_FILES + 50 {
        home.file(&format!("games/Tale {n}.nes"), n.to_string().as_bytes());
    }
    let mut shelf = home.open();
    assert!(shelf.begin(&mut || false).is_none());
    assert!(titles(&shelf).is_empty());
    let (mut begun, _) = shelf.begin(&mut || true).unwrap();
    assert_eq!(titles(&shelf).len(), STEP_FILES + 50, "known by their names at once");
    assert!(shelf.step(&mut begun));
    drop(shelf);
    let mut shelf = home.open();
    assert_eq!(scan(&mut shelf), 50);
}

#[test]
fn a_discs_tracks_are_no_games_and_links_in_a_circle_end() {
    let home = Home::new("discs");
    home.file("games/psx/Tale.cue", b"FILE \"Tale (Track 1).bin\" BINARY\n TRACK 01 MODE2/2352\n INDEX 01 00:00:00\n");
    home.file("games/psx/Tale (Track 1).bin", b"x");
    home.file("games/psx/Tale.ccd", b"[CloneCD]");
    home.file("games/psx/Tale.img", b"x");
    home.file("games/psx/Song.bin", b"x");
    home.file("games/psx/Set.m3u", b"Story (Disc 1).chd\nStory (Disc 2).chd\n");
    home.file("games/psx/Story (Disc 1).chd", b"x");
    home.file("games/psx/Story (Disc 2).chd", b"x");
    home.file("games/psx/empty.chd", b"");
    home.file("games/psx/.hidden.chd", b"x");
    std::os::unix::fs::symlink(home.0.join("games"), home.0.join("games/psx/again")).unwrap();
    let mut shelf = home.open();
    scan(&mut shelf);
    assert_eq!(titles(&shelf), ["Set", "Song", "Tale"]);
    assert!(shelf.entries().iter().all(|entry| entry.system == "Sony - PlayStation"));
}
