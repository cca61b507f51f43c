//! What only a real browser and a real display can show: click to pixel, link to first picture, the window at rest.
//! `make bench` runs it after `hotseat bench all`. Prints each figure beside its budget.

#[path = "../tests/common/mod.rs"]
mod common;

use common::host::Setup;
use common::{Browser, Host, TempDir, pass, program, until};
use hotseat::usage;
use std::process::{Command, Stdio};
use std::time::Duration;

fn main() {
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!("{processors} processors, which the browser shares with what is measured");
    println!("{:<66} {:>9} {:>9}  unit", "", "measured", "budget");
    click_to_pixel();
    link_to_picture();
    window_at_rest();
}

fn row(name: &str, figure: f64, budget: f64, unit: &str) {
    let verdict = if figure > budget { "  MISSED" } else { "" };
    println!("{name:<66} {figure:>9.2} {budget:>9.2}  {unit}{verdict}");
}

fn quantile(values: &mut [f64], quantile: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len().max(1) - 1) as f64 * quantile).round() as usize).copied().unwrap_or(f64::NAN)
}

/// From a key going down in the page to the callback of the frame that shows it, over presses at random moments.
/// The test core draws what it polled in the same frame.
fn click_to_pixel() {
    const PRESSES: usize = 150;
    let mut host = Host::fixture(&[("fixture_size", "256x240")]);
    let browser = Browser::playing(&host.url_for("Ann"));
    pass(Duration::from_secs(3));
    // Button A is bit 8 of the seat's row of cells, most significant bit first: cell 7 of row 3, of 16 by 8.
    let press = "
        const video = document.getElementById('stream');
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 1;
        const paper = canvas.getContext('2d', { willReadFrequently: true });
        const lit = () => {
            const w = video.videoWidth, h = video.videoHeight;
            paper.drawImage(video, w * 7.5 / 16 - 1, h * 3.5 / 8 - 1, 2, 2, 0, 0, 1, 1);
            return paper.getImageData(0, 0, 1, 1).data[1] > 128;
        };
        const key = (type) => document.body.dispatchEvent(
            new KeyboardEvent(type, { code: 'KeyX', key: 'x', bubbles: true, cancelable: true }));
        const shown = (wanted) => new Promise((done) => {
            const look = (now) => lit() === wanted ? done(now) : video.requestVideoFrameCallback(look);
            video.requestVideoFrameCallback(look);
        });
        const rest = (ms) => new Promise((done) => setTimeout(done, ms));
        await rest(60 + Math.random() * 60);
        const down = performance.now();
        key('keydown');
        const at = await shown(true);
        await rest(30);
        key('keyup');
        await shown(false);
        return at - down;";
    for (latch, name, p50, p95) in [("false", "", 28.0, 36.0), ("true", ", late inputs shown at once", 9.0, 20.0)] {
        host.command(&format!(r#"{{"command":"run_ahead","frames":0,"late_latch":{latch}}}"#));
        host.stats_when("late inputs as wanted", common::LONG, |stats| stats["late_latch"].to_string() == latch);
        pass(Duration::from_secs(1));
        let mut times: Vec<f64> = (0..PRESSES).filter_map(|_| browser.eval_async(press).as_f64()).collect();
        row(&format!("click to pixel in Chromium, loopback, p50{name}"), quantile(&mut times, 0.5), p50, "ms");
        row(&format!("click to pixel in Chromium, loopback, p95{name}"), quantile(&mut times, 0.95), p95, "ms");
    }
}

/// From the start of the navigation to the first frame shown, the browser being open already.
fn link_to_picture() {
    let host = Setup::core(&common::built_core("arena")).start();
    let browser = Browser::start();
    let mut times = Vec::new();
    for _ in 0..10 {
        browser.goto("about:blank");
        browser.goto(&host.url_for("Ann"));
        let first = until("a picture", common::LONG, || browser.sights().first().map(|sight| sight.at_ms));
        times.push(first / 1000.0);
    }
    row("link opened to first picture in Chromium, loopback", quantile(&mut times, 0.5), 0.6, "s");
}

/// The window with nothing running.
fn window_at_rest() {
    const SECONDS: u32 = 15;
    let home = TempDir::new();
    let mut screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb starts: install the package xvfb");
    let mut number = String::new();
    let out = screen.stdout.take().expect("its output");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut number).expect("Xvfb names its display");
    let mut window = common::host::quiet_command(&home)
        .env("DISPLAY", format!(":{}", number.trim()))
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", program().display()));
    pass(Duration::from_secs(6));
    let before = usage::of(window.id());
    pass(Duration::from_secs(SECONDS.into()));
    let after = usage::of(window.id());
    let share = (after.cpu_seconds - before.cpu_seconds) / f64::from(SECONDS) * 100.0;
    row("the window with nothing running", share, 1.0, "% of a core");
    let _ = window.kill();
    let _ = window.wait();
    let _ = screen.kill();
    let _ = screen.wait();
}
