//! What is wrong with a settings file, for people.

use super::file::codec;
use super::{Crop, TURBO_RATES};
use crate::game_command::TimeSettings;
use crate::link::ahead::MOST_AHEAD;
use crate::link::message::Bounds;
use crate::messages;
use crate::packet::Format;
use crate::text::IoCause;
use std::path::PathBuf;

messages! {
    /// Something in the settings file that is not used.
    pub enum SettingsWarning in settings_file {
        unreadable => Unreadable { file: PathBuf, cause: IoCause },
        /// Not TOML: with the parser's words.
        damaged => Damaged { file: PathBuf, problem: String, kept: PathBuf },
        /// `key` with the keys of the tables around it, and the beginning of the value as it is written.
        value => Value { key: String, value: String, expected: Expected },
    }
}

messages! {
    /// What the value of a key can be, as a noun.
    pub enum Expected in setting {
        text => Text,
        choice => Choice { choices: String },
        number => Number { least: String, most: String },
        port => Port,
        truth => Truth,
        path => Path,
        key_name => KeyName,
        button_name => ButtonName,
        game => Game,
        option_values => OptionValues,
        size => Size,
        other => Other,
    }
}

/// What is expected of a key of the file.
pub(super) fn expected(key: &str) -> Expected {
    let number = |least: String, most: String| Expected::Number { least, most };
    match key {
        "host_name" | "allow_names" | "public_address" | "trusted_proxies" | "stun_servers" | "meeting_page"
        | "brokers" | "acme_names" | "acme_directory" | "acme_contact" | "core_server" => Expected::Text,
        "language" => Expected::Choice { choices: "system, en, zh-CN".into() },
        "continuing" => Expected::Choice { choices: "ask, always, never".into() },
        "look" => Expected::Choice { choices: "sharp, smooth, scanlines, tube, grid, rounded".into() },
        "library_look" => Expected::Choice { choices: "grid, large, list".into() },
        "scaling" => Expected::Choice { choices: "sharp, whole".into() },
        "aspect" => Expected::Choice { choices: "core, square, 4:3, television".into() },
        "crop" => number("0".into(), Crop::MOST.to_string()),
        "codec" => {
            let names: Vec<&str> = [codec::AUTO].into_iter().chain(Format::ALL.map(Format::name)).collect();
            Expected::Choice { choices: names.join(", ") }
        }
        "volume" => number("0".into(), "1".into()),
        "core_memory_mb" => number(Bounds::LEAST_MEMORY_MB.to_string(), u32::MAX.to_string()),
        "trusted_cores" => Expected::OptionValues,
        "fast_forward" => Expected::Choice { choices: "2, 3, 4, 0".into() },
        "slow_motion" => Expected::Choice { choices: "2, 4".into() },
        "rewind_mb" => number("0".into(), TimeSettings::MOST_REWIND_MB.to_string()),
        "run_ahead" => number("0".into(), MOST_AHEAD.to_string()),
        "turbo_hz" => number(TURBO_RATES[0].to_string(), TURBO_RATES[1].to_string()),
        "stick_moves_dpad" | "pad_time_buttons" | "late_latch" | "ask_before_joining" | "internet" | "map_ports"
        | "acme_own_address" => Expected::Truth,
        "keyboard" | "keyboard_2" => Expected::KeyName,
        "turbo" | "turbo_2" => Expected::ButtonName,
        "recent" => Expected::Game,
        "core_for" | "core_folders" | "library_folders" | "library_pictures" | "library_dats" | "system_dir"
        | "certificate" | "private_key" => Expected::Path,
        "core_options" => Expected::OptionValues,
        "http_port" | "udp_port" => Expected::Port,
        "window" => Expected::Size,
        _ => Expected::Other,
    }
}
