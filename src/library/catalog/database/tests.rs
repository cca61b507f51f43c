use super::super::dat::DatRom;
use super::super::records::{PlayRecord, Records};
use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("hotseat-database-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn row(path: &str, inner: &[Option<&str>]) -> FileRow {
    let games = inner.iter().map(|inner| GameRow {
        inner: inner.map(str::to_owned),
        hashes: Some(Hashes::of(path.as_bytes()).unwrap()),
        known: Known { name: Some("Tale (USA)".into()), system: None, players: Some(4) },
    });
    FileRow {
        path: path.into(),
        root: "/g".into(),
        stamp: Stamp { bytes: u64::MAX, modified: -5, device: 3, inode: u64::MAX - 1 },
        is_archive: inner.len() > 1,
        looked: Looked::Done,
        games: games.collect(),
    }
}

#[test]
fn what_is_put_in_comes_out_after_another_opening() {
    let folder = Folder::new("rows");
    let rows = [row("/g/a.nes", &[None]), row("/g/b.zip", &[Some("x.nes"), Some("y.nes")]), row("/g/c.zip", &[])];
    let records: Records =
        [("id".to_owned(), PlayRecord { favourite: true, favourite_at: 6, last_played: 7, played: 8 })].into();
    {
        let mut database = Database::open(&folder.file()).unwrap();
        database.put(&rows).unwrap();
        database.put(&rows[1..2]).unwrap();
        assert_eq!(database.change_records(&records, |_| {}).unwrap(), records);
    }
    let mut database = Database::open(&folder.file()).unwrap();
    assert_eq!(database.files().unwrap(), rows);
    assert_eq!(database.records().unwrap(), records);
    database.remove([&rows[1].path]).unwrap();
    assert_eq!(database.files().unwrap(), [rows[0].clone(), rows[2].clone()]);
    database.check().unwrap();
}

#[test]
fn lists_know_a_game_by_either_sum_with_or_without_its_header() {
    let folder = Folder::new("lists");
    let mut database = Database::open(&folder.file()).unwrap();
    let bare = vec![9; 0x4000];
    let headed = [b"NES\x1a\x01\x01\0\0\0\0\0\0\0\0\0\0".to_vec(), bare.clone()].concat();
    let sums = Hashes::of(&bare).unwrap().whole.unwrap();
    let rom = |game: &str| DatRom { game: game.into(), size: Some(0x4000), ..DatRom::default() };
    let by_sha1 = DatRom { sha1: Some(sums.sha1), ..rom("By SHA-1") };
    let players = DatRom { crc: Some(sums.crc), players: Some(4), size: None, ..rom("By CRC") };
    let other = DatRom { crc: Some(sums.crc), size: Some(1), ..rom("Of another length") };
    let dat = Dat { system: "NES".into(), roms: vec![by_sha1, players, other] };
    database.add_dat(Path::new("/d/a.dat"), 1, 2, &dat).unwrap();
    for data in [&bare, &headed] {
        let known = database.known(&Hashes::of(data).unwrap()).unwrap();
        let wanted = Known { name: Some("By SHA-1".into()), system: Some("NES".into()), players: Some(4) };
        assert_eq!(known, wanted);
    }
    assert_eq!(database.known(&Hashes::of(b"other").unwrap()).unwrap(), Known::default());
    assert_eq!(database.dats().unwrap(), [("/d/a.dat".into(), 1, 2)]);
    database.forget_dats().unwrap();
    assert_eq!(database.known(&Hashes::of(&bare).unwrap()).unwrap(), Known::default());
}

#[test]
fn a_damaged_file_is_told_from_one_that_is_in_use_and_is_kept_aside() {
    let folder = Folder::new("damaged");
    std::fs::write(folder.file(), b"this was a database once, and is none any more").unwrap();
    let error = Database::open(&folder.file()).err().unwrap();
    assert!(error.is_beyond_repair(), "{error}");
    let aside = put_aside(&folder.file()).unwrap();
    assert!(std::fs::read(aside).unwrap().starts_with(b"this was"));
    // One whose pages were overwritten in the middle.
    let mut database = Database::open(&folder.file()).unwrap();
    let rows: Vec<FileRow> = (0..2000).map(|n| row(&format!("/g/{n:05}.nes"), &[None])).collect();
    database.put(&rows).unwrap();
    drop(database);
    let mut bytes = std::fs::read(folder.file()).unwrap();
    let middle = bytes.len() / 2;
    bytes[8192..middle].fill(0xa5);
    std::fs::write(folder.file(), bytes).unwrap();
    let read = Database::open(&folder.file()).and_then(|it| it.check().and_then(|()| it.files()));
    assert!(read.is_err_and(|error| error.is_beyond_repair()));
}

#[test]
fn what_two_hosts_do_with_a_game_adds_up() {
    let folder = Folder::new("two");
    let mut first = Database::open(&folder.file()).unwrap();
    let mut second = Database::open(&folder.file()).unwrap();
    let play = |records: &mut Records| records.entry("id".into()).or_default().played += 60;
    let known = first.change_records(&Records::new(), play).unwrap();
    second.change_records(&Records::new(), |it| it.entry("id".into()).or_default().set_favourite(true, 5)).unwrap();
    second.change_records(&Records::new(), play).unwrap();
    // It does not know yet what the other one wrote.
    let known = first.change_records(&known, play).unwrap();
    assert_eq!((known["id"].played, known["id"].favourite), (180, true));
    assert_eq!(second.records().unwrap(), known);
}

#[test]
fn hosts_that_start_at_once_for_the_first_time_share_one_file() {
    let folder = Folder::new("first");
    let (file, start) = (&folder.file(), &std::sync::Barrier::new(8));
    std::thread::scope(|scope| {
        let host = || {
            start.wait();
            Database::open(file).map(drop)
        };
        let hosts: Vec<_> = (0..8).map(|_| scope.spawn(host)).collect();
        for host in hosts {
            assert_eq!(host.join().unwrap(), Ok(()));
        }
    });
}

#[test]
fn the_file_of_the_first_version_is_gone_on_with() {
    let folder = Folder::new("older");
    let connection = Connection::open(folder.file()).unwrap();
    let tables = "CREATE TABLE record (
            identity TEXT PRIMARY KEY, favourite INTEGER NOT NULL, last_played INTEGER NOT NULL, played INTEGER NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO record VALUES ('id', 1, 5, 9); PRAGMA user_version = 1";
    connection.execute_batch(tables).unwrap();
    drop(connection);
    for _ in 0..2 {
        let mut database = Database::open(&folder.file()).unwrap();
        let record = PlayRecord { favourite: true, favourite_at: 0, last_played: 5, played: 9 };
        assert_eq!(database.records().unwrap(), [("id".to_owned(), record)].into());
        database.put_endings("nes|gb").unwrap();
        assert_eq!(database.endings().unwrap().as_deref(), Some("nes|gb"));
    }
}

#[test]
fn lists_are_in_the_order_in_which_their_paths_are_compared() {
    let folder = Folder::new("order");
    let mut database = Database::open(&folder.file()).unwrap();
    // By bytes "a b/x" is before "a/x", by the names of folders behind it.
    let mut paths = ["/d/a b/x.dat", "/d/a/x.dat", "/d/a.dat"].map(|path| (PathBuf::from(path), 1, 2));
    for (path, bytes, modified) in &paths {
        database.add_dat(path, *bytes, *modified, &Dat::default()).unwrap();
    }
    paths.sort();
    assert_eq!(database.dats().unwrap(), paths);
}

#[test]
fn the_file_of_a_later_version_is_not_touched() {
    let folder = Folder::new("newer");
    let connection = Connection::open(folder.file()).unwrap();
    connection.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(connection);
    let error = Database::open(&folder.file()).err().unwrap();
    assert_eq!(error, DatabaseError::Newer { version: 99 });
}
