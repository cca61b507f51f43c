//! The test core in a process of its own, with a test in place of the host.

use crate::common::{LONG, TempDir, built_core, program};
use fixture_libretro::blocks::{self, Blocks};
use hotseat::link::Link;
use hotseat::link::board::{BoardWriter, FeedbackReader};
use hotseat::link::frames::FrameReader;
use hotseat::link::message::{self, FromCore, Load, Pace, ToCore};
use hotseat::sandbox::Order;
use hotseat::text::Spoken;
use std::io::BufReader;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A running fixture. Dropping it ends it.
pub struct Core {
    pub link: Arc<Link>,
    pub board: BoardWriter,
    pub feedback: FeedbackReader,
    pub frames: FrameReader,
    socket: UnixStream,
    pub heard: Receiver<FromCore>,
    child: Child,
    _folder: TempDir,
}

impl Core {
    pub fn start(options: &[(&str, &str)]) -> Core {
        Core::start_on(Link::create().expect("shared memory"), options, &[])
    }

    pub fn start_on(link: Arc<Link>, options: &[(&str, &str)], devices: &[(u32, u32)]) -> Core {
        Core::start_with(link, options, devices, 0)
    }

    /// With so many megabytes to go back in time.
    pub fn start_with(link: Arc<Link>, options: &[(&str, &str)], devices: &[(u32, u32)], rewind_mb: u32) -> Core {
        link.clear_for_new_core();
        let (ours, theirs) = UnixStream::pair().expect("a socket pair");
        let (side, their_side) = UnixStream::pair().expect("a socket pair");
        let child = Command::new(program())
            .arg(hotseat::emulator::SUBCOMMAND)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(OwnedFd::from(their_side)))
            .spawn()
            .expect("a core process");
        link.send_to(&ours).expect("the memory is sent");
        Order { policy: None }.send(&side).expect("the core process listens");
        let folder = TempDir::new();
        let load = Load {
            core: built_core("fixture"),
            content: None,
            several: None,
            only_asked: false,
            options: options.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
            options_typed: true,
            devices: devices.to_vec(),
            system_dir: folder.path().into(),
            save_dir: folder.path().into(),
            temp_dir: folder.path().into(),
            language: Spoken::English,
            revive: false,
            pace: Pace::Real,
            bounds: Default::default(),
            rewind_mb,
        };
        message::send(&mut &ours, &ToCore::Load(load)).expect("the core process listens");
        let (sender, heard) = channel();
        let mut from = BufReader::new(ours.try_clone().expect("another handle"));
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while let Ok(Some(message)) = message::receive(&mut from, &mut line) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Core {
            board: BoardWriter::new(link.clone()),
            feedback: FeedbackReader::new(link.clone()),
            frames: FrameReader::new(link.clone()),
            link,
            socket: ours,
            heard,
            child,
            _folder: folder,
        }
    }

    pub fn tell(&self, message: &ToCore) {
        message::send(&mut &self.socket, message).expect("the core process listens");
    }

    /// What it says next that `wanted` makes something of.
    pub fn hear<T>(&self, what: &str, wanted: impl Fn(FromCore) -> Option<T>) -> T {
        loop {
            let message = self.heard.recv_timeout(LONG).unwrap_or_else(|_| panic!("waited in vain: {what}"));
            if let Some(found) = wanted(message) {
                return found;
            }
        }
    }

    /// What the newest picture says, if there is a new one that is not the same again.
    pub fn look(&mut self) -> Option<Blocks> {
        self.link.frame_event.wait_timeout(Duration::from_millis(50));
        let frame = self.frames.take_next(2).filter(|frame| !frame.header().duplicate)?;
        let (width, height) = (frame.header().width, frame.header().height);
        let stride = width as usize * 4;
        let mut data = vec![0; stride * height as usize];
        for (y, row) in (0..).zip(data.chunks_exact_mut(stride)) {
            frame.row(y, row);
        }
        blocks::decode(width, height, |x, y| data[y as usize * stride + x as usize * 4])
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
