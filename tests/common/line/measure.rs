//! Plays on a bad line in a real browser, and says what was seen.

use super::networks::Network;
use super::wire::Wire;
use crate::common::host::{Host, Setup};
use crate::common::network::at;
use crate::common::{Browser, pass};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A time without a new frame that a player notices.
pub const FREEZE_MS: f64 = 100.0;

/// What one guest saw, in milliseconds since the line became bad.
#[derive(Debug, Default)]
pub struct Seen {
    pub seconds: f64,
    /// When frames were shown.
    pub frames: Vec<f64>,
    /// Key presses: when, and how long until the picture showed it.
    pub presses: Vec<(f64, f64)>,
    /// When, and bytes of video received until then.
    pub bytes: Vec<(f64, f64)>,
}

/// What was seen on one network.
pub struct Measured {
    pub seen: Seen,
    /// What the guest on the good line saw, if there is one.
    pub good: Option<Seen>,
    /// What waited before the link to the guest: milliseconds, bytes.
    pub queue: Vec<(f64, usize)>,
    /// The host's estimate for the first guest: milliseconds, kbit/s.
    pub estimate: Vec<(f64, f64)>,
}

/// Times without a new frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Freezes {
    pub count: usize,
    pub longest_ms: f64,
    /// Of all time.
    pub percent: f64,
}

impl Seen {
    pub fn frames_per_second(&self) -> f64 {
        self.frames.len() as f64 / self.seconds
    }

    pub fn freezes(&self) -> Freezes {
        let ends = [0.0].into_iter().chain(self.frames.iter().copied()).chain([self.seconds * 1000.0]);
        let times: Vec<f64> = ends.collect();
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        let longest_ms = gaps.clone().fold(0.0, f64::max);
        let frozen: Vec<f64> = gaps.filter(|&gap| gap > FREEZE_MS).collect();
        Freezes {
            count: frozen.len(),
            longest_ms,
            percent: frozen.iter().fold(0.0, |sum, gap| sum + gap) / self.seconds / 10.0,
        }
    }

    /// Click to pixel, of presses between these times.
    pub fn click(&self, from_ms: f64, to_ms: f64, quantile: f64) -> f64 {
        let within = self.presses.iter().filter(|(at, _)| (from_ms..to_ms).contains(at));
        let mut times: Vec<f64> = within.map(|(_, took)| *took).collect();
        times.sort_by(f64::total_cmp);
        let place = (times.len().max(1) - 1) as f64 * quantile;
        times.get(place.round() as usize).copied().unwrap_or(f64::NAN)
    }

    /// Video received, each with the end of its time: milliseconds, kbit/s.
    pub fn bitrate(&self) -> Vec<(f64, f64)> {
        let rate = |pair: &[(f64, f64)]| {
            let (from, to) = (pair[0], pair[1]);
            (to.0, (to.1 - from.1) * 8.0 / (to.0 - from.0).max(1.0))
        };
        self.bytes.windows(2).map(rate).collect()
    }

    pub fn mean_kbit_s(&self) -> f64 {
        match (self.bytes.first(), self.bytes.last()) {
            (Some(first), Some(last)) if last.0 > first.0 => (last.1 - first.1) * 8.0 / (last.0 - first.0),
            _ => 0.0,
        }
    }
}

/// Begins to note what is shown, presses a key again and again, and reads how much video came. The test core shows what it polled in
/// the same frame: button A is bit 8 of the seat's row of cells, cell 7 of row 3 for seat 0, of 16 by 8. A press that is not shown
/// within 3 s counts as 3 s: such figures are a lower bound.
const WATCH: &str = "
    probe.lookAway();
    const video = document.getElementById('stream');
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const paper = canvas.getContext('2d', { willReadFrequently: true });
    const seen = { begin: performance.now(), frames: [], presses: [], bytes: [], on: true };
    window.seen = seen;
    const since = (now) => now - seen.begin;
    const count = (now) => { if (seen.on) { seen.frames.push(since(now)); video.requestVideoFrameCallback(count); } };
    video.requestVideoFrameCallback(count);
    const lit = () => {
        const w = video.videoWidth, h = video.videoHeight;
        paper.drawImage(video, w * 7.5 / 16 - 1, h * (ROW + 0.5) / 8 - 1, 2, 2, 0, 0, 1, 1);
        return paper.getImageData(0, 0, 1, 1).data[1] > 128;
    };
    const key = (type) => document.body.dispatchEvent(
        new KeyboardEvent(type, { code: 'KeyX', key: 'x', bubbles: true, cancelable: true }));
    // Not shown for so long: the press counts as that long, and the next one is made.
    const shown = (wanted) => new Promise((done) => {
        const end = performance.now() + 3000;
        const look = (now) => lit() === wanted || now > end ? done(now) : video.requestVideoFrameCallback(look);
        video.requestVideoFrameCallback(look);
        setTimeout(() => done(performance.now()), 3000);
    });
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    (async () => {
        while (seen.on) {
            await rest(60 + Math.random() * 60);
            const down = performance.now();
            key('keydown');
            const at = await shown(true);
            seen.presses.push([since(down), at - down]);
            await rest(30);
            key('keyup');
            await shown(false);
        }
    })();
    (async () => {
        while (seen.on) {
            const video = await probe.inbound('video');
            seen.bytes.push([since(performance.now()), video?.bytesReceived ?? 0]);
            await rest(200);
        }
    })();
    return 0;";

const STOP: &str = "
    seen.on = false;
    return { ms: performance.now() - seen.begin, frames: seen.frames, presses: seen.presses, bytes: seen.bytes };";

fn read(value: &Value) -> Seen {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
    let pairs = |name: &str| list(name).iter().map(|it| (number(&it[0]), number(&it[1]))).collect();
    Seen {
        seconds: number(&value["ms"]) / 1000.0,
        frames: list("frames").iter().map(number).collect(),
        presses: pairs("presses"),
        bytes: pairs("bytes"),
    }
}

/// Whoever waits for it is let go also when a measurement fails.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A host, two guests' machines, and the wires between.
pub struct Lab {
    bad: Wire,
}

/// The machines: the host's, and those of a guest on a bad and of one on a good line.
const HOST: &str = "host";
const GUEST: &str = "guest";
const FRIEND: &str = "friend";

impl Lab {
    /// In network namespaces of this process's own ([`crate::common::network::again`]).
    pub fn new() -> Lab {
        crate::common::network::machines(&[HOST, GUEST, FRIEND]);
        let bad = Wire::between([GUEST, HOST], 77);
        Wire::between([FRIEND, HOST], 78);
        Lab { bad }
    }

    /// Plays for `time` on this network, once the picture is there. `arguments` are the host's.
    pub fn measure(&self, network: &Network, arguments: &[&str], time: Duration) -> Measured {
        self.bad.follow(&[(Duration::ZERO, super::model::Conditions::GOOD)]);
        let setup = Setup::fixture().option("fixture_size", "320x240").option("fixture_noise", "on");
        let setup = arguments.iter().fold(setup, |setup, argument| setup.argument(argument));
        let host = setup.http("0.0.0.0:0").udp("0.0.0.0:0").within(&["ip", "netns", "exec", HOST]).start();
        let bad = at(GUEST, || Browser::playing(&link(&host, 77, "Ann")));
        let friend = network.beside_a_good_one.then(|| at(FRIEND, || Browser::playing(&link(&host, 78, "Bob"))));
        // What starting costs is not what is measured.
        pass(Duration::from_secs(2).min(time));
        let stop = AtomicBool::new(false);
        let begin = Instant::now();
        let (queue, estimate, (seen, good)) = std::thread::scope(|scope| {
            at(GUEST, || bad.eval_async(&watch(0)));
            friend.iter().for_each(|browser| drop(at(FRIEND, || browser.eval_async(&watch(1)))));
            let _stop = StopAtEnd(&stop);
            let bad_since = begin.elapsed().as_secs_f64() * 1000.0;
            let before = host.events_named("stats").len();
            self.bad.follow(&network.schedule);
            let (stop, begin) = (&stop, &begin);
            let queue = scope.spawn(move || {
                let mut queue = Vec::new();
                while !stop.load(Ordering::Acquire) {
                    queue.push((begin.elapsed().as_secs_f64() * 1000.0 - bad_since, self.bad.queued_back()));
                    pass(Duration::from_millis(20));
                }
                queue
            });
            pass(time);
            let seen = read(&at(GUEST, || bad.eval_async(STOP)));
            let good = friend.as_ref().map(|browser| read(&at(FRIEND, || browser.eval_async(STOP))));
            let stats = host.events_named("stats");
            let estimates = stats.iter().skip(before).enumerate();
            let of_first = |stats: &Value| stats["peers"][0]["estimate_kbit_s"].as_f64();
            let estimate =
                estimates.filter_map(|(second, stats)| Some((second as f64 * 1000.0, of_first(stats)?))).collect();
            stop.store(true, Ordering::Release);
            (queue.join().expect("it only reads"), estimate, (seen, good))
        });
        self.bad.follow(&[(Duration::ZERO, super::model::Conditions::GOOD)]);
        at(GUEST, || drop(bad));
        at(FRIEND, || drop(friend));
        Measured { seen, good, queue, estimate }
    }
}

/// For whoever holds this seat: guests sit down in the order in which they come.
fn watch(seat: usize) -> String {
    format!("const ROW = {};{WATCH}", 3 + seat)
}

/// The invite, by the host's address on one wire.
fn link(host: &Host, net: u8, name: &str) -> String {
    let port = host.address().rsplit_once(':').map(|(_, port)| port.to_owned()).expect("a port");
    format!("http://10.{net}.0.2:{port}/?name={name}#{}", host.secret())
}

impl Measured {
    /// From the fall of the rate until the queue is empty and stays so for half a second.
    pub fn queue_empty_after(&self, fall: Duration, rise: Duration) -> Option<f64> {
        let (fall, rise) = (fall.as_secs_f64() * 1000.0, rise.as_secs_f64() * 1000.0);
        let within: Vec<_> = self.queue.iter().filter(|(at, _)| (fall..rise).contains(at)).collect();
        // A frame or two on their way are no queue.
        let full = |bytes: usize| bytes > 8 * 1024;
        let candidates = within.iter().enumerate().filter(|(_, (_, bytes))| !full(*bytes));
        let stays = |from: f64| !within.iter().any(|(at, bytes)| (from..from + 500.0).contains(at) && full(*bytes));
        candidates.map(|(_, (at, _))| *at).find(|&at| stays(at)).map(|at| at - fall)
    }

    /// Until the bitrate is back at four fifths of what it was before the fall, from when the rate is back.
    pub fn back_after(&self, fall: Duration, rise: Duration) -> Option<f64> {
        let (fall, rise) = (fall.as_secs_f64() * 1000.0, rise.as_secs_f64() * 1000.0);
        let rates = self.seen.bitrate();
        let before: Vec<f64> = rates.iter().filter(|(at, _)| (fall / 2.0..fall).contains(at)).map(|it| it.1).collect();
        let wanted = before.iter().sum::<f64>() / before.len().max(1) as f64 * 0.8;
        rates.iter().find(|(at, rate)| *at > rise && *rate >= wanted).map(|(at, _)| at - rise)
    }

    /// For programs and tests: every figure by name.
    pub fn figures(&self) -> BTreeMap<&'static str, f64> {
        let freezes = self.seen.freezes();
        BTreeMap::from([
            ("frames_per_second", self.seen.frames_per_second()),
            ("freezes", freezes.count as f64),
            ("longest_ms", freezes.longest_ms),
            ("frozen_percent", freezes.percent),
            ("click_p50_ms", self.seen.click(0.0, f64::INFINITY, 0.5)),
            ("click_p95_ms", self.seen.click(0.0, f64::INFINITY, 0.95)),
            ("kbit_s", self.seen.mean_kbit_s()),
        ])
    }
}
