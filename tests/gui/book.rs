//! The book's pictures of the window, of the demo and of games that are made up. `make pictures` keeps them:
//! `HOTSEAT_BOOK=folder cargo test --release --test gui book`.

use crate::gui::{Stage, option, peer, saved_state, seat};
use crate::screens::{shown, with_connection, with_dialog, with_links};
use egui::{Color32, ColorImage, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use hotseat::crash::Crash;
use hotseat::engine::{Flow, Level, NoticeKind};
use hotseat::frame::Picture;
use hotseat::gui::get_cores::CoreSearch;
use hotseat::gui::preview;
use hotseat::gui::view::{Dialog, PictureShape};
use hotseat::library::catalog;
use hotseat::settings::Look;
use hotseat::text::Spoken;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

const SIZE: [f32; 2] = [1000.0, 660.0];

/// What is on a picture, made of a window in one language or the other.
type Scene = fn(Stage) -> Stage;

const PICTURES: &[(&str, Scene)] = &[
    ("home", |stage| {
        let mut stage = stage.with_recent().with_invite();
        let titles = ["Ember Tower", "Paper Knights", "Moon Gardener", "Lantern Quest", "Emberdash"];
        for (recent, title) in stage.settings.recent.iter_mut().zip(titles) {
            recent.content = recent.content.as_ref().map(|file| {
                let ending = file.extension().expect("one").to_str().expect("letters");
                file.with_file_name(format!("{title}.{ending}"))
            });
            recent.title = title.into();
        }
        stage
    }),
    ("game", playing),
    ("library", library),
    ("get-cores", |stage| with_dialog(stage.with_invite().with_offers(), Dialog::GetCores(CoreSearch::default()))),
    ("slots", |stage| with_dialog(playing(stage).with_states(), Dialog::Slots)),
    ("rewinding", |stage| {
        let mut stage = playing(stage);
        let game = stage.snapshot.game.as_mut().expect("a game");
        (game.flow, game.flow_by) = (Flow::Rewind, Some("Mara".into()));
        stage
    }),
    ("room", |stage| {
        let mut stage = playing(stage).asking();
        stage.snapshot.peers[2].member.wants = Some(hotseat::room::SeatRequest::Any);
        stage
    }),
    ("links", |stage| with_links(playing(stage).with_links())),
    ("connection", |stage| with_connection(playing(stage))),
    ("options", |stage| with_dialog(playing(stage), Dialog::Options(String::new()))),
    ("crash", |stage| {
        let file = "/home/ada/.local/share/hotseat/crashes/2026-11-30 20.15.01 Lantern.txt".into();
        playing(stage)
            .told(Level::Error, NoticeKind::Crashed { crash: Crash::Memory { core: "Lantern".into() } })
            .told(Level::Info, NoticeKind::CrashReport { file })
            .told(Level::Info, NoticeKind::Revived)
    }),
];

/// What the demo showed once, with three who play.
fn frame() -> Picture {
    let file = include_bytes!("../content/emberdash.png");
    let image = eframe::icon_data::from_png_bytes(file).expect("a picture");
    let pixels = image.rgba.chunks_exact(4).map(|rgba| u32::from_be_bytes([0, rgba[0], rgba[1], rgba[2]]));
    // The number keeps it from other tests' pictures.
    Picture {
        width: image.width,
        height: image.height,
        pixels: pixels.collect(),
        aspect: 4.0 / 3.0,
        number: 2,
        ..Picture::default()
    }
}

/// The demo, with two others who play and one who watches.
fn playing(stage: Stage) -> Stage {
    let mut stage = stage.playing();
    let frame = frame();
    stage.picture = Some(PictureShape { size: [frame.width, frame.height], aspect: frame.aspect });
    let snapshot = &mut stage.snapshot;
    (snapshot.stats.width, snapshot.stats.height) = (frame.width, frame.height);
    (snapshot.stats.fps, snapshot.stats.target_fps) = (60.0, 60.0);
    stage.frame = Some(frame);
    let game = snapshot.game.as_mut().expect("a game");
    (game.title, game.core_name) = ("Emberdash".into(), "Emberdash 0.1".into());
    game.states.slots[0] = Some(saved_state(7, true));
    game.options = vec![
        option("lives", "Hearts at the start", &["3", "5", "9"], "3"),
        option("gloom", "How fast the gloom comes", &["slow", "usual", "fast"], "usual"),
        option("flicker", "Torches flicker", &["on", "off"], "on"),
    ];
    snapshot.seats = vec![
        seat(0, Some("Ada"), None),
        seat(1, Some("Mara"), Some(7)),
        seat(2, Some("小明"), Some(8)),
        seat(3, None, None),
    ];
    snapshot.peers = vec![
        peer(7, "Mara", Some(1), Some(12), 2400, 0.0),
        peer(8, "小明", Some(2), Some(48), 2380, 0.001),
        peer(9, "Noor", None, None, 2380, 0.0),
    ];
    stage
}

/// Games that nobody made, with pictures in their colours.
fn library(stage: Stage) -> Stage {
    let mut stage = stage.with_library();
    let titles = ["Moon Gardener", "Ember Tower", "Paper Knights", "Lantern Quest", "Robo Postman", "炎の物語"];
    let mut entries = stage.library.entries.to_vec();
    for (entry, title) in entries.iter_mut().zip(titles) {
        (entry.title, entry.name, entry.search) = (title.into(), title.into(), title.to_lowercase());
    }
    let frame = frame();
    for (index, entry) in entries.iter().enumerate() {
        let tint =
            [[255, 210, 150], [255, 150, 120], [170, 220, 255], [200, 255, 170], [230, 180, 255], [255, 255, 255]]
                [index];
        stage.new_game_pictures.push((entry.path.clone(), tinted(&frame, tint)));
    }
    entries.sort_by(|a, b| a.title.cmp(&b.title));
    stage.library.systems = Arc::new(catalog::systems(&entries));
    stage.library.entries = Arc::new(entries);
    stage
}

fn tinted(picture: &Picture, tint: [u32; 3]) -> ColorImage {
    let part = |pixel: u32, index: usize| ((pixel >> (16 - 8 * index) & 0xff) * tint[index] / 200).min(255) as u8;
    let pixels = picture.pixels.iter().map(|&it| Color32::from_rgb(part(it, 0), part(it, 1), part(it, 2))).collect();
    ColorImage::new([picture.width as usize, picture.height as usize], pixels)
}

/// The middle of the demo's picture, a hundred pixels wide.
fn detail() -> Picture {
    let all = frame();
    let (left, top, width, height) = (200, 145, 100, 75);
    let at = |x: u32, y: u32| all.pixels[((top + y) * all.width + left + x) as usize];
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
    Picture { width, height, pixels, ..all }
}

/// A window in which nothing but the picture is, or nothing at all.
fn bare(size: egui::Vec2, look: Option<Look>) -> Harness<'static> {
    let render_state = create_render_state(default_wgpu_setup(), Default::default());
    preview::upload(&render_state, &detail());
    let mut harness = Harness::builder()
        .with_size(size)
        .with_render_cursor(false)
        .renderer(WgpuTestRenderer::from_render_state(render_state))
        .build_ui(move |ui| {
            let all = Rect::from_min_size(egui::Pos2::ZERO, size);
            ui.painter().rect_filled(all, 0.0, Color32::from_rgb(16, 18, 28));
            if let Some(look) = look {
                preview::paint(ui, all, look);
            }
        });
    harness.run_steps(2);
    harness
}

/// Where a picture is kept, if pictures are.
fn file_of(name: &str) -> Option<PathBuf> {
    std::env::var_os("HOTSEAT_BOOK").map(|folder| PathBuf::from(folder).join(format!("{name}.png")))
}

#[test]
fn the_books_pictures_of_the_window_are_painted_in_both_languages() {
    for (name, prepare) in PICTURES {
        for (texts, suffix) in [(Spoken::English.texts(), ""), (Spoken::Chinese.texts(), "-zh")] {
            let stage = Stage { texts, ..Stage::default() };
            let image = shown(prepare(stage), SIZE, 1.0).render().expect("a picture");
            let colors: BTreeSet<[u8; 4]> = image.pixels().map(|pixel| pixel.0).collect();
            assert!(colors.len() > 8, "{name}{suffix} has {} colours", colors.len());
            if let Some(file) = file_of(&format!("{name}{suffix}")) {
                image.save(file).expect("a file");
            }
        }
    }
}

/// The same picture in each look, three beside each other.
#[test]
fn each_look_changes_the_books_picture_of_them() {
    let (width, height, gap) = (300, 225, 6);
    let points = |width: u32, height: u32| vec2(width as f32, height as f32);
    let mut all = bare(points(3 * width + 2 * gap, 2 * height + gap), None).render().expect("a picture");
    let mut seen = BTreeSet::new();
    for (index, look) in (0..).zip(Look::ALL) {
        let image = bare(points(width, height), Some(look)).render().expect("a picture");
        let (left, top) = (index % 3 * (width + gap), index / 3 * (height + gap));
        for (x, y, pixel) in image.enumerate_pixels() {
            *all.get_pixel_mut(left + x, top + y) = *pixel;
        }
        seen.insert(image.into_raw());
    }
    assert_eq!(seen.len(), Look::ALL.len());
    if let Some(file) = file_of("looks") {
        all.save(file).expect("a file");
    }
}
