//! Save states and saves as RetroArch writes them: what the core wrote, alone or in a container, perhaps compressed.
//!
//! The containers are RetroArch's own: `RASTATE` with blocks of four letters and a length (`tasks/task_save.c`), and `RZIP`, zlib
//! in chunks (`libretro-common/streams/rzip_stream.c`). What is written here is what the core wrote, which every version reads.

use flate2::read::ZlibDecoder;
use std::borrow::Cow;
use std::io::Read;

const CONTAINER: &[u8] = b"RASTATE";
const BLOCK_HEADER: usize = 8;
const COMPRESSED: &[u8] = b"#RZIPv";
/// Name, version and `#`, bytes of a chunk, bytes of it all.
const COMPRESSED_HEADER: usize = 20;

/// What the core wrote, out of what lies in a file; none when it is a container that is cut short or no longer whole, or holds
/// more than `most` bytes.
pub fn state(file: &[u8], most: usize) -> Option<Cow<'_, [u8]>> {
    match plain(file, most)? {
        Cow::Borrowed(data) => memory_block(data).map(Cow::Borrowed),
        Cow::Owned(data) => memory_block(&data).map(|block| Cow::Owned(block.to_vec())),
    }
}

/// The same for a save, which has no container.
pub fn plain(file: &[u8], most: usize) -> Option<Cow<'_, [u8]>> {
    if file.starts_with(COMPRESSED) && file.get(7) == Some(&b'#') {
        uncompress(file, most).map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(file))
    }
}

fn uncompress(file: &[u8], most: usize) -> Option<Vec<u8>> {
    let total = usize::try_from(u64::from_le_bytes(file.get(12..COMPRESSED_HEADER)?.try_into().ok()?)).ok()?;
    if total > most {
        return None;
    }
    let mut data = Vec::new();
    let mut rest = &file[COMPRESSED_HEADER..];
    while data.len() < total {
        let (len, behind) = rest.split_first_chunk::<4>()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
        let chunk = behind.get(..len)?;
        let before = data.len();
        // One byte more than there may be shows that there is too much.
        ZlibDecoder::new(chunk).take((total - before) as u64 + 1).read_to_end(&mut data).ok()?;
        if data.len() == before || data.len() > total {
            return None;
        }
        rest = &behind[len..];
    }
    Some(data)
}

/// A file that is no container is all the core's.
fn memory_block(file: &[u8]) -> Option<&[u8]> {
    if !file.starts_with(CONTAINER) {
        return Some(file);
    }
    let mut rest = file.get(CONTAINER.len() + 1..)?;
    loop {
        let (header, behind) = rest.split_at_checked(BLOCK_HEADER)?;
        let len = usize::try_from(u32::from_le_bytes(header[4..].try_into().ok()?)).ok()?;
        match &header[..4] {
            b"MEM " => return behind.get(..len),
            b"END " => return None,
            // Achievements and the like, each filled up to eight bytes.
            _ => rest = behind.get(len.checked_next_multiple_of(8)?..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;

    const MOST: usize = 1 << 20;

    fn container(blocks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut file = b"RASTATE\x01".to_vec();
        for (name, data) in blocks {
            file.extend_from_slice(*name);
            file.extend_from_slice(&(data.len() as u32).to_le_bytes());
            file.extend_from_slice(data);
            file.resize(file.len().next_multiple_of(8), 0);
        }
        file
    }

    fn compressed(data: &[u8], chunk: usize) -> Vec<u8> {
        let mut file = b"#RZIPv\x01#".to_vec();
        file.extend_from_slice(&(chunk as u32).to_le_bytes());
        file.extend_from_slice(&(data.len() as u64).to_le_bytes());
        for piece in data.chunks(chunk) {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(piece).unwrap();
            let packed = encoder.finish().unwrap();
            file.extend_from_slice(&(packed.len() as u32).to_le_bytes());
            file.extend_from_slice(&packed);
        }
        file
    }

    #[test]
    fn every_form_that_retroarch_writes_holds_what_the_core_wrote() {
        let core: Vec<u8> = (0..5000u32).map(|n| n.wrapping_mul(7919) as u8).collect();
        let in_container = container(&[(b"ACHV", b"123456789"), (b"MEM ", &core), (b"END ", b"")]);
        let in_chunks = compressed(&in_container, 1024);
        for file in [&core, &in_container, &in_chunks, &compressed(&core, 100)] {
            assert_eq!(state(file, MOST).as_deref(), Some(&core[..]));
        }
        assert_eq!(plain(&compressed(&core, 999), MOST).as_deref(), Some(&core[..]));
    }

    #[test]
    fn what_is_cut_short_damaged_or_too_much_is_nothing() {
        let core = vec![7; 3000];
        let in_container = container(&[(b"MEM ", &core), (b"END ", b"")]);
        let in_chunks = compressed(&core, 1000);
        for file in [&in_container, &in_chunks] {
            for len in 8..file.len().min(3000) {
                assert_eq!(state(&file[..len], MOST), None, "{len} of {}", file.len());
            }
        }
        assert_eq!(state(&container(&[(b"ACHV", b"1"), (b"END ", b"")]), MOST), None, "no state in it");
        assert_eq!(state(&in_chunks, 2999), None, "more than there may be");
        let mut bomb = compressed(&vec![0; 1 << 20], 1 << 20);
        bomb[12..20].copy_from_slice(&10u64.to_le_bytes());
        assert_eq!(state(&bomb, MOST), None, "more than it says");
        let mut huge = in_container.clone();
        huge[12..16].fill(0xff);
        assert_eq!(state(&huge, MOST), None);
    }

    proptest::proptest! {
        #[test]
        fn whatever_follows_a_header_is_read_within_the_bounds_or_not_at_all(
            header in proptest::sample::select(vec![&b""[..], b"RASTATE\x01", b"#RZIPv\x01#", b"RASTATE\x01MEM ", b"RASTATE\x01ACHV"]),
            rest in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
            chunk in 1usize..64,
        ) {
            let file = [header, &rest].concat();
            for file in [&file, &compressed(&file, chunk)] {
                for data in [state(file, 150), plain(file, 150)].into_iter().flatten() {
                    proptest::prop_assert!(data.len() <= file.len().max(150));
                }
            }
        }
    }
}
