//! Keyboard events for cores that want to be told: found by comparing what is held with what was held a poll before.

use super::sys;
use crate::input::KeySet;

/// A keyboard as the core knows it: the keys it was told are held, and the locks that are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keyboard {
    held: KeySet,
    /// Of `RETROKMOD_*`.
    locks: u16,
}

/// One press or release, as libretro's callback takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEvent {
    /// Pressed, not released.
    pub down: bool,
    /// One of `RETROK_*`.
    pub code: u16,
    /// UTF-32; 0 when the key types nothing, and for releases.
    pub character: u32,
    /// `RETROKMOD_*`, joined.
    pub modifiers: u16,
}

/// From one poll to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    before: Keyboard,
    now: Keyboard,
}

impl Keyboard {
    /// Takes over what is held now.
    pub fn turn_to(&mut self, held: KeySet) -> Turn {
        let before = *self;
        let locks = [
            (sys::RETROK_NUMLOCK, sys::RETROKMOD_NUMLOCK),
            (sys::RETROK_CAPSLOCK, sys::RETROKMOD_CAPSLOCK),
            (sys::RETROK_SCROLLOCK, sys::RETROKMOD_SCROLLOCK),
        ];
        for (key, lock) in locks {
            if held.without(before.held).contains(key as u16) {
                self.locks ^= lock as u16;
            }
        }
        self.held = held;
        Turn { before, now: *self }
    }

    fn modifiers(&self) -> u16 {
        let either = |left: u32, right: u32, modifier: u32| {
            if self.held.contains(left as u16) || self.held.contains(right as u16) { modifier as u16 } else { 0 }
        };
        self.locks
            | either(sys::RETROK_LSHIFT, sys::RETROK_RSHIFT, sys::RETROKMOD_SHIFT)
            | either(sys::RETROK_LCTRL, sys::RETROK_RCTRL, sys::RETROKMOD_CTRL)
            | either(sys::RETROK_LALT, sys::RETROK_RALT, sys::RETROKMOD_ALT)
            | either(sys::RETROK_LMETA, sys::RETROK_RMETA, sys::RETROKMOD_META)
            | either(sys::RETROK_LSUPER, sys::RETROK_RSUPER, sys::RETROKMOD_META)
    }
}

impl Turn {
    /// What happened between the two polls. Shift and its like go down before and up after the keys they are held for.
    pub fn events(&self) -> impl Iterator<Item = KeyEvent> {
        let (before, now) = (self.before, self.now);
        let (old, new) = (before.modifiers(), now.modifiers());
        let up = move |code| KeyEvent { down: false, code, character: 0, modifiers: old };
        let down = move |code| KeyEvent { down: true, code, character: character(code, new), modifiers: new };
        let (released, pressed) = (before.held.without(now.held), now.held.without(before.held));
        released
            .codes()
            .filter(|code| !is_modifier(*code))
            .chain(released.codes().filter(|code| is_modifier(*code)))
            .map(up)
            .chain(
                pressed
                    .codes()
                    .filter(|code| is_modifier(*code))
                    .chain(pressed.codes().filter(|code| !is_modifier(*code)))
                    .map(down),
            )
    }
}

fn is_modifier(code: u16) -> bool {
    (sys::RETROK_NUMLOCK..=sys::RETROK_COMPOSE).contains(&code.into())
}

/// What a key types on a US keyboard; 0 for nothing.
fn character(code: u16, modifiers: u16) -> u32 {
    let on = |modifier: u32| u32::from(modifiers) & modifier != 0;
    if on(sys::RETROKMOD_CTRL | sys::RETROKMOD_ALT | sys::RETROKMOD_META) {
        return 0;
    }
    let code = u32::from(code);
    let typed = match code {
        // Backspace, tab, return, escape and delete are characters too.
        8 | 9 | 13 | 27 | 127 => return code,
        32..127 => code as u8,
        sys::RETROK_KP0..=sys::RETROK_KP9 => b'0' + (code - sys::RETROK_KP0) as u8,
        sys::RETROK_KP_PERIOD => b'.',
        sys::RETROK_KP_DIVIDE => b'/',
        sys::RETROK_KP_MULTIPLY => b'*',
        sys::RETROK_KP_MINUS => b'-',
        sys::RETROK_KP_PLUS => b'+',
        sys::RETROK_KP_ENTER => b'\r',
        sys::RETROK_KP_EQUALS => b'=',
        _ => return 0,
    };
    let (shift, caps) = (on(sys::RETROKMOD_SHIFT), on(sys::RETROKMOD_CAPSLOCK));
    let typed = match typed {
        b'a'..=b'z' if shift != caps => typed.to_ascii_uppercase(),
        _ if shift && code < 127 => shifted(typed),
        _ => typed,
    };
    typed.into()
}

fn shifted(typed: u8) -> u8 {
    const PLAIN: &[u8] = b"`1234567890-=[]\\;',./";
    const SHIFTED: &[u8] = b"~!@#$%^&*()_+{}|:\"<>?";
    let place = PLAIN.iter().position(|plain| *plain == typed);
    place.map_or(typed, |place| SHIFTED[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIFT: u16 = sys::RETROK_LSHIFT as u16;
    const CTRL: u16 = sys::RETROK_RCTRL as u16;
    const CAPS: u16 = sys::RETROK_CAPSLOCK as u16;
    const A: u16 = sys::RETROK_a as u16;

    fn turn(keyboard: &mut Keyboard, held: &[u16]) -> Vec<(bool, u16, u32, u16)> {
        let turn = keyboard.turn_to(held.iter().copied().collect());
        turn.events().map(|event| (event.down, event.code, event.character, event.modifiers)).collect()
    }

    #[test]
    fn presses_and_releases_are_told_once() {
        let mut keyboard = Keyboard::default();
        assert_eq!(turn(&mut keyboard, &[A, 98]), [(true, A, 'a'.into(), 0), (true, 98, 'b'.into(), 0)]);
        assert_eq!(turn(&mut keyboard, &[A, 98]), []);
        assert_eq!(turn(&mut keyboard, &[98, 99]), [(false, A, 0, 0), (true, 99, 'c'.into(), 0)]);
        assert_eq!(turn(&mut keyboard, &[]), [(false, 98, 0, 0), (false, 99, 0, 0)]);
    }

    #[test]
    fn shift_goes_down_before_and_up_after_its_key() {
        let mut keyboard = Keyboard::default();
        assert_eq!(turn(&mut keyboard, &[A, SHIFT]), [(true, SHIFT, 0, 1), (true, A, 'A'.into(), 1)]);
        assert_eq!(turn(&mut keyboard, &[]), [(false, A, 0, 1), (false, SHIFT, 0, 1)]);
    }

    #[test]
    fn caps_lock_stays_until_it_is_pressed_again() {
        let caps = sys::RETROKMOD_CAPSLOCK as u16;
        let mut keyboard = Keyboard::default();
        turn(&mut keyboard, &[CAPS]);
        turn(&mut keyboard, &[]);
        assert_eq!(turn(&mut keyboard, &[A, 49]), [(true, 49, '1'.into(), caps), (true, A, 'A'.into(), caps)]);
        turn(&mut keyboard, &[]);
        assert_eq!(turn(&mut keyboard, &[A, SHIFT])[1], (true, A, 'a'.into(), caps | 1));
        turn(&mut keyboard, &[CAPS]);
        assert_eq!(turn(&mut keyboard, &[A]), [(false, CAPS, 0, 0), (true, A, 'a'.into(), 0)]);
    }

    #[test]
    fn with_ctrl_a_key_types_nothing() {
        let ctrl = sys::RETROKMOD_CTRL as u16;
        assert_eq!(turn(&mut Keyboard::default(), &[A, CTRL]), [(true, CTRL, 0, ctrl), (true, A, 0, ctrl)]);
    }

    #[test]
    fn characters_are_those_of_a_us_keyboard() {
        let typed = |codes: &[u16], modifiers: u32| -> String {
            codes.iter().filter_map(|code| char::from_u32(character(*code, modifiers as u16))).collect()
        };
        let keys: Vec<u16> = b"`1234567890-=[]\\;',./ az".iter().map(|key| u16::from(*key)).collect();
        assert_eq!(typed(&keys, 0), "`1234567890-=[]\\;',./ az");
        assert_eq!(typed(&keys, sys::RETROKMOD_SHIFT), "~!@#$%^&*()_+{}|:\"<>? AZ");
        let pad: Vec<u16> = (256..273).collect();
        assert_eq!(typed(&pad, 0), "0123456789./*-+\r=");
        assert_eq!(typed(&pad, sys::RETROKMOD_SHIFT), "0123456789./*-+\r=");
        assert_eq!(typed(&[8, 9, 13, 27, 127], 0), "\u{8}\t\r\u{1b}\u{7f}");
        // Arrows, F1, the modifiers themselves and the unknown key.
        assert_eq!([0, 273, 282, 304, 323].map(|code| character(code, 0)), [0; 5]);
    }

    #[test]
    fn every_key_pressed_at_once_is_told_and_nothing_else() {
        let mut keyboard = Keyboard::default();
        let all: Vec<u16> = (1..crate::input::KEY_CODES).collect();
        assert_eq!(turn(&mut keyboard, &all).len(), all.len());
        assert_eq!(turn(&mut keyboard, &[]).len(), all.len());
    }
}
