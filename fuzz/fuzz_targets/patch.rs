//! Soft patches, with checksums as they came and with right ones, for games of any content.
#![no_main]

use hotseat::content::patch;
use libfuzzer_sys::fuzz_target;

/// As zlib has it, a bit at a time.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

fuzz_target!(|input: (u8, &[u8], &[u8])| {
    let (kind, game, data) = input;
    let _ = patch::apply(game, data);
    let magic: &[u8] = [&b"PATCH"[..], b"BPS1", b"UPS1"][usize::from(kind) % 3];
    let mut whole = [magic, data].concat();
    // Wrong for what comes out of it, so that it is read to its end.
    whole.extend(crc32(game).to_le_bytes());
    whole.extend(crc32(game).to_le_bytes());
    let own = crc32(&whole);
    whole.extend(own.to_le_bytes());
    if let Ok(patched) = patch::apply(game, &whole) {
        assert!(patched.len() as u64 <= patch::MOST_BYTES);
    }
});
