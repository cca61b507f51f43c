//! The library on disk: one SQLite file. What is in it was found out, and is found out again where it is damaged.

mod played;
mod schema;

use super::dat::Dat;
use super::rows::{FileRow, GameRow, Known, Looked};
use super::walk::Stamp;
use crate::content::{Hashes, Sums};
use crate::messages;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, params};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file in the folder for data.
pub const FILE: &str = "library.db";
/// Another host writes a few rows at a time.
const PATIENCE: Duration = Duration::from_secs(5);

messages! {
    /// What is wrong with the library's database.
    pub enum DatabaseError in database {
        /// In SQLite's words.
        failed => Failed { problem: String },
        damaged => Damaged { problem: String },
        /// A later version of this program wrote it.
        newer => Newer { version: i64 },
    }
}

impl DatabaseError {
    /// Whether another file has to take its place.
    pub fn is_beyond_repair(&self) -> bool {
        matches!(self, DatabaseError::Damaged { .. } | DatabaseError::Newer { .. })
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> DatabaseError {
        let problem = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DatabaseError::Damaged { problem },
            // A table or a value is not as it was made here.
            Some(ErrorCode::Unknown) => DatabaseError::Damaged { problem },
            None if !matches!(error, rusqlite::Error::QueryReturnedNoRows) => DatabaseError::Damaged { problem },
            _ => DatabaseError::Failed { problem },
        }
    }
}

type Result<T> = std::result::Result<T, DatabaseError>;

/// An open one. Used by one thread.
pub struct Database {
    connection: Connection,
}

impl Database {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Database> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        schema::prepare(&mut connection)?;
        Ok(Database { connection })
    }

    /// As on a disk that is full.
    #[cfg(test)]
    pub fn refuse_writes(&self, yes: bool) {
        self.connection.pragma_update(None, "query_only", yes).unwrap();
    }

    /// Reads every page: what is damaged in a place that nobody asked for yet.
    pub fn check(&self) -> Result<()> {
        let said: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" { Ok(()) } else { Err(DatabaseError::Damaged { problem: said }) }
    }

    /// Every file, in the order of their paths.
    pub fn files(&self) -> Result<Vec<FileRow>> {
        let mut files: Vec<FileRow> = Vec::new();
        let mut select = self.connection.prepare(
            "SELECT f.path, f.root, f.bytes, f.modified, f.device, f.inode, f.archive, f.looked,
                    g.file, g.inner, g.bytes, g.identity, g.crc, g.sha1, g.bare_crc, g.bare_sha1, g.name, g.system, g.players
             FROM file f LEFT JOIN game g ON g.file = f.path ORDER BY f.path, g.inner",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let path = path(row, 0)?;
            if files.last().is_none_or(|last| last.path != path) {
                files.push(FileRow {
                    path,
                    root: self::path(row, 1)?,
                    stamp: Stamp {
                        bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                        modified: row.get(3)?,
                        device: row.get::<_, i64>(4)?.cast_unsigned(),
                        inode: row.get::<_, i64>(5)?.cast_unsigned(),
                    },
                    is_archive: row.get(6)?,
                    looked: Looked::from_number(row.get(7)?),
                    games: Vec::new(),
                });
            }
            let has_game = row.get_ref(8)? != ValueRef::Null;
            if let Some(file) = files.last_mut().filter(|_| has_game) {
                file.games.push(game(row)?);
            }
        }
        Ok(files)
    }

    /// Writes these files in place of what was known of them.
    pub fn put<'a>(&mut self, files: impl IntoIterator<Item = &'a FileRow>) -> Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let mut forget = transaction.prepare("DELETE FROM game WHERE file = ?1")?;
            let mut put_file =
                transaction.prepare("INSERT OR REPLACE INTO file VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
            let mut put_game = transaction
                .prepare("INSERT OR REPLACE INTO game VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
            for file in files {
                let path = file.path.as_os_str().as_bytes();
                forget.execute([path])?;
                let Stamp { bytes, modified, device, inode } = file.stamp;
                put_file.execute(params![
                    path,
                    file.root.as_os_str().as_bytes(),
                    bytes.cast_signed(),
                    modified,
                    device.cast_signed(),
                    inode.cast_signed(),
                    file.is_archive,
                    file.looked.number(),
                ])?;
                for game in &file.games {
                    let hashes = game.hashes.as_ref();
                    let (whole, bare) = (hashes.and_then(|it| it.whole), hashes.and_then(|it| it.bare));
                    put_game.execute(params![
                        path,
                        game.inner.as_deref().unwrap_or(""),
                        hashes.map(|it| it.bytes.cast_signed()),
                        hashes.map(|it| &it.identity),
                        whole.map(|it| it.crc),
                        whole.map(|it| it.sha1),
                        bare.map(|it| it.crc),
                        bare.map(|it| it.sha1),
                        game.known.name,
                        game.known.system,
                        game.known.players,
                    ])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    pub fn remove<'a>(&mut self, paths: impl IntoIterator<Item = &'a PathBuf>) -> Result<()> {
        let transaction = self.connection.transaction()?;
        for path in paths {
            let path = path.as_os_str().as_bytes();
            transaction.execute("DELETE FROM game WHERE file = ?1", [path])?;
            transaction.execute("DELETE FROM file WHERE path = ?1", [path])?;
        }
        Ok(transaction.commit()?)
    }

    /// By which endings the games in archives were told from other files; none: not known.
    pub fn endings(&self) -> Result<Option<String>> {
        let select = "SELECT value FROM fact WHERE name = 'endings'";
        Ok(self.connection.query_row(select, [], |row| row.get(0)).optional()?)
    }

    pub fn put_endings(&mut self, endings: &str) -> Result<()> {
        self.connection.execute("INSERT OR REPLACE INTO fact VALUES ('endings', ?1)", [endings])?;
        Ok(())
    }

    /// The lists of games that are read in, and when they were changed; in the order of their paths, which is not that of bytes.
    pub fn dats(&self) -> Result<Vec<(PathBuf, u64, i64)>> {
        let mut select = self.connection.prepare("SELECT path, bytes, modified FROM dat")?;
        let mut rows = select.query([])?;
        let mut dats = Vec::new();
        while let Some(row) = rows.next()? {
            dats.push((path(row, 0)?, row.get::<_, i64>(1)?.cast_unsigned(), row.get(2)?));
        }
        dats.sort();
        Ok(dats)
    }

    pub fn forget_dats(&mut self) -> Result<()> {
        Ok(self.connection.execute_batch("DELETE FROM rom; DELETE FROM dat;")?)
    }

    /// Adds a list; one that cannot be used is noted without games, so that it is not tried again.
    pub fn add_dat(&mut self, path: &Path, bytes: u64, modified: i64, dat: &Dat) -> Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "INSERT OR REPLACE INTO dat VALUES (?1, ?2, ?3)",
            params![path.as_os_str().as_bytes(), bytes.cast_signed(), modified],
        )?;
        {
            let mut insert = transaction.prepare("INSERT INTO rom VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for rom in &dat.roms {
                let size = rom.size.map(u64::cast_signed);
                insert.execute(params![rom.sha1, rom.crc, size, rom.game, dat.system, rom.players])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// What the lists say of a game. Of several that know it each adds what the others do not say.
    pub fn known(&self, hashes: &Hashes) -> Result<Known> {
        let mut known = Known::default();
        for (sums, bytes) in [(hashes.whole, Some(hashes.bytes)), (hashes.bare, None)] {
            let Some(Sums { crc, sha1 }) = sums else { continue };
            let mut select = self.connection.prepare_cached(
                "SELECT name, system, players FROM rom WHERE sha1 = ?1
                 UNION ALL SELECT name, system, players FROM rom
                 WHERE crc = ?2 AND sha1 IS NULL AND (size IS NULL OR ?3 IS NULL OR size = ?3)
                 LIMIT 16",
            )?;
            let mut rows = select.query(params![sha1, crc, bytes.map(u64::cast_signed)])?;
            while let Some(row) = rows.next()? {
                let not_empty = |text: String| (!text.is_empty()).then_some(text);
                known.name = known.name.or(not_empty(row.get(0)?));
                known.system = known.system.or(not_empty(row.get(1)?));
                known.players = known.players.or(row.get(2)?);
            }
        }
        Ok(known)
    }
}

fn path(row: &Row, index: usize) -> rusqlite::Result<PathBuf> {
    Ok(PathBuf::from(OsString::from(OsStr::from_bytes(row.get_ref(index)?.as_blob()?))))
}

fn game(row: &Row) -> Result<GameRow> {
    let sums = |crc: Option<u32>, sha1: Option<[u8; 20]>| Some(Sums { crc: crc?, sha1: sha1? });
    let inner: String = row.get(9)?;
    let (bytes, identity): (Option<i64>, Option<String>) = (row.get(10)?, row.get(11)?);
    let (whole, bare) = (sums(row.get(12)?, row.get(13)?), sums(row.get(14)?, row.get(15)?));
    let bytes = bytes.unwrap_or(0).cast_unsigned();
    let hashes = identity.map(|identity| Hashes { identity, bytes, whole, bare });
    Ok(GameRow {
        inner: (!inner.is_empty()).then_some(inner),
        hashes,
        known: Known { name: row.get(16)?, system: row.get(17)?, players: row.get(18)? },
    })
}

/// Puts a file that cannot be used aside, under a name that tells why, and returns that. What is in its log is moved with it.
pub fn put_aside(path: &Path) -> std::io::Result<PathBuf> {
    let with = |ending: &str| {
        let mut name = path.as_os_str().to_owned().into_vec();
        name.extend(ending.as_bytes());
        PathBuf::from(OsString::from_vec(name))
    };
    let aside = with(".aside");
    std::fs::rename(path, &aside)?;
    for ending in ["-wal", "-shm"] {
        // There may be none.
        let _ = std::fs::rename(with(ending), with(&format!(".aside{ending}")));
    }
    Ok(aside)
}

#[cfg(test)]
mod tests;
