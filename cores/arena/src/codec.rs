//! Save states: one routine per struct visits its fields for saving, loading and measuring alike,
//! so that the three cannot drift apart.

use std::ops::RangeInclusive;

enum Mode<'a> {
    Measure,
    Write(&'a mut [u8]),
    Read(&'a [u8]),
}

/// A cursor over a save state, in one of three directions.
///
/// Reading checks every value against the range its owner names. The first value out of range, or
/// past the end, marks the whole state as refused; reading goes on but changes nothing further.
pub struct Codec<'a> {
    mode: Mode<'a>,
    at: usize,
    ok: bool,
}

impl<'a> Codec<'a> {
    /// Counts the bytes a state takes.
    pub fn measure() -> Self {
        Self { mode: Mode::Measure, at: 0, ok: true }
    }

    /// Writes a state to `out`.
    pub fn write(out: &'a mut [u8]) -> Self {
        Self { mode: Mode::Write(out), at: 0, ok: true }
    }

    /// Reads a state from `data`.
    pub fn read(data: &'a [u8]) -> Self {
        Self { mode: Mode::Read(data), at: 0, ok: true }
    }

    /// Bytes visited so far.
    pub fn len(&self) -> usize {
        self.at
    }

    /// Whether nothing was visited yet.
    pub fn is_empty(&self) -> bool {
        self.at == 0
    }

    /// Whether everything so far fitted, and was in range.
    pub fn ok(&self) -> bool {
        self.ok
    }

    /// Refuses the state being read unless `sound` holds.
    pub fn require(&mut self, sound: bool) {
        self.ok &= sound;
    }

    fn raw<const N: usize>(&mut self, value: [u8; N]) -> [u8; N] {
        let end = self.at + N;
        let span = self.at..end;
        self.at = end;
        match &mut self.mode {
            Mode::Measure => value,
            Mode::Write(out) => {
                match out.get_mut(span) {
                    Some(slot) => slot.copy_from_slice(&value),
                    None => self.ok = false,
                }
                value
            }
            Mode::Read(data) => match data.get(span).and_then(|s| <[u8; N]>::try_from(s).ok()) {
                Some(read) if self.ok => read,
                _ => {
                    self.ok = false;
                    value
                }
            },
        }
    }

    fn keep<T: PartialOrd>(&mut self, slot: &mut T, read: T, range: &RangeInclusive<T>) {
        if range.contains(&read) {
            *slot = read;
        } else {
            self.ok = false;
        }
    }

    /// Visits a byte.
    pub fn u8(&mut self, v: &mut u8, range: RangeInclusive<u8>) {
        let [read] = self.raw([*v]);
        self.keep(v, read, &range);
    }

    /// Visits a 16-bit number.
    pub fn u16(&mut self, v: &mut u16, range: RangeInclusive<u16>) {
        let read = u16::from_le_bytes(self.raw(v.to_le_bytes()));
        self.keep(v, read, &range);
    }

    /// Visits a 32-bit number.
    pub fn u32(&mut self, v: &mut u32, range: RangeInclusive<u32>) {
        let read = u32::from_le_bytes(self.raw(v.to_le_bytes()));
        self.keep(v, read, &range);
    }

    /// Visits a signed 32-bit number.
    pub fn i32(&mut self, v: &mut i32, range: RangeInclusive<i32>) {
        let read = i32::from_le_bytes(self.raw(v.to_le_bytes()));
        self.keep(v, read, &range);
    }

    /// Visits a float; a range refuses NaN and the infinities as well.
    pub fn f32(&mut self, v: &mut f32, range: RangeInclusive<f32>) {
        let read = f32::from_le_bytes(self.raw(v.to_le_bytes()));
        self.keep(v, read, &range);
    }

    /// Visits a flag.
    pub fn flag(&mut self, v: &mut bool) {
        let mut byte = u8::from(*v);
        self.u8(&mut byte, 0..=1);
        *v = byte == 1;
    }

    /// Visits a variant of a plain enum, stored as its place in `all`.
    pub fn variant<T: Copy + PartialEq>(&mut self, v: &mut T, all: &[T]) {
        let mut place = all.iter().position(|x| x == v).unwrap_or(0) as u8;
        self.u8(&mut place, 0..=u8::MAX);
        match all.get(usize::from(place)) {
            Some(x) => *v = *x,
            None => self.ok = false,
        }
    }
}
