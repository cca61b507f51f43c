//! How settings are written in the file, and what in it can be used.

use super::warning::{SettingsWarning, expected};
use super::{Crop, Settings, TURBO_RATES};
use crate::game_command::TimeSettings;
use crate::link::ahead::MOST_AHEAD;
use crate::link::message::Bounds;
use crate::packet::Format;
use crate::text::Language;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// What of a file can be used, and a warning for each value that cannot.
pub(super) fn usable(table: Table) -> (Table, Vec<SettingsWarning>) {
    let mut warnings = Vec::new();
    let mut usable = Table::new();
    for (key, value) in table {
        // Every key has a default, so each can be tried alone.
        let fits = |value: Value| {
            let alone = Table::from_iter([(key.clone(), value)]);
            alone.try_into::<Settings>().is_ok()
        };
        if let Some(value) = prune(&key, value, &fits, &mut |path, value| {
            let value = value.to_string().chars().take(60).collect();
            warnings.push(SettingsWarning::Value { key: path, value, expected: expected(&key) });
        }) {
            usable.insert(key, value);
        }
    }
    (usable, warnings)
}

/// Takes out what does not fit: single elements and entries where the list or table without them does. None if nothing of
/// the value is left. `path` is the value's place, as it is told to `warn`.
fn prune(
    path: &str,
    value: Value,
    fits: &dyn Fn(Value) -> bool,
    warn: &mut dyn FnMut(String, &Value),
) -> Option<Value> {
    if fits(value.clone()) {
        return Some(value);
    }
    match value {
        Value::Array(elements) if fits(Value::Array(Vec::new())) => {
            let kept = elements
                .into_iter()
                .filter_map(|element| prune(path, element, &|element| fits(Value::Array(vec![element])), warn));
            Some(Value::Array(kept.collect()))
        }
        Value::Table(entries) if fits(Value::Table(Table::new())) => {
            let kept = entries.into_iter().filter_map(|(key, entry)| {
                let fits = |entry| fits(Value::Table(Table::from_iter([(key.clone(), entry)])));
                let entry = prune(&format!("{path}.{key}"), entry, &fits, warn)?;
                Some((key, entry))
            });
            Some(Value::Table(kept.collect()))
        }
        value => {
            warn(path.to_owned(), &value);
            None
        }
    }
}

/// [`Language`] as it is called in the file.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Language")]
pub(super) enum LanguageName {
    #[serde(rename = "system")]
    System,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// Video formats by their names, and `auto` for none.
pub(super) mod codec {
    use super::*;

    pub const AUTO: &str = "auto";

    pub fn serialize<S: Serializer>(codec: &Option<Format>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(codec.map_or(AUTO, Format::name))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Format>, D::Error> {
        let name = String::deserialize(from)?;
        match Format::from_name(&name) {
            None if name != AUTO => Err(D::Error::invalid_value(Unexpected::Str(&name), &"a video format")),
            format => Ok(format),
        }
    }
}

/// Defines a module that keeps an array of two under two keys.
macro_rules! pair {
    ($module:ident, $first:literal, $second:literal) => {
        pub(super) mod $module {
            use super::*;

            #[derive(Serialize, Deserialize)]
            struct Pair<T> {
                #[serde(rename = $first, default)]
                first: T,
                #[serde(rename = $second, default)]
                second: T,
            }

            pub fn serialize<T: Serialize, S: Serializer>(pair: &[T; 2], to: S) -> Result<S::Ok, S::Error> {
                let [first, second] = pair;
                Pair { first, second }.serialize(to)
            }

            pub fn deserialize<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
                from: D,
            ) -> Result<[T; 2], D::Error> {
                Pair::deserialize(from).map(|Pair { first, second }| [first, second])
            }
        }
    };
}

pair!(keyboard, "keyboard", "keyboard_2");
pair!(turbo, "turbo", "turbo_2");

/// Paths of which some may be empty, written as [`path`] writes one.
pub(super) mod paths {
    use super::*;

    pub fn serialize<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(paths.iter().map(|path| path.to_string_lossy()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PathBuf>, D::Error> {
        Ok(Vec::<String>::deserialize(from)?.into_iter().map(PathBuf::from).collect())
    }
}

/// A path that is not empty. One that is not UTF-8 is written with what can be read of it.
pub(super) mod path {
    use super::*;

    pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&path.to_string_lossy())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        title(from).map(PathBuf::from)
    }
}

/// A path, where an empty one is none.
pub(super) mod some_path {
    use super::*;

    pub fn serialize<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&path.as_deref().unwrap_or(Path::new("")).to_string_lossy())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
        let path = String::deserialize(from)?;
        Ok((!path.is_empty()).then(|| path.into()))
    }
}

pub(super) fn paths<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(paths.iter().map(|path| path.to_string_lossy()))
}

pub(super) fn paths_by_key<S: Serializer>(paths: &BTreeMap<String, PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(paths.iter().map(|(key, path)| (key, path.to_string_lossy())))
}

pub(super) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|name| super::clean_name(&name))
}

/// A text that is not empty.
pub(super) fn title<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Err(D::Error::invalid_value(Unexpected::Str(""), &"a text")) } else { Ok(text) }
}

pub(super) fn volume<'de, D: Deserializer<'de>>(from: D) -> Result<f32, D::Error> {
    within(f32::deserialize(from)?, 0.0..=1.0)
}

pub(super) fn turbo_hz<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let [least, most] = TURBO_RATES;
    within(u32::deserialize(from)?, least..=most)
}

pub(super) fn fast_forward<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    one_of(u32::deserialize(from)?, &TimeSettings::FAST)
}

pub(super) fn slow_motion<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    one_of(u32::deserialize(from)?, &TimeSettings::SLOW)
}

pub(super) fn rewind_mb<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    within(u32::deserialize(from)?, 0..=TimeSettings::MOST_REWIND_MB)
}

pub(super) fn run_ahead<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    within(u32::deserialize(from)?, 0..=MOST_AHEAD)
}

pub(super) fn crop<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    within(u32::deserialize(from)?, 0..=Crop::MOST)
}

fn one_of<E: Error>(number: u32, choices: &[u32]) -> Result<u32, E> {
    if choices.contains(&number) { Ok(number) } else { Err(E::custom("none of the choices")) }
}

/// 0 for no limit, or one that a core can live with.
pub(super) fn memory_mb<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    match u64::deserialize(from)? {
        0 => Ok(0),
        some => within(some, Bounds::LEAST_MEMORY_MB..=u64::from(u32::MAX)),
    }
}

pub(super) fn size<'de, D: Deserializer<'de>>(from: D) -> Result<[f32; 2], D::Error> {
    let [width, height] = <[f32; 2]>::deserialize(from)?;
    Ok([within(width, 320.0..=16384.0)?, within(height, 320.0..=16384.0)?])
}

/// Not a number is in no range.
fn within<T: PartialOrd, E: Error>(number: T, range: std::ops::RangeInclusive<T>) -> Result<T, E> {
    if range.contains(&number) { Ok(number) } else { Err(E::custom("out of range")) }
}

/// To three decimals, so that 0.8 is not written as 0.800000011920929.
pub(super) fn rounded<S: Serializer>(number: &f32, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(round(*number))
}

pub(super) fn rounded_size<S: Serializer>(size: &[f32; 2], to: S) -> Result<S::Ok, S::Error> {
    size.map(round).serialize(to)
}

fn round(number: f32) -> f64 {
    (f64::from(number) * 1000.0).round() / 1000.0
}
