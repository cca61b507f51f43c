//! The smallest programs that other consoles run: a loop without end, in the machine's own code, where the machine begins.

use super::TempDir;
use std::path::PathBuf;

/// A Game Boy program that scrolls with each line.
pub fn game_boy(dir: &TempDir) -> PathBuf {
    let mut rom = vec![0; 0x8000];
    rom[0x100..0x104].copy_from_slice(&[0x00, 0xc3, 0x50, 0x01]); // nop; jp $150
    rom[0x150..0x15a].copy_from_slice(&[
        0x3e, 0x91, //       ld a, $91        the display is on
        0xe0, 0x40, //       ldh ($40), a
        0xf0, 0x44, // next: ldh a, ($44)     the line that is drawn
        0xe0, 0x43, //       ldh ($43), a     how far the picture is moved
        0x18, 0xfa, //       jr next
    ]);
    // Of the header: minus all bytes, minus one for each.
    rom[0x14d] = rom[0x134..0x14d].iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte).wrapping_sub(1));
    dir.file("small.gb", &rom)
}

/// A PC Engine program.
pub fn pc_engine(dir: &TempDir) -> PathBuf {
    let mut rom = vec![0; 0x2000];
    rom[..6].copy_from_slice(&[
        0x78, //             sei
        0xd4, //             csh              the fast clock
        0xd8, //             cld
        0x4c, 0x03, 0xe0, // next: jmp next
    ]);
    rom[0x1ffe..].copy_from_slice(&[0x00, 0xe0]);
    dir.file("small.pce", &rom)
}

/// A Virtual Boy program: jumps to themselves, also where the machine begins.
pub fn virtual_boy(dir: &TempDir) -> PathBuf {
    dir.file("small.vb", &[0x00, 0x8a].repeat(0x10000)) // br .
}

/// A WonderSwan program.
pub fn wonder_swan(dir: &TempDir) -> PathBuf {
    let mut rom = vec![0; 0x20000];
    rom[0x10000..0x10002].copy_from_slice(&[0xeb, 0xfe]); // next: jmp next
    rom[0x1fff0..0x1fff5].copy_from_slice(&[0xea, 0x00, 0x00, 0x00, 0xf0]); // jmp f000:0000
    let sum = rom[..0x1fffe].iter().fold(0u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    rom[0x1fffe..].copy_from_slice(&sum.to_le_bytes());
    dir.file("small.ws", &rom)
}

/// A Nintendo DS program for both of its processors.
pub fn nintendo_ds(dir: &TempDir) -> PathBuf {
    const LOOP: u32 = 0xeaff_fffe; // next: b next
    const WORDS: [(usize, [u32; 4]); 2] = [
        // Place in the ROM, entry, place in memory, length.
        (0x20, [0x4000, 0x0200_0000, 0x0200_0000, 0x200]),
        (0x30, [0x6000, 0x037f_8000, 0x037f_8000, 0x200]),
    ];
    let mut rom = vec![0; 0x8000];
    rom[..7].copy_from_slice(b"HOTSEAT");
    for (header, words) in WORDS {
        for (word, place) in words.iter().zip(rom[header..].chunks_exact_mut(4)) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        let start = words[0] as usize;
        rom[start..start + words[3] as usize]
            .chunks_exact_mut(4)
            .for_each(|it| it.copy_from_slice(&LOOP.to_le_bytes()));
    }
    // The size of ROM and header.
    rom[0x80..0x84].copy_from_slice(&0x8000u32.to_le_bytes());
    rom[0x84..0x88].copy_from_slice(&0x4000u32.to_le_bytes());
    dir.file("small.nds", &rom)
}
