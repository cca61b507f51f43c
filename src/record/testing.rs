//! What the tests of the recording share: a disk in memory, packets, and readers of both containers.

use super::part::Output;
use crate::packet::{AudioPacket, Format, MAX_OPUS_BYTES, PictureShape, VideoPacket};
use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

/// libx264's sequence parameter set for 512x448.
pub const SPS: [u8; 26] = [
    0x67, 0x42, 0xc0, 0x1f, 0xda, 0x02, 0x00, 0xe6, 0xc0, 0x5a, 0x80, 0x80, 0x80, 0xa0, 0x00, 0x00, 0x03, 0x00, 0x20,
    0x00, 0x00, 0x0f, 0x11, 0xe3, 0x06, 0x54,
];

pub const H264: Format = Format::ALL[0];
pub const VP8: Format = Format::ALL[2];
pub const VP9: Format = Format::ALL[3];

/// A picture of a core and how it is encoded: enlarged twice.
pub fn shape(width: u32, height: u32) -> PictureShape {
    PictureShape { width, height, aspect: 4.0 / 3.0, coded_width: width * 2, coded_height: height * 2 }
}

/// Frame `number` at 50 Hz, so that times are round: `content` in a form that fits the codec.
pub fn frame(format: Format, number: u64, keyframe: bool) -> VideoPacket {
    let mut data = Vec::new();
    if format == H264 {
        if keyframe {
            data.extend([0, 0, 0, 1]);
            data.extend(SPS);
            data.extend([0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80]);
        }
        data.extend([0, 0, 1]);
    }
    data.extend(content(number, keyframe));
    let due = Duration::from_secs(1000) + Duration::from_millis(20) * number as u32;
    VideoPacket { format, data, keyframe, number, due, shape: shape(256, 224), ..VideoPacket::default() }
}

/// What is in a frame: never something like a start code.
pub fn content(number: u64, keyframe: bool) -> Vec<u8> {
    let mut data = vec![if keyframe { 0x65 } else { 0x41 }];
    data.extend((0..number % 50 + 3).map(|n| (n * 7 + number) as u8 | 0x40));
    data
}

/// Block `number` of the sound.
pub fn block(number: u64) -> AudioPacket {
    let mut data = [0; MAX_OPUS_BYTES];
    data[..4].copy_from_slice(&[0xf4, number as u8, (number >> 8) as u8, 0x55]);
    AudioPacket { data, len: 4, position: number * 480 }
}

/// A file's name and content.
type NamedFile = (String, Vec<u8>);

/// What is on a disk in memory.
#[derive(Clone, Default)]
pub struct Disk {
    pub files: Rc<RefCell<Vec<NamedFile>>>,
    /// Lengths and places of all writes.
    pub writes: Rc<RefCell<Vec<(u64, usize)>>>,
    /// Bytes that can still be written.
    pub room: Rc<Cell<usize>>,
}

impl Disk {
    pub fn new(room: usize) -> Disk {
        Disk { room: Rc::new(Cell::new(room)), ..Disk::default() }
    }

    /// Makes a file with this name.
    pub fn create(&self, name: String) -> Box<dyn Output> {
        let mut files = self.files.borrow_mut();
        files.push((name, Vec::new()));
        Box::new(OnDisk { disk: self.clone(), file: files.len() - 1 })
    }

    pub fn names(&self) -> Vec<String> {
        self.files.borrow().iter().map(|(name, _)| name.clone()).collect()
    }

    pub fn data(&self, file: usize) -> Vec<u8> {
        self.files.borrow()[file].1.clone()
    }
}

struct OnDisk {
    disk: Disk,
    file: usize,
}

impl Output for OnDisk {
    fn write_at(&mut self, at: u64, data: &[u8]) -> io::Result<()> {
        let room = self.disk.room.get();
        // What is within a page is written or not; more than that can end in the middle.
        let taken = if data.len() > room && data.len() <= 512 { 0 } else { data.len().min(room) };
        self.disk.room.set(room - taken);
        self.disk.writes.borrow_mut().push((at, data.len()));
        let file = &mut self.disk.files.borrow_mut()[self.file].1;
        let at = at as usize;
        file.resize(file.len().max(at + taken), 0);
        file[at..at + taken].copy_from_slice(&data[..taken]);
        if taken < data.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn resize(&mut self, len: u64) -> io::Result<()> {
        self.disk.files.borrow_mut()[self.file].1.resize(len as usize, 0);
        Ok(())
    }
}

/// A frame as a reader found it: times in the container's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub time: u64,
    pub keyframe: bool,
    pub data: Vec<u8>,
}

/// What a reader found in a file.
#[derive(Debug, Default, PartialEq)]
pub struct Film {
    pub frames: Vec<Found>,
    pub sound: Vec<Found>,
    /// Boxes or elements of the highest level.
    pub outline: Vec<String>,
}

pub fn number(data: &[u8]) -> u64 {
    data.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Whole boxes: kind and place of the content. What is torn off is left out.
pub fn boxes(data: &[u8], range: Range<usize>) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at + 8 <= range.end {
        let kind = String::from_utf8_lossy(&data[at + 4..at + 8]).into_owned();
        let (size, head) = match number(&data[at..at + 4]) {
            1 if at + 16 <= range.end => (number(&data[at + 8..at + 16]) as usize, 16),
            size => (size as usize, 8),
        };
        if size < head || at + size > range.end {
            break;
        }
        found.push((kind, at + head..at + size));
        at += size;
    }
    found
}

/// The boxes at the end of a path of kinds, in a range.
pub fn inside(data: &[u8], range: Range<usize>, path: &[&str]) -> Vec<Range<usize>> {
    let Some((first, rest)) = path.split_first() else { return vec![range] };
    let found = boxes(data, range).into_iter().filter(|(kind, _)| kind == first);
    found.flat_map(|(_, content)| inside(data, content, rest)).collect()
}

/// The 32-bit numbers of a box, from its version on.
pub fn words(data: &[u8], range: Range<usize>) -> Vec<u32> {
    data[range].chunks_exact(4).map(|word| number(word) as u32).collect()
}

/// Reads an MP4 file, in fragments or whole.
pub fn read_mp4(data: &[u8]) -> Film {
    let top = boxes(data, 0..data.len());
    let mut film = Film { outline: top.iter().map(|(kind, _)| kind.clone()).collect(), ..Film::default() };
    for (index, trak) in inside(data, 0..data.len(), &["moov", "trak"]).into_iter().take(2).enumerate() {
        let table = |kind| {
            let found = inside(data, trak.clone(), &["mdia", "minf", "stbl", kind]);
            found.first().map_or_else(Vec::new, |range| words(data, range.clone()))
        };
        let (times, sizes, keys) = (table("stts"), table("stsz"), table("stss"));
        let (chunks, places) = (table("stsc"), table("co64"));
        let mut time = 0;
        let durations = times[2..].chunks_exact(2).flat_map(|run| vec![run[1]; run[0] as usize]);
        let mut at = chunks[2..]
            .chunks_exact(3)
            .zip(places[2..].chunks_exact(2))
            .flat_map(|(run, place)| vec![(u64::from(place[0]) << 32 | u64::from(place[1])) as usize; run[1] as usize]);
        let (mut chunk, mut offset) = (None, 0);
        for (number, (&size, duration)) in sizes[3..].iter().zip(durations).enumerate() {
            let place = at.next().expect("as many as sizes");
            offset = if chunk == Some(place) { offset } else { 0 };
            chunk = Some(place);
            let data = data[place + offset..][..size as usize].to_vec();
            offset += size as usize;
            let keyframe = index == 1 || keys[2..].contains(&(number as u32 + 1));
            [&mut film.frames, &mut film.sound][index].push(Found { time, keyframe, data });
            time += u64::from(duration);
        }
    }
    for (moof, mdat) in top.iter().zip(&top[1..]).filter(|(moof, _)| moof.0 == "moof") {
        assert_eq!(mdat.0, "mdat");
        for traf in inside(data, moof.1.clone(), &["traf"]) {
            let part = |kind| words(data, inside(data, traf.clone(), &[kind])[0].clone());
            let (head, time, run) = (part("tfhd"), part("tfdt"), part("trun"));
            assert_eq!((head[0], time[0]), (0x2_0000, 1 << 24));
            let mut time = u64::from(time[1]) << 32 | u64::from(time[2]);
            let (video, mut fields) = (head[1] == 1, run[2..].iter().copied());
            // Each field is there if its flag says so.
            let mut field = |flag: u32| (run[0] & flag != 0).then(|| fields.next().expect("as many as flags"));
            let mut at = moof.1.start - 8 + field(0x1).expect("a place") as usize;
            assert!(mdat.1.contains(&at));
            let mut first_flags = field(0x4);
            for _ in 0..run[1] {
                let duration = field(0x100).unwrap_or(480);
                let size = field(0x200).expect("a size") as usize;
                let flags = first_flags.take().or_else(|| field(0x400));
                let keyframe = !video || flags == Some(0x0200_0000);
                let found = Found { time, keyframe, data: data[at..at + size].to_vec() };
                if video { &mut film.frames } else { &mut film.sound }.push(found);
                time += u64::from(duration);
                at += size;
            }
            assert!(at <= mdat.1.end);
        }
    }
    film
}

/// Whole elements: ID and place of the content. What is torn off is left out; a size that is not known reaches to the end.
pub fn elements(data: &[u8], range: Range<usize>) -> Vec<(u32, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let id_len = data[at].leading_zeros() as usize + 1;
        let Some(&size_first) = data.get(at + id_len).filter(|&&first| id_len <= 4 && first > 0) else { break };
        let size_len = size_first.leading_zeros() as usize + 1;
        let start = at + id_len + size_len;
        if start > range.end {
            break;
        }
        let size = number(&data[at + id_len..start]) & !(1 << (7 * size_len));
        let unknown = size == (1 << (7 * size_len)) - 1;
        let end = if unknown { range.end } else { start + size as usize };
        if end > range.end {
            break;
        }
        found.push((number(&data[at..at + id_len]) as u32, start..end));
        at = end;
    }
    found
}

/// Reads a WebM file; the content of the segment is the outline.
pub fn read_webm(data: &[u8]) -> Film {
    let mut film = Film::default();
    let segment = elements(data, 0..data.len()).into_iter().find(|(id, _)| *id == 0x1853_8067).expect("a segment");
    for (id, content) in elements(data, segment.1) {
        film.outline.push(format!("{id:X}"));
        if id != 0x1F43_B675 {
            continue;
        }
        let mut begin = 0;
        for (id, content) in elements(data, content) {
            match id {
                0xE7 => begin = number(&data[content]),
                0xA3 => {
                    let block = &data[content];
                    let time = begin + number(&block[1..3]);
                    let found = Found { time, keyframe: block[3] == 0x80, data: block[4..].to_vec() };
                    if block[0] == 0x81 { &mut film.frames } else { &mut film.sound }.push(found);
                }
                _ => panic!("{id:X} in a cluster"),
            }
        }
    }
    film
}
