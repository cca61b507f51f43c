//! Puts picture and sound in order and into parts. Takes the time as an argument; its only way out is [`Output`].

use super::RecordError;
use super::clock::{SoundClock, Timeline};
use super::part::{Output, Part};
use super::track_format::TrackFormat;
use crate::packet::{AudioPacket, VideoPacket};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a packet waits for those that are due before it and come later: the sound of a frame is ready at once, its
/// picture when it is encoded.
const WAIT: Duration = Duration::from_millis(60);

/// Few parts are shorter: a core that changes its size all the time must not fill the disk with files.
const SHORTEST_PART: Duration = Duration::from_secs(1);

/// Parts that may be shorter all the same, since any change of size may come soon after another, or after the beginning:
/// what is left out while a part is too young is lost. A part of [`LONG_PART`] gives all of them back.
const SHORT_PARTS: u32 = 8;

/// See [`SHORT_PARTS`].
const LONG_PART: Duration = Duration::from_secs(10);

/// Makes the file of a part, which are counted from 1, with this ending.
pub type Create = Box<dyn FnMut(u32, &str) -> io::Result<(PathBuf, Box<dyn Output>)>>;

/// One recording, from its first keyframe to its end. After an error it is over; what is written is playable.
pub struct Recorder {
    create: Create,
    frames: VecDeque<VideoPacket>,
    /// With the time at which each is to be heard.
    blocks: VecDeque<(Duration, AudioPacket)>,
    sound: SoundClock,
    timeline: Timeline,
    part: Option<Part>,
    /// Frames are left out until the next keyframe, which may begin a part.
    between_parts: bool,
    /// How many parts were shorter than they should be.
    short_parts: u32,
    wants_keyframe: bool,
    files: Vec<PathBuf>,
    /// The newest file, until its part is closed.
    growing: Option<PathBuf>,
    /// Of all parts that are closed.
    length: Duration,
}

impl Recorder {
    /// Nothing is made before the first keyframe.
    pub fn new(create: Create) -> Recorder {
        Recorder {
            create,
            frames: VecDeque::new(),
            blocks: VecDeque::new(),
            sound: SoundClock::new(),
            timeline: Timeline::default(),
            part: None,
            between_parts: false,
            short_parts: 0,
            wants_keyframe: false,
            files: Vec::new(),
            growing: None,
            length: Duration::ZERO,
        }
    }

    /// Takes a frame; those of one rendition, in order.
    pub fn frame(&mut self, packet: VideoPacket) {
        self.frames.push_back(packet);
    }

    /// Takes a block of sound that came at `arrival`.
    pub fn block(&mut self, packet: AudioPacket, arrival: Duration) {
        let time = self.sound.time(packet.position, arrival);
        self.blocks.push_back((time, packet));
    }

    /// Writes what is old enough at `now`. Frames that are done with go to `used`.
    pub fn advance(&mut self, now: Duration, mut used: impl FnMut(VideoPacket)) -> Result<(), RecordError> {
        self.write_until(now.saturating_sub(WAIT), now, &mut used)?;
        match &mut self.part {
            Some(part) => part.cut_if_idle(now),
            None => Ok(()),
        }
    }

    /// Writes everything and closes the file. To be called once.
    pub fn finish(&mut self, now: Duration, mut used: impl FnMut(VideoPacket)) -> Result<(), RecordError> {
        self.write_until(Duration::MAX, now, &mut used)?;
        self.close_part(now)
    }

    /// The files made so far.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// A file that was made and in which nothing plays, after an error.
    pub fn empty_file(&self) -> Option<&Path> {
        let nothing = self.part.as_ref().is_none_or(Part::is_empty);
        self.growing.as_deref().filter(|_| nothing)
    }

    /// How long all parts play.
    pub fn length(&self) -> Duration {
        self.length + self.part.as_ref().map_or(Duration::ZERO, Part::length)
    }

    /// Whether the next frame should be a keyframe, so that the recording can go on.
    pub fn wants_keyframe(&mut self) -> bool {
        std::mem::take(&mut self.wants_keyframe)
    }

    fn write_until(
        &mut self,
        until: Duration,
        now: Duration,
        used: &mut impl FnMut(VideoPacket),
    ) -> Result<(), RecordError> {
        loop {
            let frame = self.frames.front().map(|packet| packet.due);
            let block = self.blocks.front().map(|(time, _)| *time);
            let sound_first = block.is_some_and(|block| frame.is_none_or(|frame| block < frame));
            match if sound_first { block } else { frame } {
                Some(time) if time <= until => {}
                _ => return Ok(()),
            }
            if sound_first {
                if let Some((time, packet)) = self.blocks.pop_front() {
                    let time = self.timeline.at(time);
                    if let Some(part) = &mut self.part {
                        part.block(&packet.data[..packet.len], time);
                    }
                }
            } else if let Some(packet) = self.frames.pop_front() {
                let written = self.write_frame(&packet, now);
                used(packet);
                written?;
            }
        }
    }

    fn write_frame(&mut self, packet: &VideoPacket, now: Duration) -> Result<(), RecordError> {
        let time = self.timeline.at(packet.due);
        if packet.keyframe {
            let format = TrackFormat::of(packet)?;
            let young = |part: &Part| time < part.begin() + SHORTEST_PART && self.short_parts >= SHORT_PARTS;
            self.between_parts = false;
            match &self.part {
                Some(part) if part.takes(&format) => {}
                Some(part) if young(part) => self.between_parts = true,
                _ => {
                    self.close_part(now)?;
                    self.open_part(format, time, now)?;
                }
            }
        }
        let Some(part) = &mut self.part else { return Ok(()) };
        if self.between_parts {
            self.wants_keyframe = time >= part.begin() + SHORTEST_PART;
            return Ok(());
        }
        part.frame(packet, time, now)
    }

    fn open_part(&mut self, format: TrackFormat, begin: Duration, now: Duration) -> Result<(), RecordError> {
        let extension = if format.parameter_sets.is_some() { "mp4" } else { "webm" };
        let (path, output) = (self.create)(self.files.len() as u32 + 1, extension)?;
        self.growing = Some(path.clone());
        self.part = Some(Part::open(output, format, begin, now)?);
        self.files.push(path);
        Ok(())
    }

    fn close_part(&mut self, now: Duration) -> Result<(), RecordError> {
        let Some(part) = &mut self.part else { return Ok(()) };
        part.finish(now)?;
        let length = part.length();
        self.length += length;
        self.short_parts = match length {
            _ if length >= LONG_PART => 0,
            _ if length < SHORTEST_PART => self.short_parts + 1,
            _ => self.short_parts,
        };
        self.part = None;
        self.growing = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::SILENCE;
    use super::super::testing::{Disk, Film, H264, VP8, VP9, block, frame, read_mp4, read_webm, shape};
    use super::*;
    use crate::packet::{Format, PictureShape};

    const MS: Duration = Duration::from_millis(1);
    const START: Duration = Duration::from_secs(1000);

    /// A recording onto a disk in memory, of a game at 50 Hz.
    struct Studio {
        disk: Disk,
        recorder: Recorder,
        used: usize,
    }

    impl Studio {
        fn new(room: usize) -> Studio {
            let disk = Disk::new(room);
            let on = disk.clone();
            let create = move |part, extension: &str| {
                let name = format!("{part}.{extension}");
                Ok((PathBuf::from(&name), on.create(name)))
            };
            Studio { disk, recorder: Recorder::new(Box::new(create)), used: 0 }
        }

        /// One frame and the sound of its time, and some time to write.
        fn run(&mut self, packet: VideoPacket) -> Result<(), RecordError> {
            self.sound(packet.number);
            self.picture(packet)
        }

        fn sound(&mut self, number: u64) {
            let due = START + 20 * MS * number as u32;
            self.recorder.block(block(number * 2), due);
            self.recorder.block(block(number * 2 + 1), due + 10 * MS);
        }

        fn picture(&mut self, packet: VideoPacket) -> Result<(), RecordError> {
            let now = packet.due + 8 * MS;
            self.recorder.frame(packet);
            self.recorder.advance(now, |_| self.used += 1)
        }

        fn finish(&mut self) -> Result<(), RecordError> {
            self.recorder.finish(START + Duration::from_secs(3600), |_| self.used += 1)
        }

        fn films(&self) -> Vec<Film> {
            let files = self.disk.files.borrow();
            let read = |(name, data): &(String, Vec<u8>)| match name.ends_with("mp4") {
                true => read_mp4(data),
                false => read_webm(data),
            };
            files.iter().map(read).collect()
        }
    }

    /// Frames with a keyframe now and then, all of the same kind.
    fn plain(format: Format, numbers: std::ops::Range<u64>) -> impl Iterator<Item = VideoPacket> {
        numbers.map(move |number| frame(format, number, number % 100 == 0))
    }

    #[test]
    fn it_begins_with_a_keyframe_and_has_everything_from_there_in_one_write_for_half_a_second() {
        for format in [H264, VP8, VP9] {
            let mut studio = Studio::new(usize::MAX);
            plain(format, 30..330).for_each(|packet| studio.run(packet).expect("written"));
            studio.finish().expect("written");
            let films = studio.films();
            assert_eq!((films.len(), films[0].frames.len(), films[0].sound.len()), (1, 230, 460));
            assert_eq!(studio.used, 300, "every frame goes back");
            assert_eq!(studio.recorder.length(), 4600 * MS);
            let tick = if format == H264 { 1800 } else { 20 };
            let times = |film: &Film| film.frames.iter().map(|found| found.time / tick).collect::<Vec<_>>();
            assert_eq!(times(&films[0]), (0..230).collect::<Vec<_>>());
            assert_eq!(&films[0].sound[0].data[1..3], [200, 0], "the sound of the first frame");
            // Ten pieces, because keyframes begin one, each with what reveals it and the duration; head and end.
            let large = studio.disk.writes.borrow().iter().filter(|(_, len)| *len > 16).count();
            assert_eq!(large, if format == H264 { 12 } else { 13 });
        }
    }

    #[test]
    fn another_size_shape_or_codec_begins_a_part_in_which_the_sound_goes_on() {
        let mut studio = Studio::new(usize::MAX);
        for mut packet in plain(H264, 0..600) {
            match packet.number {
                0..100 => {}
                100..200 => packet.shape = shape(320, 240),
                200..300 => packet.shape.aspect = 1.5,
                // Twice the picture in the same encoded size is no other format.
                300..400 => packet.shape = PictureShape { width: 512, height: 448, aspect: 1.5, ..shape(256, 224) },
                400..500 => packet = frame(VP8, packet.number, packet.keyframe),
                _ => packet = frame(VP9, packet.number, packet.keyframe),
            }
            studio.run(packet).expect("written");
        }
        studio.finish().expect("written");
        assert_eq!(studio.disk.names(), ["1.mp4", "2.mp4", "3.mp4", "4.webm", "5.webm"]);
        let films = studio.films();
        let lengths: Vec<_> = films.iter().map(|film| (film.frames.len(), film.sound.len())).collect();
        assert_eq!(lengths, [(100, 200), (100, 200), (200, 400), (100, 200), (100, 200)]);
        // No block is missing between the parts, and none is there twice.
        let sound: Vec<_> = films.iter().flat_map(|film| &film.sound).map(|found| found.data[1]).collect();
        assert_eq!(sound, (0..1200).map(|number| number as u8).collect::<Vec<_>>());
        assert_eq!(studio.recorder.length(), Duration::from_secs(12));
    }

    #[test]
    fn other_headers_begin_a_part_and_missing_ones_are_an_error() {
        let mut studio = Studio::new(usize::MAX);
        plain(H264, 0..100).for_each(|packet| studio.run(packet).expect("written"));
        let mut other = frame(H264, 100, true);
        other.data[7] += 1;
        studio.run(other).expect("written");
        plain(H264, 101..120).for_each(|packet| studio.run(packet).expect("written"));
        assert_eq!(studio.disk.names(), ["1.mp4", "2.mp4"]);
        let mut bare = frame(H264, 120, true);
        bare.data.drain(..30);
        let mut result = studio.run(bare);
        for packet in plain(H264, 121..130) {
            result = result.and_then(|()| studio.run(packet));
        }
        assert!(matches!(result, Err(RecordError::NoParameterSets)));
    }

    #[test]
    fn a_core_that_never_keeps_its_size_makes_a_few_files_and_then_one_a_second_at_most() {
        let mut studio = Studio::new(usize::MAX);
        let mut wanted = 0;
        for number in 0..500 {
            let mut packet = frame(H264, number, true);
            packet.shape = shape(256 + number as u32 % 2 * 64, 224);
            studio.run(packet).expect("written");
            wanted += u32::from(studio.recorder.wants_keyframe());
        }
        studio.finish().expect("written");
        assert_eq!((studio.disk.names().len(), wanted), (SHORT_PARTS as usize + 10, 0));
    }

    #[test]
    fn a_change_that_comes_too_soon_waits_and_asks_for_a_keyframe() {
        let mut studio = Studio::new(usize::MAX);
        studio.recorder.short_parts = SHORT_PARTS;
        let mut asked = None;
        for number in 0..100 {
            let keyframe = number == 0 || number == 20 || asked.is_some_and(|asked| number == asked + 5);
            let mut packet = frame(H264, number, keyframe);
            packet.shape = shape(if number < 20 { 256 } else { 320 }, 224);
            studio.run(packet).expect("written");
            if studio.recorder.wants_keyframe() {
                asked.get_or_insert(number);
            }
        }
        studio.finish().expect("written");
        let films = studio.films();
        // What happens is seen 60 ms later, three frames.
        assert_eq!(asked, Some(53));
        assert_eq!(films.iter().map(|film| film.frames.len()).collect::<Vec<_>>(), [20, 42]);
        assert_eq!(films[0].sound.len() + films[1].sound.len(), 200);
    }

    #[test]
    fn a_change_soon_after_the_beginning_loses_nothing() {
        let mut studio = Studio::new(usize::MAX);
        for number in 0..100 {
            let mut packet = frame(H264, number, number == 0 || number == 20);
            packet.shape = shape(if number < 20 { 256 } else { 320 }, 224);
            studio.run(packet).expect("written");
        }
        studio.finish().expect("written");
        assert_eq!(studio.films().iter().map(|film| film.frames.len()).collect::<Vec<_>>(), [20, 80]);
    }

    #[test]
    fn times_rise_whatever_comes() {
        let mut studio = Studio::new(usize::MAX);
        for mut packet in plain(H264, 0..200) {
            packet.due = match packet.number % 10 {
                3 => packet.due - 100 * MS,
                4 => packet.due - 20 * MS,
                _ => packet.due,
            };
            studio.run(packet).expect("written");
        }
        studio.finish().expect("written");
        let frames = &studio.films()[0].frames;
        assert_eq!(frames.len(), 200);
        assert!(frames.windows(2).all(|pair| pair[0].time < pair[1].time));
    }

    #[test]
    fn a_pause_is_left_out_and_everything_is_in_step_after_it() {
        let mut studio = Studio::new(usize::MAX);
        plain(H264, 0..150).for_each(|packet| studio.run(packet).expect("written"));
        // The game stands still for a minute; within a second everything is on the disk.
        studio.recorder.advance(START + 5000 * MS, |_| ()).expect("written");
        assert_eq!(studio.films()[0].frames.len(), 150);
        plain(H264, 3150..3300).for_each(|packet| studio.run(packet).expect("written"));
        studio.finish().expect("written");
        let film = &studio.films()[0];
        assert_eq!(film.frames.len(), 300);
        let (frame, sound) = (film.frames[299].time / 90, film.sound[film.sound.len() - 1].time / 48);
        assert!((5960..6020).contains(&frame), "{frame} ms");
        assert!(frame.abs_diff(sound) <= 20, "{frame} and {sound} ms");
    }

    #[test]
    fn holes_in_the_sound_are_filled_and_blocks_that_are_too_many_left_out() {
        let mut studio = Studio::new(usize::MAX);
        for packet in plain(VP8, 0..300) {
            if !(50..150).contains(&packet.number) && !(200..205).contains(&packet.number) {
                studio.sound(packet.number);
            }
            if packet.number == 250 {
                studio.sound(240);
            }
            studio.picture(packet).expect("written");
        }
        studio.finish().expect("written");
        let sound = &studio.films()[0].sound;
        assert_eq!(sound.len(), 600);
        for (number, found) in sound.iter().enumerate() {
            let hole = (100..300).contains(&number) || (400..410).contains(&number);
            assert_eq!(found.data == SILENCE, hole, "block {number}");
            assert_eq!(found.time, number as u64 * 10);
            assert!(hole || found.data[1] == number as u8);
        }
    }

    #[test]
    fn a_game_without_sound_has_a_silent_track() {
        let mut studio = Studio::new(usize::MAX);
        plain(VP8, 0..200).for_each(|packet| studio.picture(packet).expect("written"));
        studio.finish().expect("written");
        let sound = &studio.films()[0].sound;
        assert_eq!(sound.len(), 350, "up to half a second before the end");
        assert!(sound.iter().all(|found| found.data == SILENCE));
    }

    #[test]
    fn a_disk_that_is_full_at_any_byte_is_an_error_and_what_is_written_plays() {
        for format in [H264, VP8] {
            let mut seen = Vec::new();
            for room in (0..30_000).step_by(37) {
                let mut studio = Studio::new(room);
                let mut result = Ok(());
                for packet in plain(format, 0..200) {
                    result = result.and_then(|()| studio.run(packet));
                }
                let result = result.and_then(|()| studio.finish());
                match result {
                    Ok(()) => assert_eq!(studio.films()[0].frames.len(), 200),
                    Err(RecordError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull),
                    Err(other) => panic!("{other}"),
                }
                let empty = studio.recorder.empty_file().is_some();
                // Not even the head fits: there is nothing to read.
                if studio.disk.data(0).is_empty() {
                    assert!(empty);
                    continue;
                }
                let film = &studio.films()[0];
                assert!(film.frames.len().is_multiple_of(25) && film.sound.len() == film.frames.len() * 2);
                assert!(empty || !film.frames.is_empty());
                seen.push(film.frames.len());
            }
            assert!(seen.is_sorted() && seen.first() == Some(&0) && seen.last() == Some(&200));
        }
    }

    #[test]
    fn without_a_keyframe_no_file_is_made() {
        let mut studio = Studio::new(0);
        plain(H264, 1..99).for_each(|packet| studio.run(packet).expect("nothing to write"));
        studio.finish().expect("nothing to write");
        assert!(studio.recorder.files().is_empty());
        assert_eq!(studio.recorder.length(), Duration::ZERO);
    }
}
