use super::super::input_capture::PictureArea;
use super::*;
use egui::{pos2, vec2};
use proptest::prelude::*;
use serde::Deserialize;

fn area(width: f32, height: f32) -> Rect {
    Rect::from_min_size(pos2(10.0, 20.0), vec2(width, height))
}

fn shape(size: [u32; 2], aspect: f32) -> PictureShape {
    PictureShape { size, aspect }
}

fn framing(scaling: Scaling) -> Framing {
    Framing { scaling, ..Framing::default() }
}

/// What window and page are to agree about.
#[derive(Deserialize)]
struct Case {
    name: String,
    room: [f64; 2],
    size: [u32; 2],
    stated: f32,
    scaling: Scaling,
    aspect: Aspect,
    crop: Crop,
    part: [u32; 4],
    shown: [u32; 4],
}

#[test]
fn window_and_page_lay_the_same_cases_out_alike() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/web/test/picture-vectors.json");
    let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert!(cases.len() > 20);
    for case in cases {
        let Case { name, room, size, stated, scaling, aspect, crop, part, shown } = case;
        let laid = lay(room, shape(size, stated), Framing { scaling, aspect, crop });
        let Laid { part: Part { at: [x, y], size: [width, height] }, size: [across, down], at: [left, top] } = laid;
        assert_eq!([x, y, width, height], part, "{name}");
        assert_eq!([left, top, across, down], shown, "{name}");
    }
}

#[test]
fn the_picture_is_as_large_as_fits_and_in_the_middle() {
    let placed = place(area(800.0, 600.0), 1.0, shape([256, 240], 16.0 / 9.0), framing(Scaling::Sharp));
    assert_eq!(placed.shown.size(), vec2(800.0, 450.0));
    assert_eq!(placed.shown.center(), area(800.0, 600.0).center());
    assert_eq!(placed.whole, placed.shown);
    let placed = place(area(800.0, 300.0), 1.0, shape([256, 240], 4.0 / 3.0), framing(Scaling::Sharp));
    assert_eq!(placed.shown.size(), vec2(400.0, 300.0));
}

#[test]
fn whole_numbers_count_screen_pixels_not_points() {
    let placed = place(area(400.0, 300.0), 2.0, shape([256, 240], 4.0 / 3.0), framing(Scaling::Whole));
    // 600 screen pixels hold two rows of pixels for each of 240: 480, which is 240 points.
    assert_eq!(placed.shown.size(), vec2(320.0, 240.0));
}

#[test]
fn what_is_left_out_lies_beyond_the_part_and_makes_room_for_larger_rows() {
    let crop = Crop { top: 8, bottom: 8, left: 8, right: 0 };
    let framing = Framing { scaling: Scaling::Whole, crop, ..Framing::default() };
    let placed = place(area(800.0, 700.0), 1.0, shape([256, 240], 256.0 / 240.0), framing);
    // Three rows of 240 would be 720.
    assert_eq!(placed.part, Part { at: [8, 8], size: [248, 224] });
    assert_eq!(placed.shown.size(), vec2(744.0, 672.0));
    assert_eq!(placed.whole.size(), vec2(768.0, 720.0));
    assert_eq!(placed.shown.min - placed.whole.min, vec2(24.0, 24.0));
}

#[test]
fn nonsense_sizes_give_a_usable_rectangle() {
    for aspect in [f32::NAN, f32::INFINITY, 0.0, -1.0, 1e-9, 1e9] {
        for choice in Aspect::ALL {
            let crop = Crop { top: u32::MAX, ..Crop::default() };
            let framing = Framing { scaling: Scaling::Whole, aspect: choice, crop };
            let placed = place(area(0.0, 0.0), 1.5, shape([0, 0], aspect), framing);
            for rect in [placed.shown, placed.whole] {
                assert!(rect.width() > 0.0 && rect.height() > 0.0 && rect.is_finite(), "{aspect} {choice:?}");
            }
        }
    }
}

prop_compose! {
    fn any_framing()(
        whole in any::<bool>(),
        aspect in 0..Aspect::ALL.len(),
        [top, bottom, left, right] in [0..=Crop::MOST, 0..=Crop::MOST, 0..=Crop::MOST, 0..=Crop::MOST],
    ) -> Framing {
        let scaling = if whole { Scaling::Whole } else { Scaling::Sharp };
        Framing { scaling, aspect: Aspect::ALL[aspect], crop: Crop { top, bottom, left, right } }
    }
}

proptest! {
    #[test]
    fn a_picture_is_inside_its_room_and_at_least_half_of_it_is_shown(
        room in [100.0..4000.0_f32, 100.0..3000.0_f32],
        scale in 1.0..3.0_f32,
        size in [1..2000_u32, 1..2000_u32],
        aspect in 0.3..4.0_f32,
        framing in any_framing(),
    ) {
        let area = area(room[0], room[1]);
        let placed = place(area, scale, shape(size, aspect), framing);
        prop_assert!(area.expand(1.0).contains_rect(placed.shown));
        prop_assert!(placed.whole.expand(0.01).contains_rect(placed.shown));
        for axis in 0..2 {
            prop_assert!(placed.part.at[axis] + placed.part.size[axis] <= size[axis]);
            prop_assert!(placed.part.size[axis] * 2 >= size[axis]);
        }
        let rows = placed.shown.height() * scale / placed.part.size[1] as f32;
        if framing.scaling == Scaling::Whole && rows >= 1.0 {
            prop_assert!((rows - rows.round()).abs() < 1e-2, "{rows} screen pixels a row");
        }
    }

    /// A core that draws a mark where it was told that the pointer is draws it under the pointer.
    #[test]
    fn what_is_pointed_at_is_what_lies_under_the_pointer(
        room in [100.0..2000.0_f32, 100.0..2000.0_f32],
        scale in 1.0..3.0_f32,
        size in [8..1024_u32, 8..1024_u32],
        aspect in 0.3..4.0_f32,
        framing in any_framing(),
        share in [0.0..1.0_f32, 0.0..1.0_f32],
    ) {
        let letterbox = area(room[0], room[1]);
        let Placed { part, shown, whole } = place(letterbox, scale, shape(size, aspect), framing);
        let at = shown.lerp_inside(vec2(share[0], share[1]));
        let told = super::super::input_capture::pointed(at, &PictureArea { letterbox, picture: shown, whole, size_px: size });
        prop_assert!(told.over);
        for (axis, told) in [told.x, told.y].into_iter().enumerate() {
            // As a core makes a pixel of it.
            let marked = (f32::from(told) / 32767.0 + 1.0) / 2.0 * size[axis] as f32;
            let under = part.at[axis] as f32 + share[axis] * part.size[axis] as f32;
            prop_assert!((marked - under).abs() < 0.05, "axis {axis}: {marked} is told, {under} is seen");
        }
    }
}

#[test]
fn beyond_what_is_shown_a_pointer_is_beyond_the_picture() {
    let crop = Crop { top: 16, bottom: 16, left: 16, right: 16 };
    let letterbox = area(900.0, 700.0);
    let Placed { shown, whole, .. } =
        place(letterbox, 1.0, shape([320, 240], 4.0 / 3.0), Framing { crop, ..Framing::default() });
    let area = PictureArea { letterbox, picture: shown, whole, size_px: [320, 240] };
    for at in [shown.left_top() - vec2(1.0, 1.0), shown.right_bottom() + vec2(1.0, 1.0)] {
        assert!(whole.contains(at));
        assert!(!super::super::input_capture::pointed(at, &area).over, "{at:?}");
    }
}
