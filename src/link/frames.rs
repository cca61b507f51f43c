//! The frame ring: a handful of slots, each owned by one side at a time.
//!
//! A slot's state word is the only thing that both sides change, always by compare-and-swap, so a frame is never read
//! while it is written. The core takes a free slot, or the oldest frame that was not read; the host takes the oldest
//! frame, or, once more wait than it cares to make up for, the newest. Neither ever waits for the other, and neither throws the
//! newest picture away for a frame that only says "the same again".

use super::{BACKLOG, Link, SLOTS, layout, sys::Region};
use crate::frame::{ASPECTS, MAX_SIDE, PixelFormat};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::time::Duration;

const FREE: u32 = 0;
const WRITING: u32 = 1;
const READY: u32 = 2;
const READING: u32 = 3;

const FLAG_DUPLICATE: u32 = 1;

/// What is known of a frame besides its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameHeader {
    /// Pixels across, 1 to [`MAX_SIDE`].
    pub width: u32,
    /// Pixels down, 1 to [`MAX_SIDE`].
    pub height: u32,
    /// How a pixel is laid out. Rows follow each other without gaps.
    pub format: PixelFormat,
    /// Quarter turns counter-clockwise that the picture wants to be shown at, 0 to 3.
    pub rotation: u32,
    /// Width by height as it should look after rotation, which is how cores state it; finite, above zero.
    pub aspect: f32,
    /// The core said "the same picture again": there are no pixels.
    pub duplicate: bool,
    /// Counts frames from 1.
    pub number: u64,
    /// Entry into `video_refresh`, on the monotonic clock.
    pub captured: Duration,
    /// When the frame was due by the core's own clock: evenly spaced, whatever the machine's scheduler did.
    pub due: Duration,
    /// Frames a second that the core makes now.
    pub fps: f64,
}

impl FrameHeader {
    /// Bytes of its pixels.
    pub fn len(&self) -> usize {
        if self.duplicate { 0 } else { self.width as usize * self.height as usize * self.format.bytes() }
    }

    /// Whether there are no pixels.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn header_at(slot: usize) -> usize {
    layout::SLOT_HEADERS + slot * layout::SLOT_STRIDE
}

fn state(region: &Region, slot: usize) -> &std::sync::atomic::AtomicU32 {
    region.u32(header_at(slot) + layout::SLOT_STATE)
}

fn number(region: &Region, slot: usize) -> u64 {
    region.u64(header_at(slot) + layout::SLOT_NUMBER).load(Relaxed)
}

/// The core process's end.
pub struct FrameWriter {
    link: Arc<Link>,
    written: u64,
    /// Where the newest pixels are: a duplicate refers to them and must not take their place.
    newest_pixels: Option<usize>,
    /// The slot that the core was given to draw into, until it shows what it drew.
    drawing: Option<usize>,
}

impl FrameWriter {
    /// Writes into the ring of `link`.
    pub fn new(link: Arc<Link>) -> FrameWriter {
        FrameWriter { link, written: 0, newest_pixels: None, drawing: None }
    }

    /// Publishes one frame, row by row from `rows` (which yields `header.height` rows of `width * bytes` bytes), and
    /// wakes the host. The header's number is set here. The picture is lost, and counted, only if no slot is to be had.
    pub fn publish<'a>(&mut self, mut header: FrameHeader, rows: impl Iterator<Item = &'a [u8]>) {
        self.written += 1;
        header.number = self.written;
        let region = &self.link.region;
        let Some(slot) = self.take_slot(self.newest_pixels.filter(|_| header.duplicate)) else {
            region.u64(layout::FRAMES_DROPPED).fetch_add(1, Relaxed);
            return;
        };
        if !header.duplicate {
            self.newest_pixels = Some(slot);
        }
        let mut offset = layout::SLOT_DATA + slot * layout::SLOT_BYTES;
        let end = offset + header.len().min(layout::SLOT_BYTES);
        for row in rows {
            let row = &row[..row.len().min(end - offset)];
            region.copy_in(offset, row);
            offset += row.len();
        }
        self.show(slot, &header);
    }

    /// Room for `len` bytes of a picture that the core draws there itself, rows without gaps; the same until it is published.
    /// None: there is none.
    pub fn room_to_draw(&mut self, len: usize) -> Option<*mut u8> {
        if len > layout::SLOT_BYTES {
            return None;
        }
        if self.drawing.is_none() {
            self.drawing = self.take_slot(None);
        }
        self.drawing.map(|slot| self.link.region.pointer(layout::SLOT_DATA + slot * layout::SLOT_BYTES, len))
    }

    /// A frame that there was no [room](FrameWriter::room_to_draw) for is lost, and counted.
    pub fn count_lost(&mut self) {
        self.written += 1;
        self.link.region.u64(layout::FRAMES_DROPPED).fetch_add(1, Relaxed);
    }

    /// Publishes what the core drew into its [room](FrameWriter::room_to_draw). Nothing happens without one.
    pub fn publish_in_place(&mut self, mut header: FrameHeader) {
        let Some(slot) = self.drawing.take() else { return };
        self.written += 1;
        header.number = self.written;
        self.newest_pixels = Some(slot);
        self.show(slot, &header);
    }

    fn show(&self, slot: usize, header: &FrameHeader) {
        store_header(&self.link.region, slot, header);
        state(&self.link.region, slot).store(READY, Release);
        self.link.frame_event.signal();
    }

    /// A slot to write into: a free one, or the oldest that was not read, except `kept`.
    fn take_slot(&self, kept: Option<usize>) -> Option<usize> {
        let region = &self.link.region;
        // Twice, because the host may take the oldest frame between our look and our grasp; it holds one slot at a time,
        // so the second look finds another.
        for _ in 0..2 {
            for slot in 0..SLOTS {
                if state(region, slot).compare_exchange(FREE, WRITING, AcqRel, Relaxed).is_ok() {
                    return Some(slot);
                }
            }
            let oldest = (0..SLOTS)
                .filter(|&slot| Some(slot) != kept && state(region, slot).load(Acquire) == READY)
                .min_by_key(|&slot| number(region, slot));
            if let Some(slot) = oldest
                && state(region, slot).compare_exchange(READY, WRITING, AcqRel, Relaxed).is_ok()
            {
                return Some(slot);
            }
        }
        None
    }
}

fn store_header(region: &Region, slot: usize, header: &FrameHeader) {
    let base = header_at(slot);
    let word = |offset: usize, value: u32| region.u32(base + offset).store(value, Relaxed);
    word(layout::SLOT_WIDTH, header.width);
    word(layout::SLOT_HEIGHT, header.height);
    word(layout::SLOT_FORMAT, header.format as u32);
    word(layout::SLOT_ROTATION, header.rotation);
    word(layout::SLOT_ASPECT, header.aspect.to_bits());
    word(layout::SLOT_FLAGS, if header.duplicate { FLAG_DUPLICATE } else { 0 });
    let long = |offset: usize, value: u64| region.u64(base + offset).store(value, Relaxed);
    long(layout::SLOT_NUMBER, header.number);
    long(layout::SLOT_CAPTURED, nanos(header.captured));
    long(layout::SLOT_DUE, nanos(header.due));
    long(layout::SLOT_FPS, header.fps.to_bits());
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Copies a header out and checks the copy. None for anything that no honest core process writes.
fn load_header(region: &Region, slot: usize) -> Option<FrameHeader> {
    let base = header_at(slot);
    let word = |offset: usize| region.u32(base + offset).load(Relaxed);
    let long = |offset: usize| region.u64(base + offset).load(Relaxed);
    let aspect = f32::from_bits(word(layout::SLOT_ASPECT));
    let fps = f64::from_bits(long(layout::SLOT_FPS));
    let header = FrameHeader {
        width: word(layout::SLOT_WIDTH),
        height: word(layout::SLOT_HEIGHT),
        format: PixelFormat::from_raw(word(layout::SLOT_FORMAT))?,
        rotation: word(layout::SLOT_ROTATION) % 4,
        aspect,
        duplicate: word(layout::SLOT_FLAGS) & FLAG_DUPLICATE != 0,
        // The largest value is kept free for marks of our own.
        number: long(layout::SLOT_NUMBER).min(u64::MAX - 1),
        captured: Duration::from_nanos(long(layout::SLOT_CAPTURED)),
        due: Duration::from_nanos(long(layout::SLOT_DUE)),
        fps,
    };
    let size_ok = (1..=MAX_SIDE).contains(&header.width) && (1..=MAX_SIDE).contains(&header.height);
    let aspect_ok = ASPECTS.contains(&aspect);
    let fps_ok = fps.is_finite() && (1.0..=1000.0).contains(&fps);
    (size_ok && aspect_ok && fps_ok && header.len() <= layout::SLOT_BYTES).then_some(header)
}

/// The host process's end: the video thread holds the only one.
pub struct FrameReader {
    link: Arc<Link>,
    /// The number of the last frame that was taken.
    last: u64,
    skipped: u64,
    refused: u64,
}

impl FrameReader {
    /// Reads the ring of `link`.
    pub fn new(link: Arc<Link>) -> FrameReader {
        FrameReader { link, last: 0, skipped: 0, refused: 0 }
    }

    /// Frames passed over because too many waited, by either side: what is missing between those that were taken.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Frames whose header made no sense.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Sleeps until a frame may be there, or the event is rung for another reason.
    pub fn wait(&self) {
        self.link.frame_event.wait();
    }

    /// The next frame to work on, if there is one: the oldest, or the newest when `too_many` or more wait ([`BACKLOG`] at
    /// most; 2 means that only the newest is of use). Dropping the value gives the slot back.
    pub fn take_next(&mut self, too_many: usize) -> Option<ReadFrame<'_>> {
        let too_many = too_many.min(BACKLOG);
        loop {
            let mut ready: [(u64, usize); SLOTS] = [(0, 0); SLOTS];
            let mut count = 0;
            for slot in 0..SLOTS {
                if state(&self.link.region, slot).load(Acquire) == READY {
                    ready[count] = (number(&self.link.region, slot), slot);
                    count += 1;
                }
            }
            if count == 0 {
                return None;
            }
            let ready = &mut ready[..count];
            ready.sort_unstable();
            let wanted = if count >= too_many { &ready[..] } else { &ready[..1] };
            // None: lost to the core, which needed the slots, or not to be believed. Look again.
            if let Some((slot, header)) = self.take_newest(wanted) {
                // A new core process counts from 1 again.
                if header.number > self.last {
                    self.skipped = self.skipped.saturating_add(header.number - self.last - 1);
                }
                self.last = header.number;
                return Some(ReadFrame { link: &self.link, slot, header });
            }
        }
    }

    /// Takes the newest of these frames, the oldest of which comes first, and frees the others. Should the newest say "the
    /// same again", the pixels that it means come with it.
    fn take_newest(&mut self, ready: &[(u64, usize)]) -> Option<(usize, FrameHeader)> {
        let mut newest: Option<(usize, FrameHeader)> = None;
        for &(looked_at, slot) in ready.iter().rev() {
            if !self.take(slot) {
                continue;
            }
            // The core needed the slot meanwhile: what is in it now comes behind the others.
            if number(&self.link.region, slot) != looked_at {
                state(&self.link.region, slot).store(READY, Release);
                continue;
            }
            let header = load_header(&self.link.region, slot);
            let freed = match (header, newest) {
                (None, _) => {
                    self.refused += 1;
                    slot
                }
                (Some(header), None) => {
                    newest = Some((slot, header));
                    continue;
                }
                (Some(pixels), Some((without, last))) if last.duplicate && !pixels.duplicate => {
                    let FrameHeader { width, height, format, captured, .. } = pixels;
                    let header = FrameHeader { width, height, format, captured, duplicate: false, ..last };
                    newest = Some((slot, header));
                    without
                }
                _ => slot,
            };
            state(&self.link.region, freed).store(FREE, Release);
        }
        newest
    }

    fn take(&self, slot: usize) -> bool {
        state(&self.link.region, slot).compare_exchange(READY, READING, AcqRel, Relaxed).is_ok()
    }
}

/// A frame held by the host.
pub struct ReadFrame<'a> {
    link: &'a Link,
    slot: usize,
    header: FrameHeader,
}

impl ReadFrame<'_> {
    /// The checked copy of its header.
    pub fn header(&self) -> &FrameHeader {
        &self.header
    }

    /// Copies row `y` into `out`, which is `width * bytes` long.
    pub fn row(&self, y: u32, out: &mut [u8]) {
        let stride = self.header.width as usize * self.header.format.bytes();
        let offset = y as usize * stride;
        assert!(out.len() == stride && y < self.header.height && !self.header.duplicate);
        self.link.region.copy_out(layout::SLOT_DATA + self.slot * layout::SLOT_BYTES + offset, out);
    }
}

impl Drop for ReadFrame<'_> {
    fn drop(&mut self) {
        state(&self.link.region, self.slot).store(FREE, Release);
    }
}

/// Frees every slot that a dead core left half written or unread. A slot in the host's hands stays there.
pub(super) fn clear(region: &Region) {
    for slot in 0..SLOTS {
        for left in [WRITING, READY] {
            let _ = state(region, slot).compare_exchange(left, FREE, AcqRel, Relaxed);
        }
        region.discard(layout::SLOT_DATA + slot * layout::SLOT_BYTES, layout::SLOT_BYTES);
    }
}

#[cfg(test)]
mod tests;
