//! Disc sheets, and whether what they name is there and as long as they say.
//!
//! [`sheet`] reads the text, [`check`] compares it with the files: before the core does, since one that is cut short ends some cores by
//! an exception that nobody catches, and since a name that is too long has led to more than that.

mod chd;
mod check;
mod sheet;

#[cfg(test)]
mod tests;

pub use check::check;
pub use sheet::{Kind, Named, Sheet, SheetFault, Span, parse};

use crate::messages;
use crate::text::IoCause;
use serde::{Deserialize, Serialize};

/// A sheet with ten thousand lines is shorter; more is no sheet.
pub const MOST_SHEET_BYTES: u64 = 1 << 20;

messages! {
    /// Why a disc is not handed to a core. `sheet` and `file` are named as the sheet has them.
    #[derive(Serialize, Deserialize)]
    pub enum DiscError in disc_error {
        unreadable => Unreadable { sheet: String, cause: IoCause },
        not_a_sheet => NotASheet { sheet: String },
        too_long => TooLong { sheet: String },
        names_nothing => NamesNothing { sheet: String },
        missing => Missing { sheet: String, file: String },
        empty => Empty { sheet: String, file: String },
        /// Sizes in bytes.
        short => Short { file: String, has: u64, needs: u64 },
        /// It leads out of the folder that the game is in.
        outside => Outside { sheet: String, file: String },
        long_name => LongName { sheet: String },
        too_many => TooMany { sheet: String, most: usize },
        loops => Loops { sheet: String },
        not_chd => NotChd { file: String },
    }
}

messages! {
    /// What is odd about a disc that is run all the same.
    #[derive(Serialize, Deserialize)]
    pub enum DiscNote in disc_note {
        /// Its file system says that there is more. Sizes in MiB.
        short => Short { file: String, has: u64, says: u64 },
    }
}

impl DiscError {
    /// Puts every text within the bounds that `bound` sets.
    pub fn bound(&mut self, bound: fn(&mut String)) {
        match self {
            Self::NotASheet { sheet: text }
            | Self::TooLong { sheet: text }
            | Self::NamesNothing { sheet: text }
            | Self::LongName { sheet: text }
            | Self::TooMany { sheet: text, most: _ }
            | Self::Loops { sheet: text }
            | Self::Short { file: text, has: _, needs: _ }
            | Self::NotChd { file: text } => bound(text),
            Self::Missing { sheet, file } | Self::Empty { sheet, file } | Self::Outside { sheet, file } => {
                [sheet, file].into_iter().for_each(bound);
            }
            Self::Unreadable { sheet, cause } => {
                bound(sheet);
                if let IoCause::Other { system } = cause {
                    bound(system);
                }
            }
        }
    }
}

impl DiscNote {
    /// Puts every text within the bounds that `bound` sets.
    pub fn bound(&mut self, bound: fn(&mut String)) {
        match self {
            DiscNote::Short { file, has: _, says: _ } => bound(file),
        }
    }
}
