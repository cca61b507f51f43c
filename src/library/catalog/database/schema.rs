//! The tables, and their version.

use super::{DatabaseError, PATIENCE};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::time::{Duration, Instant};

/// Of the tables below. A later version knows earlier ones; an earlier one puts a later file aside.
const VERSION: i64 = 2;
/// Between two attempts while another host holds the file.
const AGAIN: Duration = Duration::from_millis(10);

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
        identity TEXT PRIMARY KEY, favourite INTEGER NOT NULL, last_played INTEGER NOT NULL, played INTEGER NOT NULL,
        favourite_at INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE dat (path BLOB PRIMARY KEY, bytes INTEGER NOT NULL, modified INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE rom (sha1 BLOB, crc INTEGER, size INTEGER, name TEXT NOT NULL, system TEXT NOT NULL, players INTEGER);
    CREATE INDEX rom_by_sha1 ON rom (sha1);
    CREATE INDEX rom_by_crc ON rom (crc);
";

/// What version 1 did not have yet.
const FROM_1: &str = "
    ALTER TABLE record ADD COLUMN favourite_at INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
";

pub(super) fn prepare(connection: &mut Connection) -> Result<(), DatabaseError> {
    // What is in the file is not to call functions.
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    begin_log(connection)?;
    if version(connection)? == VERSION {
        return Ok(());
    }
    // Of two hosts that start for the first time, the second one has to see what the first one made.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match version(&transaction)? {
        0 => transaction.execute_batch(TABLES)?,
        1 => transaction.execute_batch(FROM_1)?,
        VERSION => {}
        version => return Err(DatabaseError::Newer { version }),
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

fn version(connection: &Connection) -> Result<i64, DatabaseError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// A log beside the file lets readers go on while one writes, and survives a crash. The change to it is made once in the life of a file,
/// and SQLite does not wait for another host that makes it.
fn begin_log(connection: &Connection) -> Result<(), DatabaseError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;") {
            Err(error)
                if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
                    && Instant::now() < until =>
            {
                std::thread::sleep(AGAIN);
            }
            done => return Ok(done?),
        }
    }
}
