//! The calls that are answered with no, and why. A core that hears no does without: that is what libretro.h asks of it.

use crate::libretro::sys;

/// Each call and the reason, as the table in docs/environment.md has it.
pub const REFUSED: &[(u32, &str)] = &[
    (sys::RETRO_ENVIRONMENT_GET_CAMERA_INTERFACE, "a game has no business with the host's camera"),
    (sys::RETRO_ENVIRONMENT_GET_LOCATION_INTERFACE, "a game has no business with where the host is"),
    (sys::RETRO_ENVIRONMENT_GET_MIDI_INTERFACE, "friends would not hear an instrument on the host's desk"),
    (sys::RETRO_ENVIRONMENT_GET_HW_RENDER_INTERFACE, "OpenGL has none, and others are not there"),
    (sys::RETRO_ENVIRONMENT_SET_HW_RENDER_CONTEXT_NEGOTIATION_INTERFACE, "it is Vulkan's, which is not there"),
    (sys::RETRO_ENVIRONMENT_SET_NETPACKET_INTERFACE, "there is one machine, and friends are at its controllers"),
    (sys::RETRO_ENVIRONMENT_GET_NETPLAY_CLIENT_INDEX, "there is one machine, and friends are at its controllers"),
    (sys::RETRO_ENVIRONMENT_GET_PLAYLIST_DIRECTORY, "there are no playlists"),
    (sys::RETRO_ENVIRONMENT_EXEC_MEM_FREE, "none was given out: cores make their own"),
    (sys::RETRO_ENVIRONMENT_GET_SCREEN_10BPC_CAPABLE, "pictures are streamed with 8 bits a channel"),
    (sys::RETRO_ENVIRONMENT_GET_HDR_PAPER_WHITE_NITS, "pictures are streamed without HDR"),
    (sys::RETRO_ENVIRONMENT_GET_HDR_EXPAND_GAMUT, "pictures are streamed without HDR"),
    (sys::RETRO_ENVIRONMENT_GET_HDR_OUTPUT_MODE, "pictures are streamed without HDR"),
];

/// Why the call is answered with no; none for one that is not.
pub fn reason(call: u32) -> Option<&'static str> {
    REFUSED.iter().find(|(refused, _)| *refused == call).map(|(_, reason)| *reason)
}
