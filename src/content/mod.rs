//! What a game's files are before a core gets them: archives, soft patches, disc sheets, and the notation for a file inside an
//! archive.
//!
//! Everything here reads bytes that come from anywhere. It is bounded, never panics, and writes nothing but what it is told to
//! take out of an archive.

pub mod archive;
pub mod disc;
mod hashes;
pub mod identity;
mod location;
pub mod patch;
pub mod process;

pub use archive::{ArchiveError, Entry};
pub use disc::{DiscError, DiscNote};
pub use hashes::{Hashes, MOST_WHOLE_BYTES, Sums};
pub use location::{Location, file_name, stem};
pub use patch::PatchError;

use crate::messages;
use serde::{Deserialize, Serialize};

messages! {
    /// What people should know of content that is run all the same.
    #[derive(Serialize, Deserialize)]
    pub enum ContentNote in content_note {
        patched => Patched { content: String, patch: String },
        /// The game starts without it.
        not_patched => NotPatched { content: String, patch: String, problem: PatchError },
        disc => Disc { note: DiscNote },
    }
}

impl ContentNote {
    /// Puts every text within the bounds that `bound` sets.
    pub fn bound(&mut self, bound: fn(&mut String)) {
        match self {
            ContentNote::Patched { content, patch } | ContentNote::NotPatched { content, patch, problem: _ } => {
                bound(content);
                bound(patch);
            }
            ContentNote::Disc { note } => note.bound(bound),
        }
    }
}
