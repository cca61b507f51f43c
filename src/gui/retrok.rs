//! From a key's place on the board to libretro's number for it (`RETROK_*`), as the page has them.

use egui::Key;

/// 0 for keys that libretro does not know. The keys of the number pad are the digits: egui does not tell them apart.
pub fn code_of(key: Key) -> u16 {
    match key {
        Key::Backspace => 8,
        Key::Tab => 9,
        Key::Clear => 12,
        Key::Enter => 13,
        Key::Pause => 19,
        Key::Escape => 27,
        Key::Space => 32,
        Key::Quote => 39,
        Key::Plus => 270,
        Key::Comma => 44,
        Key::Minus => 45,
        Key::Period => 46,
        Key::Slash => 47,
        Key::Semicolon => 59,
        Key::Equals => 61,
        Key::OpenBracket => 91,
        Key::Backslash => 92,
        Key::CloseBracket => 93,
        Key::Backtick => 96,
        Key::Delete => 127,
        Key::ArrowUp => 273,
        Key::ArrowDown => 274,
        Key::ArrowRight => 275,
        Key::ArrowLeft => 276,
        Key::Insert => 277,
        Key::Home => 278,
        Key::End => 279,
        Key::PageUp => 280,
        Key::PageDown => 281,
        Key::NumLock => 300,
        Key::CapsLock => 301,
        Key::ScrollLock => 302,
        Key::ShiftRight => 303,
        Key::ShiftLeft => 304,
        Key::ControlRight => 305,
        Key::ControlLeft => 306,
        Key::AltRight => 307,
        Key::AltLeft => 308,
        Key::SuperLeft => 311,
        Key::SuperRight => 312,
        Key::Help => 315,
        Key::PrintScreen => 316,
        Key::Menu => 319,
        Key::IntlBackslash => 323,
        _ => numbered(key.name()),
    }
}

/// Letters, digits and function keys.
fn numbered(name: &str) -> u16 {
    match name.as_bytes() {
        [letter @ b'A'..=b'Z'] => u16::from(letter.to_ascii_lowercase()),
        [digit @ b'0'..=b'9'] => u16::from(*digit),
        [b'F', rest @ ..] if !rest.is_empty() => {
            let number = name[1..].parse::<u16>().ok().filter(|number| (1..=15).contains(number));
            number.map_or(0, |number| 281 + number)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::KEY_CODES;

    #[test]
    fn keys_have_the_numbers_that_the_page_has_for_them() {
        let known = [
            (Key::A, 97),
            (Key::Z, 122),
            (Key::Num0, 48),
            (Key::Num9, 57),
            (Key::F1, 282),
            (Key::F15, 296),
            (Key::F16, 0),
            (Key::F35, 0),
            (Key::ShiftLeft, 304),
            (Key::ControlLeft, 306),
            (Key::BrowserBack, 0),
        ];
        for (key, code) in known {
            assert_eq!(code_of(key), code, "{key:?}");
        }
    }

    #[test]
    fn no_two_keys_have_the_same_number_and_all_numbers_exist() {
        let mut seen = std::collections::BTreeSet::new();
        for key in Key::ALL {
            let code = code_of(*key);
            assert!(code < KEY_CODES && (code == 0 || seen.insert(code)), "{key:?} is {code}");
        }
        assert!(seen.len() > 90, "{}", seen.len());
    }
}
