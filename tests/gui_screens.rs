//! Every screen is painted, by whatever graphics adapter there is (Mesa's software one at the least), at several sizes.
//! To look at them: `HOTSEAT_SCREENS=folder cargo test --release --test gui_screens`.

#![allow(clippy::unwrap_used)]

#[path = "common/gui.rs"]
#[allow(dead_code)]
mod gui;

use gui::Stage;
use hotseat::engine::{GameState, Level};
use hotseat::gui::preferences::Draft;
use hotseat::gui::view::Dialog;
use std::path::PathBuf;

/// Width and height in points, pixels per point.
const SIZES: [(f32, f32, f32); 3] = [(800.0, 600.0, 1.0), (1280.0, 800.0, 1.0), (800.0, 600.0, 2.0)];

type Screen = (&'static str, fn() -> Stage);

fn with_dialog(mut stage: Stage, dialog: Dialog) -> Stage {
    stage.view.dialog = Some(dialog);
    stage
}

const SCREENS: &[Screen] = &[
    ("home-empty", || Stage::default().with_invite()),
    ("home-recent", || Stage { software_rendering: true, ..Stage::default().with_recent().with_invite() }),
    ("game", || Stage::default().playing()),
    ("game-notices", || {
        Stage::default()
            .playing()
            .told(Level::Info, "Grace joined as player 2.")
            .told(
                Level::Warning,
                "The speaker is gone; the game goes on without sound here, and the stream keeps its sound.",
            )
            .told(Level::Error, "The state could not be saved: the disc is full. Make room, then save again.")
    }),
    ("paused", || Stage::default().playing().in_state(GameState::Paused)),
    ("crashed", || {
        Stage::default()
            .playing()
            .in_state(GameState::Crashed("Nestopia ended on its own (signal 11, invalid memory reference).".into()))
    }),
    ("failed", || {
        let mut stage = Stage::default().playing().in_state(GameState::Failed(
            "mGBA needs the file gba_bios.bin in the system folder: copy it there, then open the game again.".into(),
        ));
        stage.picture = None;
        stage
    }),
    ("starting", || {
        let mut stage = Stage::default().playing().in_state(GameState::Starting);
        stage.picture = None;
        stage
    }),
    ("full-screen", || Stage { full_screen: true, ..Stage::default().playing() }),
    ("qr", || with_dialog(Stage::default().playing(), Dialog::Qr)),
    ("options", || with_dialog(Stage::default().playing(), Dialog::Options(String::new()))),
    ("settings", || {
        let mut stage = Stage::default().playing();
        stage.settings.core_folders = vec!["/home/ada/cores".into()];
        stage.settings.core_for.insert("nes".into(), "/cores/nestopia_libretro.so".into());
        stage.gamepads = vec!["8BitDo SN30 Pro".into()];
        let draft = Draft::of(&stage.settings);
        with_dialog(stage, Dialog::Settings(draft))
    }),
    ("choose", || {
        let mut stage = Stage::default().with_recent().with_invite();
        stage.cores[1].note = Some("Needs the BIOS file disksys.rom in the system folder.".into());
        let content = "/home/ada/games/Micro Mages.nes".into();
        with_dialog(stage, Dialog::ChooseCore { content, remember: true })
    }),
    ("no-core", || with_dialog(Stage::default().with_recent(), Dialog::NoCore("/home/ada/games/disc.chd".into()))),
    ("chinese-home", || Stage::default().with_recent().with_invite().chinese()),
    ("chinese-game", || Stage::default().playing().chinese()),
];

#[test]
fn every_screen_can_be_painted_at_every_size() {
    let folder = std::env::var_os("HOTSEAT_SCREENS").map(PathBuf::from);
    let only = std::env::var("HOTSEAT_SCREEN").unwrap_or_default();
    for (name, stage) in SCREENS.iter().filter(|(name, _)| name.contains(&only)) {
        for (width, height, scale) in SIZES {
            let mut harness = stage().open_painted([width, height], scale);
            let image = harness.render().unwrap();
            assert_eq!(image.dimensions(), ((width * scale) as u32, (height * scale) as u32));
            // Something is on it: a screen has its background, text and at least one accent.
            let colors: std::collections::BTreeSet<[u8; 4]> = image.pixels().map(|pixel| pixel.0).collect();
            assert!(colors.len() > 8, "{name} at {width}x{height} has {} colours", colors.len());
            if let Some(folder) = &folder {
                image.save(folder.join(format!("{name}-{width}x{height}@{scale}.png"))).unwrap();
            }
        }
    }
}
