//! What a sheet says: which files, and how much of each. Pure, and as lenient as cores are.

/// The most files that one sheet names: a disc has 99 tracks.
pub const MOST_NAMED: usize = 512;
/// Longer names do not fit into what cores keep them in (`PATH_MAX`).
pub const LONGEST_NAME: usize = 4096;
/// Longer ones no file system has, and a buffer of this size overflowed once.
const LONGEST_PART: usize = 255;

const RAW_SECTOR: u64 = 2352;
/// A frame is a sector; there are so many in a second.
const FRAMES: u64 = 75;

/// The kinds of sheet, by their endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Cue,
    M3u,
    Toc,
    Ccd,
    Gdi,
}

impl Kind {
    /// By a file's ending in lower case.
    pub fn of(extension: &str) -> Option<Kind> {
        Some(match extension {
            "cue" => Kind::Cue,
            "m3u" => Kind::M3u,
            "toc" => Kind::Toc,
            "ccd" => Kind::Ccd,
            "gdi" => Kind::Gdi,
            _ => return None,
        })
    }
}

/// How long a file has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// At least, in bytes.
    pub bytes: u64,
    /// Where the disc's data begins and how long each of its sectors is, if the file has the disc's first data track.
    pub data: Option<(u64, u64)>,
}

/// A file that a sheet names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    pub files: Vec<Named>,
    /// Bytes of the image beside a sheet that does not name it.
    pub image: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFault {
    /// No text.
    Binary,
    LongName,
    TooMany,
}

/// Reads a sheet. What is not understood is passed over, as cores do.
pub fn parse(kind: Kind, text: &[u8]) -> Result<Sheet, SheetFault> {
    if text.contains(&0) {
        return Err(SheetFault::Binary);
    }
    let text = String::from_utf8_lossy(text);
    let text = text.trim_start_matches('\u{feff}');
    let sheet = match kind {
        Kind::Cue => cue(text),
        Kind::M3u => m3u(text),
        Kind::Toc => toc(text),
        Kind::Ccd => ccd(text),
        Kind::Gdi => gdi(text),
    };
    if sheet.files.len() > MOST_NAMED {
        return Err(SheetFault::TooMany);
    }
    let too_long =
        |it: &Named| it.name.len() >= LONGEST_NAME || it.name.split('/').any(|part| part.len() > LONGEST_PART);
    if sheet.files.iter().any(too_long) {
        return Err(SheetFault::LongName);
    }
    Ok(sheet)
}

/// The next word, or what stands in quotation marks, and the rest.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix('"') {
        let (name, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
        return Some((name, rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Minutes, seconds and frames, as frames.
fn frames(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(|part| part.trim().parse::<u32>().ok());
    let (minutes, seconds, frames) = (parts.next()??, parts.next()??, parts.next()??);
    Some((u64::from(minutes) * 60 + u64::from(seconds)) * FRAMES + u64::from(frames))
}

/// Bytes of a sector, and whether it is data.
fn sector(mode: &str) -> (u64, bool) {
    let mode = mode.to_ascii_uppercase();
    let bytes = mode.rsplit(['/', ' ']).next().and_then(|it| it.parse().ok()).unwrap_or(RAW_SECTOR);
    (bytes, mode.starts_with("MODE") || mode.starts_with("CDI"))
}

/// The file of a cue sheet that is being read.
struct CueFile {
    name: String,
    /// Sectors without a header before the first.
    binary: bool,
    /// Where the last index was, in frames and in bytes.
    at: (u64, u64),
    sector: (u64, bool),
    /// Bytes of a sector behind the last index.
    before: u64,
    data: Option<(u64, u64)>,
}

impl CueFile {
    fn named(self) -> Named {
        // Something comes after the last index.
        let bytes = if self.binary { self.at.1.saturating_add(self.before) } else { 1 };
        Named { name: self.name, span: Span { bytes, data: self.data.filter(|_| self.binary) } }
    }
}

fn cue(text: &str) -> Sheet {
    let mut files = Vec::new();
    let mut open: Option<CueFile> = None;
    for line in text.lines() {
        let Some((command, rest)) = word(line) else { continue };
        match (command.to_ascii_uppercase().as_str(), &mut open) {
            ("FILE", _) => {
                let Some((name, rest)) = file_and_type(rest) else { continue };
                files.extend(open.take().map(CueFile::named));
                let binary = matches!(rest.to_ascii_uppercase().as_str(), "BINARY" | "MOTOROLA" | "");
                let name = name.to_owned();
                open = Some(CueFile {
                    name,
                    binary,
                    at: (0, 0),
                    sector: (RAW_SECTOR, false),
                    before: RAW_SECTOR,
                    data: None,
                });
            }
            ("TRACK", Some(file)) => {
                let mode = word(rest).and_then(|(_, rest)| word(rest)).map_or("", |(mode, _)| mode);
                file.sector = sector(mode);
            }
            ("INDEX", Some(file)) => {
                let Some((number, rest)) = word(rest) else { continue };
                let Some(time) = word(rest).and_then(|(time, _)| frames(time)) else { continue };
                // Up to here it is the track before.
                let since = time.saturating_sub(file.at.0).saturating_mul(file.before);
                file.at = (time.max(file.at.0), file.at.1.saturating_add(since));
                file.before = file.sector.0;
                if file.sector.1 && file.data.is_none() && number.parse() == Ok(1) {
                    file.data = Some((file.at.1, file.sector.0));
                }
            }
            _ => {}
        }
        if files.len() > MOST_NAMED {
            break;
        }
    }
    files.extend(open.map(CueFile::named));
    keep_first_data(&mut files);
    Sheet { files, image: None }
}

/// A name, which may have spaces without being quoted, and the last word of the line.
fn file_and_type(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.trim();
    if rest.starts_with('"') {
        return word(rest).map(|(name, rest)| (name, rest.trim()));
    }
    let (name, kind) = rest.rsplit_once(char::is_whitespace).unwrap_or((rest, ""));
    (!name.is_empty()).then(|| (name.trim(), kind))
}

/// Only the first data track begins with a file system.
fn keep_first_data(files: &mut [Named]) {
    let mut seen = false;
    for file in files {
        if seen {
            file.span.data = None;
        }
        seen |= file.span.data.is_some();
    }
}

fn named(name: &str, bytes: u64) -> Named {
    Named { name: name.to_owned(), span: Span { bytes, data: None } }
}

/// What a list may name that is looked for; others have words for their core in them.
const DISCS: [&str; 12] = ["cue", "ccd", "toc", "gdi", "m3u", "chd", "iso", "bin", "img", "pbp", "cdi", "mds"];

fn m3u(text: &str) -> Sheet {
    let mut files = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        // A label may follow.
        let name = line.split('|').next().unwrap_or(line).trim().trim_matches('"');
        let ending = name.rsplit('.').next().unwrap_or("").to_lowercase();
        if !name.contains('#') && DISCS.contains(&&*ending) {
            files.push(named(name, 1));
        } else if name.len() >= LONGEST_NAME {
            // What a core makes of this is its own affair, but not of one that has no end.
            files.push(named(name, 0));
        }
        if files.len() > MOST_NAMED {
            break;
        }
    }
    Sheet { files, image: None }
}

fn toc(text: &str) -> Sheet {
    let mut files: Vec<Named> = Vec::new();
    for line in text.lines() {
        let Some((command, rest)) = word(line) else { continue };
        if !matches!(command, "FILE" | "DATAFILE" | "AUDIOFILE") {
            continue;
        }
        let Some((name, _)) = word(rest) else { continue };
        if files.iter().all(|it| it.name != name) {
            files.push(named(name, 1));
        }
        if files.len() > MOST_NAMED {
            break;
        }
    }
    Sheet { files, image: None }
}

/// The lead-out's place is how many sectors the image beside the sheet has.
fn ccd(text: &str) -> Sheet {
    let (mut lead_out, mut is_lead_out, mut place) = (0_u64, false, None);
    for line in text.lines().chain(["["]) {
        let line = line.trim();
        if line.starts_with('[') {
            if let (true, Some(place)) = (is_lead_out, place) {
                lead_out = lead_out.max(place);
            }
            (is_lead_out, place) = (false, None);
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        match key.trim().to_ascii_lowercase().as_str() {
            "point" => is_lead_out = value.trim().eq_ignore_ascii_case("0xa2"),
            "plba" => place = value.trim().parse().ok(),
            _ => {}
        }
    }
    Sheet { files: Vec::new(), image: Some(lead_out.saturating_mul(RAW_SECTOR).max(1)) }
}

/// Number, place, type, bytes of a sector, name, offset.
fn gdi(text: &str) -> Sheet {
    let mut files = Vec::new();
    for line in text.lines().skip(1) {
        let mut rest = line;
        let mut numbers = [0_u64; 4];
        let mut whole = true;
        for number in &mut numbers {
            let Some((text, after)) = word(rest) else { break };
            whole &= text.parse().map(|it| *number = it).is_ok();
            rest = after;
        }
        let Some((name, _)) = word(rest).filter(|_| whole) else { continue };
        files.push(named(name, numbers[3].max(1)));
        if files.len() > MOST_NAMED {
            break;
        }
    }
    Sheet { files, image: None }
}
