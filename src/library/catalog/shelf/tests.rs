use super::*;

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
