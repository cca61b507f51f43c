//! Every environment call by its name, and how often a core made it.

use crate::libretro::sys;
use crate::link::message::CallSeen;
use std::collections::BTreeMap;

/// Before it became 87, `SET_SERIALIZATION_QUIRKS` was 44; cores built with older headers still say that.
pub const OLD_SET_SERIALIZATION_QUIRKS: u32 = 44;

macro_rules! calls {
    ($($name:ident),* $(,)?) => {
        /// The number that a core calls with, and the name in libretro.h.
        pub const CALLS: &[(u32, &str)] = &[$((sys::$name, stringify!($name))),*];
    };
}

calls! {
    RETRO_ENVIRONMENT_SET_ROTATION,
    RETRO_ENVIRONMENT_GET_OVERSCAN,
    RETRO_ENVIRONMENT_GET_CAN_DUPE,
    RETRO_ENVIRONMENT_SET_MESSAGE,
    RETRO_ENVIRONMENT_SHUTDOWN,
    RETRO_ENVIRONMENT_SET_PERFORMANCE_LEVEL,
    RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY,
    RETRO_ENVIRONMENT_SET_PIXEL_FORMAT,
    RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS,
    RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK,
    RETRO_ENVIRONMENT_SET_DISK_CONTROL_INTERFACE,
    RETRO_ENVIRONMENT_SET_HW_RENDER,
    RETRO_ENVIRONMENT_GET_VARIABLE,
    RETRO_ENVIRONMENT_SET_VARIABLES,
    RETRO_ENVIRONMENT_GET_VARIABLE_UPDATE,
    RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME,
    RETRO_ENVIRONMENT_GET_LIBRETRO_PATH,
    RETRO_ENVIRONMENT_SET_FRAME_TIME_CALLBACK,
    RETRO_ENVIRONMENT_SET_AUDIO_CALLBACK,
    RETRO_ENVIRONMENT_GET_RUMBLE_INTERFACE,
    RETRO_ENVIRONMENT_GET_INPUT_DEVICE_CAPABILITIES,
    RETRO_ENVIRONMENT_GET_SENSOR_INTERFACE,
    RETRO_ENVIRONMENT_GET_CAMERA_INTERFACE,
    RETRO_ENVIRONMENT_GET_LOG_INTERFACE,
    RETRO_ENVIRONMENT_GET_PERF_INTERFACE,
    RETRO_ENVIRONMENT_GET_LOCATION_INTERFACE,
    RETRO_ENVIRONMENT_GET_CORE_ASSETS_DIRECTORY,
    RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY,
    RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO,
    RETRO_ENVIRONMENT_SET_PROC_ADDRESS_CALLBACK,
    RETRO_ENVIRONMENT_SET_SUBSYSTEM_INFO,
    RETRO_ENVIRONMENT_SET_CONTROLLER_INFO,
    RETRO_ENVIRONMENT_SET_MEMORY_MAPS,
    RETRO_ENVIRONMENT_SET_GEOMETRY,
    RETRO_ENVIRONMENT_GET_USERNAME,
    RETRO_ENVIRONMENT_GET_LANGUAGE,
    RETRO_ENVIRONMENT_GET_CURRENT_SOFTWARE_FRAMEBUFFER,
    RETRO_ENVIRONMENT_GET_HW_RENDER_INTERFACE,
    RETRO_ENVIRONMENT_SET_SUPPORT_ACHIEVEMENTS,
    RETRO_ENVIRONMENT_SET_HW_RENDER_CONTEXT_NEGOTIATION_INTERFACE,
    RETRO_ENVIRONMENT_SET_HW_SHARED_CONTEXT,
    RETRO_ENVIRONMENT_GET_VFS_INTERFACE,
    RETRO_ENVIRONMENT_GET_LED_INTERFACE,
    RETRO_ENVIRONMENT_GET_AUDIO_VIDEO_ENABLE,
    RETRO_ENVIRONMENT_GET_MIDI_INTERFACE,
    RETRO_ENVIRONMENT_GET_FASTFORWARDING,
    RETRO_ENVIRONMENT_GET_TARGET_REFRESH_RATE,
    RETRO_ENVIRONMENT_GET_INPUT_BITMASKS,
    RETRO_ENVIRONMENT_GET_CORE_OPTIONS_VERSION,
    RETRO_ENVIRONMENT_SET_CORE_OPTIONS,
    RETRO_ENVIRONMENT_SET_CORE_OPTIONS_INTL,
    RETRO_ENVIRONMENT_SET_CORE_OPTIONS_DISPLAY,
    RETRO_ENVIRONMENT_GET_PREFERRED_HW_RENDER,
    RETRO_ENVIRONMENT_GET_DISK_CONTROL_INTERFACE_VERSION,
    RETRO_ENVIRONMENT_SET_DISK_CONTROL_EXT_INTERFACE,
    RETRO_ENVIRONMENT_GET_MESSAGE_INTERFACE_VERSION,
    RETRO_ENVIRONMENT_SET_MESSAGE_EXT,
    RETRO_ENVIRONMENT_GET_INPUT_MAX_USERS,
    RETRO_ENVIRONMENT_SET_AUDIO_BUFFER_STATUS_CALLBACK,
    RETRO_ENVIRONMENT_SET_MINIMUM_AUDIO_LATENCY,
    RETRO_ENVIRONMENT_SET_FASTFORWARDING_OVERRIDE,
    RETRO_ENVIRONMENT_SET_CONTENT_INFO_OVERRIDE,
    RETRO_ENVIRONMENT_GET_GAME_INFO_EXT,
    RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2,
    RETRO_ENVIRONMENT_SET_CORE_OPTIONS_V2_INTL,
    RETRO_ENVIRONMENT_SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK,
    RETRO_ENVIRONMENT_SET_VARIABLE,
    RETRO_ENVIRONMENT_GET_THROTTLE_STATE,
    RETRO_ENVIRONMENT_GET_SAVESTATE_CONTEXT,
    RETRO_ENVIRONMENT_GET_HW_RENDER_CONTEXT_NEGOTIATION_INTERFACE_SUPPORT,
    RETRO_ENVIRONMENT_GET_JIT_CAPABLE,
    RETRO_ENVIRONMENT_GET_MICROPHONE_INTERFACE,
    RETRO_ENVIRONMENT_GET_DEVICE_POWER,
    RETRO_ENVIRONMENT_SET_NETPACKET_INTERFACE,
    RETRO_ENVIRONMENT_GET_PLAYLIST_DIRECTORY,
    RETRO_ENVIRONMENT_GET_FILE_BROWSER_START_DIRECTORY,
    RETRO_ENVIRONMENT_GET_TARGET_SAMPLE_RATE,
    RETRO_ENVIRONMENT_GET_NETPLAY_CLIENT_INDEX,
    RETRO_ENVIRONMENT_EXEC_MEM_ALLOC,
    RETRO_ENVIRONMENT_EXEC_MEM_FREE,
    RETRO_ENVIRONMENT_GET_AUDIO_SAMPLE_BATCH_FLOAT,
    RETRO_ENVIRONMENT_GET_MEMORY_STATUS,
    RETRO_ENVIRONMENT_SET_SERIALIZATION_QUIRKS,
    RETRO_ENVIRONMENT_GET_SCREEN_10BPC_CAPABLE,
    RETRO_ENVIRONMENT_GET_HDR_PAPER_WHITE_NITS,
    RETRO_ENVIRONMENT_GET_HDR_EXPAND_GAMUT,
    RETRO_ENVIRONMENT_GET_HDR_OUTPUT_MODE,
}

/// The name without what all have in common; none for a call that libretro.h does not have.
pub fn name(call: u32) -> Option<&'static str> {
    if call == OLD_SET_SERIALIZATION_QUIRKS {
        return name(sys::RETRO_ENVIRONMENT_SET_SERIALIZATION_QUIRKS);
    }
    let (_, name) = CALLS.iter().find(|(known, _)| *known == call)?;
    name.strip_prefix("RETRO_ENVIRONMENT_")
}

/// Calls that libretro.h has, by number and whether they are marked as experimental: 44 is two.
const KNOWN: usize = 256;
/// Other numbers that are counted: cores of one front end call what only that one has.
const MOST_OTHERS: usize = 64;

/// How often each call was answered with true and with false.
pub struct Counts {
    known: [[u64; 2]; KNOWN],
    others: BTreeMap<u32, [u64; 2]>,
}

impl Default for Counts {
    fn default() -> Counts {
        Counts { known: [[0; 2]; KNOWN], others: BTreeMap::new() }
    }
}

fn index(call: u32) -> Option<usize> {
    let (number, flags) = (call & 0xffff, call & !0xffff);
    match flags {
        _ if number >= KNOWN as u32 / 2 => None,
        0 => Some(number as usize),
        sys::RETRO_ENVIRONMENT_EXPERIMENTAL => Some(number as usize + KNOWN / 2),
        _ => None,
    }
}

impl Counts {
    /// A core made the call, and was answered so.
    pub fn count(&mut self, call: u32, answer: bool) {
        let counts = match index(call) {
            Some(index) => &mut self.known[index],
            None if self.others.len() >= MOST_OTHERS && !self.others.contains_key(&call) => return,
            None => self.others.entry(call).or_default(),
        };
        counts[usize::from(!answer)] += 1;
    }

    /// All that were made, by number.
    pub fn seen(&self) -> Vec<CallSeen> {
        let known = (0..KNOWN as u32).map(|index| {
            let half = KNOWN as u32 / 2;
            if index < half { index } else { (index - half) | sys::RETRO_ENVIRONMENT_EXPERIMENTAL }
        });
        let known = known.zip(self.known);
        let others = self.others.iter().map(|(call, counts)| (*call, *counts));
        let mut seen: Vec<CallSeen> = known
            .chain(others)
            .filter(|(_, counts)| *counts != [0, 0])
            .map(|(call, [answered, refused])| CallSeen {
                call: call & 0xffff,
                name: name(call).unwrap_or_default().to_owned(),
                answered,
                refused,
                reason: super::refusals::reason(call).unwrap_or_default().to_owned(),
            })
            .collect();
        seen.sort_by_key(|seen| seen.call);
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = include_str!("../libretro.h");

    /// The numbers and flags in the header, by name.
    fn header() -> BTreeMap<&'static str, u32> {
        let define = |line: &'static str| {
            let mut words = line.strip_prefix("#define RETRO_ENVIRONMENT_")?.split_whitespace();
            let (name, number) = (words.next()?, words.next()?);
            let number: u32 = number.trim_start_matches('(').parse().ok()?;
            let experimental = line.contains("| RETRO_ENVIRONMENT_EXPERIMENTAL)");
            Some((name, number | if experimental { sys::RETRO_ENVIRONMENT_EXPERIMENTAL } else { 0 }))
        };
        HEADER.lines().filter_map(define).collect()
    }

    #[test]
    fn every_call_of_the_header_has_its_name() {
        let header = header();
        assert!(header.len() > 80, "{header:?}");
        for (its_name, call) in &header {
            // One of the old names, for the same number.
            let wanted = if *its_name == "GET_CONTENT_DIRECTORY" { "GET_CORE_ASSETS_DIRECTORY" } else { its_name };
            assert_eq!(name(*call), Some(wanted));
        }
        assert_eq!(CALLS.len(), header.len() - 1);
    }

    #[test]
    fn calls_are_counted_by_their_answers_and_two_of_one_number_are_kept_apart() {
        let mut counts = Counts::default();
        counts.count(sys::RETRO_ENVIRONMENT_SET_HW_SHARED_CONTEXT, false);
        counts.count(OLD_SET_SERIALIZATION_QUIRKS, true);
        counts.count(OLD_SET_SERIALIZATION_QUIRKS, true);
        for call in 0..1000 {
            counts.count(call | sys::RETRO_ENVIRONMENT_PRIVATE, false);
        }
        let seen = counts.seen();
        let of = |name: &str| {
            let it = seen.iter().find(|seen| seen.name == name).expect("seen");
            (it.call, it.answered, it.refused)
        };
        assert_eq!(of("SET_HW_SHARED_CONTEXT"), (44, 0, 1));
        assert_eq!(of("SET_SERIALIZATION_QUIRKS"), (44, 2, 0));
        assert_eq!(seen.len(), 2 + MOST_OTHERS);
    }
}
