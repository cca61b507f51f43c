//! Pictures from the core.
#![allow(unsafe_code)]

use super::{Front, called, hardware, with};
use crate::frame::{MAX_SIDE, PixelFormat};
use crate::libretro::sys;
use crate::link::frames::FrameHeader;
use crate::link::message::InvalidVideo;
use crate::sync::now;
use std::ffi::c_void;
use std::time::Duration;

/// `RETRO_HW_FRAME_BUFFER_VALID`, which is no pointer: the picture is in the framebuffer that the card draws into.
const IN_THE_CARD: usize = usize::MAX;

/// # Safety
/// Called by the core with a picture of `height` rows of `pitch` bytes, NULL, or the mark of a hardware frame.
pub unsafe extern "C" fn video_refresh(data: *const c_void, width: u32, height: u32, pitch: usize) {
    let captured = now();
    if data.addr() == IN_THE_CARD {
        if !hold_card(width, height) {
            hardware::show(width, height, captured);
        }
        return;
    }
    called(|front| {
        front.seen.pictures += 1;
        let duplicate = data.is_null();
        if duplicate && !front.witness.looks && (!front.shown || front.held.kind != HeldKind::Nothing) {
            // It is the same as one that nobody has seen yet, which is shown when the tick ends.
            front.seen.duplicates += 1;
            return;
        }
        let (width, height) = match (duplicate, front.seen.last) {
            (true, None) => return,
            (true, Some(last)) => last,
            (false, _) => (width, height),
        };
        let format = front.environment.video.format;
        if !duplicate && let Err(problem) = acceptable(front, width, height, pitch) {
            front.seen.refused += 1;
            front.environment.warn(problem);
            return;
        }
        front.seen.duplicates += u64::from(duplicate);
        if front.witness.looks {
            let rows = 0..if duplicate { 0 } else { height };
            // SAFETY: as below.
            let rows = rows.map(|y| unsafe { sys::row(data, pitch, y, width as usize * format.bytes()) });
            front.witness.picture((width, height), rows);
            return;
        }
        let header = FrameHeader { duplicate, ..header(front, width, height, format, captured) };
        let row_len = width as usize * format.bytes();
        if !front.shown {
            // SAFETY: as below.
            let rows = (0..height).map(|y| unsafe { sys::row(data, pitch, y, row_len) });
            front.held.keep(header, rows);
            return;
        }
        front.held.kind = HeldKind::Nothing;
        if front.drawing == Some(data.addr()) && pitch == row_len {
            front.drawing = None;
            front.frames.publish_in_place(header);
            return;
        }
        let rows = if duplicate { 0 } else { height };
        // SAFETY: `acceptable` saw that a row fits into the pitch; that there are `height` rows is the core's promise.
        let rows = (0..rows).map(|y| unsafe { sys::row(data, pitch, y, row_len) });
        front.frames.publish(header, rows);
    });
}

/// The newest picture that was not to be seen.
#[derive(Default)]
pub(super) struct Held {
    kind: HeldKind,
    /// Of a picture in memory. Kept, so that it need not be made again.
    pixels: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Default)]
enum HeldKind {
    #[default]
    Nothing,
    Memory(FrameHeader),
    /// It is where the card drew it, in this size.
    Card(u32, u32),
}

impl Held {
    fn keep<'a>(&mut self, header: FrameHeader, rows: impl Iterator<Item = &'a [u8]>) {
        self.pixels.clear();
        rows.for_each(|row| self.pixels.extend_from_slice(row));
        self.kind = HeldKind::Memory(header);
    }
}

/// True: the card's picture is not to be seen now.
fn hold_card(width: u32, height: u32) -> bool {
    called(|front| {
        front.held.kind = if front.shown { HeldKind::Nothing } else { HeldKind::Card(width, height) };
        front.seen.pictures += u64::from(!front.shown);
        !front.shown
    })
}

/// Shows the newest picture that was held, if there is one: the frame that was to be seen brought none.
pub fn show_held() {
    let captured = now();
    let card = called(|front| match std::mem::take(&mut front.held.kind) {
        HeldKind::Nothing => None,
        HeldKind::Memory(header) => {
            let header = FrameHeader { captured, due: front.due, ..header };
            let row_len = header.width as usize * header.format.bytes();
            front.frames.publish(header, front.held.pixels.chunks(row_len));
            None
        }
        HeldKind::Card(width, height) => Some((width, height)),
    });
    if let Some((width, height)) = card {
        hardware::show(width, height, captured);
    }
}

/// What is known of a picture of this size, which is seen now.
pub(super) fn header(
    front: &mut Front,
    width: u32,
    height: u32,
    format: PixelFormat,
    captured: Duration,
) -> FrameHeader {
    front.environment.video.grow_to(width, height);
    front.seen.last = Some((width, height));
    front.seen.count(width, height);
    let video = &front.environment.video;
    FrameHeader {
        width,
        height,
        format,
        rotation: video.rotation,
        aspect: video.aspect_of(width, height),
        duplicate: false,
        number: 0,
        captured,
        due: front.due,
        fps: video.fps,
    }
}

/// `GET_CURRENT_SOFTWARE_FRAMEBUFFER`: the core may draw where the host looks, which saves a copy. Rows lie there without gaps,
/// so a core that shows less than it asked for has its picture copied after all.
pub(super) fn software_framebuffer(front: &mut Front, data: sys::Argument) -> bool {
    let Some(mut wanted) = data.read::<sys::retro_framebuffer>() else { return false };
    let (width, height) = (wanted.width, wanted.height);
    if !front.shown {
        return false;
    }
    let format = front.environment.video.format;
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return false;
    }
    let pitch = width as usize * format.bytes();
    let Some(room) = front.frames.room_to_draw(pitch * height as usize) else { return false };
    front.drawing = Some(room.addr());
    wanted.data = room.cast();
    wanted.pitch = pitch;
    wanted.format = format as sys::retro_pixel_format;
    wanted.memory_flags = sys::RETRO_MEMORY_TYPE_CACHED;
    data.write(wanted)
}

/// Hands a picture over as a core would: for rehearsals, and safe. False where the numbers can be believed and `data` is
/// shorter than they say all the same, which no front end can see.
pub fn hand_over(data: Option<&[u8]>, width: u32, height: u32, pitch: usize) -> bool {
    let pointer = data.map_or(std::ptr::null(), |data| data.as_ptr().cast());
    let believed = with(|front| {
        let row = width as usize * front.environment.video.format.bytes();
        let len = (height as usize).saturating_sub(1).saturating_mul(pitch).saturating_add(row);
        (acceptable(front, width, height, pitch).is_ok(), len)
    });
    if let (Some(data), (true, len)) = (data, believed)
        && data.len() < len
    {
        return false;
    }
    // SAFETY: NULL, or numbers that are refused before anything is read, or enough bytes for them.
    unsafe { video_refresh(pointer, width, height, pitch) };
    true
}

/// Whether a picture's numbers can be believed.
fn acceptable(front: &Front, width: u32, height: u32, pitch: usize) -> Result<(), InvalidVideo> {
    let video = &front.environment.video;
    let row = width as usize * video.format.bytes();
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return Err(InvalidVideo::Size { width, height, most: MAX_SIDE });
    }
    if pitch < row || pitch > 1 << 20 {
        return Err(InvalidVideo::Pitch { pitch, row });
    }
    Ok(())
}
