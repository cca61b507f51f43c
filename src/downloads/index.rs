//! The list of cores that a server shaped like libretro's buildbot has: `.index-extended`, a line a core, with the day it was
//! built, the CRC-32 of the library as it is unpacked, and the name of the archive that holds it.

/// Lines of a list that are read; libretro's own has some two hundred.
const MOST_LINES: usize = 4096;
/// Of a file's name, in bytes.
const LONGEST_NAME: usize = 128;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Such as `nestopia`.
    pub id: String,
    /// The archive's name, such as `nestopia_libretro.so.zip`.
    pub archive: String,
    /// The library inside it.
    pub library: String,
    /// CRC-32 (ISO-HDLC, as zip has it) of the library.
    pub crc: u32,
    /// Year, month and day, as written: `2026-07-26`.
    pub date: String,
}

/// What can be used of a list, by name. Lines that are no core for a library ending in `extension` are passed over; of two
/// of one name the first counts.
pub(super) fn parse(text: &str, extension: &str) -> Vec<Listed> {
    let mut cores: Vec<Listed> = Vec::new();
    for line in text.lines().take(MOST_LINES) {
        if let Some(listed) = parse_line(line, extension)
            && !cores.iter().any(|core| core.id == listed.id)
        {
            cores.push(listed);
        }
    }
    cores.sort_by(|a, b| a.id.cmp(&b.id));
    cores
}

fn parse_line(line: &str, extension: &str) -> Option<Listed> {
    let mut words = line.split_ascii_whitespace();
    let (date, crc, archive) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() || !is_date(date) || archive.len() > LONGEST_NAME {
        return None;
    }
    // Digits alone: the parser of numbers takes a sign, too.
    let is_crc = crc.len() == 8 && crc.bytes().all(|byte| byte.is_ascii_hexdigit());
    let crc = is_crc.then(|| u32::from_str_radix(crc, 16).ok()).flatten()?;
    let library = archive.strip_suffix(".zip")?;
    let id = library.strip_suffix(extension)?.strip_suffix('.')?.strip_suffix("_libretro")?;
    is_id(id).then(|| Listed {
        id: id.to_owned(),
        archive: archive.to_owned(),
        library: library.to_owned(),
        crc,
        date: date.to_owned(),
    })
}

/// What becomes a file's name here and part of an address there.
fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+.".contains(&byte);
    id.bytes().all(plain) && id.starts_with(|first: char| first.is_ascii_alphanumeric()) && !id.contains("..")
}

fn is_date(text: &str) -> bool {
    let digits =
        |range: std::ops::Range<usize>| text.get(range).is_some_and(|it| it.bytes().all(|b| b.is_ascii_digit()));
    let dash = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    text.len() == 10 && digits(0..4) && dash(4) && digits(5..7) && dash(7) && digits(8..10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(text: &str) -> Vec<String> {
        parse(text, "so").into_iter().map(|core| core.id).collect()
    }

    #[test]
    fn a_line_is_a_day_a_checksum_and_an_archive() {
        let cores = parse("2026-07-26 689507B9 fceumm_libretro.so.zip\r\n", "so");
        let fceumm = Listed {
            id: "fceumm".into(),
            archive: "fceumm_libretro.so.zip".into(),
            library: "fceumm_libretro.so".into(),
            crc: 0x6895_07b9,
            date: "2026-07-26".into(),
        };
        assert_eq!(cores, [fceumm]);
    }

    #[test]
    fn lines_that_are_no_core_for_this_system_are_passed_over_and_the_rest_is_in_order() {
        let text = "2026-07-26 689507b9 snes9x_libretro.so.zip\n\
                    2026-07-26 689507b9 b2_libretro.dll.zip\n\
                    2026-07-26 689507b9 some_file.txt\n\
                    2026-07-26 6895 short_libretro.so.zip\n\
                    2026-07-26 +89507b9 sign_libretro.so.zip\n\
                    2026-7-26 689507b9 day_libretro.so.zip\n\
                    2026-07-26 689507b9 ../../etc/cron_libretro.so.zip\n\
                    2026-07-26 689507b9 .._libretro.so.zip\n\
                    2026-07-26 689507b9 a..b_libretro.so.zip\n\
                    2026-07-26 689507b9 -rf_libretro.so.zip\n\
                    2026-07-26 689507b9 _libretro.so.zip\n\
                    2026-07-26 689507b9 four words_libretro.so.zip\n\
                    <html>\n\n\
                    2026-07-26 00000001 mgba_libretro.so.zip\n\
                    2026-07-26 00000002 mgba_libretro.so.zip\n";
        assert_eq!(ids(text), ["mgba", "snes9x"]);
        assert_eq!(parse(text, "so")[0].crc, 1);
    }

    #[test]
    fn a_list_without_end_is_cut() {
        let text: String = (0..20_000).map(|n| format!("2026-07-26 689507b9 n{n:05}_libretro.so.zip\n")).collect();
        assert_eq!(ids(&text).len(), MOST_LINES);
        let long = "x".repeat(LONGEST_NAME);
        assert!(ids(&format!("2026-07-26 689507b9 {long}_libretro.so.zip")).is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_listed_is_a_plain_file_name(text in ".{0,200}", name in "[a-z0-9_./-]{1,20}") {
            for core in parse(&format!("{text}\n2026-07-26 689507b9 {name}_libretro.so.zip"), "so") {
                let mut parts = std::path::Path::new(&core.library).components();
                prop_assert!(matches!(parts.next(), Some(std::path::Component::Normal(_))));
                prop_assert!(parts.next().is_none());
            }
        }
    }
}
