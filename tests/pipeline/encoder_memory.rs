//! The encoder wrappers under valgrind: no invalid access, nothing lost, however often the size changes.

use hotseat::packet::Format;
use hotseat::video::encoder::{EncodeMode, Tuning, open};
use hotseat::video::planes::{PlaneShape, Planes};
use std::process::Command;

const SIZES: [(u32, u32); 10] =
    [(256, 224), (512, 224), (512, 448), (256, 240), (320, 240), (364, 240), (640, 480), (32, 32), (34, 50), (80, 32)];

fn planes(shape: PlaneShape, salt: u32) -> Planes {
    let (chroma_width, chroma_height) = shape.chroma_size();
    let plane = |len: u32, salt: u32| (0..len).map(|i| (i.wrapping_mul(salt) >> 3) as u8).collect();
    let chroma = chroma_width * chroma_height;
    Planes { shape, y: plane(shape.width * shape.height, salt), u: plane(chroma, salt), v: plane(chroma, salt + 2) }
}

/// Opens, encodes, changes everything that can be changed, and closes: `changes` times for each format, over sizes like
/// those that games switch between.
fn over_and_over(changes: usize) {
    for format in Format::ALL {
        for change in 0..changes {
            let (width, height) = SIZES[change % SIZES.len()];
            let shape = PlaneShape { width, height, chroma: format.chroma };
            let mut tuning = Tuning { fps: 59.94, max_kbit_s: 6000, speed: 0 };
            let mut encoder = open(format, shape, tuning).expect("it opens");
            let mut seen = Planes::default();
            for (frame, mode) in
                [EncodeMode::Auto, EncodeMode::Skip, EncodeMode::Refine, EncodeMode::Keyframe].into_iter().enumerate()
            {
                let mut out = Vec::new();
                let planes = planes(shape, (7919 + change * 31 + frame) as u32);
                encoder.encode(&planes, mode, &mut out).expect("it encodes");
                assert!(!out.is_empty() && encoder.decoded(&mut seen) && seen.is_whole());
                tuning = Tuning { fps: 50.0, max_kbit_s: tuning.max_kbit_s + 500, speed: tuning.speed + 1 };
                encoder.tune(tuning).expect("it takes another tuning");
            }
        }
    }
}

#[test]
fn encoders_open_encode_and_close_over_and_over() {
    over_and_over(SIZES.len());
}

/// Under valgrind this takes minutes; CONTRIBUTING.md has the command.
#[test]
#[ignore = "long; CONTRIBUTING.md has the command"]
fn a_thousand_changes() {
    over_and_over(1000);
}

#[test]
fn valgrind_finds_no_error_and_no_leak_in_them() {
    let log = std::env::temp_dir().join(format!("hotseat-valgrind-{}.log", std::process::id()));
    let name = module_path!().split_once("::").map_or(String::new(), |(_, module)| format!("{module}::"));
    let output = Command::new("valgrind")
        .args(["--leak-check=full", "--errors-for-leak-kinds=definite,indirect", "--error-exitcode=99"])
        .arg(format!("--log-file={}", log.display()))
        .arg(std::env::current_exe().expect("our own path"))
        .args(["--exact", &format!("{name}encoders_open_encode_and_close_over_and_over"), "--test-threads=1"])
        .output()
        .expect("valgrind starts: install the package valgrind");
    let report = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}\n{said}\n{report}", output.status);
    assert!(said.contains("1 passed"), "{said}");
    assert!(report.contains("ERROR SUMMARY: 0 errors"), "{report}");
}
