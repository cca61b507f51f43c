//! What a person did with games, in a table that several hosts write.

use super::super::records::{self, PlayRecord, Records};
use super::{Database, Result};
use rusqlite::{Connection, TransactionBehavior, params};

impl Database {
    pub fn records(&self) -> Result<Records> {
        read(&self.connection)
    }

    /// Joins `ours` with what is in the table, changes that, and writes what is new in it; returns all of it. In one transaction: what
    /// another host wrote since it was read here is not written over.
    pub fn change_records(&mut self, ours: &Records, change: impl FnOnce(&mut Records)) -> Result<Records> {
        // A transaction that reads first could not write after another one that did.
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let there = read(&transaction)?;
        let mut records = ours.clone();
        records::join(&mut records, there.clone());
        change(&mut records);
        {
            let mut put = transaction.prepare(
                "INSERT OR REPLACE INTO record (identity, favourite, favourite_at, last_played, played)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (identity, record) in records.iter().filter(|(identity, record)| there.get(*identity) != Some(*record))
            {
                let PlayRecord { favourite, favourite_at, last_played, played } = *record;
                let numbers = [favourite_at, last_played, played].map(u64::cast_signed);
                put.execute(params![identity, favourite, numbers[0], numbers[1], numbers[2]])?;
            }
        }
        transaction.commit()?;
        Ok(records)
    }
}

fn read(connection: &Connection) -> Result<Records> {
    let mut select = connection.prepare("SELECT identity, favourite, favourite_at, last_played, played FROM record")?;
    let rows = select.query_map([], |row| {
        let record = PlayRecord {
            favourite: row.get(1)?,
            favourite_at: row.get::<_, i64>(2)?.cast_unsigned(),
            last_played: row.get::<_, i64>(3)?.cast_unsigned(),
            played: row.get::<_, i64>(4)?.cast_unsigned(),
        };
        Ok((row.get(0)?, record))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
