//! A PlayStation and a Super Nintendo that change the size of their picture twice a second, and announce next to nothing:
//! every mode arrives with its own size and content, in every codec, and no frame is lost.

use crate::common::modes::{CONSOLES, watch};
use crate::common::{self, Browser};
use hotseat::packet::{Codec, Format};
use std::time::Duration;

fn every_mode_arrives(console: usize, format: &str) {
    let _alone = common::alone();
    let console = &CONSOLES[console];
    let format = Format::from_name(format).expect("a format");
    let mut host = console.host(format);
    let browser = Browser::unguarded(&host.url_for("Ann"));
    let report = watch(console, format, &mut host, &*browser, Duration::from_secs(12));
    let name = format!("{} as {}", console.name, format.title());
    assert_eq!(report.modes.len(), console.modes.len(), "{name}: {:?} of {}", report.modes, report.looks.len());
    assert!(report.wrong.is_empty(), "{name}: {} wrong, such as {}", report.wrong.len(), report.wrong[0]);
    // 12 seconds at 60 Hz; a machine that is short of breath may show fewer.
    assert!(report.looks.len() > 300, "{name}: {} frames", report.looks.len());
    // What was sent is decoded, all of it. A browser that is short of breath itself passes over a frame now and then, and so
    // does the host when the machine stands still; a host that loses one at each change of size would lose one of thirty, on
    // the way to the encoder or behind it. `cargo bench --bench consoles` wants none lost at all.
    assert!(report.skipped * 50 <= report.sent, "{name}: {} frames were passed over", report.skipped);
    let (sent, decoded, dropped) = (report.sent, report.decoded, report.dropped);
    assert!(decoded <= sent && sent <= decoded + dropped, "{name}: {sent} sent, {decoded} decoded, {dropped} dropped");
    assert!(dropped * 50 <= sent, "{name}: {dropped} of {sent} frames were dropped");
    // VP9 repairs a coarse first frame block by block, over half a second: as long as a mode lasts here.
    let limit = if format.codec == Codec::Vp9 { 8 } else { 3 };
    assert!(report.worst_colour <= limit, "{name}: a colour is {} of 255 off", report.worst_colour);
    assert!(host.events_named("core_died").is_empty());
    host.assert_alive();
}

#[test]
fn every_playstation_mode_arrives_as_h264() {
    every_mode_arrives(0, "h264");
}

#[test]
fn every_playstation_mode_arrives_as_vp8() {
    every_mode_arrives(0, "vp8");
}

#[test]
fn every_playstation_mode_arrives_as_vp9() {
    every_mode_arrives(0, "vp9");
}

#[test]
fn every_super_nintendo_mode_arrives_as_h264() {
    every_mode_arrives(1, "h264");
}

#[test]
fn every_super_nintendo_mode_arrives_as_vp8() {
    every_mode_arrives(1, "vp8");
}

#[test]
fn every_super_nintendo_mode_arrives_as_vp9() {
    every_mode_arrives(1, "vp9");
}

#[test]
fn full_colour_arrives_as_both_codecs_have_it() {
    every_mode_arrives(0, "h264-444");
    every_mode_arrives(1, "vp9-444");
}
