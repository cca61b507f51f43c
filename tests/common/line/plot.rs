//! Bitrate over time as a picture (SVG).

use std::fmt::Write;

const SIZE: (f64, f64) = (800.0, 320.0);
const EDGE: f64 = 48.0;

/// One line of the picture.
pub struct Series<'a> {
    pub name: &'a str,
    pub color: &'a str,
    /// Milliseconds and value, oldest first.
    pub points: &'a [(f64, f64)],
}

/// Every series over the same axes: seconds, and kbit/s.
pub fn svg(title: &str, all: &[Series<'_>]) -> String {
    let points = || all.iter().flat_map(|series| series.points);
    let last = points().map(|it| it.0).fold(1000.0, f64::max);
    let most = points().map(|it| it.1).filter(|it| it.is_finite()).fold(100.0, f64::max) * 1.05;
    let x = |ms: f64| EDGE + ms / last * (SIZE.0 - 2.0 * EDGE);
    let y = |value: f64| SIZE.1 - EDGE - value.min(most) / most * (SIZE.1 - 2.0 * EDGE);
    let mut out = String::new();
    // Writing into a string never fails.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/><text x=\"{EDGE}\" y=\"20\" font-size=\"15\">{}</text>",
        SIZE.0,
        SIZE.1,
        escape(title)
    );
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let (left, right, height) = (EDGE, SIZE.0 - EDGE, y(value));
        let _ = write!(
            out,
            "<line x1=\"{left}\" x2=\"{right}\" y1=\"{height:.1}\" y2=\"{height:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.0}</text>",
            left - 4.0,
            height + 4.0
        );
        let ms = last * f64::from(step) / 4.0;
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0} s</text>",
            x(ms),
            SIZE.1 - EDGE + 16.0,
            ms / 1000.0
        );
    }
    for (index, series) in all.iter().enumerate() {
        let path: Vec<String> =
            series.points.iter().map(|&(ms, value)| format!("{:.1},{:.1}", x(ms), y(value))).collect();
        let _ = write!(
            out,
            "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" points=\"{}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{}\">{}</text>",
            series.color,
            path.join(" "),
            EDGE + 8.0 + 190.0 * index as f64,
            SIZE.1 - 8.0,
            series.color,
            escape(series.name)
        );
    }
    out.push_str("</svg>\n");
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
