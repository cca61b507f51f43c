//! How the picture is put into the window: how large, of which shape, and which of its edges are left out.

use super::Scaling;
use serde::{Deserialize, Serialize};

/// All that decides where a picture goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Framing {
    pub scaling: Scaling,
    pub aspect: Aspect,
    pub crop: Crop,
}

/// The shape of the whole picture, width by height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Aspect {
    /// What the core says, at every moment.
    #[default]
    #[serde(rename = "core")]
    Core,
    /// Every pixel is a square.
    #[serde(rename = "square")]
    Square,
    /// A television's, or one on its side for a game that is higher than wide.
    #[serde(rename = "4:3")]
    FourThirds,
    /// A wide television's for games whose cores say that they are made for one, else 4:3.
    #[serde(rename = "television")]
    Television,
}

impl Aspect {
    pub const ALL: [Aspect; 4] = [Aspect::Core, Aspect::Square, Aspect::FourThirds, Aspect::Television];
}

/// Rows and columns that are not shown, of the picture as people see it, upright. They are counted in pixels of a console's usual
/// picture; of one in double resolution, twice as many are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Crop {
    #[serde(deserialize_with = "super::file::crop")]
    pub top: u32,
    #[serde(deserialize_with = "super::file::crop")]
    pub bottom: u32,
    #[serde(deserialize_with = "super::file::crop")]
    pub left: u32,
    #[serde(deserialize_with = "super::file::crop")]
    pub right: u32,
}

impl Crop {
    /// That can be left out at one edge.
    pub const MOST: u32 = 32;
}
