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

/// One mouse as it was polled for the current frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mouse {
    /// Moved since the last frame; right is positive.
    pub dx: i16,
    /// Moved since the last frame; down is positive.
    pub dy: i16,
    /// Held: 1 left, 2 right, 4 middle, 8 and 16 the two beside them.
    pub buttons: u16,
    /// Turned since the last frame: 1 up, -1 down.
    pub wheel: i8,
    /// Turned since the last frame: 1 right, -1 left.
    pub hwheel: i8,
}

/// A finger, or a mouse where it stands for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pointer {
    /// -32767 at the left edge of the picture, 32767 at the right one.
    pub x: i16,
    /// -32767 at the top edge, 32767 at the bottom one.
    pub y: i16,
    pub pressed: bool,
}

/// A light gun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gun {
    /// As a [`Pointer`]'s; -32768 beside the picture.
    pub x: i16,
    pub y: i16,
    pub offscreen: bool,
    pub trigger: bool,
    pub reload: bool,
    pub start: bool,
}

/// A key that was pressed or released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyEvent {
    pub down: bool,
    /// `RETROK_*`.
    pub code: u32,
    /// UTF-32; 0 when it types nothing.
    pub character: u32,
    /// `RETROKMOD_*`: 1 shift, 2 ctrl, 4 alt, 8 meta.
    pub modifiers: u16,
}

/// One more than the highest `RETROK_*`.
pub const KEY_CODES: u32 = 342;

/// libretro's devices.
pub mod device {
    pub const NONE: u32 = 0;
    pub const JOYPAD: u32 = 1;
    pub const MOUSE: u32 = 2;
    pub const KEYBOARD: u32 = 3;
    pub const LIGHTGUN: u32 = 4;
    pub const ANALOG: u32 = 5;
    pub const POINTER: u32 = 6;

    /// `RETRO_DEVICE_SUBCLASS`.
    pub const fn subclass(base: u32, id: u32) -> u32 {
        ((id + 1) << 8) | base
    }
}

/// What one button or axis does, as told to the front end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    pub port: u32,
    /// One of [`device`].
    pub device: u32,
    /// For sticks: 0 left, 1 right.
    pub index: u32,
    /// The button's number; for sticks 0 is x, 1 is y.
    pub id: u32,
    pub name: String,
}
