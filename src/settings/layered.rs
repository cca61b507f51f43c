//! Settings that games differ in: each can be set for a core, a folder or a game too, as text by its key.

use super::Settings;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Those that are one value. One more line here is one more setting that games can differ in.
const SINGLE: &[&str] = &[
    "look",
    "scaling",
    "fast_forward",
    "slow_motion",
    "rewind_mb",
    "stick_moves_dpad",
    "turbo_hz",
];
/// Tables, of which each entry is a value: `keyboard.a`.
const TABLES: &[&str] = &["keyboard", "keyboard_2", "gamepad"];
/// Lists of names, of which each is on or off: `turbo.a`.
const SETS: &[&str] = &["turbo", "turbo_2"];

/// In a table, the value that there is without an entry.
const USUAL: &str = "usual";
const ON: &str = "on";
const OFF: &str = "off";

impl Settings {
    /// As they are with what layers set. What is no setting, or not one of its values, changes nothing.
    #[must_use]
    pub fn with_layers(&self, set: &BTreeMap<String, String>) -> Settings {
        if !set.keys().any(|key| is_layered(key)) {
            return self.clone();
        }
        // Every value is one of TOML's types.
        let mut table = Table::try_from(self).unwrap_or_default();
        for (key, value) in set {
            let Some(changed) = changed(&table, key, value) else { continue };
            let alone = Table::from_iter([changed.clone()]);
            if alone.try_into::<Settings>().is_ok() {
                table.insert(changed.0, changed.1);
            }
        }
        let mut settings: Settings = table.try_into().unwrap_or_else(|_| self.clone());
        settings.unknown.clone_from(&self.unknown);
        settings
    }

    /// What differs in `other` of what layers can set, by its key.
    pub fn layered_changes(&self, other: &Settings) -> Vec<(String, String)> {
        let (old, new) = (layered_values(self), layered_values(other));
        let mut changes: Vec<(String, String)> =
            new.iter().filter(|(key, value)| old.get(*key) != Some(value)).map(|(k, v)| (k.clone(), v.clone())).collect();
        for key in old.keys().filter(|key| !new.contains_key(*key)) {
            changes.push((key.clone(), without(key).to_owned()));
        }
        changes
    }

    /// With what layers can set as `other` has it.
    pub fn with_layered_of(&self, other: &Settings) -> Settings {
        let changes = self.layered_changes(other);
        self.with_layers(&changes.into_iter().collect())
    }

    /// What a key that layers can set has here, as text.
    pub fn layered_value(&self, key: &str) -> Option<String> {
        is_layered(key).then(|| layered_values(self).remove(key).unwrap_or_else(|| without(key).to_owned()))
    }
}

/// Whether it is the key of a setting that layers can have.
pub fn is_layered(key: &str) -> bool {
    SINGLE.contains(&key) || key.split_once('.').is_some_and(|(table, _)| TABLES.contains(&table) || SETS.contains(&table))
}

/// What a table or a list has for a key that is not in it.
fn without(key: &str) -> &'static str {
    let table = key.split_once('.').map_or("", |(table, _)| table);
    if SETS.contains(&table) { OFF } else { USUAL }
}

fn layered_values(settings: &Settings) -> BTreeMap<String, String> {
    let table = Table::try_from(settings).unwrap_or_default();
    let mut values = BTreeMap::new();
    for key in SINGLE {
        values.extend(table.get(*key).map(|value| ((*key).to_owned(), text(value))));
    }
    for name in TABLES {
        let entries = table.get(*name).and_then(Value::as_table).into_iter().flatten();
        values.extend(entries.map(|(key, value)| (format!("{name}.{key}"), text(value))));
    }
    for name in SETS {
        let entries = table.get(*name).and_then(Value::as_array).into_iter().flatten();
        values.extend(entries.map(|entry| (format!("{name}.{}", text(entry)), ON.to_owned())));
    }
    values
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The entry of the settings' table in which a key has this value.
fn changed(table: &Table, key: &str, text: &str) -> Option<(String, Value)> {
    if SINGLE.contains(&key) {
        // A number or a truth as TOML writes it; all else is a text.
        let value = match text.parse::<i64>() {
            Ok(number) => Value::Integer(number),
            Err(_) => text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Boolean),
        };
        return Some((key.to_owned(), value));
    }
    let (name, entry) = key.split_once('.')?;
    let known = table.get(name);
    if TABLES.contains(&name) {
        let mut entries = known.and_then(Value::as_table).cloned().unwrap_or_default();
        match text {
            USUAL => drop(entries.remove(entry)),
            text => drop(entries.insert(entry.to_owned(), Value::String(text.to_owned()))),
        }
        return Some((name.to_owned(), Value::Table(entries)));
    }
    let mut entries = known.and_then(Value::as_array).cloned().unwrap_or_default();
    entries.retain(|it| it.as_str() != Some(entry));
    match text {
        ON => entries.push(Value::String(entry.to_owned())),
        OFF => {}
        _ => return None,
    }
    SETS.contains(&name).then(|| (name.to_owned(), Value::Array(entries)))
}

#[cfg(test)]
mod tests {
    use super::super::{Look, Scaling};
    use super::*;
    use proptest::prelude::*;

    fn set(values: &[(&str, &str)]) -> BTreeMap<String, String> {
        values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_layers_set_counts_and_nothing_else_changes() {
        let mut usual = Settings::default();
        usual.keyboard[0].insert("b".into(), "B".into());
        usual.turbo[0].insert("b".into());
        let layers = [
            ("look", "tube"),
            ("rewind_mb", "16"),
            ("stick_moves_dpad", "false"),
            ("keyboard.a", "Space"),
            ("keyboard.b", "usual"),
            ("turbo.a", "on"),
            ("turbo.b", "off"),
            ("gamepad.a", "b"),
        ];
        let game = usual.with_layers(&set(&layers));
        assert_eq!((game.look, game.rewind_mb, game.stick_moves_dpad), (Look::Tube, 16, false));
        assert_eq!(game.keyboard[0], set(&[("a", "Space")]));
        assert_eq!(game.gamepad, set(&[("a", "b")]));
        assert_eq!(game.turbo[0].iter().collect::<Vec<_>>(), ["a"]);
        assert_eq!(game.with_layered_of(&usual), usual);
    }

    #[test]
    fn what_is_no_setting_or_no_value_of_one_changes_nothing() {
        let usual = Settings::default();
        for (key, value) in [
            ("look", "foggy"),
            ("look", "1"),
            ("rewind_mb", "-1"),
            ("rewind_mb", "9999999"),
            ("turbo_hz", "many"),
            ("stick_moves_dpad", "perhaps"),
            ("turbo.a", "perhaps"),
            ("host_name", "Eve"),
            ("internet", "false"),
            ("trusted_cores.nestopia", "this core may do everything I may"),
            ("device.1", "257"),
            ("turbo", "a"),
            ("keyboard", "a"),
        ] {
            assert_eq!(usual.with_layers(&set(&[(key, value)])), usual, "{key} = {value}");
        }
    }

    #[test]
    fn each_of_them_is_a_setting_of_its_kind() {
        let table = Table::try_from(Settings::default()).unwrap();
        assert!(SINGLE.iter().all(|key| table[*key].is_str() || table[*key].is_integer() || table[*key].is_bool()));
        assert!(TABLES.iter().all(|key| table[*key].is_table()));
        assert!(SETS.iter().all(|key| table[*key].is_array()));
    }

    fn some_settings() -> impl Strategy<Value = Settings> {
        let look = prop::sample::select(Look::ALL.to_vec());
        let keys = || prop::collection::btree_map("[a-d]", "[A-D]", 0..4);
        let turbo = || prop::collection::btree_set("[a-d]", 0..4);
        (look, any::<bool>(), 0..1024u32, keys(), keys(), turbo(), turbo()).prop_map(
            |(look, whole, rewind_mb, keys, pad, one, two)| Settings {
                look,
                scaling: if whole { Scaling::Whole } else { Scaling::Sharp },
                rewind_mb,
                keyboard: [keys, BTreeMap::new()],
                gamepad: pad,
                turbo: [one, two],
                ..Settings::default()
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_changed_makes_of_one_the_other(one in some_settings(), other in some_settings()) {
            let changes = one.layered_changes(&other);
            prop_assert!(changes.iter().all(|(key, _)| is_layered(key)));
            for (key, value) in &changes {
                prop_assert_eq!(&other.layered_value(key), &Some(value.clone()));
            }
            prop_assert_eq!(one.with_layers(&changes.into_iter().collect()), other);
        }
    }
}
