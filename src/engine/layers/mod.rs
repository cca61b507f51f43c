//! What is set for a core, a folder and a game: what of it the window and headless mode see, and where it is kept.

mod files;
#[cfg(test)]
mod tests;

pub use files::{LayerFiles, keep_old_options};

use crate::layers::{Layer, LayerKind, Layered};
use crate::messages;
use crate::text::IoCause;
use std::path::PathBuf;

messages! {
    /// Why a layer was not read or not written, or not as a whole.
    pub enum LayerError in layer_file {
        not_read => NotRead { file: PathBuf, cause: IoCause },
        not_written => NotWritten { file: PathBuf, cause: IoCause },
        /// A line of it is none; what can be read counts.
        damaged => Damaged { file: PathBuf, line: usize, kept: PathBuf },
        /// Nothing of it counts.
        too_large => TooLarge { file: PathBuf, kept: PathBuf },
    }
}

/// What is set for the open game.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GameLayers {
    pub options: Layered,
    pub settings: Layered,
    /// What the folder is called that the game lies in; none for a game without one.
    pub folder: Option<String>,
}

impl GameLayers {
    pub fn of(&self, kind: LayerKind) -> &Layered {
        match kind {
            LayerKind::Options => &self.options,
            LayerKind::Settings => &self.settings,
        }
    }

    pub(super) fn of_mut(&mut self, kind: LayerKind) -> &mut Layered {
        match kind {
            LayerKind::Options => &mut self.options,
            LayerKind::Settings => &mut self.settings,
        }
    }
}

/// One value, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerValue {
    pub kind: LayerKind,
    pub key: String,
    /// None: nothing is set, and it is not known what there is then.
    pub value: Option<String>,
    /// None: what there is without any layer.
    pub from: Option<Layer>,
    /// What each layer has, the general first.
    pub layers: Vec<(Layer, String)>,
}
