//! The video thread of this process, with the tests at both of its ends.

use hotseat::frame::{Picture, PixelFormat};
use hotseat::link::Link;
use hotseat::link::frames::{FrameHeader, FrameWriter};
use hotseat::packet::{VideoPacket, VideoRings};
use hotseat::sync::{Event, now};
use hotseat::video::{self, VideoControl, VideoOutputs, VideoThread};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

pub struct Rig {
    pub control: Arc<VideoControl>,
    writer: FrameWriter,
    packets: rtrb::Consumer<VideoPacket>,
    used: rtrb::Producer<VideoPacket>,
    event: Arc<Event>,
    _thread: VideoThread,
}

impl Rig {
    /// Without viewers yet. A failure of an encoder fails the test.
    pub fn start() -> Rig {
        let link = Link::create().expect("shared memory");
        let control = VideoControl::new(link.clone());
        let VideoRings { packets, packets_out, used, spares } = VideoRings::default();
        let (preview, _window) = triple_buffer::triple_buffer(&Picture::default());
        let event = Arc::new(Event::new().expect("an event"));
        let (_record, _, tap, _) = hotseat::record::start(Box::new(|_| {})).expect("the recorder starts");
        let outputs = VideoOutputs {
            tap,
            packets,
            spares,
            packet_event: event.clone(),
            preview: Some(preview),
            picture_event: Arc::new(Event::new().expect("an event")),
            pictures: sync_channel(1).0,
            screenshots: sync_channel(1).0,
            on_failure: Box::new(|why| panic!("{why}")),
        };
        let _thread = video::start(link.clone(), control.clone(), outputs).expect("the thread starts");
        Rig { control, writer: FrameWriter::new(link), packets: packets_out, used, event, _thread }
    }

    /// What a core says of a picture that it hands over now.
    pub fn header(width: u32, height: u32, format: PixelFormat) -> FrameHeader {
        let captured = now();
        FrameHeader {
            width,
            height,
            format,
            rotation: 0,
            aspect: width as f32 / height as f32,
            duplicate: false,
            number: 0,
            captured,
            due: captured,
            fps: 60.0,
        }
    }

    /// Hands a frame over.
    pub fn publish(&mut self, header: FrameHeader, pixels: &[u8]) {
        let row = header.width as usize * header.format.bytes();
        self.writer.publish(header, pixels.chunks(row));
    }

    /// Waits for as many packets of the frame that was captured then as there are renditions, and shows each. Where the
    /// machine stands still, the last picture is sent again meanwhile: those are passed over.
    pub fn packets_of(&mut self, captured: Duration, renditions: usize, mut see: impl FnMut(&VideoPacket)) {
        let mut missing = renditions;
        while missing > 0 {
            match self.packets.pop() {
                Ok(packet) => {
                    if packet.captured == captured {
                        see(&packet);
                        missing -= 1;
                    }
                    let _ = self.used.push(packet);
                }
                Err(_) => assert!(self.event.wait_timeout(Duration::from_secs(20)), "a packet comes"),
            }
        }
    }
}
