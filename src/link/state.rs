//! Save states and battery-backed memory in the shared memory, where they outlive the core that made them.

use super::subsystem::MOST_MEMORIES;
use super::{Link, layout};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::fence;

/// The core process's end.
pub struct StateWriter {
    link: Arc<Link>,
    next: usize,
    serial: u64,
}

impl StateWriter {
    /// Writes into the areas of `link`.
    pub fn new(link: Arc<Link>) -> StateWriter {
        // The newest whole state may be what this process was started to go on from: begin with the other area.
        let newest = newest(&link);
        let next = if matches!(newest, Some((0, _))) { 1 } else { 0 };
        // States are numbered across core processes, so that a new one's first state is newer than a dead one's last.
        let serial = newest.map_or(0, |(_, serial)| serial);
        StateWriter { link, next, serial }
    }

    /// Has `fill` write a state of `len` bytes. False when `fill` says so or it does not fit;
    /// the previous state is then still there.
    pub fn write(&mut self, len: usize, fill: impl FnOnce(*mut u8, usize) -> bool) -> bool {
        if len == 0 || len > layout::STATE_BYTES {
            return false;
        }
        let base = area(self.next);
        let region = &self.link.region;
        region.u64(base + layout::STATE_LEN).store(0, Release);
        let pointer = region.pointer(base + layout::STATE_DATA, len);
        if !fill(pointer, len) {
            return false;
        }
        self.serial = self.serial.wrapping_add(1);
        region.u64(base + layout::STATE_SERIAL).store(self.serial, Relaxed);
        region.u64(base + layout::STATE_LEN).store(len as u64, Release);
        self.next = 1 - self.next;
        true
    }

    /// The state that the host wants put back, in memory of our own.
    pub fn inbox(&self) -> Option<Vec<u8>> {
        copy(&self.link, layout::STATE_INBOX)
    }

    /// Shows memory that lasts to the host.
    pub fn write_memory(&self, memory: Memory, data: &[u8]) {
        let (region, area) = (&self.link.region, memory.area());
        let data = &data[..data.len().min(area.most)];
        region.u64(area.version).fetch_add(1, Release);
        region.copy_in(area.data, data);
        region.u64(area.len).store(data.len() as u64, Relaxed);
        region.u64(area.version).fetch_add(1, Release);
    }

    /// Memory that lasts as the host last had it, for the core to start with.
    pub fn read_memory(&self, memory: Memory) -> Option<Vec<u8>> {
        StateReader::new(self.link.clone()).memory(memory).map(|(_, data)| data)
    }
}

/// Memory that lasts when the console is switched off. The first two are two: a core has either, both or none. A game of several files
/// has its own instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Battery-backed (`RETRO_MEMORY_SAVE_RAM`), in `.srm` files.
    Save,
    /// The cartridge's clock (`RETRO_MEMORY_RTC`), in `.rtc` files.
    Clock,
    /// Of a subsystem's, the one at this place of [`Subsystem::memories`](super::subsystem::Subsystem::memories).
    Rom(u8),
}

struct MemoryArea {
    version: usize,
    len: usize,
    data: usize,
    most: usize,
}

impl Memory {
    pub const ALL: [Memory; 2 + MOST_MEMORIES] = {
        let mut all = [Memory::Save; 2 + MOST_MEMORIES];
        all[1] = Memory::Clock;
        let mut at = 0;
        while at < MOST_MEMORIES {
            all[2 + at] = Memory::Rom(at as u8);
            at += 1;
        }
        all
    };

    fn area(self) -> MemoryArea {
        use layout::{ROM_MEMORIES, ROM_MEMORY_STRIDE};
        use layout::{RTC_BYTES, RTC_DATA, RTC_LEN, RTC_VERSION, SRAM_BYTES, SRAM_DATA, SRAM_LEN, SRAM_VERSION};
        match self {
            Memory::Save => MemoryArea { version: SRAM_VERSION, len: SRAM_LEN, data: SRAM_DATA, most: SRAM_BYTES },
            Memory::Clock => MemoryArea { version: RTC_VERSION, len: RTC_LEN, data: RTC_DATA, most: RTC_BYTES },
            Memory::Rom(at) => {
                let base = ROM_MEMORIES + usize::from(at).min(MOST_MEMORIES - 1) * ROM_MEMORY_STRIDE;
                let within = |offset: usize| base + (offset - SRAM_VERSION);
                MemoryArea {
                    version: within(SRAM_VERSION),
                    len: within(SRAM_LEN),
                    data: within(SRAM_DATA),
                    most: SRAM_BYTES,
                }
            }
        }
    }
}

/// The host process's end.
pub struct StateReader(Arc<Link>);

impl StateReader {
    /// Reads the areas of `link`.
    pub fn new(link: Arc<Link>) -> StateReader {
        StateReader(link)
    }

    /// The newest whole state that the core process wrote.
    pub fn newest(&self) -> Option<Vec<u8>> {
        // One that is written over while it is copied is not whole: the core writes on meanwhile.
        (0..3).find_map(|_| {
            let (index, serial) = newest(&self.0)?;
            let state = copy(&self.0, index)?;
            fence(Acquire);
            let base = area(index);
            let same = self.0.region.u64(base + layout::STATE_SERIAL).load(Relaxed) == serial
                && self.0.region.u64(base + layout::STATE_LEN).load(Relaxed) == state.len() as u64;
            same.then_some(state)
        })
    }

    /// Puts a state where the core process finds it. False when it does not fit.
    pub fn put_inbox(&self, state: &[u8]) -> bool {
        if state.is_empty() || state.len() > layout::STATE_BYTES {
            return false;
        }
        let base = area(layout::STATE_INBOX);
        self.0.region.u64(base + layout::STATE_LEN).store(0, Release);
        self.0.region.copy_in(base + layout::STATE_DATA, state);
        self.0.region.u64(base + layout::STATE_LEN).store(state.len() as u64, Release);
        true
    }

    /// Forgets all states: another game starts.
    pub fn clear(&self) {
        for index in 0..layout::STATE_AREAS {
            self.0.region.u64(area(index) + layout::STATE_LEN).store(0, Release);
            self.0.region.discard(area(index), layout::STATE_STRIDE);
        }
        for memory in Memory::ALL {
            self.put_memory(memory, &[]);
        }
    }

    /// Memory that lasts and its version; none while it is being written, or when there is none.
    pub fn memory(&self, memory: Memory) -> Option<(u64, Vec<u8>)> {
        let (region, area) = (&self.0.region, memory.area());
        let version = region.u64(area.version).load(Acquire);
        let len = usize::try_from(region.u64(area.len).load(Relaxed)).ok()?;
        if version % 2 == 1 || len == 0 || len > area.most {
            return None;
        }
        let mut data = vec![0; len];
        region.copy_out(area.data, &mut data);
        fence(Acquire);
        (region.u64(area.version).load(Relaxed) == version).then_some((version, data))
    }

    /// The version alone: whether there is anything new to save.
    pub fn memory_version(&self, memory: Memory) -> u64 {
        self.0.region.u64(memory.area().version).load(Acquire)
    }

    /// Memory that lasts from its file, for the core to start with.
    pub fn put_memory(&self, memory: Memory, data: &[u8]) {
        let (region, area) = (&self.0.region, memory.area());
        let data = &data[..data.len().min(area.most)];
        region.copy_in(area.data, data);
        region.u64(area.len).store(data.len() as u64, Relaxed);
        region.u64(area.version).store(0, Release);
    }
}

fn area(index: usize) -> usize {
    layout::STATES + index * layout::STATE_STRIDE
}

/// Which of the core's two areas holds the newer whole state, and its number.
fn newest(link: &Link) -> Option<(usize, u64)> {
    (0..2)
        .filter(|&index| link.region.u64(area(index) + layout::STATE_LEN).load(Acquire) != 0)
        .map(|index| (index, link.region.u64(area(index) + layout::STATE_SERIAL).load(Relaxed)))
        .max_by_key(|&(_, serial)| serial)
}

fn copy(link: &Link, index: usize) -> Option<Vec<u8>> {
    let base = area(index);
    let len = usize::try_from(link.region.u64(base + layout::STATE_LEN).load(Acquire)).ok()?;
    if len == 0 || len > layout::STATE_BYTES {
        return None;
    }
    let mut state = vec![0; len];
    link.region.copy_out(base + layout::STATE_DATA, &mut state);
    Some(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_half_written_when_the_core_died_leaves_the_one_before_it() {
        let link = Link::create().expect("link");
        let reader = StateReader::new(link.clone());
        let mut writer = StateWriter::new(link);
        let fill = |pointer: *mut u8, value: u8| {
            for index in 0..4 {
                // A test's own stand-in for retro_serialize, which is handed the same pointer.
                #[allow(unsafe_code)]
                // SAFETY: `write` was asked for four bytes.
                unsafe {
                    pointer.add(index).write(value);
                }
            }
        };
        assert!(writer.write(4, |p, _| {
            fill(p, 1);
            true
        }));
        assert!(writer.write(4, |p, _| {
            fill(p, 2);
            true
        }));
        assert_eq!(reader.newest(), Some(vec![2; 4]));
        assert!(!writer.write(4, |p, _| {
            fill(p, 3);
            false
        }));
        assert_eq!(reader.newest(), Some(vec![2; 4]));
    }

    #[test]
    fn the_first_state_of_a_new_core_is_newer_than_the_last_of_a_dead_one() {
        let link = Link::create().expect("link");
        let mut dead = StateWriter::new(link.clone());
        for _ in 0..5 {
            assert!(dead.write(4, |_, _| true));
        }
        let before = newest(&link).expect("a state").0;
        let mut new = StateWriter::new(link.clone());
        assert!(new.write(8, |_, _| true));
        assert_ne!(newest(&link).expect("a state").0, before);
        assert_eq!(StateReader::new(link).newest().map(|state| state.len()), Some(8));
    }

    #[test]
    fn battery_memory_is_not_read_while_it_is_written() {
        let link = Link::create().expect("link");
        let reader = StateReader::new(link.clone());
        for (memory, other, version) in
            [(Memory::Save, Memory::Clock, layout::SRAM_VERSION), (Memory::Clock, Memory::Save, layout::RTC_VERSION)]
        {
            reader.clear();
            assert_eq!(reader.memory(memory), None);
            StateWriter::new(link.clone()).write_memory(memory, b"save");
            assert_eq!(reader.memory(memory).map(|(_, data)| data), Some(b"save".to_vec()));
            assert_eq!(reader.memory(other), None);
            link.region.u64(version).fetch_add(1, Release);
            assert_eq!(reader.memory(memory), None);
        }
    }

    #[test]
    fn every_memory_has_a_place_of_its_own() {
        let link = Link::create().expect("link");
        let (reader, writer) = (StateReader::new(link.clone()), StateWriter::new(link));
        let data = |at: usize| vec![at as u8 + 1; layout::RTC_BYTES];
        for (at, memory) in Memory::ALL.into_iter().enumerate() {
            writer.write_memory(memory, &data(at));
        }
        for (at, memory) in Memory::ALL.into_iter().enumerate() {
            assert_eq!(reader.memory(memory).map(|(_, there)| there), Some(data(at)), "{memory:?}");
        }
    }

    #[test]
    fn absurd_lengths_are_refused() {
        let link = Link::create().expect("link");
        let reader = StateReader::new(link.clone());
        link.region.u64(area(0) + layout::STATE_LEN).store(u64::MAX, Release);
        assert_eq!(reader.newest(), None);
        link.region.u64(layout::SRAM_LEN).store(u64::MAX, Release);
        assert_eq!(reader.memory(Memory::Save), None);
    }
}
