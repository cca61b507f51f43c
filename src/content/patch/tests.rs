//! Patches made here by the formats' own rules, applied, cut, and filled with nonsense.

use super::*;
use crate::content::Location;
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;

fn number(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let part = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(part | 0x80);
            return bytes;
        }
        bytes.push(part);
        value -= 1;
    }
}

fn sealed(mut body: Vec<u8>, source: &[u8], result: &[u8]) -> Vec<u8> {
    body.extend(crc32fast::hash(source).to_le_bytes());
    body.extend(crc32fast::hash(result).to_le_bytes());
    body.extend(crc32fast::hash(&body).to_le_bytes());
    body
}

/// One that copies what it can and brings the rest.
fn bps(source: &[u8], result: &[u8]) -> Vec<u8> {
    let mut body = b"BPS1".to_vec();
    for length in [source.len(), result.len(), 3] {
        body.extend(number(length as u64));
    }
    body.extend(b"<a>");
    let same = source.iter().zip(result).take_while(|(a, b)| a == b).count();
    if same > 0 {
        body.extend(number(((same - 1) << 2) as u64));
    }
    let rest = &result[same..];
    if !rest.is_empty() {
        body.extend(number((((rest.len() - 1) << 2) | 1) as u64));
        body.extend(rest);
    }
    sealed(body, source, result)
}

fn ups(source: &[u8], result: &[u8]) -> Vec<u8> {
    let mut body = b"UPS1".to_vec();
    body.extend(number(source.len() as u64));
    body.extend(number(result.len() as u64));
    let len = source.len().max(result.len());
    let byte = |data: &[u8], at: usize| data.get(at).copied().unwrap_or(0);
    let differs = |at: usize| byte(source, at) ^ byte(result, at);
    let mut last = 0;
    let mut at = 0;
    while at < len {
        if differs(at) == 0 {
            at += 1;
            continue;
        }
        body.extend(number((at - last) as u64));
        while at < len && differs(at) != 0 {
            body.push(differs(at));
            at += 1;
        }
        body.push(0);
        at += 1;
        last = at;
    }
    sealed(body, source, result)
}

fn ips(pieces: &[(usize, &[u8])], cut: Option<usize>) -> Vec<u8> {
    let mut patch = b"PATCH".to_vec();
    for (place, piece) in pieces {
        patch.extend(&place.to_be_bytes()[5..]);
        patch.extend(&(piece.len() as u16).to_be_bytes());
        patch.extend(*piece);
    }
    patch.extend(b"EOF");
    patch.extend(cut.iter().flat_map(|cut| cut.to_be_bytes()[5..].to_vec()));
    patch
}

#[test]
fn ips_changes_lengthens_repeats_and_cuts() {
    let source = vec![7; 100];
    let mut run = b"PATCH\x00\x00\x02\x00\x00\x00\x05\x09".to_vec();
    run.extend(b"EOF");
    let mut repeated = source.clone();
    repeated[2..7].fill(9);
    assert_eq!(apply(&source, &run), Ok(repeated));
    let longer = apply(&source, &ips(&[(3, b"abc"), (150, b"z")], None)).expect("it fits");
    assert_eq!((longer.len(), &longer[3..6], longer[120], longer[150]), (151, &b"abc"[..], 0, b'z'));
    assert_eq!(apply(&source, &ips(&[(0, b"x")], Some(10))).map(|it| it.len()), Ok(10));
    // A piece for the place whose number reads EOF.
    let large = vec![0; 0x45_4f46 + 1];
    assert_eq!(apply(&large, &ips(&[(0x45_4f46, b"!")], None)).map(|it| it[0x45_4f46]), Ok(b'!'));
}

#[test]
fn a_patch_for_another_game_or_with_a_wrong_byte_changes_nothing() {
    let (source, result) = (b"the game as it was".to_vec(), b"the game in French, longer".to_vec());
    for patch in [bps(&source, &result), ups(&source, &result)] {
        assert_eq!(apply(&source, &patch), Ok(result.clone()));
        assert_eq!(apply(b"the game as it isn't", &patch), Err(PatchError::OtherGame));
        for at in 4..patch.len() {
            let mut damaged = patch.clone();
            damaged[at] ^= 0x10;
            assert!(apply(&source, &damaged).is_err(), "byte {at}");
            assert!(apply(&source, &patch[..at]).is_err(), "cut at {at}");
        }
    }
    // UPS leads back as well.
    assert_eq!(apply(&result, &ups(&source, &result)), Ok(source));
    assert_eq!(apply(b"x", b"no patch at all"), Err(PatchError::NotAPatch));
}

#[test]
fn a_patch_that_promises_more_than_memory_is_refused_before_any_is_taken() {
    for (magic, rest) in [(&b"BPS1"[..], 3), (b"UPS1", 2)] {
        let mut body = magic.to_vec();
        body.extend(number(1));
        body.extend(number(1 << 50));
        body.extend(number(0).repeat(rest));
        assert_eq!(apply(b"x", &sealed(body, b"x", b"x")), Err(PatchError::TooLarge));
    }
}

#[test]
fn patches_beside_a_game_are_found_in_their_order() {
    let folder = std::env::temp_dir().join(format!("hotseat-patches-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| fs::write(folder.join(name), b"PATCHEOF").unwrap();
    let found = |path: &str| -> Vec<String> {
        let inner = path.split_once('#').map(|(_, inner)| inner.to_owned());
        let location = Location { file: folder.join(path.split('#').next().unwrap_or_default()), inner };
        let names = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        beside(&location).0.iter().map(names).collect()
    };
    for name in ["G.ips", "G.ips1", "G.ips2", "G.ips4", "G.bps", "H.UPS", "set.bps"] {
        file(name);
    }
    assert_eq!(found("G.nes"), ["G.ips", "G.ips1", "G.ips2"]);
    assert_eq!(found("H.nes"), ["H.UPS"]);
    assert_eq!(found("set.zip#x/G.nes"), ["G.ips", "G.ips1", "G.ips2"]);
    assert_eq!(found("set.zip#x/Other.nes"), ["set.bps"]);
    for none in ["I.nes", "G.cue", "G.zip", "set.zip#G.m3u"] {
        assert!(found(none).is_empty(), "{none}");
    }
    fs::remove_dir_all(folder).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_patch_was_made_from_comes_out(
        source in proptest::collection::vec(any::<u8>(), 0..300),
        result in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert_eq!(apply(&source, &bps(&source, &result)), Ok(result.clone()));
        prop_assert_eq!(apply(&source, &ups(&source, &result)), Ok(result.clone()));
    }

    #[test]
    fn nonsense_is_an_error_or_a_bounded_result(
        kind in 0..3usize,
        body in proptest::collection::vec(any::<u8>(), 0..200),
        source in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut patch = [&b"PATCH"[..], b"BPS1", b"UPS1"][kind].to_vec();
        patch.extend(&body);
        let _ = apply(&source, &patch);
        // With checksums that are right, so that it is read to its end.
        if let Ok(made) = apply(&source, &sealed(patch, &source, &source)) {
            prop_assert!(made.len() <= 17 << 20);
        }
    }
}
