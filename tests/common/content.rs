//! Programs for real consoles, made from source: no game of anybody's is needed.

use super::TempDir;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A Super Nintendo program whose background changes colour every frame; `hires` for 512x448 in place of 256x224.
pub fn snes(dir: &TempDir, hires: bool) -> PathBuf {
    let defines: &[&str] = if hires { &["-D", "HIRES=1"] } else { &[] };
    snes_program(dir, "snes.s", defines, "colours.sfc")
}

fn snes_program(dir: &TempDir, source: &str, defines: &[&str], name: &str) -> PathBuf {
    let (object, rom) = (dir.path().join("snes.o"), dir.path().join(name));
    run("cc65", Command::new("ca65").args(defines).arg("-o").arg(&object).arg(source_file(source)));
    run("cc65", Command::new("ld65").arg("-C").arg(source_file("snes.cfg")).arg("-o").arg(&rom).arg(&object));
    rom
}

/// The core in C that draws with OpenGL.
pub const DRAWS: &str = "draws_core";

/// A core written in C for one test, such as `asks_core` in `asks_core.c`. The functions that it leaves out do nothing.
pub fn c_core(dir: &TempDir, source: &str) -> PathBuf {
    let core = dir.path().join(format!("{}_libretro.so", source.trim_end_matches("_core")));
    let headers = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/libretro");
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-I"]).arg(headers);
    let sources = [source, "empty_core"].map(|name| source_file(&format!("{name}.c")));
    run("gcc", compile.args(sources).arg("-o").arg(&core));
    core
}

fn source_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/content").join(name)
}

fn run(package: &str, command: &mut Command) {
    let status = command.status();
    let status =
        status.unwrap_or_else(|error| panic!("{command:?} does not start ({error}): install the package {package}."));
    assert!(status.success(), "{command:?} failed");
}

/// One display mode of a program that walks through many. Its place in the list is the number that its picture spells.
pub struct Mode {
    pub width: u32,
    pub height: u32,
    /// Red, green, blue as the core gives them.
    pub colour: [u8; 3],
}

const fn mode(width: u32, height: u32, colour: [u8; 3]) -> Mode {
    Mode { width, height, colour }
}

impl Mode {
    /// Frames in each mode, before the next.
    pub const FRAMES: u32 = 30;

    /// Where the blocks of the number's bits lie, most significant first, in a picture of 1 by 1: white or black.
    pub const BITS: [(f64, f64); 4] = [(1.5 / 16.0, 0.1), (2.5 / 16.0, 0.1), (3.5 / 16.0, 0.1), (4.5 / 16.0, 0.1)];
}

/// The modes of `snes_modes`, with bsnes; they follow each other as in `SNES_ORDER`.
pub const SNES_MODES: [Mode; 8] = [
    mode(256, 224, [206, 0, 0]),
    mode(512, 224, [0, 165, 0]),
    mode(256, 448, [0, 0, 255]),
    mode(512, 448, [206, 206, 0]),
    mode(256, 239, [206, 0, 206]),
    mode(512, 239, [255, 115, 0]),
    mode(256, 478, [0, 206, 206]),
    mode(512, 478, [66, 0, 115]),
];

pub const SNES_ORDER: [usize; 8] = [0, 3, 4, 7, 1, 2, 5, 6];

/// A Super Nintendo program that walks through all sizes of its picture. The core announces only the heights.
pub fn snes_modes(dir: &TempDir) -> PathBuf {
    snes_program(dir, "snes_modes.s", &[], "modes.sfc")
}

/// The modes of `psx`, in their order, with beetle-psx.
pub const PSX_MODES: [Mode; 10] = [
    mode(256, 240, [200, 0, 0]),
    mode(640, 480, [0, 160, 0]),
    mode(320, 240, [0, 0, 248]),
    mode(512, 480, [200, 200, 0]),
    mode(364, 240, [200, 0, 200]),
    mode(256, 480, [248, 112, 0]),
    mode(640, 240, [0, 200, 200]),
    mode(320, 480, [64, 0, 112]),
    mode(512, 240, [104, 104, 104]),
    mode(364, 480, [0, 80, 48]),
];

/// A PlayStation whose BIOS is the program.
pub struct Psx {
    /// The content: it does nothing, but the core insists on one.
    pub disc: PathBuf,
    /// Where the BIOS lies.
    pub system_dir: PathBuf,
}

/// A PlayStation that walks through its display modes. The core announces none of the sizes. The BIOS goes where a host
/// or a check with this `home` looks for it.
pub fn psx(home: &TempDir) -> Psx {
    const PACKAGE: &str = "binutils-mipsel-linux-gnu";
    const BIOS_BYTES: usize = 512 * 1024;
    let [object, program, code] = ["psx.o", "psx.elf", "psx.code"].map(|name| home.path().join(name));
    run(PACKAGE, Command::new("mipsel-linux-gnu-as").args(["-mips1", "-o"]).arg(&object).arg(source_file("psx.s")));
    // Where the processor begins.
    let linked_at = ["-Ttext", "0xbfc00000", "-e", "start", "-o"];
    run(PACKAGE, Command::new("mipsel-linux-gnu-ld").args(linked_at).arg(&program).arg(&object));
    let text = ["-O", "binary", "-j", ".text"];
    run(PACKAGE, Command::new("mipsel-linux-gnu-objcopy").args(text).arg(&program).arg(&code));
    let mut bios = std::fs::read(&code).expect("the program was made");
    bios.resize(BIOS_BYTES, 0);
    // The American one: a disc that says nothing is taken for one from there.
    let system_dir = home.path().join("data/hotseat/system");
    std::fs::create_dir_all(&system_dir).expect("a folder for the BIOS");
    std::fs::write(system_dir.join("scph5501.bin"), bios).expect("a BIOS");
    home.file("modes.bin", &empty_disc());
    let sheet = b"FILE \"modes.bin\" BINARY\n  TRACK 01 MODE2/2352\n    INDEX 01 00:00:00\n";
    Psx { disc: home.file("modes.cue", sheet), system_dir }
}

/// The core ends the process unless sector 16 has a volume descriptor and the right checksum. The rest may be nothing.
fn empty_disc() -> Vec<u8> {
    const SECTOR: usize = 2352;
    let mut disc = vec![0; 17 * SECTOR];
    let sector = &mut disc[16 * SECTOR..];
    sector[15] = 2; // the sector's mode
    sector[24..30].copy_from_slice(b"\x01CD001");
    let sum = sector[16..2072].iter().fold(0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xd801_8001 } else { 0 })
    });
    sector[2072..2076].copy_from_slice(&sum.to_le_bytes());
    disc
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
