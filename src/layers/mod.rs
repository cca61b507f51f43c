//! What is set for all games of a core, for a folder and for a game, each over the one before: core options, and settings that games
//! differ in. Pure: where it is kept is the engine's business.

pub mod opt;

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most keys of one layer. A core has at most half as many options.
pub const MOST_KEYS: usize = 2048;
/// The longest key, in bytes.
pub const MOST_KEY: usize = 256;
/// The longest value, in bytes.
pub const MOST_VALUE: usize = 1024;

/// What a value is set for, from the general to the particular: the last one that has a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Every game of the core.
    Core,
    /// Games of the core that lie in the folder.
    Folder,
    Game,
    /// The game until it is closed; kept nowhere.
    Start,
}

impl Layer {
    pub const ALL: [Layer; 4] = [Layer::Core, Layer::Folder, Layer::Game, Layer::Start];
    /// Those that are kept.
    pub const KEPT: [Layer; 3] = [Layer::Core, Layer::Folder, Layer::Game];

    /// As programs read it.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Core => "core",
            Layer::Folder => "folder",
            Layer::Game => "game",
            Layer::Start => "start",
        }
    }
}

/// The two things that layers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LayerKind {
    /// The core's own options, by its names for them.
    Options,
    /// Settings of ours, by their names in the settings file: keys and buttons, how the picture looks, and so on.
    Settings,
}

/// A change of one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerEdit {
    /// Values by their keys.
    Set(Vec<(String, String)>),
    /// What the layers below have counts again for these keys.
    Reset(Vec<String>),
    ResetAll,
}

/// Values by their keys, in layers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layered {
    layers: [BTreeMap<String, String>; Layer::ALL.len()],
}

impl Layered {
    /// Sets a value in one layer. False: it cannot be kept, or there are too many.
    pub fn set(&mut self, layer: Layer, key: &str, value: &str) -> bool {
        let layer = &mut self.layers[layer as usize];
        let fits = opt::is_key(key) && opt::is_value(value) && (layer.contains_key(key) || layer.len() < MOST_KEYS);
        if fits {
            layer.insert(key.to_owned(), value.to_owned());
        }
        fits
    }

    /// Takes a value out of one layer. False: there was none.
    pub fn reset(&mut self, layer: Layer, key: &str) -> bool {
        self.layers[layer as usize].remove(key).is_some()
    }

    /// What one layer itself has.
    pub fn of(&self, layer: Layer) -> &BTreeMap<String, String> {
        &self.layers[layer as usize]
    }

    /// What counts for a key as far as `layer`, and the layer that it comes from.
    pub fn through(&self, layer: Layer, key: &str) -> Option<(&str, Layer)> {
        let upwards = Layer::ALL.into_iter().filter(|it| *it <= layer);
        upwards.rev().find_map(|it| Some((self.of(it).get(key)?.as_str(), it)))
    }

    /// What counts for a key where `layer` has nothing of its own.
    pub fn below(&self, layer: Layer, key: &str) -> Option<(&str, Layer)> {
        let below = Layer::ALL.into_iter().rfind(|it| *it < layer)?;
        self.through(below, key)
    }

    /// A layer above `layer` that has a value of its own, so that what `layer` has does not count; the uppermost.
    pub fn above(&self, layer: Layer, key: &str) -> Option<(&str, Layer)> {
        self.get(key).filter(|(_, from)| *from > layer)
    }

    /// What counts for a key, and the layer that it comes from.
    pub fn get(&self, key: &str) -> Option<(&str, Layer)> {
        self.through(Layer::Start, key)
    }

    /// Whether a layer has another value than there is without it. `default` is what counts below all layers, as far as it is known.
    pub fn differs(&self, layer: Layer, key: &str, default: Option<&str>) -> bool {
        let below = self.below(layer, key).map(|(value, _)| value).or(default);
        self.of(layer).get(key).is_some_and(|value| Some(value.as_str()) != below)
    }

    /// Every key that some layer up to `layer` has, with what counts there.
    pub fn resolved(&self, layer: Layer) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for lower in Layer::ALL.into_iter().filter(|it| *it <= layer) {
            all.extend(self.of(lower).iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        all
    }

    /// Every key that some layer has.
    pub fn keys(&self) -> BTreeSet<&str> {
        self.layers.iter().flat_map(BTreeMap::keys).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests;
