//! Real cores whose picture changes its size twice a second, watched frame by frame in a browser.

use super::browser::Tab;
use super::content::{self, Mode};
use super::host::{Host, Setup};
use super::{TempDir, installed_core, until};
use hotseat::packet::{Chroma, Format};
use hotseat::video::planes::PlaneShape;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A console that walks through its modes.
pub struct Console {
    pub name: &'static str,
    pub modes: &'static [Mode],
    start: fn(Arc<TempDir>) -> Setup,
}

pub const CONSOLES: [Console; 2] = [
    Console {
        name: "PlayStation",
        modes: &content::PSX_MODES,
        start: |home| {
            let disc = content::psx(&home).disc;
            Setup::core(&installed_core("mednafen_psx")).content(&disc).home(home)
        },
    },
    Console {
        name: "Super Nintendo",
        modes: &content::SNES_MODES,
        start: |home| {
            let rom = content::snes_modes(&home);
            Setup::core(&installed_core("bsnes_mercury_performance")).content(&rom).home(home)
        },
    },
];

/// What was seen of one decoded frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    pub at_ms: f64,
    /// The decoded video.
    pub size: (u32, u32),
    /// The number that the picture spells.
    pub mode: usize,
    pub colour: [u8; 3],
    /// The frame around the picture is there on all four sides.
    pub whole: bool,
}

/// What came of watching.
pub struct Report {
    pub looks: Vec<Look>,
    /// Frames by mode.
    pub modes: BTreeMap<usize, usize>,
    /// What was wrong, in words; at most one for each change into a mode whose first frame the console itself half draws.
    pub wrong: Vec<String>,
    /// The most that a colour was off, of 255.
    pub worst_colour: u8,
    /// When frames were given to the screen, as the browser says, in milliseconds of the system's clock. Where it passes
    /// over one in what it tells the page, two gaps look like one.
    pub shown: Vec<f64>,
    /// Frames that the host passed over.
    pub skipped: u64,
    pub sent: u64,
    pub decoded: u64,
    pub dropped: u64,
}

impl Console {
    pub fn host(&self, format: Format) -> Host {
        (self.start)(Arc::new(TempDir::new())).codec(format.name()).start()
    }
}

/// Reads every decoded frame from now on: the blocks of the number, the colour in the middle, the four sides. In a worker
/// where the browser can, so that the page itself has no more to do than a friend's.
const READ: &str = "
    probe.lookAway();
    const points = [...BITS, [0.5, 0.5], [0.006, 0.5], [0.994, 0.5], [0.5, 0.008], [0.5, 0.992]];
    const newPaper = () => new OffscreenCanvas(16, 16).getContext('2d', { willReadFrequently: true });
    const read = (paper, points, source, width, height) => {
        if (paper.canvas.width !== width || paper.canvas.height !== height) {
            paper.canvas.width = width;
            paper.canvas.height = height;
        }
        paper.drawImage(source, 0, 0);
        const at = ([x, y]) => [...paper.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data].slice(0, 3);
        return [performance.timeOrigin + performance.now(), width, height, points.map(at)];
    };
    const work = (newPaper, read, points) => {
        const paper = newPaper();
        let looks = [];
        globalThis.onmessage = async ({ data }) => {
            if (data === 'done') {
                postMessage(looks);
                return;
            }
            const reader = data.getReader();
            await reader.read().then(({ value }) => value.close());
            postMessage('begun');
            for (;;) {
                const { value, done } = await reader.read();
                if (done) return;
                looks.push(read(paper, points, value, value.displayWidth, value.displayHeight));
                value.close();
            }
        };
    };
    const video = document.getElementById('stream');
    const everyFrame = typeof MediaStreamTrackProcessor === 'function';
    const paper = everyFrame ? null : newPaper();
    const looks = [];
    const shownAt = [];
    let worker = null;
    const shown = (now, { presentationTime }) => {
        shownAt.push(performance.timeOrigin + presentationTime);
        if (!everyFrame) looks.push(read(paper, points, video, video.videoWidth, video.videoHeight));
        video.requestVideoFrameCallback(shown);
    };
    // A worker that is being started is more than a friend's page has to do: until it reads, nothing is counted.
    const begin = () => video.requestVideoFrameCallback(shown);
    if (everyFrame) {
        const track = video.srcObject.getVideoTracks()[0].clone();
        const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 120 });
        const source = `(${work})(${newPaper}, ${read}, ${JSON.stringify(points)})`;
        worker = new Worker(URL.createObjectURL(new Blob([source])));
        worker.onmessage = begin;
        worker.postMessage(readable, [readable]);
    } else begin();
    window.taken = async () => {
        if (!worker) return [looks, shownAt];
        const all = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
        worker.postMessage('done');
        return [await all, shownAt];
    };
    return true;";

/// Watches for so long, then stands the game still and counts what was sent and what arrived.
pub fn watch(console: &Console, format: Format, host: &mut Host, tab: &(dyn Tab + 'static), time: Duration) -> Report {
    tab.wait_for_picture();
    let passed_over = |host: &mut Host| host.stats()["frames_skipped"].as_u64().unwrap_or(0);
    let before = passed_over(host);
    tab.eval(&READ.replace("BITS", &serde_json::json!(Mode::BITS).to_string()));
    // Nothing is fetched meanwhile: that alone could hold a frame up.
    std::thread::sleep(time);
    let taken = tab.eval_async("return await window.taken()");
    let skipped = passed_over(host) - before;
    let looks = taken[0].as_array().into_iter().flatten().map(look).collect();
    host.command(r#"{"command":"pause"}"#);
    let (sent, inbound) = counts(host, tab);
    let number = |name: &str| inbound[name].as_u64().unwrap_or(0);
    let mut report = Report {
        modes: BTreeMap::new(),
        wrong: Vec::new(),
        worst_colour: 0,
        shown: taken[1].as_array().into_iter().flatten().filter_map(Value::as_f64).collect(),
        skipped,
        sent,
        decoded: number("framesDecoded"),
        dropped: number("framesDropped"),
        looks,
    };
    judge(console, format.chroma, &mut report);
    report
}

/// Frames sent to the one peer and its own statistics, once both stand still.
fn counts(host: &mut Host, tab: &(dyn Tab + 'static)) -> (u64, Value) {
    let mut before = None;
    until("the counts to stand still", super::LONG, || {
        let sent = host.stats()["peers"][0]["frames_sent"].as_u64()?;
        let inbound = tab.inbound("video");
        let now = (sent, inbound["framesDecoded"].as_u64()?);
        (before.replace(now) == Some(now)).then_some((sent, inbound))
    })
}

fn look(entry: &Value) -> Look {
    let number = |index: usize| entry[index].as_f64().unwrap_or(0.0);
    let colour = |index: usize| [0, 1, 2].map(|part| entry[3][index][part].as_u64().unwrap_or(0) as u8);
    let white = |index: usize| colour(index).iter().all(|part| *part > 200);
    let mode = (0..Mode::BITS.len()).fold(0, |mode, bit| mode * 2 + usize::from(white(bit)));
    Look {
        at_ms: number(0),
        size: (number(1) as u32, number(2) as u32),
        mode,
        colour: colour(4),
        whole: (5..9).all(white),
    }
}

/// Frames after a change that the rate limit may leave coarse.
const COARSE: usize = 6;

fn judge(console: &Console, chroma: Chroma, report: &mut Report) {
    let shape = |mode: &Mode| {
        let shape = PlaneShape::of_picture(mode.width, mode.height, chroma);
        (shape.width, shape.height)
    };
    let mut size = (0, 0);
    let mut since = 0;
    let mut before = None;
    let judged: Vec<(bool, u8)> = report
        .looks
        .iter()
        .map(|look| {
            let Some(mode) = console.modes.get(look.mode) else { return (false, 255) };
            let off = look.colour.iter().zip(mode.colour).map(|(seen, wanted)| seen.abs_diff(wanted)).max();
            let off = off.unwrap_or(255);
            (shape(mode) == look.size && off <= 24 && look.whole, off)
        })
        .collect();
    for (index, (look, &(right, off))) in report.looks.iter().zip(&judged).enumerate() {
        since = if look.size == size && before == Some(look.mode) { since + 1 } else { 0 };
        size = look.size;
        let next = report.looks.get(index + 1).zip(judged.get(index + 1));
        if right {
            if since >= COARSE {
                report.worst_colour = report.worst_colour.max(off);
            }
            *report.modes.entry(look.mode).or_default() += 1;
            before = Some(look.mode);
            continue;
        }
        // Of the first picture with twice the lines the console has drawn every second one; the others are left from before.
        let half_drawn = next.is_none_or(|(next, &(right, _))| {
            right && Some(next.mode) != before && console.modes[next.mode].height > 300
        });
        if !half_drawn {
            report.wrong.push(format!("{off} off, {since} frames after a change: {look:?}"));
        }
    }
}
