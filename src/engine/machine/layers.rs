//! What is set for the open game in layers: which change of which layer changes the game, and what is to be written.

use super::action::{Action, GameId};
use super::game::OpenGame;
use super::{Machine, NoticeKind};
use crate::engine::EngineEvent;
use crate::engine::layers::{GameLayers, LayerError, LayerValue};
use crate::game_command::TimeSettings;
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::link::message::{CoreWarning, OptionInfo, ToCore};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What plugs a device into a controller port, before its number from 1: a setting of ours whose values are the core's numbers.
pub const DEVICE: &str = "device.";

/// The port that a setting is about, from 0.
fn port_of(key: &str) -> Option<u32> {
    key.strip_prefix(DEVICE)?.parse::<u32>().ok()?.checked_sub(1)
}

/// The setting for a port, from 0.
pub fn device_key(port: u32) -> String {
    format!("{DEVICE}{}", port.saturating_add(1))
}

impl OpenGame {
    /// What the core is to read, by the names of the options.
    pub(super) fn option_values(&self) -> Vec<(String, String)> {
        self.layers.options.resolved(Layer::Start).into_iter().collect()
    }

    /// What is to be plugged in, by port.
    pub(super) fn devices(&self) -> Vec<(u32, u32)> {
        let all = self.layers.settings.resolved(Layer::Start);
        let mut devices: Vec<(u32, u32)> =
            all.iter().filter_map(|(key, value)| Some((port_of(key)?, value.parse().ok()?))).collect();
        devices.sort_unstable();
        devices
    }

    /// `usual` with what is set for this game.
    pub(super) fn time(&self, usual: TimeSettings) -> TimeSettings {
        let number = |key: &str, usual: u32, fits: &dyn Fn(u32) -> bool| {
            let set = self.layers.settings.get(key).and_then(|(value, _)| value.parse().ok());
            set.filter(|it| fits(*it)).unwrap_or(usual)
        };
        TimeSettings {
            fast: number("fast_forward", usual.fast, &|it| TimeSettings::FAST.contains(&it)),
            slow: number("slow_motion", usual.slow, &|it| TimeSettings::SLOW.contains(&it)),
            rewind_mb: number("rewind_mb", usual.rewind_mb, &|it| it <= TimeSettings::MOST_REWIND_MB),
        }
    }

    fn option(&self, key: &str) -> Option<&OptionInfo> {
        self.loaded.as_ref()?.options.iter().find(|option| option.key == key)
    }

    /// What there is for a key without any layer, as far as it is known.
    fn default_of(&self, kind: LayerKind, key: &str) -> Option<String> {
        match kind {
            LayerKind::Options => self.option(key).map(|option| option.default.clone()),
            LayerKind::Settings => None,
        }
    }

    fn layer_value(&self, kind: LayerKind, key: &str) -> LayerValue {
        let layered = self.layers.of(kind);
        let set = layered.get(key);
        let of = |layer: Layer| Some((layer, layered.of(layer).get(key)?.clone()));
        LayerValue {
            kind,
            key: key.to_owned(),
            value: set.map(|(value, _)| value.to_owned()).or_else(|| self.default_of(kind, key)),
            from: set.map(|(_, from)| from),
            layers: Layer::ALL.into_iter().filter_map(of).collect(),
        }
    }
}

impl Machine {
    /// What was kept for the game, before its core is started.
    pub(super) fn layers_read(&mut self, id: GameId, read: GameLayers, problems: Vec<LayerError>) {
        let Some(game) = self.game.as_mut().filter(|game| game.id == id) else { return };
        let layers = Arc::make_mut(&mut game.layers);
        // What was asked for with this start counts for it.
        for kind in [LayerKind::Options, LayerKind::Settings] {
            let start = layers.of(kind).of(Layer::Start).clone();
            *layers.of_mut(kind) = read.of(kind).clone();
            for (key, value) in start {
                layers.of_mut(kind).set(Layer::Start, &key, &value);
            }
        }
        layers.folder = read.folder;
        for problem in problems {
            self.notice(problem.into());
        }
    }

    pub(super) fn layer_written(&mut self, result: Result<(), LayerError>) {
        if let Err(error) = result {
            self.notice(error.into());
        }
    }

    /// Changes one layer, the game with it where that is what counts, and what is kept.
    pub(super) fn edit_layer(&mut self, kind: LayerKind, layer: Layer, edit: LayerEdit) {
        let Some(game) = &mut self.game else { return };
        if layer == Layer::Folder && game.layers.folder.is_none() {
            self.notice(NoticeKind::NoFolderLayer);
            return;
        }
        let wanted: Vec<(String, Option<String>)> = match edit {
            LayerEdit::Set(values) => values.into_iter().map(|(key, value)| (key, Some(value))).collect(),
            LayerEdit::Reset(keys) => keys.into_iter().map(|key| (key, None)).collect(),
            LayerEdit::ResetAll => game.layers.of(kind).of(layer).keys().map(|key| (key.clone(), None)).collect(),
        };
        let mut edits = Vec::new();
        let mut to_core = Vec::new();
        for (key, value) in wanted {
            let default = game.default_of(kind, &key);
            let offered = |value: &String| {
                let option = game.option(&key).filter(|_| kind == LayerKind::Options);
                option.is_none_or(|option| option.values.is_empty() || option.values.contains(value))
            };
            if let Some(value) = value.as_ref().filter(|value| !offered(value)) {
                // Its core says no; it is not kept.
                to_core.push((key, value.clone()));
                continue;
            }
            let layers = Arc::make_mut(&mut game.layers).of_mut(kind);
            // What was asked for with this start would stand over it.
            let started = layer != Layer::Start && layers.reset(Layer::Start, &key);
            let below = layers.below(layer, &key).map(|(value, _)| value.to_owned()).or(default.clone());
            // Set back by hand it is as below, and follows it from then on.
            let value = value.filter(|value| layer == Layer::Start || below.as_ref() != Some(value));
            let changed = match &value {
                Some(value) => layers.set(layer, &key, value),
                None => layers.reset(layer, &key),
            };
            if !changed && !started {
                continue;
            }
            // Where nothing is set, a pad.
            let default = default.or_else(|| port_of(&key).map(|_| "1".to_owned()));
            let counts = layers.get(&key).map(|(value, _)| value.to_owned()).or(default);
            to_core.extend(counts.map(|counts| (key.clone(), counts)));
            if changed {
                edits.push((key, value));
            }
        }
        let id = game.id;
        // Also what the core set otherwise by itself is as the person has it now.
        let to_core: Vec<_> = to_core
            .into_iter()
            .filter(|(key, value)| {
                let known = game.option(key).filter(|_| kind == LayerKind::Options);
                layer == Layer::Start || known.is_none_or(|option| option.value != *value)
            })
            .collect();
        let shown = edits.iter().map(|(key, _)| game.layer_value(kind, key)).collect();
        let kept = (layer != Layer::Start && !edits.is_empty()).then(|| (game.core_and_content(), game.saves.clone()));
        for (key, value) in to_core {
            match kind {
                LayerKind::Options => self.tell_core(ToCore::Option { key, value }),
                LayerKind::Settings => self.plug(&key, &value),
            }
        }
        if let Some(((core, content), saves)) = kept {
            self.push(Action::WriteLayer { game: id, core, content, saves, kind, layer, edits });
        }
        self.event(EngineEvent::Layers(shown));
    }

    fn plug(&mut self, key: &str, value: &str) {
        if let Some((port, id)) = port_of(key).zip(value.parse().ok()) {
            self.tell_core(ToCore::Device { port, id });
        }
    }

    /// All values there are, for whoever asks.
    pub(super) fn list_layers(&mut self) {
        let Some(game) = &self.game else { return };
        let options = game.loaded.iter().flat_map(|loaded| &loaded.options).map(|option| option.key.as_str());
        let options: BTreeSet<&str> = options.chain(game.layers.options.keys()).collect();
        let options = options.into_iter().map(|key| game.layer_value(LayerKind::Options, key));
        let settings = game.layers.settings.keys().into_iter();
        let settings = settings.map(|key| game.layer_value(LayerKind::Settings, key));
        let all = options.chain(settings).collect();
        self.event(EngineEvent::Layers(all));
    }

    /// Whether a core's complaint is of nobody's concern: what is kept may be of another version of it.
    pub(super) fn is_of_kept_options(&self, warning: &CoreWarning) -> bool {
        let (CoreWarning::UnknownOption { option, .. }
        | CoreWarning::MistypedOption { option, .. }
        | CoreWarning::UnknownValue { option, .. }) = warning
        else {
            return false;
        };
        self.game.as_ref().is_some_and(|game| !game.layers.options.of(Layer::Start).contains_key(option))
    }
}
