/// Masks for [`Pad::buttons`]; the bit of each is its `RETRO_DEVICE_ID_JOYPAD_*`.
pub mod button {
    pub const B: u16 = 1 << 0;
    pub const Y: u16 = 1 << 1;
    pub const SELECT: u16 = 1 << 2;
    pub const START: u16 = 1 << 3;
    pub const UP: u16 = 1 << 4;
    pub const DOWN: u16 = 1 << 5;
    pub const LEFT: u16 = 1 << 6;
    pub const RIGHT: u16 = 1 << 7;
    pub const A: u16 = 1 << 8;
    pub const X: u16 = 1 << 9;
    pub const L: u16 = 1 << 10;
    pub const R: u16 = 1 << 11;
    pub const L2: u16 = 1 << 12;
    pub const R2: u16 = 1 << 13;
    pub const L3: u16 = 1 << 14;
    pub const R3: u16 = 1 << 15;
}

/// One controller as it was polled for the current frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pad {
    /// Held buttons, see [`button`].
    pub buttons: u16,
    /// Left stick, -32768 to 32767; right is positive.
    pub lx: i16,
    /// Left stick; down is positive.
    pub ly: i16,
    /// Right stick; right is positive.
    pub rx: i16,
    /// Right stick; down is positive.
    pub ry: i16,
}

impl Pad {
    /// Whether any button of `mask` is held.
    pub fn held(&self, mask: u16) -> bool {
        self.buttons & mask != 0
    }
}
