//! Every text of the program for people, in each of its languages.

mod io;
mod message;

pub use io::IoCause;
pub use message::{Message, Value};

use std::collections::BTreeMap;
use std::sync::OnceLock;

macro_rules! texts {
    ($($key:ident),* $(,)?) => {
        /// The texts of one language; the fields are the keys of the files in `assets/lang`.
        // Plain `&str` fields filled one by one: a derived `Deserialize` over so many `String`s is one function that
        // takes the compiler's vectorizer minutes.
        #[derive(Debug, Clone, Copy)]
        #[allow(missing_docs)]
        pub struct Texts {
            $(pub $key: &'static str,)*
            /// Texts of [`Message`]s by their codes.
            messages: &'static BTreeMap<String, String>,
        }

        impl Texts {
            const EMPTY: Texts = Texts { $($key: "",)* messages: &NO_MESSAGES };

            fn field(&mut self, key: &str) -> Option<&mut &'static str> {
                match key {
                    $(stringify!($key) => Some(&mut self.$key),)*
                    _ => None,
                }
            }

            /// Every key with its text, for tests.
            pub fn all(&self) -> Vec<(&'static str, &str)> {
                vec![$((stringify!($key), self.$key),)*]
            }
        }
    };
}

texts! {
    // Before the window
    start_no_home, start_no_window,
    // Home
    open_game, open_game_hint, play_demo, play_demo_hint, play_demo_missing, recent_games, no_recent, forget_game,
    drop_here,
    // Cores
    cores_found_none, cores_found_one, cores_found_many, choose_core, choose_core_for, choose_game, choose_game_for, whole_archive,
    more_games, remember_core, several_offer, several_hint, several_needed, several_optional, several_choose, several_choose_name,
    several_remove, several_remove_name, several_play, no_core_title, no_core_body, get_core, get_cores, get_cores_link, get_cores_hint, get_cores_asking,
    get_cores_search, get_cores_none, try_again, open_file,
    core_licence, core_no_licence, cancel_core, core_waiting, core_trying, core_installed, install, install_core, update,
    update_core, core_server, core_server_hint, pick_core_file, add_core_folder, open_with_core, bundled, cancel,
    // Game
    close_game, pause, resume, reset, save_state, load_state, slot, no_states, slots, slots_hint, slot_undo, slot_choose,
    slot_chosen, slot_nothing, save_in_slot, load_from_slot, undo_slot, continue_title, continue_hint, continue_yes,
    continue_no, continue_left, volume, mute,
    unmute, screenshot, record, record_stop, full_screen, leave_full_screen_hint, core_options, settings, hide_panel, show_panel, fps, fps_tip,
    capture_enter_keyboard, capture_enter_mouse, capture_enter_both, capture_on_keyboard, capture_on_mouse, capture_on_both, capture_leave,
    scroll_lock, leds,
    rewind, fast_forward, slow_motion, step_frame, hold_tip, key_tip, with_shift, rewinding, rewind_by, fast_by, slow_by,
    latency, latency_tip, starting, paused, paused_by, crashed_title, crashed_body, start_again, failed_title, go_back, no_picture_yet,
    // Invite
    invite, invite_hint, invite_wait, copy_link, link_copied, show_qr, qr_title, qr_hint, more_addresses, close,
    more_invite, less_invite, invite_hint_ask, ask_first, asks_first, code, code_name, code_tip, code_hint, copy_code, code_stop, code_stop_name,
    time_left, connection, connection_tip, connection_title, step_good, step_working, step_limited, step_bad, step_off,
    more_links, more_links_tip, links_title, no_links, new_link, make_link, link_for, link_uses,
    link_lasts, no_open_link, no_limit, ten_minutes, one_hour, one_day, used, used_of, take_back, take_back_link,
    take_back_people,
    // People
    players, spectators, you, free_seat, seat, ping_unknown, milliseconds, kbit, mbit, lost, path_internet, path_relayed,
    path_tcp, nobody_yet,
    player, pardon_all, wants_any, wants_seat, seat_them, seat_them_name, at_this_machine, away, more_for,
    more_for_you, device_of, plays_as, watch_only, may, right_pause, right_states, right_discs, right_time, right_seats, right_invite,
    silence, silence_tip, silenced, free_it, kick, kick_tip, ban, ban_tip, wants_in, by_broker, internet, internet_hint, internet_local_only, internet_map_ports, internet_page, internet_page_hint,
    internet_brokers, internet_brokers_hint, more_wait, any_seat, let_in, let_watch, no,
    answer_name, chat, chat_unread, chat_empty, say_something, react, joined, left, was_kicked, disc_changed, disc_changed_named,
    // Options
    options_title, report_show, report_copy, trust_title, trust_title_off, trust_hint, trust_ask, trust_words, trust_field,
    trust_begin, trust_is_off, trust_end, core_memory, core_memory_limit, core_memory_hint, options_none, options_hint, options_other, saves_earlier, saves_hint, put_back, ago_now, ago_minutes, ago_hours, ago_days, disc, disc_number, disc_open, filter,
    // Settings
    settings_title, your_name, your_name_hint, language, language_system, picture, scaling_sharp, scaling_sharp_hint,
    scaling_whole, scaling_whole_hint, look, look_sharp, look_smooth, look_scanlines, look_tube, look_grid, look_rounded,
    aspect, aspect_core, aspect_square, aspect_four_thirds, aspect_television, crop, crop_top, crop_bottom, crop_left, crop_right, crop_hint, codec, codec_auto, codec_hint, continuing, continuing_ask, continuing_always, continuing_never, time_title, time_fast, time_fast_most, time_slow, time_rewind, time_rewind_off,
    time_rewind_hint, run_ahead, run_ahead_off, run_ahead_frames, run_ahead_one, run_ahead_hint, run_ahead_try, run_ahead_can, run_ahead_no_lag, run_ahead_no_answer, run_ahead_not, run_ahead_now, late_latch, late_latch_hint, late_latch_on, late_latch_not, time_pads, controllers, no_controllers, pads_unreadable, stick_dpad, core_folders, remove,
    gamepad, yours, nobody, first_keys, second_keys, guest_name, their_name, name_of, keys, keys_twice, usual_keys,
    press_a_key, turbo, turbo_of, turbo_speed, turbo_rate, up, down, left_side, right_side,
    file_types, file_types_none, forget, system_folder, system_folder_hint, system_folder_own, choose_folder, use_own_folder,
    site, site_hint, site_names, site_names_hint, site_public, site_public_hint, site_certified, site_certified_hint,
    site_certified_own, site_certified_explained,
    ports, ports_hint, page_port, media_port, after_restart, sound, sound_off, sound_playing,
    // Keys and buttons
    key_escape, key_tab, key_backspace, key_enter, key_space, key_insert, key_delete, key_home, key_end, key_page_up,
    key_page_down, key_shift_left, key_shift_right, key_control_left, key_control_right, key_alt_left, key_alt_right,
    key_super_left, key_super_right, key_caps_lock, key_num_lock, key_print_screen, key_pause, key_menu,
    key_intl_backslash, key_copy, key_cut, key_paste, key_clear, key_help, key_fn, key_eject, key_power, key_sleep,
    key_browser_back, key_browser_forward, key_browser_refresh, key_browser_search, key_browser_home,
    key_browser_favorites, key_browser_stop, key_media_play, key_media_next, key_media_previous, key_media_stop,
    key_volume_mute, key_volume_down, key_volume_up, key_launch_mail, key_launch_app_1, key_launch_app_2,
    button_start, button_select,
    // The library
    library, library_tile_hint, library_one_game, library_games, library_search, library_folders,
    library_folders_hint, library_add_folder, library_remove_folder, library_rescan, library_pictures,
    library_pictures_hint, library_dats, library_dats_hint, library_no_own_folder, library_all,
    library_favourites, library_is_favourite, library_sort, library_by_name, library_by_last_played,
    library_by_played, library_players, library_any_players, library_for_players, library_players_of,
    library_one_player, library_discs, library_minutes, library_hours, library_grid, library_large, library_list,
    library_scanning, library_stop, library_looking, library_no_folder, library_no_folder_hint, library_no_games,
    library_no_games_hint, library_no_cores, library_nothing, library_nothing_hint, library_no_favourites_hint,
    library_no_players_hint, library_show_all, library_play, library_play_disc, library_play_with,
    library_favourite, library_no_favourite, library_show_in_folder, library_not_shown,
    // Notices
    dismiss, software_rendering, software_rendering_tip, no_chinese_font, port_taken, no_dialog, settings_not_saved,
    recent_gone, core_gone, looking_inside, version,
}

static NO_MESSAGES: BTreeMap<String, String> = BTreeMap::new();

impl Texts {
    /// The text of a [`Message`]; empty for a code that no language file has, which the messages' own tests rule out.
    fn message(&self, code: &str) -> &'static str {
        self.messages.get(code).map_or("", String::as_str)
    }
}

const ENGLISH: &str = include_str!("../../assets/lang/en.toml");
const CHINESE: &str = include_str!("../../assets/lang/zh-CN.toml");

/// The language of the window, as a person chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// What the system is set to.
    #[default]
    System,
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The two languages there are texts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Spoken {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Spoken {
    /// What `HOTSEAT_LANG` says, or else what a person chose, or what the system is set to.
    pub fn from_choice(choice: Language) -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(locale) = variable("HOTSEAT_LANG") {
            return Self::from_locale(&locale);
        }
        match choice {
            Language::English => Self::English,
            Language::Chinese => Self::Chinese,
            Language::System => ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .find_map(variable)
                .map_or(Self::English, |locale| Self::from_locale(&locale)),
        }
    }

    /// What a locale such as `zh_CN.UTF-8` begins with, or the first choice of an `Accept-Language` header.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// The texts of this language.
    pub fn texts(self) -> Texts {
        static PARSED: [OnceLock<Texts>; 2] = [const { OnceLock::new() }; 2];
        // The tests below parse both files; a window without words would be the worst that could come of it.
        *PARSED[self as usize].get_or_init(|| parse(self.file()).unwrap_or(Texts::EMPTY))
    }

    fn file(self) -> &'static str {
        match self {
            Self::English => ENGLISH,
            Self::Chinese => CHINESE,
        }
    }
}

/// At the top of a language file: a text of the window, or a table of messages.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Entry {
    Text(String),
    Messages(BTreeMap<String, String>),
}

/// Reads a language file. Its texts live as long as the program, so they are never given back.
fn parse(file: &str) -> Result<Texts, String> {
    let file: BTreeMap<String, Entry> = toml::from_str(file).map_err(|error| error.to_string())?;
    let mut texts = Texts::EMPTY;
    let mut messages = BTreeMap::new();
    for (key, entry) in file {
        match entry {
            Entry::Text(text) => {
                *texts.field(&key).ok_or_else(|| format!("no text is called {key}"))? = String::leak(text);
            }
            Entry::Messages(table) => {
                messages.extend(table.into_iter().map(|(name, text)| (format!("{key}.{name}"), text)));
            }
        }
    }
    texts.messages = Box::leak(Box::new(messages));
    Ok(texts)
}

/// Puts values into a text: `fill("{n} players", &[("n", "3")])`. What looks like a name inside a value stays: people call
/// themselves what they like.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, after))
        });
        let (shown, left) = known.unwrap_or(("{", after));
        filled.push_str(shown);
        rest = left;
    }
    filled + rest
}

#[cfg(test)]
fn names(text: &str) -> std::collections::BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// Fails unless each language has a text for each key of a table of messages and for nothing else, and unless all of them
/// speak of the same values, which are the variant's own.
#[cfg(test)]
pub(crate) fn check_table(table: &str, variants: &[(&str, &[&str])]) {
    let english = Spoken::English.texts();
    for spoken in [Spoken::English, Spoken::Chinese] {
        let texts = spoken.texts();
        for (key, fields) in variants {
            let code = format!("{table}.{key}");
            let text = texts.message(&code);
            assert!(!text.trim().is_empty(), "{code} has no text in {spoken:?}");
            assert_eq!(names(text), names(english.message(&code)), "{code} in {spoken:?}");
            let unknown: Vec<_> = names(text).into_iter().filter(|name| !fields.contains(name)).collect();
            assert!(unknown.is_empty(), "{code} in {spoken:?} has no value for {unknown:?}");
        }
        let start = format!("{table}.");
        let keys = texts.messages.keys().filter_map(|code| code.strip_prefix(&start));
        let unused: Vec<_> = keys.filter(|key| variants.iter().all(|(known, _)| known != key)).collect();
        assert!(unused.is_empty(), "{spoken:?} has texts that no variant of {table} uses: {unused:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_none_is_empty_and_the_same_values_go_in() {
        let english = parse(ENGLISH).unwrap();
        let chinese = parse(CHINESE).unwrap();
        for ((key, english), (_, chinese)) in english.all().into_iter().zip(chinese.all()) {
            assert!(!english.trim().is_empty() && !chinese.trim().is_empty(), "{key}");
            assert_eq!(names(english), names(chinese), "{key}");
        }
    }

    /// The text of every source file of the program but those of this module.
    fn sources() -> String {
        fn collect(folder: &std::path::Path, all: &mut String) {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() && !path.ends_with("src/text") {
                    collect(&path, all);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    all.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut all = String::new();
        collect(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        all
    }

    #[test]
    fn every_text_is_used() {
        let code = sources();
        let texts = Spoken::English.texts();
        let unused: Vec<_> = texts.all().into_iter().filter(|(key, _)| !code.contains(&format!(".{key}"))).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn every_table_of_messages_belongs_to_an_enum() {
        let code = sources() + include_str!("io.rs");
        for spoken in [Spoken::English, Spoken::Chinese] {
            for message in spoken.texts().messages.keys() {
                let (table, _) = message.split_once('.').unwrap();
                assert!(code.contains(&format!(" in {table} {{")), "no enum has the messages of {table}");
            }
        }
    }

    #[test]
    fn the_systems_language_is_understood_by_its_beginning() {
        for (locale, spoken) in [
            ("zh_CN.UTF-8", Spoken::Chinese),
            ("zh", Spoken::Chinese),
            ("en_GB", Spoken::English),
            ("C", Spoken::English),
            ("", Spoken::English),
        ] {
            assert_eq!(Spoken::from_locale(locale), spoken, "{locale}");
        }
    }

    #[test]
    fn values_go_where_their_names_are() {
        assert_eq!(fill("{a} and {b}, {a}", &[("a", "1"), ("b", "2")]), "1 and 2, 1");
        assert_eq!(fill("{a} at {b}", &[("a", "{b}"), ("b", "{a}")]), "{b} at {a}");
        assert_eq!(fill("{ {a} {c} {", &[("a", "1")]), "{ 1 {c} {");
    }
}
