//! Programs for real consoles, made from source: no game of anybody's is needed.

use super::TempDir;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Super Nintendo program whose background changes colour every frame; `hires` for 512x448 in place of 256x224.
pub fn snes(dir: &TempDir, hires: bool) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/content");
    let (object, rom) = (dir.path().join("snes.o"), dir.path().join("colours.sfc"));
    let mut assembler = Command::new("ca65");
    if hires {
        assembler.args(["-D", "HIRES=1"]);
    }
    run(assembler.arg("-o").arg(&object).arg(source.join("snes.s")));
    run(Command::new("ld65").arg("-C").arg(source.join("snes.cfg")).arg("-o").arg(&rom).arg(&object));
    rom
}

fn run(command: &mut Command) {
    let status = command.status();
    let status =
        status.unwrap_or_else(|error| panic!("{command:?} does not start ({error}): install the package cc65."));
    assert!(status.success(), "{command:?} failed");
}

/// A Game Boy Advance program that fills the picture with another colour, again and again.
pub fn gba(dir: &TempDir) -> PathBuf {
    const ENTRY: u32 = 0xea00_002e; // b start
    const START: [u32; 12] = [
        0xe3a0_0301, //        mov  r0, #0x04000000     the display's registers
        0xe3a0_1b01, //        mov  r1, #0x400
        0xe281_1003, //        add  r1, r1, #3          mode 3, background 2
        0xe1c0_10b0, //        strh r1, [r0]
        0xe3a0_2406, //        mov  r2, #0x06000000     the picture
        0xe283_3001, // next:  add  r3, r3, #1          another colour
        0xe1a0_4002, //        mov  r4, r2
        0xe3a0_5c96, //        mov  r5, #38400          240x160
        0xe0c4_30b2, // fill:  strh r3, [r4], #2
        0xe255_5001, //        subs r5, r5, #1
        0x1aff_fffc, //        bne  fill
        0xeaff_fff8, //        b    next
    ];
    let mut rom = vec![0; 1024];
    rom[..4].copy_from_slice(&ENTRY.to_le_bytes());
    rom[0xa0..0xac].copy_from_slice(b"HOTSEAT TEST");
    rom[0xb2] = 0x96;
    let sum = rom[0xa0..0xbd].iter().fold(0x19u8, |sum, byte| sum.wrapping_add(*byte));
    rom[0xbd] = sum.wrapping_neg();
    for (word, place) in START.iter().zip(rom[0xc0..].chunks_exact_mut(4)) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    dir.file("colours.gba", &rom)
}
