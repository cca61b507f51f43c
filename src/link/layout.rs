//! Where everything lies in the shared memory. Both processes are the same executable, so this is the whole agreement.

use super::subsystem::MOST_MEMORIES;
use crate::frame::MAX_SIDE;
use crate::input::{KeySet, MAX_SEATS};

/// Frames the ring holds. The host works on one, the others wait for it or are free.
pub const SLOTS: usize = 8;

/// With so many frames waiting the host goes on with the newest at the latest.
pub const BACKLOG: usize = SLOTS - 1;

/// Bytes of the largest picture.
pub const SLOT_BYTES: usize = MAX_SIDE as usize * MAX_SIDE as usize * 4;

/// Stereo sample pairs in the audio ring: 0.68 s at 96 kHz. Must be a power of two.
pub const AUDIO_FRAMES: usize = 1 << 16;

/// The largest save state: a Dreamcast's is about 27 MB, the largest of the systems people play together.
pub const STATE_BYTES: usize = 48 << 20;

/// The largest battery-backed save memory that is kept.
pub const SRAM_BYTES: usize = 4 << 20;

/// The largest clock of a cartridge that is kept.
pub const RTC_BYTES: usize = 64 << 10;

const PAGE: usize = 4096;

/// Input board: 64 bytes a lane and seat, so that no two writers and no two seats share a cache line.
pub const INPUT: usize = PAGE;
/// Lanes of the input board: one for each thread that writes.
pub const LANES: usize = 2;
pub const INPUT_STRIDE: usize = 64;
/// First word of a pad: buttons and three axes.
pub const PAD_LOW: usize = 0;
/// Second word: the other three axes.
pub const PAD_HIGH: usize = 8;
/// Buttons pressed since the core last polled.
pub const PAD_PRESSED: usize = 16;
/// Mouse buttons pressed since the core last polled.
pub const MOUSE_PRESSED: usize = 20;
/// Four sums since the core last polled: right, down, wheel, sideways wheel.
pub const MOUSE_MOVED: usize = 24;
/// Where the mouse is, its buttons, and whether it is over the picture.
pub const MOUSE_STATE: usize = 40;
/// Three axes of acceleration, in the lane of the guests alone.
pub const MOTION_ACCELERATION: usize = 48;
/// Three axes of rotation.
pub const MOTION_ROTATION: usize = 56;

/// The keyboard: 128 bytes a lane.
pub const KEYS: usize = INPUT + LANES * MAX_SEATS * INPUT_STRIDE;
pub const KEYS_STRIDE: usize = 128;
/// Words of held keys.
pub const KEYS_HELD: usize = 0;
/// Words of keys pressed since the core last polled.
pub const KEYS_PRESSED: usize = 64;

/// What the core wants felt and seen: a word of motors a seat, then one of LEDs. On a cache line of its own.
pub const RUMBLE: usize = KEYS + LANES * KEYS_STRIDE;
pub const LEDS: usize = RUMBLE + MAX_SEATS * 4;
/// Sensors that the core wants: a bit a seat for the accelerometer, and from bit 16 on for the gyroscope.
pub const SENSORS: usize = LEDS + 4;

/// Seats on which nobody can tell motion, by the host. On a cache line of its own.
pub const MOTIONLESS: usize = RUMBLE + 64;

/// Rises with every press, for whoever waits for one; and whether somebody does. On a cache line of its own.
pub const PRESSES: usize = MOTIONLESS + 64;
pub const PRESS_AWAITED: usize = PRESSES + 4;

/// The runner's own figures.
pub const STATUS: usize = INPUT + PAGE;
/// Frames emulated since the content was loaded.
pub const FRAMES_RUN: usize = STATUS;
/// Changes whenever the runner is alive.
pub const HEARTBEAT: usize = STATUS + 8;
/// Frames that the runner found no free slot for.
pub const FRAMES_DROPPED: usize = STATUS + 16;
/// The frame rate now, as the bits of an f64.
pub const FPS: usize = STATUS + 24;
/// Times that the runner was so late that it gave up catching up.
pub const RESYNCS: usize = STATUS + 32;

/// Headers of the frame slots.
pub const SLOT_HEADERS: usize = STATUS + PAGE;
pub const SLOT_STRIDE: usize = 128;
pub const SLOT_STATE: usize = 0;
pub const SLOT_WIDTH: usize = 4;
pub const SLOT_HEIGHT: usize = 8;
pub const SLOT_FORMAT: usize = 12;
pub const SLOT_ROTATION: usize = 16;
pub const SLOT_ASPECT: usize = 20;
pub const SLOT_FLAGS: usize = 24;
pub const SLOT_NUMBER: usize = 32;
pub const SLOT_CAPTURED: usize = 40;
pub const SLOT_DUE: usize = 48;
pub const SLOT_FPS: usize = 56;

/// The audio ring's header.
pub const AUDIO: usize = SLOT_HEADERS + PAGE;
/// Sample pairs ever written, by the core process.
pub const AUDIO_WRITTEN: usize = AUDIO;
/// Sample pairs ever read, by the host process. On a cache line of its own.
pub const AUDIO_READ: usize = AUDIO + 64;
/// The core's sample rate, as the bits of an f64.
pub const AUDIO_RATE: usize = AUDIO + 128;
/// Sample pairs that did not fit.
pub const AUDIO_LOST: usize = AUDIO + 136;
/// The samples: i16 left, i16 right.
pub const AUDIO_DATA: usize = AUDIO + PAGE;

/// Save states. 0 and 1 are written by the core process in turn, so that one of them is always whole; 2 is the host's,
/// for a state to put back.
pub const STATES: usize = AUDIO_DATA + AUDIO_FRAMES * 4;
pub const STATE_STRIDE: usize = STATE_BYTES + PAGE;
/// Bytes of the state; 0 while it is being written.
pub const STATE_LEN: usize = 0;
/// Counts the states written, across core processes.
pub const STATE_SERIAL: usize = 8;
pub const STATE_DATA: usize = PAGE;
pub const STATE_AREAS: usize = 3;
/// The host's area.
pub const STATE_INBOX: usize = 2;

/// Battery-backed memory: the core process keeps the newest content here.
pub const SRAM: usize = STATES + STATE_AREAS * STATE_STRIDE;
/// Odd while it is being written.
pub const SRAM_VERSION: usize = SRAM;
pub const SRAM_LEN: usize = SRAM + 8;
pub const SRAM_DATA: usize = SRAM + PAGE;

/// The clock of a cartridge, laid out like battery-backed memory.
pub const RTC: usize = SRAM_DATA + SRAM_BYTES;
pub const RTC_VERSION: usize = RTC;
pub const RTC_LEN: usize = RTC + 8;
pub const RTC_DATA: usize = RTC + PAGE;

/// Memories of a game of several files, one after the other, each laid out like battery-backed memory.
pub const ROM_MEMORIES: usize = RTC_DATA + RTC_BYTES;
pub const ROM_MEMORY_STRIDE: usize = PAGE + SRAM_BYTES;

/// What is known of the core process when it is gone.
pub const LAST: usize = ROM_MEMORIES + MOST_MEMORIES * ROM_MEMORY_STRIDE;
pub const LAST_BYTES: usize = 512 << 10;
/// Environment calls ever noted, and the newest of them: the number, and above it how often in a row.
pub const LAST_CALLS_NOTED: usize = LAST;
pub const LAST_CALLS: usize = LAST + 64;
pub const LAST_CALLS_KEPT: usize = 64;
/// Lines of the core's log ever noted, and the newest of them: the length, and the text.
pub const LAST_LINES_NOTED: usize = LAST + 8;
pub const LAST_LINES: usize = LAST + PAGE;
pub const LAST_LINES_KEPT: usize = 32;
pub const LAST_LINE_BYTES: usize = 256;
/// How it fell: 0 for not at all, 1 once the signal is there, 2 with the stack, 3 with the map of its memory.
pub const FALL_STATE: usize = LAST + 4 * PAGE;
pub const FALL_SIGNAL: usize = FALL_STATE + 4;
pub const FALL_CODE: usize = FALL_STATE + 8;
pub const FALL_DEPTH: usize = FALL_STATE + 12;
pub const FALL_ADDRESS: usize = FALL_STATE + 16;
pub const FALL_AT: usize = FALL_STATE + 24;
pub const FALL_STACK: usize = FALL_STATE + 32;
pub const FALL_DEEPEST: usize = 64;
pub const FALL_MAP_LEN: usize = FALL_STACK + FALL_DEEPEST * 8;
pub const FALL_MAP: usize = FALL_STATE + PAGE;
pub const FALL_MAP_BYTES: usize = LAST + LAST_BYTES - FALL_MAP;

/// The pictures.
pub const SLOT_DATA: usize = LAST + LAST_BYTES;

/// Everything.
pub const TOTAL: usize = SLOT_DATA + SLOTS * SLOT_BYTES;

const _: () = assert!(SENSORS + 4 <= MOTIONLESS && MOTIONLESS + 64 <= PRESSES && PRESSES + 64 <= INPUT + PAGE);
const _: () = assert!(MOTION_ROTATION + 8 <= INPUT_STRIDE && MAX_SEATS <= 16);
const _: () = assert!(KEYS_HELD + KeySet::WORDS * 8 <= KEYS_PRESSED && KEYS_PRESSED + KeySet::WORDS * 8 <= KEYS_STRIDE);
const _: () = assert!(KEYS.is_multiple_of(64) && RUMBLE.is_multiple_of(64));
const _: () = assert!(SLOTS * SLOT_STRIDE <= PAGE);
const _: () = assert!(LAST_CALLS + LAST_CALLS_KEPT * 8 <= LAST_LINES);
const _: () = assert!(LAST_LINES + LAST_LINES_KEPT * LAST_LINE_BYTES <= FALL_STATE && FALL_MAP_LEN < FALL_MAP);
const _: () = assert!(SLOT_DATA.is_multiple_of(PAGE));
