//! Cores that draw with OpenGL: what arrives in the frame ring, pixel by pixel, whatever kind of OpenGL they ask for and
//! however they use it.

use crate::common::content::{self, DRAWS};
use crate::common::host::{quiet_command, run_to_end};
use crate::common::{LONG, TempDir, program};
use fixture_libretro::blocks::{self, Blocks, COLOURS, COLUMNS, ROWS};
use hotseat::link::Link;
use hotseat::link::frames::FrameReader;
use hotseat::link::message::{self, Bounds, CoreMessage, FromCore, HardwareSeen, Load, Pace, Report, ToCore};
use hotseat::sandbox::{self, News, Refusal};
use hotseat::text::Spoken;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::BufReader;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A core process that draws. Dropping it ends it.
struct Core {
    link: Arc<Link>,
    frames: FrameReader,
    socket: UnixStream,
    heard: Receiver<FromCore>,
    child: Child,
    _folder: TempDir,
    _temp: sandbox::TempDir,
}

/// One frame of the ring.
struct Seen {
    size: (u32, u32),
    duplicate: bool,
    /// What it says; none for one that is not whole.
    blocks: Option<Blocks>,
    /// The first row of pixels that is not what was drawn.
    wrong: Option<u32>,
}

/// What the core counted.
#[derive(Debug, PartialEq, Eq, Default)]
struct Counts {
    resets: u32,
    destroys: u32,
    without_context: u32,
    disturbed: u32,
    errors: u32,
    refused: u32,
}

impl Core {
    fn start(options: &[(&str, &str)]) -> Core {
        let folder = TempDir::new();
        let link = Link::create().expect("shared memory");
        let (ours, theirs) = UnixStream::pair().expect("a socket pair");
        let (side, their_side) = UnixStream::pair().expect("a socket pair");
        let temp = sandbox::TempDir::create().expect("a folder");
        let load = Load {
            core: content::c_core(&folder, DRAWS),
            content: None,
            several: None,
            only_asked: false,
            options: options.iter().map(|(key, value)| (format!("draws_{key}"), (*value).into())).collect(),
            options_typed: false,
            devices: Vec::new(),
            system_dir: folder.path().into(),
            save_dir: folder.path().into(),
            temp_dir: folder.path().into(),
            language: Spoken::English,
            revive: false,
            pace: Pace::Real,
            bounds: Bounds::default(),
            rewind_mb: 0,
        };
        // Held as every core is: what a driver needs is in what it may do.
        let policy = sandbox::prepare(&load, &temp);
        let child = Command::new(program())
            .env_clear()
            .envs(sandbox::variables(temp.path()))
            .arg(hotseat::emulator::SUBCOMMAND)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(OwnedFd::from(their_side)))
            .spawn()
            .expect("a core process");
        link.send_to(&ours).expect("the memory is sent");
        message::send(&mut &ours, &ToCore::Load(load)).expect("the core process listens");
        sandbox::Order { policy: Some(policy.clone()) }.send(&side).expect("the core process listens");
        sandbox::watch(side, child.id(), policy, |news| {
            // Looking for another driver's files is all that may be refused.
            if let News::Refused(refusal) = news {
                assert!(matches!(refusal, Refusal::Open { .. }), "{refusal}");
            }
        })
        .expect("a thread");
        let (sender, heard) = channel();
        let mut from = BufReader::new(ours.try_clone().expect("another handle"));
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while let Ok(Some(message)) = message::receive(&mut from, &mut line) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Core { frames: FrameReader::new(link.clone()), link, socket: ours, heard, child, _folder: folder, _temp: temp }
    }

    fn tell(&self, message: &ToCore) {
        message::send(&mut &self.socket, message).expect("the core process listens");
    }

    /// The next frame, looked at pixel by pixel.
    fn next(&mut self) -> Seen {
        let end = Instant::now() + LONG;
        loop {
            if let Some(frame) = self.frames.take_next(8) {
                let header = *frame.header();
                let (width, height) = (header.width, header.height);
                let mut pixels = vec![0; header.len()];
                for (y, row) in (0..).zip(pixels.chunks_exact_mut(width as usize * 4)) {
                    frame.row(y, row);
                }
                let size = (width, height);
                if header.duplicate {
                    return Seen { size, duplicate: true, blocks: None, wrong: None };
                }
                let luma = |x: u32, y: u32| pixels[(y as usize * width as usize + x as usize) * 4];
                let blocks = blocks::decode(width, height, luma);
                let wrong = blocks.and_then(|blocks| first_wrong(size, &blocks, &pixels));
                return Seen { size, duplicate: false, blocks, wrong };
            }
            assert!(
                Instant::now() < end,
                "waited in vain for a frame: {:?}",
                self.heard.try_iter().collect::<Vec<_>>()
            );
            self.link.frame_event.wait_timeout(Duration::from_millis(50));
        }
    }

    /// So many frames, each of them exactly what was drawn.
    fn whole(&mut self, count: usize) -> Vec<Seen> {
        let seen: Vec<Seen> = (0..count).map(|_| self.next()).collect();
        for frame in &seen {
            assert!(frame.duplicate || frame.blocks.is_some(), "a frame of {:?} says nothing", frame.size);
            assert_eq!(frame.wrong, None, "{:?} at {:?}", frame.blocks, frame.size);
        }
        seen
    }

    /// Ends the game; what the core counted, and what the core process says of it.
    fn end(mut self) -> (Counts, HardwareSeen, Report) {
        self.tell(&ToCore::Stop);
        let mut counts = None;
        loop {
            match self.heard.recv_timeout(LONG).expect("its last words") {
                FromCore::Message(CoreMessage { text, .. }) if text.starts_with("resets") => {
                    let numbers = text.split(',').map(|part| part.rsplit(' ').next().and_then(|it| it.parse().ok()));
                    let numbers: Vec<u32> = numbers.map(|number| number.expect("a number")).collect();
                    let [resets, destroys, without_context, disturbed, errors, refused] = numbers[..] else {
                        panic!("{text}");
                    };
                    counts = Some(Counts { resets, destroys, without_context, disturbed, errors, refused });
                }
                FromCore::Ended(report) => {
                    let hardware = report.hardware.clone().expect("it drew");
                    // Whatever the core does at the very end.
                    assert!(self.child.wait().expect("it ends").success());
                    return (counts.expect("the core's own words"), hardware, report);
                }
                FromCore::LoadFailed(error) => panic!("{error}"),
                _ => {}
            }
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first row of pixels that is not what these blocks look like.
fn first_wrong(size: (u32, u32), blocks: &Blocks, pixels: &[u8]) -> Option<u32> {
    let rows = blocks::encode(blocks);
    let (cell_width, cell_height) = (size.0 / COLUMNS, size.1 / ROWS);
    let cells = (COLUMNS * cell_width * 4) as usize;
    let colour = |row: u32, column: u32| match rows.get(row as usize) {
        Some(bits) => [if bits >> (15 - column) & 1 == 1 { 255 } else { 0 }; 3],
        None => COLOURS[column as usize / 2],
    };
    // Half, however the driver rounds it: what the cells leave over.
    let is_grey = |pixels: &[u8]| pixels.iter().enumerate().all(|(at, is)| at % 4 == 3 || matches!(is, 127 | 128));
    let mut wanted = vec![0; cells];
    let mut there = vec![0; cells];
    for (y, row) in (0..).zip(pixels.chunks_exact(size.0 as usize * 4)) {
        if y / cell_height >= ROWS {
            if !is_grey(row) {
                return Some(y);
            }
            continue;
        }
        if y % cell_height == 0 {
            for (column, cell) in (0..).zip(wanted.chunks_exact_mut(cell_width as usize * 4)) {
                let [red, green, blue] = colour(y / cell_height, column);
                cell.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&[blue, green, red, 0]));
            }
        }
        there.copy_from_slice(&row[..cells]);
        there.iter_mut().skip(3).step_by(4).for_each(|unused| *unused = 0);
        if there != wanted || !is_grey(&row[cells..]) {
            return Some(y);
        }
    }
    None
}

/// A core that had one context, with nothing wrong about it.
fn undisturbed(contexts: u32) -> Counts {
    Counts { resets: contexts, destroys: contexts, ..Counts::default() }
}

#[test]
fn every_kind_of_opengl_is_given_and_its_picture_comes_exactly_and_upright() {
    // The last: a size of which the cells leave something over on the right and below.
    let cases = [
        ("core33", "bottom", "both", "256x240", "OpenGL (core profile) 3.3", "Core Profile"),
        ("core43", "top", "depth", "320x240", "OpenGL (core profile) 4.3", "Core Profile"),
        ("compat", "bottom", "both", "256x240", "OpenGL", "Compatibility Profile"),
        ("compat33", "top", "none", "256x240", "OpenGL 3.3", "Compatibility Profile"),
        ("es2", "bottom", "both", "256x240", "OpenGL ES 2", "OpenGL ES"),
        ("es2", "top", "depth", "256x240", "OpenGL ES 2", "OpenGL ES"),
        ("es3", "bottom", "both", "256x240", "OpenGL ES 3", "OpenGL ES 3"),
        ("es31", "top", "both", "365x241", "OpenGL ES 3.1", "OpenGL ES 3"),
        ("core33", "bottom", "both", "365x241", "OpenGL (core profile) 3.3", "Core Profile"),
    ];
    for (api, origin, buffers, size, asked, version) in cases {
        let options = [("api", api), ("origin", origin), ("buffers", buffers), ("sizes", size)];
        let mut core = Core::start(&options);
        let seen = core.whole(20);
        let numbers: Vec<u32> = seen.iter().filter_map(|seen| seen.blocks).map(|blocks| blocks.frame).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{api}: {numbers:?}");
        let (counts, hardware, report) = core.end();
        assert_eq!(counts, undisturbed(1), "{api}");
        assert_eq!((hardware.api.as_str(), hardware.contexts), (asked, 1));
        assert!(hardware.version.contains(version), "{api}: {hardware:?}");
        assert!(hardware.pictures >= 20 && report.refused_frames == 0, "{api}: {report:?}");
        assert_eq!(report.formats, ["XRGB8888"]);
    }
}

const SIZES: [(u32, u32); 4] = [(256, 240), (640, 480), (365, 241), (800, 600)];

/// Size, and the number that could be read.
type Cut = ((u32, u32), Option<u32>);

/// Every 5 frames another size; the frames that were not what was drawn, and what was counted.
fn resized(announce: &str, more: &[(&str, &str)]) -> (Vec<Cut>, Counts) {
    let size_of = |frame: u32| SIZES[frame as usize / 5 % SIZES.len()];
    let sizes = SIZES.map(|(width, height)| format!("{width}x{height}")).join(",");
    let options = [("sizes", sizes.as_str()), ("every", "5"), ("announce", announce), ("buffers", "both")];
    let options: Vec<(&str, &str)> = options.into_iter().chain(more.iter().copied()).collect();
    let mut core = Core::start(&options);
    let mut cut = Vec::new();
    // Two rounds.
    for seen in (0..40).map(|_| core.next()) {
        match seen.blocks {
            // Of a picture that was cut, even the number may be.
            Some(blocks) if seen.wrong.is_none() && seen.size == size_of(blocks.frame) => {}
            blocks => cut.push((seen.size, blocks.map(|blocks| blocks.frame))),
        }
    }
    let (counts, _, report) = core.end();
    assert_eq!(report.refused_frames, 0);
    (cut, counts)
}

#[test]
fn a_picture_that_outgrows_the_framebuffer_unannounced_is_whole_from_its_second_frame_on() {
    // Twice: at 640x480 and at 800x600.
    for origin in ["bottom", "top"] {
        let (cut, counts) = resized("none", &[("origin", origin)]);
        assert!(cut.len() <= 2, "{origin}: {cut:?}");
        assert_eq!(counts, undisturbed(1));
    }
}

#[test]
fn a_size_that_is_announced_is_whole_from_its_first_frame_on() {
    assert_eq!(resized("geometry", &[]), (Vec::new(), undisturbed(1)));
    assert_eq!(resized("none", &[("max", "1024x768")]), (Vec::new(), undisturbed(1)));
}

#[test]
fn a_new_maximum_brings_a_new_context_unless_the_core_would_keep_its_own() {
    let (cut, counts) = resized("av_info", &[]);
    assert!(cut.is_empty(), "{cut:?}");
    // One to begin with, and one for each change; frames ran on behind the 40 that were looked at.
    assert!(counts.resets >= 8, "{counts:?}");
    assert_eq!(counts, undisturbed(counts.resets));
    assert_eq!(resized("av_info", &[("cache", "on")]), (Vec::new(), undisturbed(1)));
}

#[test]
fn pictures_of_the_card_and_of_memory_and_none_at_all_take_turns() {
    let mut core = Core::start(&[("mix", "on"), ("buffers", "both")]);
    let seen = core.whole(40);
    let turns: BTreeSet<u32> = seen.iter().filter_map(|seen| seen.blocks).map(|blocks| blocks.frame % 4).collect();
    assert_eq!(turns, BTreeSet::from([0, 1, 2]));
    let (counts, hardware, report) = core.end();
    assert_eq!(counts, undisturbed(1));
    assert!(hardware.pictures >= 20 && report.duplicates >= 10, "{report:?}");
}

#[test]
fn a_thread_of_the_core_shares_what_its_context_has() {
    let mut core = Core::start(&[("shared", "on"), ("buffers", "both")]);
    core.whole(20);
    assert_eq!(core.end().0, undisturbed(1));
    // Anew with each context.
    let (cut, counts) = resized("av_info", &[("shared", "on")]);
    assert!(cut.is_empty() && counts.errors == 0 && counts.resets > 7, "{cut:?} {counts:?}");
}

#[test]
fn the_state_that_the_core_left_opengl_in_stays() {
    for api in ["core33", "compat", "es3"] {
        let mut core = Core::start(&[
            ("api", api),
            ("state", "on"),
            ("sizes", "256x240,320x240"),
            ("every", "7"),
            ("max", "320x240"),
        ]);
        core.whole(30);
        assert_eq!(core.end().0, undisturbed(1), "{api}");
    }
}

#[test]
fn the_context_is_there_whenever_the_core_is_called() {
    let mut core = Core::start(&[]);
    core.whole(5);
    core.tell(&ToCore::SaveState { ticket: 1 });
    core.tell(&ToCore::Reset);
    core.tell(&ToCore::Device { port: 0, id: 5 });
    core.whole(5);
    core.tell(&ToCore::Pause);
    core.tell(&ToCore::Resume);
    core.whole(5);
    assert_eq!(core.end().0, undisturbed(1));
}

#[test]
fn a_core_that_hears_no_asks_for_less_and_draws() {
    let mut core = Core::start(&[("api", "ladder")]);
    core.whole(10);
    let (counts, hardware, report) = core.end();
    assert_eq!(counts, Counts { refused: 3, ..undisturbed(1) });
    assert_eq!(hardware.api, "OpenGL (core profile) 3.3");
    let hardware_calls = report.calls.iter().find(|call| call.name == "SET_HW_RENDER").expect("it was called");
    assert_eq!((hardware_calls.answered, hardware_calls.refused), (1, 3));
}

#[test]
fn a_core_that_asks_again_keeps_what_it_has() {
    let mut core = Core::start(&[("again", "on"), ("buffers", "both")]);
    core.whole(20);
    assert_eq!(core.end().0, Counts { refused: 2, ..undisturbed(1) });
}

fn check(home: &TempDir, core: &Path, api: &str, variables: &[(&str, &Path)]) -> Output {
    let mut command = quiet_command(home);
    command.args(["check", "--frames", "10", "--option", &format!("draws_api={api}"), "--core"]).arg(core);
    command.envs(variables.iter().copied());
    run_to_end(command)
}

#[test]
fn what_cannot_be_had_is_said_in_one_sentence() {
    let home = TempDir::new();
    let core = content::c_core(&home, DRAWS);
    let said = |api: &str, variables: &[(&str, &Path)]| {
        let output = check(&home, &core, api, variables);
        assert!(!output.status.success(), "{api}: {output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.trim().lines().count(), 1, "{said}");
        said
    };
    assert!(said("vulkan", &[]).contains("asked to draw with Vulkan, and Hotseat offers OpenGL"));
    assert!(said("d3d11", &[]).contains("asked to draw with Direct3D"));
    assert!(said("core99", &[]).contains("has no OpenGL (core profile) 9.9"));
    // A system without EGL, and one without a driver.
    home.file("libEGL.so.1", b"this is no library");
    assert!(said("core33", &[("LD_LIBRARY_PATH", home.path())]).contains("install the packages libegl1"));
    let nowhere = home.path().join("nowhere");
    let drivers = [("__EGL_VENDOR_LIBRARY_DIRS", nowhere.as_path())];
    assert!(said("core33", &drivers).contains("no graphics driver answers"));
}

#[test]
fn what_draws_can_be_chosen_and_a_card_that_is_not_there_is_not_insisted_on() {
    let home = TempDir::new();
    let core = content::c_core(&home, DRAWS);
    for chosen in ["software", "/dev/dri/renderD999"] {
        let output = check(&home, &core, "core33", &[("HOTSEAT_GPU", Path::new(chosen))]);
        assert!(output.status.success(), "{chosen}: {output:?}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("drew      with OpenGL (core profile) 3.3"), "{said}");
        assert!(chosen != "software" || said.contains("llvmpipe") || said.contains("softpipe"), "{said}");
    }
}

#[test]
fn without_egl_cores_that_draw_in_memory_run_all_the_same() {
    let home = TempDir::new();
    home.file("libEGL.so.1", b"this is no library");
    let mut command = quiet_command(&home);
    command.args(["check", "--frames", "10", "--core"]).arg(content::c_core(&home, "asks_core"));
    let output = run_to_end({
        command.env("LD_LIBRARY_PATH", home.path());
        command
    });
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn doctor_says_what_draws_and_survives_a_driver_that_does_not() {
    let home = TempDir::new();
    let doctor = |variables: &[(&str, &Path)]| -> Value {
        let mut command = quiet_command(&home);
        command.args(["doctor", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"]);
        let output = run_to_end({
            command.envs(variables.iter().copied());
            command
        });
        let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        told["opengl"].clone()
    };
    let there = doctor(&[]);
    assert!(["graphics.processor", "graphics.card"].iter().any(|code| there["code"] == *code), "{there}");
    home.file("libEGL.so.1", b"this is no library");
    let missing = doctor(&[("LD_LIBRARY_PATH", home.path())]);
    assert_eq!((&missing["state"], &missing["code"]), (&"bad".into(), &"graphics.missing".into()), "{missing}");
    // A library that ends the process when it is loaded.
    let source =
        home.file("crashes.c", b"#include <stdlib.h>\n__attribute__((constructor)) void begin(void) { abort(); }\n");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC"]).arg(source).arg("-o").arg(home.path().join("libEGL.so.1"));
    assert!(compiler.status().expect("cc starts: install the package gcc").success());
    assert_eq!(doctor(&[("LD_LIBRARY_PATH", home.path())])["code"], "graphics.crashed");
}
