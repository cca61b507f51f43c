//! The encoder wrappers under valgrind: no invalid access, nothing lost, however often the size changes.

use hotseat::video::convert::Planes;
use hotseat::video::x264::{Encoder, Settings};
use std::process::Command;

/// Opens, encodes, changes the rate and closes, over sizes like those that games switch between.
#[test]
fn encoders_open_encode_and_close_over_and_over() {
    let sizes =
        [(256, 224), (512, 224), (512, 448), (256, 240), (320, 240), (364, 240), (640, 480), (16, 16), (18, 34)];
    for round in 0..3u32 {
        for (width, height) in sizes {
            let settings = Settings { width, height, fps: 59.94, max_kbit_s: 6000 };
            let mut encoder = Encoder::open(settings).expect("x264 opens");
            let pixels = (width * height) as usize;
            let plane = |len: usize, salt: u32| (0..len as u32).map(|i| (i.wrapping_mul(salt) >> 3) as u8).collect();
            for frame in 0..3 {
                let salt = 7919 + round * 31 + frame;
                let planes = Planes {
                    width,
                    height,
                    y: plane(pixels, salt),
                    u: plane(pixels / 4, salt),
                    v: plane(pixels / 4, salt),
                };
                assert!(!encoder.encode(&planes, frame == 1).expect("x264 encodes").data.is_empty());
                encoder.set_max_kbit_s(2000 + frame * 500).expect("x264 takes a new rate");
            }
        }
    }
}

#[test]
fn valgrind_finds_no_error_and_no_leak_in_them() {
    let log = std::env::temp_dir().join(format!("hotseat-valgrind-{}.log", std::process::id()));
    let status = Command::new("valgrind")
        .args(["--leak-check=full", "--errors-for-leak-kinds=definite,indirect", "--error-exitcode=99"])
        .arg(format!("--log-file={}", log.display()))
        .arg(std::env::current_exe().expect("our own path"))
        .args(["--exact", "encoders_open_encode_and_close_over_and_over", "--test-threads=1"])
        .status()
        .expect("valgrind starts: install the package valgrind");
    let report = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    assert!(status.success(), "{status}\n{report}");
    assert!(report.contains("ERROR SUMMARY: 0 errors"), "{report}");
}
