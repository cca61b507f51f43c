//! The tables, and their version.

use super::DatabaseError;
use rusqlite::Connection;

/// Of the tables below. A later version knows earlier ones; an earlier one puts a later file aside.
const VERSION: i64 = 1;

/// Paths are bytes: file systems know no letters. Identities are hexadecimal digits. An empty `inner` is the file itself.
const TABLES: &str = "
    CREATE TABLE file (
        path BLOB PRIMARY KEY, root BLOB NOT NULL, bytes INTEGER NOT NULL, modified INTEGER NOT NULL,
        device INTEGER NOT NULL, inode INTEGER NOT NULL, archive INTEGER NOT NULL, looked INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE game (
        file BLOB NOT NULL, inner TEXT NOT NULL, bytes INTEGER, identity TEXT, crc INTEGER, sha1 BLOB, bare_crc INTEGER,
        bare_sha1 BLOB, name TEXT, system TEXT, players INTEGER, PRIMARY KEY (file, inner)
    ) WITHOUT ROWID;
    CREATE TABLE record (
        identity TEXT PRIMARY KEY, favourite INTEGER NOT NULL, last_played INTEGER NOT NULL, played INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE dat (path BLOB PRIMARY KEY, bytes INTEGER NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE rom (sha1 BLOB, crc INTEGER, size INTEGER, name TEXT NOT NULL, system TEXT NOT NULL, players INTEGER);
    CREATE INDEX rom_by_sha1 ON rom (sha1);
    CREATE INDEX rom_by_crc ON rom (crc);
";

pub(super) fn prepare(connection: &Connection) -> Result<(), DatabaseError> {
    // What is in the file is not to call functions; a log beside it lets readers go on while one writes, and survives a crash.
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
    )?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        0 => {
            Ok(connection
                .execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;"))?)
        }
        VERSION => Ok(()),
        version => Err(DatabaseError::Newer { version }),
    }
}
