//! The discs of a game that has several: which there are, which one is in, and how another is put in.
//!
//! Every function here calls into the core: it must not be called from inside one of the core's own calls.

use super::callbacks;
use super::sys::{self, retro_disk_control_callback, retro_disk_control_ext_callback};
use crate::link::message::{DiscCommand, Discs, MAX_DISCS, plain_name};
use std::path::Path;

/// The core's drive: its functions, all of which are there but those of the extension.
#[derive(Clone, Copy)]
pub struct Drive(retro_disk_control_ext_callback);

impl Drive {
    /// None when a function is missing that nothing can be done without.
    pub fn new(functions: retro_disk_control_ext_callback) -> Option<Drive> {
        let all = functions.set_eject_state.is_some()
            && functions.get_eject_state.is_some()
            && functions.get_image_index.is_some()
            && functions.set_image_index.is_some()
            && functions.get_num_images.is_some();
        all.then_some(Drive(functions))
    }

    /// Without the extension.
    pub fn plain(functions: retro_disk_control_callback) -> Option<Drive> {
        Drive::new(retro_disk_control_ext_callback {
            set_eject_state: functions.set_eject_state,
            get_eject_state: functions.get_eject_state,
            get_image_index: functions.get_image_index,
            set_image_index: functions.set_image_index,
            get_num_images: functions.get_num_images,
            replace_image_index: functions.replace_image_index,
            add_image_index: functions.add_image_index,
            ..retro_disk_control_ext_callback::default()
        })
    }

    /// How many discs there are, the one in the closed drive, and the one that is in when it is closed.
    fn position(&self) -> (u32, Option<u32>, u32) {
        let count = sys::call_count(self.0.get_num_images).min(MAX_DISCS as u32);
        // An index beyond the last means that none is in.
        let index = sys::call_count(self.0.get_image_index);
        let ejected = sys::call_question(self.0.get_eject_state);
        (count, (!ejected && index < count).then_some(index), index.min(count))
    }

    /// What there is now.
    pub fn discs(&self) -> Discs {
        let (count, inserted, chosen) = self.position();
        Discs { names: (0..count).map(|index| self.name(index)).collect(), inserted, chosen }
    }

    /// What the core calls the disc, or else its file's name without the ending, or nothing.
    fn name(&self, index: u32) -> String {
        let label = sys::call_disc_text(self.0.get_image_label, index).unwrap_or_default();
        let label = plain_name(&label);
        if !label.is_empty() {
            return label;
        }
        let path = sys::call_disc_text(self.0.get_image_path, index).unwrap_or_default();
        plain_name(&Path::new(&path).file_stem().unwrap_or_default().to_string_lossy())
    }

    /// Opens the drive, or closes it with the chosen disc in it. False when the core will not.
    pub fn set_open(&self, open: bool) -> bool {
        sys::call_switch(self.0.set_eject_state, open)
    }

    /// Puts another disc into the open drive. False when the core will not.
    pub fn choose(&self, index: u32) -> bool {
        index < sys::call_count(self.0.get_num_images) && sys::call_choice(self.0.set_image_index, index)
    }
}

/// Frames that the drive stays open while a disc is changed: games look for it to open and close, and some look only now
/// and then.
const FRAMES_OPEN: u32 = 60;

/// Carries out what the host asks of the drive, and knows what the host was told.
#[derive(Default)]
pub struct DiscChanger {
    told: Option<Discs>,
    /// A disc was changed, and the drive is still to be closed: frames until then.
    closes_in: Option<u32>,
}

impl DiscChanger {
    /// What the host asks for. Nothing happens without a drive, or for a disc that is not there.
    pub fn obey(&mut self, command: DiscCommand) {
        let Some(drive) = drive() else { return };
        match command {
            DiscCommand::Eject => {
                self.closes_in = None;
                drive.set_open(true);
            }
            DiscCommand::Insert(index) => {
                let (_, inserted, _) = drive.position();
                let open = inserted.is_none();
                if drive.set_open(true) && drive.choose(index) {
                    self.closes_in = Some(if open { 1 } else { FRAMES_OPEN });
                } else if !open {
                    drive.set_open(false);
                }
            }
        }
    }

    /// After each frame. The discs, if that is news for the host.
    pub fn after_frame(&mut self) -> Option<Discs> {
        let left = self.closes_in.as_mut()?;
        *left -= 1;
        if *left > 0 {
            return None;
        }
        self.closes_in = None;
        drive()?.set_open(false);
        self.look()
    }

    /// The discs, if they are not what the host was told last.
    pub fn look(&mut self) -> Option<Discs> {
        let drive = drive()?;
        let told = self.told.as_ref().map(|told| (told.names.len() as u32, told.inserted, told.chosen));
        if told == Some(drive.position()) {
            return None;
        }
        let discs = drive.discs();
        self.told = Some(discs.clone());
        Some(discs)
    }
}

fn drive() -> Option<Drive> {
    callbacks::with(|front| front.environment.drive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::c_char;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

    static OPEN: AtomicBool = AtomicBool::new(false);
    static INDEX: AtomicU32 = AtomicU32::new(0);
    /// One drive for all tests, which run at the same time.
    static ALONE: Mutex<()> = Mutex::new(());

    extern "C" fn set_eject(open: bool) -> bool {
        OPEN.store(open, Relaxed);
        true
    }
    extern "C" fn get_eject() -> bool {
        OPEN.load(Relaxed)
    }
    extern "C" fn get_index() -> u32 {
        INDEX.load(Relaxed)
    }
    extern "C" fn set_index(index: u32) -> bool {
        OPEN.load(Relaxed) && {
            INDEX.store(index, Relaxed);
            true
        }
    }
    extern "C" fn three() -> u32 {
        3
    }
    extern "C" fn endless() -> u32 {
        u32::MAX
    }
    #[allow(unsafe_code)]
    unsafe extern "C" fn path(index: u32, to: *mut c_char, len: usize) -> bool {
        let path = format!("/games/Tale (Disc {}).cue\0", index + 1);
        assert!(path.len() <= len);
        // SAFETY: room for `len` bytes, which is enough.
        unsafe { std::ptr::copy_nonoverlapping(path.as_ptr().cast(), to, path.len()) };
        true
    }
    #[allow(unsafe_code)]
    unsafe extern "C" fn label(index: u32, to: *mut c_char, len: usize) -> bool {
        // Without an end: no string, and as long as there is room.
        // SAFETY: room for `len` bytes.
        unsafe { to.write_bytes(b'x', len) };
        index == 2
    }

    fn functions() -> retro_disk_control_ext_callback {
        retro_disk_control_ext_callback {
            set_eject_state: Some(set_eject),
            get_eject_state: Some(get_eject),
            get_image_index: Some(get_index),
            set_image_index: Some(set_index),
            get_num_images: Some(three),
            get_image_path: Some(path),
            get_image_label: Some(label),
            ..retro_disk_control_ext_callback::default()
        }
    }

    #[test]
    fn a_disc_is_changed_with_the_drive_open_and_known_by_its_file_or_label() {
        let _alone = ALONE.lock().unwrap();
        set_eject(false);
        INDEX.store(0, Relaxed);
        let drive = Drive::new(functions()).expect("a drive");
        let names = drive.discs().names;
        assert_eq!(names[..2], ["Tale (Disc 1)", "Tale (Disc 2)"]);
        assert_eq!(names[2].len(), crate::link::message::MAX_NAME, "a label without an end is cut");
        assert!(!drive.choose(1), "it is closed");
        assert!(drive.set_open(true));
        assert_eq!(drive.discs().inserted, None);
        assert!(drive.choose(1) && !drive.choose(3) && drive.set_open(false));
        assert_eq!(drive.discs().inserted, Some(1));
    }

    #[test]
    fn a_drive_that_lies_or_lacks_functions_is_survived() {
        let _alone = ALONE.lock().unwrap();
        set_eject(false);
        INDEX.store(u32::MAX, Relaxed);
        let liar = retro_disk_control_ext_callback { get_num_images: Some(endless), ..functions() };
        let discs = Drive::new(liar).expect("a drive").discs();
        assert_eq!((discs.names.len(), discs.inserted), (MAX_DISCS, None));
        assert!(Drive::new(retro_disk_control_ext_callback { get_eject_state: None, ..functions() }).is_none());
        let plain = retro_disk_control_callback {
            set_eject_state: Some(set_eject),
            get_eject_state: Some(get_eject),
            get_image_index: Some(get_index),
            set_image_index: Some(set_index),
            get_num_images: Some(three),
            ..retro_disk_control_callback::default()
        };
        assert_eq!(Drive::plain(plain).expect("a drive").discs().names, ["", "", ""]);
    }
}
