//! What a core process leaves behind, for the report of its crash: the calls that it made last, the lines that it logged last,
//! and where it fell. Written by the core process while it runs, read by the host once it is gone. Full, the newest take the
//! place of the oldest.

use super::message::bound_text;
use super::{Link, layout, sys::Region};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Where and why the process fell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fall {
    /// The signal's number and the kernel's code for its cause.
    pub signal: i32,
    pub code: i32,
    /// What it reached for, for signals about memory.
    pub address: u64,
    /// Where it was.
    pub at: u64,
    /// Where it would have returned to, the innermost first; also from the handler that wrote this.
    pub stack: Vec<u64>,
    /// What lay where, as in /proc/PID/maps.
    pub map: String,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastWords {
    /// Environment calls by number, and how often in a row; the oldest first.
    pub calls: Vec<(u32, u32)>,
    /// Of the core's log, the oldest first.
    pub lines: Vec<String>,
    /// None for one that did not fall by a signal of its own.
    pub fall: Option<Fall>,
}

impl Link {
    /// The core's side: an environment call was made. One thread at a time.
    pub fn note_call(&self, call: u32) {
        let noted = self.region.u64(layout::LAST_CALLS_NOTED);
        let count = noted.load(Relaxed);
        let place = |number: u64| {
            let index = number as usize % layout::LAST_CALLS_KEPT;
            self.region.u64(layout::LAST_CALLS + index * 8)
        };
        if let Some(last) = count.checked_sub(1).map(place) {
            let before = last.load(Relaxed);
            if before as u32 == call && before >> 32 < u64::from(u32::MAX) {
                last.store(before + (1 << 32), Relaxed);
                return;
            }
        }
        place(count).store(u64::from(call) | 1 << 32, Relaxed);
        noted.store(count + 1, Release);
    }

    /// The core's side: a line of its log. One thread at a time.
    pub fn note_line(&self, text: &str) {
        let noted = self.region.u64(layout::LAST_LINES_NOTED);
        let count = noted.load(Relaxed);
        let place = layout::LAST_LINES + count as usize % layout::LAST_LINES_KEPT * layout::LAST_LINE_BYTES;
        let text = &text.as_bytes()[..text.len().min(layout::LAST_LINE_BYTES - 8)];
        self.region.copy_in(place + 8, text);
        self.region.u64(place).store(text.len() as u64, Relaxed);
        noted.store(count + 1, Release);
    }

    /// The core's side, from a signal handler: the signal and where it came. Nothing here takes a lock or memory.
    pub fn note_fall(&self, signal: i32, code: i32, address: u64, at: u64) {
        self.region.u32(layout::FALL_SIGNAL).store(signal.cast_unsigned(), Relaxed);
        self.region.u32(layout::FALL_CODE).store(code.cast_unsigned(), Relaxed);
        self.region.u64(layout::FALL_ADDRESS).store(address, Relaxed);
        self.region.u64(layout::FALL_AT).store(at, Relaxed);
        self.region.u32(layout::FALL_STATE).store(1, Release);
    }

    /// The same: one more address of the stack. False: no more.
    pub fn note_frame(&self, address: u64) -> bool {
        let depth = self.region.u32(layout::FALL_DEPTH);
        let count = depth.load(Relaxed) as usize;
        if count >= layout::FALL_DEEPEST {
            return false;
        }
        self.region.u64(layout::FALL_STACK + count * 8).store(address, Relaxed);
        depth.store(count as u32 + 1, Release);
        true
    }

    /// The same: where the next part of the map goes, and how much fits.
    pub fn map_place(&self) -> (*mut u8, usize) {
        let len = self.map_len();
        let left = layout::FALL_MAP_BYTES - len;
        (self.region.pointer(layout::FALL_MAP + len, left), left)
    }

    /// The same: so many more bytes of the map are there.
    pub fn note_map(&self, more: usize) {
        let len = (self.map_len() + more).min(layout::FALL_MAP_BYTES);
        self.region.u64(layout::FALL_MAP_LEN).store(len as u64, Release);
    }

    fn map_len(&self) -> usize {
        (self.region.u64(layout::FALL_MAP_LEN).load(Acquire) as usize).min(layout::FALL_MAP_BYTES)
    }

    /// The host's side, once the process is gone. Whatever is there is taken as text and numbers within their bounds.
    pub fn last_words(&self) -> LastWords {
        let region = &self.region;
        let newest = |noted: usize, kept: usize| {
            let count = region.u64(noted).load(Acquire);
            (count.saturating_sub(kept as u64)..count).map(move |number| number as usize % kept)
        };
        let calls = newest(layout::LAST_CALLS_NOTED, layout::LAST_CALLS_KEPT).map(|index| {
            let noted = region.u64(layout::LAST_CALLS + index * 8).load(Relaxed);
            (noted as u32, (noted >> 32) as u32)
        });
        let lines = newest(layout::LAST_LINES_NOTED, layout::LAST_LINES_KEPT).map(|index| {
            let place = layout::LAST_LINES + index * layout::LAST_LINE_BYTES;
            let len = region.u64(place).load(Relaxed).min(layout::LAST_LINE_BYTES as u64 - 8);
            self.text(place + 8, len as usize)
        });
        let fall = (region.u32(layout::FALL_STATE).load(Acquire) > 0).then(|| {
            let depth = (region.u32(layout::FALL_DEPTH).load(Acquire) as usize).min(layout::FALL_DEEPEST);
            let stack = (0..depth).map(|index| region.u64(layout::FALL_STACK + index * 8).load(Relaxed));
            let mut map = vec![0; self.map_len()];
            region.copy_out(layout::FALL_MAP, &mut map);
            Fall {
                signal: region.u32(layout::FALL_SIGNAL).load(Relaxed).cast_signed(),
                code: region.u32(layout::FALL_CODE).load(Relaxed).cast_signed(),
                address: region.u64(layout::FALL_ADDRESS).load(Relaxed),
                at: region.u64(layout::FALL_AT).load(Relaxed),
                stack: stack.collect(),
                map: String::from_utf8_lossy(&map).into_owned(),
            }
        });
        LastWords { calls: calls.collect(), lines: lines.collect(), fall }
    }

    fn text(&self, place: usize, len: usize) -> String {
        let mut bytes = vec![0; len];
        self.region.copy_out(place, &mut bytes);
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        bound_text(&mut text);
        text
    }
}

pub(super) fn clear(region: &Region) {
    for offset in [layout::LAST_CALLS_NOTED, layout::LAST_LINES_NOTED, layout::FALL_MAP_LEN] {
        region.u64(offset).store(0, Relaxed);
    }
    region.u32(layout::FALL_DEPTH).store(0, Relaxed);
    region.u32(layout::FALL_STATE).store(0, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_in_their_order_and_the_same_again_is_counted() {
        let link = Link::create().expect("memory");
        for call in 0..100 {
            link.note_call(call);
            link.note_call(call);
        }
        for line in 0..40 {
            link.note_line(&format!("line {line}\u{7}"));
        }
        link.note_line(&"x".repeat(1000));
        let words = link.last_words();
        let kept = layout::LAST_CALLS_KEPT as u32;
        assert_eq!(words.calls, (100 - kept..100).map(|call| (call, 2)).collect::<Vec<_>>());
        assert_eq!(words.lines.len(), layout::LAST_LINES_KEPT);
        assert_eq!((words.lines[30].as_str(), words.lines[31].len()), ("line 39", layout::LAST_LINE_BYTES - 8));
        assert_eq!(words.fall, None);
        link.clear_for_new_core();
        assert_eq!(link.last_words(), LastWords::default());
    }

    #[test]
    fn whatever_a_broken_core_wrote_is_read_within_bounds() {
        let link = Link::create().expect("memory");
        link.note_fall(11, 1, 2, 3);
        while link.note_frame(4) {}
        link.note_map(usize::MAX / 2);
        for offset in [layout::LAST_CALLS_NOTED, layout::LAST_LINES_NOTED, layout::LAST_LINES, layout::FALL_MAP_LEN] {
            link.region.u64(offset).store(u64::MAX, Relaxed);
        }
        link.region.u32(layout::FALL_DEPTH).store(u32::MAX, Relaxed);
        let words = link.last_words();
        let fall = words.fall.expect("it fell");
        assert_eq!(
            (fall.signal, fall.code, fall.address, fall.at, fall.stack.len()),
            (11, 1, 2, 3, layout::FALL_DEEPEST)
        );
        assert_eq!(fall.map.len(), layout::FALL_MAP_BYTES);
        assert_eq!((words.calls.len(), words.lines.len()), (layout::LAST_CALLS_KEPT, layout::LAST_LINES_KEPT));
    }
}
