//! What is set for a core, a folder and a game, and when the game hears of it.

use super::*;
use crate::engine::layers::LayerValue;
use crate::layers::{Layer, LayerEdit, LayerKind};
use crate::link::message::{CoreWarning, FromCore, OptionInfo};

fn option(key: &str, value: &str) -> OptionInfo {
    OptionInfo {
        key: key.into(),
        values: ["slow", "usual", "fast"].map(str::to_owned).into(),
        value: value.into(),
        default: "usual".into(),
        visible: true,
        ..OptionInfo::default()
    }
}

/// Running, with one option; `kept` is what is kept for it.
fn playing(kept: &[(Layer, &str)]) -> World {
    let mut world = World::new();
    world.layers.folder = Some("NES".into());
    for (layer, value) in kept {
        world.layers.options.set(*layer, "speed", value);
    }
    world.command(Command::Open(game(0)));
    world.load(false);
    world.settle();
    let value = value(&world).map_or("usual".to_owned(), |(value, _)| value);
    world.says(FromCore::Options(vec![option("speed", &value)]));
    world.settle();
    world
}

fn value(world: &World) -> Option<(String, Layer)> {
    let layers = world.machine.status()?.layers;
    layers.options.get("speed").map(|(value, from)| (value.to_owned(), from))
}

fn edit(world: &mut World, layer: Layer, edit: LayerEdit) -> Vec<ToCore> {
    let before = world.core.as_ref().map_or(0, |core| core.told.len());
    world.command(Command::Layer { kind: LayerKind::Options, layer, edit });
    world.settle();
    let told = world.core.as_ref().map(|core| core.told[before..].to_vec()).unwrap_or_default();
    for message in &told {
        if let ToCore::Option { key, value } = message {
            world.says(FromCore::Options(vec![option(key, value)]));
        }
    }
    world.settle();
    told
}

fn set(value: &str) -> LayerEdit {
    LayerEdit::Set(vec![("speed".into(), value.into())])
}

fn reset() -> LayerEdit {
    LayerEdit::Reset(vec!["speed".into()])
}

fn told(value: &str) -> Vec<ToCore> {
    vec![ToCore::Option { key: "speed".into(), value: value.into() }]
}

fn written(world: &mut World) -> Vec<(Layer, Option<String>)> {
    let all = std::mem::take(&mut world.layers_written);
    all.into_iter().flat_map(|(_, layer, edits)| edits.into_iter().map(move |(_, value)| (layer, value))).collect()
}

#[test]
fn what_is_kept_is_there_when_the_core_starts_and_after_it_crashed() {
    let mut world = playing(&[(Layer::Core, "slow"), (Layer::Folder, "fast")]);
    let loaded = |world: &World| {
        let folders = Folders { data: "/d".into(), system: "/s".into(), recordings: "/r".into() };
        world.machine.game.as_ref().map(|game| game.load(&folders, Spoken::Chinese, true)).unwrap().options
    };
    assert_eq!(loaded(&world), [("speed".to_owned(), "fast".to_owned())]);
    edit(&mut world, Layer::Game, set("slow"));
    world.crash();
    world.load(true);
    world.settle();
    assert_eq!(loaded(&world), [("speed".to_owned(), "slow".to_owned())]);
}

#[test]
fn a_change_below_what_counts_is_kept_and_the_game_hears_nothing() {
    let mut world = playing(&[(Layer::Game, "fast")]);
    assert_eq!(edit(&mut world, Layer::Core, set("slow")), []);
    assert_eq!(written(&mut world), [(Layer::Core, Some("slow".into()))]);
    assert_eq!(edit(&mut world, Layer::Game, reset()), told("slow"));
    assert_eq!(written(&mut world), [(Layer::Game, None)]);
    assert_eq!(edit(&mut world, Layer::Core, LayerEdit::ResetAll), told("usual"), "the core's own");
    assert_eq!(value(&world), None);
}

#[test]
fn what_is_set_to_what_is_below_follows_it_from_then_on() {
    let mut world = playing(&[(Layer::Core, "slow")]);
    assert_eq!(edit(&mut world, Layer::Game, set("fast")), told("fast"));
    assert_eq!(edit(&mut world, Layer::Game, set("slow")), told("slow"));
    assert_eq!(written(&mut world), [(Layer::Game, Some("fast".into())), (Layer::Game, None)]);
    assert_eq!(edit(&mut world, Layer::Core, set("usual")), told("usual"));
    assert_eq!(written(&mut world), [(Layer::Core, None)], "the core's own value need not be kept");
    assert_eq!(edit(&mut world, Layer::Game, reset()), [], "there was nothing to set back");
}

#[test]
fn what_was_asked_for_with_the_start_counts_until_another_is_chosen() {
    let mut world = playing(&[(Layer::Game, "slow")]);
    world.command(Command::CoreOption { key: "speed".into(), value: "fast".into() });
    world.settle();
    assert_eq!(value(&world), Some(("fast".into(), Layer::Start)));
    assert_eq!(written(&mut world), [], "it is not kept");
    world.says(FromCore::Options(vec![option("speed", "fast")]));
    assert_eq!(edit(&mut world, Layer::Core, set("usual")), told("slow"), "what the game has counts again");
    assert_eq!(value(&world), Some(("slow".into(), Layer::Game)));
    world.command(Command::Close);
    world.command(Command::Open(Game { options: vec![("speed".into(), "fast".into())], ..game(0) }));
    world.settle();
    assert_eq!(value(&world), Some(("fast".into(), Layer::Start)));
}

#[test]
fn a_value_that_the_core_does_not_offer_is_not_kept() {
    let mut world = playing(&[]);
    assert_eq!(edit(&mut world, Layer::Game, set("warp")), told("warp"), "the core has the word");
    assert_eq!((written(&mut world), value(&world)), (vec![], None));
}

#[test]
fn a_disk_that_is_full_is_told_of_and_the_choice_counts_all_the_same() {
    let mut world = playing(&[]);
    world.unwritable = true;
    assert_eq!(edit(&mut world, Layer::Game, set("fast")), told("fast"));
    assert!(matches!(world.told(), Some(NoticeKind::Layer { .. })));
    assert_eq!(value(&world), Some(("fast".into(), Layer::Game)));
}

#[test]
fn without_a_folder_nothing_is_set_for_one() {
    let mut world = World::playing(0);
    assert_eq!(edit(&mut world, Layer::Folder, set("fast")), []);
    assert_eq!(world.told(), Some(&NoticeKind::NoFolderLayer));
    assert_eq!(written(&mut world), []);
}

#[test]
fn devices_and_the_memory_for_rewinding_are_set_for_a_game_too() {
    let mut world = World::new();
    world.layers.settings.set(Layer::Core, "device.2", "257");
    world.layers.settings.set(Layer::Core, "rewind_mb", "16");
    world.layers.settings.set(Layer::Game, "rewind_mb", "all of it");
    world.command(Command::Open(game(0)));
    world.load(false);
    world.settle();
    let device = |layer, edit| Command::Layer { kind: LayerKind::Settings, layer, edit };
    world.command(device(Layer::Game, LayerEdit::Set(vec![("device.2".into(), "2".into())])));
    world.command(device(Layer::Game, LayerEdit::Reset(vec!["device.2".into()])));
    world.command(device(Layer::Core, LayerEdit::ResetAll));
    world.settle();
    let told = world.core.as_ref().map(|core| core.told.clone()).unwrap();
    let plugged = |id| ToCore::Device { port: 1, id };
    assert_eq!(told, [plugged(2), plugged(257), plugged(1)]);
    let mut world = World::new();
    world.layers.settings.set(Layer::Core, "device.2", "257");
    world.layers.settings.set(Layer::Core, "rewind_mb", "16");
    world.command(Command::Open(game(0)));
    world.settle();
    let game = world.machine.game.as_ref().unwrap();
    assert_eq!((game.devices(), game.rewind_mb), (vec![(1, 257)], 16));
}

#[test]
fn whoever_asks_is_told_where_each_value_comes_from() {
    let mut world = playing(&[(Layer::Core, "slow"), (Layer::Game, "fast")]);
    world.events.clear();
    world.command(Command::ListLayers);
    world.settle();
    let listed: Vec<LayerValue> = world
        .events
        .iter()
        .filter_map(|event| if let EngineEvent::Layers(values) = event { Some(values.clone()) } else { None })
        .flatten()
        .collect();
    let layers = vec![(Layer::Core, "slow".to_owned()), (Layer::Game, "fast".to_owned())];
    let speed = LayerValue {
        kind: LayerKind::Options,
        key: "speed".into(),
        value: Some("fast".into()),
        from: Some(Layer::Game),
        layers,
    };
    assert_eq!(listed, [speed]);
}

#[test]
fn a_core_complains_of_what_was_typed_and_not_of_what_is_kept() {
    let mut world = playing(&[(Layer::Core, "slow")]);
    let unknown = |option: &str| CoreWarning::UnknownOption { core: "C".into(), option: option.into() };
    world.says(FromCore::Warning(unknown("speed")));
    world.settle();
    assert_eq!(world.notices, []);
    world.command(Command::CoreOption { key: "sped".into(), value: "fast".into() });
    world.says(FromCore::Warning(unknown("sped")));
    world.settle();
    assert_eq!(world.notices, [NoticeKind::CoreWarned { warning: unknown("sped") }]);
}
