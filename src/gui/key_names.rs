//! What is written on a key, in the reader's language.

use crate::text::Texts;
use egui::Key;

/// Signs, letters, digits and function keys are the same in every language; egui has their names.
pub(super) fn key_name(key: Key, texts: &Texts) -> &'static str {
    match key {
        Key::ArrowUp => texts.up,
        Key::ArrowDown => texts.down,
        Key::ArrowLeft => texts.left_side,
        Key::ArrowRight => texts.right_side,
        Key::Escape => texts.key_escape,
        Key::Tab => texts.key_tab,
        Key::Backspace => texts.key_backspace,
        Key::Enter => texts.key_enter,
        Key::Space => texts.key_space,
        Key::Insert => texts.key_insert,
        Key::Delete => texts.key_delete,
        Key::Home => texts.key_home,
        Key::End => texts.key_end,
        Key::PageUp => texts.key_page_up,
        Key::PageDown => texts.key_page_down,
        Key::ShiftLeft => texts.key_shift_left,
        Key::ShiftRight => texts.key_shift_right,
        Key::ControlLeft => texts.key_control_left,
        Key::ControlRight => texts.key_control_right,
        Key::AltLeft => texts.key_alt_left,
        Key::AltRight => texts.key_alt_right,
        Key::SuperLeft => texts.key_super_left,
        Key::SuperRight => texts.key_super_right,
        Key::CapsLock => texts.key_caps_lock,
        Key::NumLock => texts.key_num_lock,
        Key::ScrollLock => texts.scroll_lock,
        Key::PrintScreen => texts.key_print_screen,
        Key::Pause => texts.key_pause,
        Key::Menu => texts.key_menu,
        Key::IntlBackslash => texts.key_intl_backslash,
        Key::Copy => texts.key_copy,
        Key::Cut => texts.key_cut,
        Key::Paste => texts.key_paste,
        Key::Clear => texts.key_clear,
        Key::Help => texts.key_help,
        Key::Fn => texts.key_fn,
        Key::Eject => texts.key_eject,
        Key::Power => texts.key_power,
        Key::Sleep => texts.key_sleep,
        Key::BrowserBack => texts.key_browser_back,
        Key::BrowserForward => texts.key_browser_forward,
        Key::BrowserRefresh => texts.key_browser_refresh,
        Key::BrowserSearch => texts.key_browser_search,
        Key::BrowserHome => texts.key_browser_home,
        Key::BrowserFavorites => texts.key_browser_favorites,
        Key::BrowserStop => texts.key_browser_stop,
        Key::MediaPlayPause => texts.key_media_play,
        Key::MediaTrackNext => texts.key_media_next,
        Key::MediaTrackPrevious => texts.key_media_previous,
        Key::MediaStop => texts.key_media_stop,
        Key::AudioVolumeMute => texts.key_volume_mute,
        Key::AudioVolumeDown => texts.key_volume_down,
        Key::AudioVolumeUp => texts.key_volume_up,
        Key::LaunchMail => texts.key_launch_mail,
        Key::LaunchApp1 => texts.key_launch_app_1,
        Key::LaunchApp2 => texts.key_launch_app_2,
        Key::Minus => "-",
        Key::Quote => "'",
        _ => key.symbol_or_name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Spoken;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_has_a_name_of_its_own_in_each_language() {
        for spoken in [Spoken::English, Spoken::Chinese] {
            let texts = spoken.texts();
            let names: BTreeSet<&str> = Key::ALL.iter().map(|key| key_name(*key, &texts)).collect();
            assert_eq!(names.len(), Key::ALL.len(), "{names:?}");
        }
    }

    #[test]
    fn no_key_is_called_by_the_name_that_the_settings_file_has_for_it() {
        let texts = Spoken::Chinese.texts();
        for key in Key::ALL {
            let name = key_name(*key, &texts);
            let compound = name.chars().skip(1).any(|letter| letter.is_ascii_uppercase());
            assert!(name.contains(' ') || !compound, "{name}");
        }
        assert_eq!(key_name(Key::ShiftLeft, &texts), "左 Shift");
        assert_eq!(key_name(Key::OpenBracket, &texts), "[");
    }
}
