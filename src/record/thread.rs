//! The record thread: lives as long as the engine, sleeps while nothing is recorded.
//!
//! While something is, it looks into its rings twenty times a second, so that the video and audio threads need no system
//! call to hand it anything. It may wait for a slow disk: the rings fill, and picture and sound lose a piece.

use super::control::{RecordControl, RecordEvent, StartCommand};
use super::error::RecordStartError;
use super::names;
use super::part::Output;
use super::recorder::Recorder;
use super::tap::{self, AudioTap, RingEnds, VideoTap};
use crate::sync::{Event, now, spawn};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Recordings that may be asked for while one is being closed; [`RecordControl::start`] refuses more.
const COMMANDS: usize = 2;

/// How often the rings are emptied while something is recorded.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The running thread. Dropping it ends the recording that is on, and then the thread.
pub struct RecordThread {
    control: Arc<RecordControl>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for RecordThread {
    fn drop(&mut self) {
        self.control.quit.store(true, Release);
        self.control.event.signal();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts the record thread. `on_event` is called on it.
pub fn start(
    on_event: Box<dyn Fn(RecordEvent) + Send>,
) -> Result<(RecordThread, Arc<RecordControl>, VideoTap, AudioTap), RecordStartError> {
    let event = Event::new().map_err(|error| RecordStartError::NoEvent { cause: error.into() })?;
    let (commands, commands_out) = sync_channel(COMMANDS);
    let control = Arc::new(RecordControl::new(commands, event));
    let (video, audio, ends) = tap::rings(&control);
    let record = RecordLoop { control: control.clone(), commands: commands_out, ends, on_event };
    let thread = spawn("record", move || record.run()).map_err(|cause| RecordStartError::NoThread { cause })?;
    Ok((RecordThread { control: control.clone(), thread: Some(thread) }, control, video, audio))
}

/// What lives on the record thread.
struct RecordLoop {
    control: Arc<RecordControl>,
    commands: Receiver<StartCommand>,
    ends: RingEnds,
    on_event: Box<dyn Fn(RecordEvent) + Send>,
}

impl RecordLoop {
    fn run(mut self) {
        loop {
            if let Ok(command) = self.commands.try_recv() {
                self.record(command);
            } else if self.control.quit.load(Acquire) {
                return;
            } else {
                self.control.event.wait();
            }
        }
    }

    /// One recording, from its beginning to its end.
    fn record(&mut self, StartCommand { number, folder, title }: StartCommand) {
        let stem = names::stem(&title);
        let mut path = folder.clone();
        let into = folder.clone();
        let mut recorder = Recorder::new(Box::new(move |part, extension| {
            let part = if part == 1 { String::new() } else { format!(" part {part}") };
            let (path, file) = names::create(&into, &format!("{stem}{part}"), extension)?;
            Ok((path, Box::new(file) as Box<dyn Output>))
        }));
        loop {
            let over = self.control.active.load(Acquire) != number || self.control.quit.load(Acquire);
            self.ends.hand_over(number, &mut recorder);
            let used = |packet| drop(self.ends.spares.push(packet));
            let done = if over { recorder.finish(now(), used) } else { recorder.advance(now(), used) };
            if let Some(newest) = recorder.files().last()
                && *newest != path
            {
                path.clone_from(newest);
                if recorder.files().len() == 1 {
                    (self.on_event)(RecordEvent::Started(path.clone()));
                }
            }
            if recorder.wants_keyframe() {
                self.control.wants_keyframe.store(true, Relaxed);
            }
            if over || done.is_err() {
                self.control.end(number);
                if let Some(empty) = recorder.empty_file() {
                    // Nothing in it plays; that it cannot be removed is no worse than the error that is told.
                    let _ = fs::remove_file(empty);
                }
                (self.on_event)(match done {
                    Ok(()) => RecordEvent::Finished {
                        files: recorder.files().to_vec(),
                        seconds: recorder.length().as_secs_f64(),
                    },
                    Err(error) => RecordEvent::Failed(error.failure(&path, &folder)),
                });
                return;
            }
            self.control.event.wait_timeout(LOOK_EVERY);
        }
    }
}

impl RingEnds {
    /// Empties the rings into the recording, up to what belongs to a later one.
    fn hand_over(&mut self, number: u32, recorder: &mut Recorder) {
        while self.blocks.peek().is_ok_and(|block| block.number <= number)
            && let Ok(block) = self.blocks.pop()
        {
            if block.number == number {
                let (arrival, packet) = block.packet;
                recorder.block(packet, arrival);
            }
        }
        while self.frames.peek().is_ok_and(|frame| frame.number <= number)
            && let Ok(frame) = self.frames.pop()
        {
            if frame.number == number {
                recorder.frame(frame.packet);
            } else {
                drop(self.spares.push(frame.packet));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tap::{FRAMES, NextFrame};
    use super::super::testing::{H264, VP8, block, frame, read_mp4, read_webm};
    use super::*;
    use std::path::PathBuf;
    use std::sync::mpsc::channel;

    /// The thread with its taps, and what it tells.
    struct Set {
        thread: Option<RecordThread>,
        control: Arc<RecordControl>,
        video: VideoTap,
        audio: AudioTap,
        events: Receiver<RecordEvent>,
        folder: PathBuf,
    }

    impl Set {
        fn new(name: &str) -> Set {
            let folder = std::env::temp_dir().join(format!("hotseat-record-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            let (tell, events) = channel();
            let (thread, control, video, audio) = start(Box::new(move |event| drop(tell.send(event)))).expect("start");
            Set { thread: Some(thread), control, video, audio, events, folder }
        }

        fn event(&self) -> RecordEvent {
            self.events.recv_timeout(Duration::from_secs(20)).expect("an event")
        }

        fn started(&self) -> PathBuf {
            match self.event() {
                RecordEvent::Started(path) => path,
                other => panic!("{other:?}"),
            }
        }

        fn finished(&self) -> (Vec<PathBuf>, f64) {
            match self.event() {
                RecordEvent::Finished { files, seconds } => (files, seconds),
                other => panic!("{other:?}"),
            }
        }

        /// Records a frame that is due now. False when a keyframe is wanted next.
        fn put(&mut self, number: u64, keyframe: bool) -> bool {
            let mut packet = frame(H264, number, keyframe);
            packet.due = now();
            self.video.put(&packet) == NextFrame::Any
        }
    }

    impl Drop for Set {
        fn drop(&mut self) {
            drop(self.thread.take());
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    #[test]
    fn a_recording_asks_for_its_first_keyframe_and_has_all_that_follows() {
        let mut set = Set::new("plain");
        assert!(set.put(0, false) && !set.control.recording(), "nothing is recorded");
        set.control.start(set.folder.clone(), "Test: a/b").expect("start");
        assert!(set.control.recording());
        assert!(!set.put(1, false));
        assert!(set.put(2, true));
        for number in 3..30 {
            assert!(set.put(number, false));
            set.audio.put(&block(number * 2));
            set.audio.put(&block(number * 2 + 1));
            std::thread::sleep(Duration::from_millis(20));
        }
        let path = set.started();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(path.parent() == Some(&set.folder) && name.starts_with("Test_ a_b 20") && name.ends_with(".mp4"));
        set.control.stop();
        let (files, seconds) = set.finished();
        assert_eq!(files, [path]);
        assert!(seconds > 0.5, "{seconds} s");
        let film = read_mp4(&fs::read(&files[0]).expect("read"));
        assert_eq!((film.frames.len(), film.outline.join(" ")), (28, "ftyp mdat moov".into()));
        assert!(film.sound.len() > 50);
        assert!(set.put(30, false) && set.control.lost_frames() == 0);
    }

    #[test]
    fn a_full_ring_loses_frames_up_to_the_next_keyframe_and_says_so() {
        let mut set = Set::new("full");
        set.control.start(set.folder.clone(), "Full").expect("start");
        let kept = (0..500).filter(|&number| set.put(number, number == 0)).count();
        // The thread may have looked once while the ring was filled.
        assert!((FRAMES..500).contains(&kept), "{kept} kept");
        assert_eq!(set.control.lost_frames(), 500 - kept as u64);
        set.started();
        assert!(!set.put(500, false));
        while !set.put(501, true) {
            std::thread::sleep(LOOK_EVERY);
        }
        assert!(set.put(502, false));
        set.control.stop();
        let (files, _) = set.finished();
        assert_eq!(read_mp4(&fs::read(&files[0]).expect("read")).frames.len(), kept + 2);
    }

    #[test]
    fn a_keyframe_is_asked_for_after_a_while_and_when_the_shape_changes() {
        let mut set = Set::new("keyframes");
        set.control.start(set.folder.clone(), "Keyframes").expect("start");
        let mut packet = frame(VP8, 0, true);
        let mut put = |ms: u64, keyframe, aspect| {
            packet.due = Duration::from_millis(5000 + ms);
            packet.keyframe = keyframe;
            packet.shape.aspect = aspect;
            set.video.put(&packet) == NextFrame::Any
        };
        assert!(put(0, true, 1.5) && put(20, false, 1.5) && put(9980, false, 1.5));
        assert!(!put(10_000, false, 1.5) && !put(10_020, false, 1.5));
        assert!(put(10_040, true, 1.5) && put(10_060, false, 1.5));
        assert!(!put(10_080, false, 1.25) && put(10_100, true, 1.25) && put(10_120, false, 1.25));
        // Another codec is not recorded before its keyframe.
        assert!(!set.put(7, false) && set.put(8, true) && set.put(9, false));
        assert_eq!(set.control.lost_frames(), 1);
    }

    #[test]
    fn a_new_recording_ends_the_old_one_and_the_last_one_ends_with_the_thread() {
        let mut set = Set::new("twice");
        for round in 0..3 {
            set.control.start(set.folder.clone(), &format!("Round {round}")).expect("start");
            if round == 2 {
                assert_eq!(set.finished().0.len(), 1);
            }
            assert!(set.put(0, true) && set.put(1, false));
            let path = set.started();
            assert!(path.to_string_lossy().contains(&format!("Round {round}")));
            if round == 0 {
                set.control.stop();
                assert_eq!(set.finished().0, [path]);
            }
        }
        drop(set.thread.take());
        assert_eq!(set.finished().0.len(), 1);
        assert!(!set.control.recording());
    }

    #[test]
    fn a_recording_that_is_stopped_before_its_first_keyframe_has_no_files() {
        let mut set = Set::new("none");
        set.control.start(set.folder.clone(), "None").expect("start");
        assert!(!set.put(1, false));
        set.control.stop();
        assert_eq!(set.finished(), (vec![], 0.0));
        assert!(!set.folder.exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_ends_the_recording_with_a_sentence() {
        let mut set = Set::new("forbidden");
        fs::create_dir_all(&set.folder).expect("make");
        let file = set.folder.join("file");
        fs::write(&file, b"x").expect("write");
        set.control.start(file.clone(), "Game").expect("start");
        set.put(0, true);
        let RecordEvent::Failed(why) = set.event() else { panic!("no failure") };
        let why = why.to_string();
        assert!(why.starts_with("Recording stopped: ") && why.contains(&*file.to_string_lossy()), "{why}");
        while set.control.recording() {
            std::thread::yield_now();
        }
        assert!(set.put(1, false), "nothing is recorded");
        // And the next one works.
        set.control.start(set.folder.clone(), "Game").expect("start");
        let mut packet = frame(VP8, 0, true);
        packet.due = now();
        assert_eq!(set.video.put(&packet), NextFrame::Any);
        set.started();
        set.control.stop();
        assert_eq!(read_webm(&fs::read(&set.finished().0[0]).expect("read")).frames.len(), 1);
    }
}
