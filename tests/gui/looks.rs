//! What the picture is made to look like, drawn by the shader itself.

use egui::{Color32, Rect, Vec2, pos2};
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use hotseat::frame::Picture;
use hotseat::gui::picture_layout::Part;
use hotseat::gui::preview;
use hotseat::settings::Look;

type Rgb = [u8; 3];

struct Shown {
    width: usize,
    pixels: Vec<Rgb>,
}

impl Shown {
    fn at(&self, x: usize, y: usize) -> Rgb {
        self.pixels[y * self.width + x]
    }

    /// Of the part in the middle, the mean of what a monitor makes of it, 0 to 1.
    fn light(&self) -> f64 {
        let height = self.pixels.len() / self.width;
        let mut sum = 0.0;
        let mut count = 0.0;
        for y in height / 4..height * 3 / 4 {
            for x in self.width / 4..self.width * 3 / 4 {
                sum += self.at(x, y).iter().map(|part| (f64::from(*part) / 255.0).powi(2)).sum::<f64>() / 3.0;
                count += 1.0;
            }
        }
        sum / count
    }
}

/// A picture drawn at `zoom` screen pixels to one of its own.
fn show(look: Look, size: [u32; 2], zoom: u32, color: impl Fn(u32, u32) -> u32) -> Shown {
    show_part(look, size, Part::all(size), zoom, color)
}

/// A part of one.
fn show_part(look: Look, size: [u32; 2], part: Part, zoom: u32, color: impl Fn(u32, u32) -> u32) -> Shown {
    let render_state = create_render_state(default_wgpu_setup(), Default::default());
    let pixels = (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y))).map(|(x, y)| color(x, y)).collect();
    preview::upload(&render_state, &Picture { width: size[0], height: size[1], pixels, ..Default::default() });
    let area = Vec2::new((part.size[0] * zoom) as f32, (part.size[1] * zoom) as f32);
    let mut window = Harness::builder()
        .with_size(area)
        .with_pixels_per_point(1.0)
        .with_render_cursor(false)
        .renderer(WgpuTestRenderer::from_render_state(render_state))
        .build_ui(move |ui| {
            let all = Rect::from_min_size(pos2(0.0, 0.0), area);
            ui.painter().rect_filled(all, 0.0, Color32::from_rgb(255, 0, 255));
            preview::paint(ui, all, part, look);
        });
    window.run_steps(2);
    let image = window.render().expect("a picture of the window");
    if let Ok(folder) = std::env::var("HOTSEAT_LOOKS") {
        image.save(format!("{folder}/{look:?}-{}x{zoom}.png", size[0]).to_lowercase()).expect("a file");
    }
    let pixels = image.pixels().map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Shown { width: image.width() as usize, pixels }
}

/// A disc on a ground, and a ramp below.
fn scene(x: u32, y: u32) -> u32 {
    let (dx, dy) = (x as i32 - 24, y as i32 - 20);
    match () {
        () if y >= 44 => (x * 4) << 16 | (255 - x * 4) << 8 | 0x40,
        () if dx * dx + dy * dy < 200 => 0x00ff_d040,
        () if x > 46 && (x + y).is_multiple_of(2) => 0x0020_e0ff,
        () => 0x0010_2040,
    }
}

#[test]
fn sharp_pixels_are_the_picture_s_own() {
    let shown = show(Look::Sharp, [64, 56], 4, scene);
    for (x, y) in [(0, 0), (24, 20), (63, 55), (50, 10), (51, 10), (10, 50)] {
        let wanted = scene(x, y).to_be_bytes();
        let seen = shown.at(x as usize * 4 + 2, y as usize * 4 + 2);
        for part in 0..3 {
            assert!(seen[part].abs_diff(wanted[part + 1]) <= 2, "at {x}, {y}: {seen:?} for {wanted:?}");
        }
    }
}

#[test]
fn every_look_is_one_of_its_own_and_keeps_black_black_and_white_bright() {
    let sharp = show(Look::Sharp, [64, 56], 4, scene);
    for look in Look::ALL {
        let shown = show(look, [64, 56], 4, scene);
        let differing = shown.pixels.iter().zip(&sharp.pixels).filter(|(a, b)| a != b).count();
        assert_eq!(differing == 0, look == Look::Sharp, "{look:?}: {differing} differ");
        let black = show(look, [32, 32], 4, |_, _| 0);
        assert!(black.pixels.iter().flatten().all(|part| *part <= 1), "{look:?}");
        let white = show(look, [32, 32], 4, |_, _| 0x00ff_ffff);
        let light = white.light();
        assert!((0.55..=1.0).contains(&light), "{look:?}: {light}");
        let grey = show(look, [32, 32], 4, |_, _| 0x0080_8080).light();
        assert!((0.15..=0.35).contains(&grey), "{look:?}: {grey}, plain is 0.25");
    }
}

#[test]
fn what_is_hidden_at_the_edges_is_in_no_look_and_the_rest_is_drawn_as_if_it_were_all() {
    let part = Part { at: [8, 4], size: [48, 40] };
    let inside = |x: u32, y: u32| (8..56).contains(&x) && (4..44).contains(&y);
    for look in Look::ALL {
        let shown =
            show_part(look, [64, 56], part, 5, |x, y| if inside(x, y) { scene(x - 8, y - 4) } else { 0x00ff_00ff });
        let alone = show(look, [48, 40], 5, scene);
        let differing = shown.pixels.iter().zip(&alone.pixels);
        // Places in a texture are rounded otherwise in one of another size.
        let most = differing.flat_map(|(a, b)| (0..3).map(|part| a[part].abs_diff(b[part]))).max();
        assert!(most.is_some_and(|most| most <= 3), "{look:?}: {most:?} apart");
    }
}

#[test]
fn a_part_that_a_new_picture_does_not_have_is_all_of_it() {
    let shown = show_part(Look::Sharp, [64, 56], Part { at: [40, 0], size: [64, 56] }, 4, scene);
    assert_eq!(shown.pixels, show(Look::Sharp, [64, 56], 4, scene).pixels);
}

#[test]
fn where_there_is_no_room_for_rows_and_grids_there_are_none() {
    let sharp = show(Look::Sharp, [64, 56], 1, scene);
    for look in [Look::Scanlines, Look::Grid] {
        let shown = show(look, [64, 56], 1, scene);
        assert_eq!(shown.pixels, sharp.pixels, "{look:?}");
    }
}

#[test]
fn lines_of_a_beam_are_darker_between_rows_and_a_mask_lets_each_colour_through_somewhere() {
    let lined = show(Look::Scanlines, [16, 16], 6, |_, _| 0x0080_8080);
    let [middle, between] = [3, 0].map(|y| lined.at(48, 48 + y)[1]);
    assert!(middle > between + 30, "{middle} in a row, {between} between rows");
    let tube = show(Look::Tube, [16, 16], 6, |_, _| 0x0080_8080);
    let brightest: Vec<usize> =
        (48..51).map(|x| (0..3).max_by_key(|part| tube.at(x, 51)[*part]).unwrap_or(0)).collect();
    let mut sorted = brightest.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [0, 1, 2], "{brightest:?}");
}

#[test]
fn rounding_cuts_the_corners_of_stairs_and_nothing_else() {
    let stairs = |x: u32, y: u32| if x > y { 0x00ff_ffff } else { 0 };
    let shown = show(Look::Rounded, [16, 16], 8, stairs);
    let sharp = show(Look::Sharp, [16, 16], 8, stairs);
    let mut changed = 0;
    for y in 16..112 {
        for x in 16..112 {
            let (a, b) = (shown.at(x, y), sharp.at(x, y));
            if a != b {
                changed += 1;
                assert!((x as i32 - y as i32).abs() <= 10, "{x}, {y} is far from the edge");
            }
        }
    }
    assert!(changed > 100, "{changed} pixels were changed");
    // A right angle and a flat side stay.
    let square = |x: u32, y: u32| if (4..12).contains(&x) && (4..12).contains(&y) { 0x00ff_ffff } else { 0 };
    let shown = show(Look::Rounded, [16, 16], 8, square);
    for (x, y) in [(64, 33), (64, 30), (33, 64), (30, 64), (64, 64), (8, 8)] {
        let inside = (32..96).contains(&x) && (32..96).contains(&y);
        assert_eq!(shown.at(x, y), if inside { [255; 3] } else { [0; 3] }, "{x}, {y}");
    }
}
