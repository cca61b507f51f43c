//! Icons as strokes on a 24 by 24 grid, so that none depends on a font having it.

use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use std::f32::consts::TAU;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Play,
    Pause,
    Reset,
    Save,
    Load,
    Gear,
    Copy,
    Check,
    Qr,
    FullScreen,
    Volume,
    Muted,
    Close,
    Back,
    People,
    Panel,
    Folder,
    Pad,
    Sliders,
    Camera,
    Record,
    Warning,
    Info,
    Plus,
    Down,
    Link,
    More,
    Chat,
    Keyboard,
    Mouse,
    Turbo,
    Star,
    Grid,
    LargeGrid,
    List,
    Rewind,
    FastForward,
    SlowMotion,
    StepFrame,
}

/// One stroke of an icon.
enum Part {
    /// Open line.
    Line(&'static [(f32, f32)]),
    /// Filled outline; it must be convex.
    Fill(&'static [(f32, f32)]),
    /// Centre, radius.
    Ring(f32, f32, f32),
    /// Filled: centre, radius.
    Disc(f32, f32, f32),
    /// Left, top, width, height, corner radius.
    Box(f32, f32, f32, f32, f32),
    /// Centre, radius, from and to as parts of a turn, clockwise from the right.
    Arc(f32, f32, f32, f32, f32),
}
use Part::{Arc, Box, Disc, Fill, Line, Ring};

/// Draws `icon` into `rect`, which should be square.
pub fn paint(painter: &Painter, icon: Icon, rect: Rect, color: Color32) {
    let scale = rect.width() / 24.0;
    let at = |x: f32, y: f32| rect.min + vec2(x, y) * scale;
    let stroke = Stroke::new(1.8 * scale, color);
    for part in parts(icon) {
        match *part {
            Line(points) => {
                painter.line(points.iter().map(|p| at(p.0, p.1)).collect(), stroke);
                // Lines end flat; a dot makes the ends round like the arcs' joints.
                for end in [points.first(), points.last()].into_iter().flatten() {
                    painter.circle_filled(at(end.0, end.1), 0.9 * scale, color);
                }
            }
            Fill(points) => {
                let points: Vec<Pos2> = points.iter().map(|p| at(p.0, p.1)).collect();
                painter.add(Shape::convex_polygon(points, color, Stroke::new(1.0 * scale, color)));
            }
            Ring(x, y, radius) => drop(painter.circle_stroke(at(x, y), radius * scale, stroke)),
            Disc(x, y, radius) => drop(painter.circle_filled(at(x, y), radius * scale, color)),
            Box(x, y, width, height, radius) => {
                let inner = Rect::from_min_size(at(x, y), vec2(width, height) * scale);
                let corner = CornerRadius::same((radius * scale).round() as u8);
                painter.rect_stroke(inner, corner, stroke, StrokeKind::Middle);
            }
            Arc(x, y, radius, from, to) => {
                let point = |step: usize| {
                    let angle = (from + (to - from) * step as f32 / 24.0) * TAU;
                    at(x + radius * angle.cos(), y + radius * angle.sin())
                };
                painter.line((0..=24).map(point).collect(), stroke);
            }
        }
    }
}

/// Draws the program's own mark: two pads that meet on a seat.
pub fn paint_mark(painter: &Painter, rect: Rect) {
    use super::theme;
    let unit = rect.width() / 32.0;
    let at = |x: f32, y: f32| rect.min + vec2(x, y) * unit;
    let piece = |x: f32, y: f32, width: f32, height: f32, radius: f32, color: Color32| {
        let inner = Rect::from_min_size(at(x, y), vec2(width, height) * unit);
        painter.rect_filled(inner, CornerRadius::same((radius * unit).round() as u8), color);
    };
    piece(0.0, 0.0, 32.0, 32.0, 8.0, theme::ACCENT);
    // An H that is a chair from the side: back, seat, legs.
    piece(8.0, 6.0, 5.0, 20.0, 2.0, theme::ON_ACCENT);
    piece(8.0, 14.0, 16.0, 5.0, 2.0, theme::ON_ACCENT);
    piece(19.0, 14.0, 5.0, 12.0, 2.0, theme::ON_ACCENT);
    painter.circle_filled(pos2(at(21.5, 8.8).x, at(21.5, 8.8).y), 2.8 * unit, theme::ON_ACCENT);
}

fn parts(icon: Icon) -> &'static [Part] {
    match icon {
        Icon::Keyboard => &[
            Box(2.5, 6.0, 19.0, 12.5, 2.5),
            Disc(6.5, 10.0, 1.1),
            Disc(10.2, 10.0, 1.1),
            Disc(13.8, 10.0, 1.1),
            Disc(17.5, 10.0, 1.1),
            Line(&[(8.0, 14.5), (16.0, 14.5)]),
        ],
        Icon::Mouse => &[Box(6.5, 3.0, 11.0, 18.0, 5.5), Line(&[(12.0, 6.8), (12.0, 10.2)])],
        Icon::Turbo => {
            &[Line(&[(5.5, 6.0), (11.5, 12.0), (5.5, 18.0)]), Line(&[(12.5, 6.0), (18.5, 12.0), (12.5, 18.0)])]
        }
        Icon::Star => &[
            Fill(&[(12.0, 2.5), (15.1, 9.3), (12.0, 15.0), (8.9, 9.3)]),
            Fill(&[(2.5, 9.8), (8.9, 9.3), (12.0, 15.0), (7.6, 14.6)]),
            Fill(&[(21.5, 9.8), (16.4, 14.6), (12.0, 15.0), (15.1, 9.3)]),
            Fill(&[(6.1, 21.5), (7.6, 14.6), (12.0, 12.0), (12.0, 18.0)]),
            Fill(&[(17.9, 21.5), (12.0, 18.0), (12.0, 12.0), (16.4, 14.6)]),
        ],
        Icon::Grid => &[
            Box(4.0, 4.0, 6.0, 6.0, 1.5),
            Box(14.0, 4.0, 6.0, 6.0, 1.5),
            Box(4.0, 14.0, 6.0, 6.0, 1.5),
            Box(14.0, 14.0, 6.0, 6.0, 1.5),
        ],
        Icon::LargeGrid => &[Box(3.5, 4.0, 17.0, 16.0, 2.0), Line(&[(12.0, 4.0), (12.0, 20.0)])],
        Icon::List => {
            &[Line(&[(4.0, 6.5), (20.0, 6.5)]), Line(&[(4.0, 12.0), (20.0, 12.0)]), Line(&[(4.0, 17.5), (20.0, 17.5)])]
        }
        Icon::Rewind => {
            &[Fill(&[(12.0, 6.0), (12.0, 18.0), (3.5, 12.0)]), Fill(&[(20.5, 6.0), (20.5, 18.0), (12.0, 12.0)])]
        }
        Icon::FastForward => {
            &[Fill(&[(3.5, 6.0), (12.0, 12.0), (3.5, 18.0)]), Fill(&[(12.0, 6.0), (20.5, 12.0), (12.0, 18.0)])]
        }
        Icon::SlowMotion => &[
            Line(&[(5.0, 6.0), (5.0, 18.0)]),
            Line(&[(9.0, 6.0), (9.0, 18.0)]),
            Fill(&[(12.5, 6.0), (20.5, 12.0), (12.5, 18.0)]),
        ],
        Icon::StepFrame => &[Fill(&[(6.0, 6.0), (14.5, 12.0), (6.0, 18.0)]), Line(&[(18.0, 6.0), (18.0, 18.0)])],
        Icon::Play => &[Fill(&[(8.0, 5.5), (18.5, 12.0), (8.0, 18.5)])],
        Icon::Pause => &[
            Fill(&[(7.0, 5.5), (10.0, 5.5), (10.0, 18.5), (7.0, 18.5)]),
            Fill(&[(14.0, 5.5), (17.0, 5.5), (17.0, 18.5), (14.0, 18.5)]),
        ],
        Icon::Reset => &[Arc(12.0, 12.5, 7.0, -0.33, 0.55), Line(&[(8.5, 2.8), (8.1, 6.9), (12.2, 7.3)])],
        Icon::Save => &[
            Line(&[(12.0, 4.0), (12.0, 14.0)]),
            Line(&[(8.0, 10.5), (12.0, 14.5), (16.0, 10.5)]),
            Line(&[(5.0, 15.0), (5.0, 19.5), (19.0, 19.5), (19.0, 15.0)]),
        ],
        Icon::Load => &[
            Line(&[(12.0, 4.5), (12.0, 14.5)]),
            Line(&[(8.0, 8.0), (12.0, 4.0), (16.0, 8.0)]),
            Line(&[(5.0, 15.0), (5.0, 19.5), (19.0, 19.5), (19.0, 15.0)]),
        ],
        Icon::Gear => &[
            Ring(12.0, 12.0, 3.0),
            Ring(12.0, 12.0, 6.6),
            Line(&[(12.0, 5.2), (12.0, 3.0)]),
            Line(&[(12.0, 18.8), (12.0, 21.0)]),
            Line(&[(5.2, 12.0), (3.0, 12.0)]),
            Line(&[(18.8, 12.0), (21.0, 12.0)]),
            Line(&[(7.2, 7.2), (5.6, 5.6)]),
            Line(&[(16.8, 16.8), (18.4, 18.4)]),
            Line(&[(16.8, 7.2), (18.4, 5.6)]),
            Line(&[(7.2, 16.8), (5.6, 18.4)]),
        ],
        Icon::Copy => {
            &[Box(9.0, 9.0, 11.0, 11.0, 2.0), Line(&[(5.5, 15.0), (4.0, 15.0), (4.0, 4.0), (15.0, 4.0), (15.0, 5.5)])]
        }
        Icon::Check => &[Line(&[(5.0, 12.5), (10.0, 17.5), (19.5, 7.0)])],
        Icon::Qr => &[
            Box(4.0, 4.0, 6.0, 6.0, 1.0),
            Box(14.0, 4.0, 6.0, 6.0, 1.0),
            Box(4.0, 14.0, 6.0, 6.0, 1.0),
            Fill(&[(14.0, 14.0), (16.0, 14.0), (16.0, 16.0), (14.0, 16.0)]),
            Fill(&[(18.5, 18.5), (20.5, 18.5), (20.5, 20.5), (18.5, 20.5)]),
            Fill(&[(18.5, 14.0), (20.5, 14.0), (20.5, 16.0), (18.5, 16.0)]),
            Fill(&[(14.0, 18.5), (16.0, 18.5), (16.0, 20.5), (14.0, 20.5)]),
        ],
        Icon::FullScreen => &[
            Line(&[(4.0, 9.0), (4.0, 4.0), (9.0, 4.0)]),
            Line(&[(15.0, 4.0), (20.0, 4.0), (20.0, 9.0)]),
            Line(&[(20.0, 15.0), (20.0, 20.0), (15.0, 20.0)]),
            Line(&[(9.0, 20.0), (4.0, 20.0), (4.0, 15.0)]),
        ],
        Icon::Volume => &[
            Fill(&[(3.5, 9.5), (7.0, 9.5), (7.0, 14.5), (3.5, 14.5)]),
            Fill(&[(7.0, 9.5), (12.0, 5.0), (12.0, 19.0), (7.0, 14.5)]),
            Arc(12.0, 12.0, 4.5, -0.14, 0.14),
            Arc(12.0, 12.0, 8.0, -0.14, 0.14),
        ],
        Icon::Muted => &[
            Fill(&[(3.5, 9.5), (7.0, 9.5), (7.0, 14.5), (3.5, 14.5)]),
            Fill(&[(7.0, 9.5), (12.0, 5.0), (12.0, 19.0), (7.0, 14.5)]),
            Line(&[(15.5, 9.5), (20.5, 14.5)]),
            Line(&[(20.5, 9.5), (15.5, 14.5)]),
        ],
        Icon::Close => &[Line(&[(6.5, 6.5), (17.5, 17.5)]), Line(&[(17.5, 6.5), (6.5, 17.5)])],
        Icon::Back => &[Line(&[(14.5, 5.5), (8.0, 12.0), (14.5, 18.5)])],
        Icon::People => &[
            Ring(9.0, 8.0, 3.2),
            Arc(9.0, 19.5, 6.0, 0.5, 1.0),
            Arc(15.5, 8.0, 3.0, -0.25, 0.25),
            Arc(15.0, 19.5, 6.0, 0.79, 1.0),
        ],
        Icon::Panel => &[Box(3.5, 5.0, 17.0, 14.0, 2.0), Line(&[(15.0, 5.0), (15.0, 19.0)])],
        Icon::Folder => {
            &[Line(&[(4.0, 19.0), (4.0, 5.5), (10.0, 5.5), (12.0, 8.0), (20.0, 8.0), (20.0, 19.0), (4.0, 19.0)])]
        }
        Icon::Pad => &[
            Box(2.5, 7.0, 19.0, 10.5, 5.0),
            Line(&[(7.5, 10.2), (7.5, 14.2)]),
            Line(&[(5.5, 12.2), (9.5, 12.2)]),
            Disc(15.0, 13.6, 1.3),
            Disc(18.0, 10.9, 1.3),
        ],
        Icon::Sliders => &[
            Line(&[(4.0, 7.5), (12.0, 7.5)]),
            Line(&[(17.0, 7.5), (20.0, 7.5)]),
            Ring(14.5, 7.5, 2.4),
            Line(&[(4.0, 16.5), (7.0, 16.5)]),
            Line(&[(12.0, 16.5), (20.0, 16.5)]),
            Ring(9.5, 16.5, 2.4),
        ],
        Icon::Camera => &[
            Line(&[
                (8.5, 7.0),
                (10.0, 4.5),
                (14.0, 4.5),
                (15.5, 7.0),
                (20.5, 7.0),
                (20.5, 18.5),
                (3.5, 18.5),
                (3.5, 7.0),
                (8.5, 7.0),
            ]),
            Ring(12.0, 12.5, 3.4),
        ],
        Icon::Record => &[Ring(12.0, 12.0, 8.0), Disc(12.0, 12.0, 4.2)],
        Icon::Warning => &[
            Line(&[(12.0, 4.0), (21.0, 19.5), (3.0, 19.5), (12.0, 4.0)]),
            Line(&[(12.0, 10.0), (12.0, 14.0)]),
            Disc(12.0, 16.8, 1.1),
        ],
        Icon::Info => &[Ring(12.0, 12.0, 8.5), Line(&[(12.0, 11.5), (12.0, 16.0)]), Disc(12.0, 8.2, 1.1)],
        Icon::Plus => &[Line(&[(12.0, 5.0), (12.0, 19.0)]), Line(&[(5.0, 12.0), (19.0, 12.0)])],
        Icon::Down => &[Line(&[(7.0, 10.0), (12.0, 15.0), (17.0, 10.0)])],
        Icon::More => &[Disc(5.5, 12.0, 1.6), Disc(12.0, 12.0, 1.6), Disc(18.5, 12.0, 1.6)],
        Icon::Chat => &[
            Line(&[
                (4.0, 5.0),
                (20.0, 5.0),
                (20.0, 16.0),
                (11.0, 16.0),
                (7.0, 20.0),
                (7.0, 16.0),
                (4.0, 16.0),
                (4.0, 5.0),
            ]),
            Line(&[(8.0, 10.5), (16.0, 10.5)]),
        ],
        Icon::Link => &[
            Line(&[(9.5, 14.5), (14.5, 9.5)]),
            Line(&[(11.0, 7.5), (13.5, 5.0)]),
            Arc(16.2, 7.8, 3.9, -0.375, 0.125),
            Line(&[(19.0, 10.5), (16.5, 13.0)]),
            Line(&[(13.0, 16.5), (10.5, 19.0)]),
            Arc(7.8, 16.2, 3.9, 0.125, 0.625),
            Line(&[(5.0, 13.5), (7.5, 11.0)]),
        ],
    }
}
