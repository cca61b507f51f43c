//! Encoded packets on their way from the encoders to the net thread, and the timestamps that travel with them.

use std::time::Duration;

/// Samples a second inside the program and on the wire.
pub const RATE_HZ: u32 = 48_000;
/// Sample pairs in a block of sound: 10 ms, one Opus packet.
pub const BLOCK: usize = 480;

/// How the page must show the decoded video.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PictureShape {
    /// The core's picture, upright, in pixels.
    pub width: u32,
    /// The core's picture, upright, in pixels.
    pub height: u32,
    /// Width by height as it should look.
    pub aspect: f32,
    /// The encoded video: the picture is its top left part, enlarged by a whole number.
    pub coded_width: u32,
    pub coded_height: u32,
}

/// What a picture can be encoded with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Codec {
    /// By libx264.
    #[default]
    H264,
    /// By libvpx.
    Vp8,
    /// By libvpx.
    Vp9,
}

impl Codec {
    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Codec::H264 => "H.264",
            Codec::Vp8 => "VP8",
            Codec::Vp9 => "VP9",
        }
    }
}

/// How much colour a picture keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chroma {
    /// One colour sample for four pixels; small pictures are enlarged first, so that none of theirs is lost.
    #[default]
    C420,
    /// One colour sample a pixel.
    C444,
}

/// What a rendition is: the room holds at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Format {
    pub codec: Codec,
    pub chroma: Chroma,
}

impl Format {
    pub const ALL: [Format; 5] = [
        Format { codec: Codec::H264, chroma: Chroma::C420 },
        Format { codec: Codec::H264, chroma: Chroma::C444 },
        Format { codec: Codec::Vp8, chroma: Chroma::C420 },
        Format { codec: Codec::Vp9, chroma: Chroma::C420 },
        Format { codec: Codec::Vp9, chroma: Chroma::C444 },
    ];

    /// Its place in [`Format::ALL`].
    pub fn index(self) -> usize {
        match (self.codec, self.chroma) {
            (Codec::H264, Chroma::C420) => 0,
            (Codec::H264, Chroma::C444) => 1,
            // VP8 knows nothing else.
            (Codec::Vp8, _) => 2,
            (Codec::Vp9, Chroma::C420) => 3,
            (Codec::Vp9, Chroma::C444) => 4,
        }
    }

    /// The name in statistics, settings and on the command line.
    pub fn name(self) -> &'static str {
        ["h264", "h264-444", "vp8", "vp9", "vp9-444"][self.index()]
    }

    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        ["H.264", "H.264 4:4:4", "VP8", "VP9", "VP9 4:4:4"][self.index()]
    }
}

/// One encoded frame.
#[derive(Debug, Clone, Default)]
pub struct VideoPacket {
    /// The rendition it belongs to.
    pub format: Format,
    /// One frame as the codec's decoder takes it (H.264: Annex B). Its memory goes round between the threads.
    pub data: Vec<u8>,
    /// It can be decoded without anything before it.
    pub keyframe: bool,
    /// Counts frames that were encoded, from 1, across core processes: the same number in every rendition.
    pub number: u64,
    /// Entry into `video_refresh`, on the monotonic clock: where host latency starts to count.
    pub captured: Duration,
    /// When the frame was due by the core's own clock; the RTP timestamp comes from this.
    pub due: Duration,
    /// When the video thread had read the frame.
    pub taken: Duration,
    /// When the encoder was done.
    pub encoded: Duration,
    pub shape: PictureShape,
}

/// Packets on their way to the net thread. Full, video drops the packet and makes a keyframe next.
const PACKETS: usize = 16;
/// All packets there are: those, one being filled and one being sent.
pub const SPARES: usize = PACKETS + 2;
/// Room for every frame but those of the highest bitrates. The system gives the memory when it is written to.
const PACKET_BYTES: usize = 256 << 10;

/// The way of packets from the video thread to the net thread, and the way back of their memory: as many as can be on
/// their way are there from the beginning, so that a hold-up costs no allocation in the middle of a game.
pub struct VideoRings {
    /// Encoded packets, for the video thread.
    pub packets: rtrb::Producer<VideoPacket>,
    /// Encoded packets, for the net thread.
    pub packets_out: rtrb::Consumer<VideoPacket>,
    /// What was sent goes back here.
    pub used: rtrb::Producer<VideoPacket>,
    /// What was sent, for the video thread.
    pub spares: rtrb::Consumer<VideoPacket>,
}

impl Default for VideoRings {
    fn default() -> Self {
        let (packets, packets_out) = rtrb::RingBuffer::new(PACKETS);
        let (mut used, spares) = rtrb::RingBuffer::new(SPARES);
        for _ in 0..SPARES {
            let packet = VideoPacket { data: Vec::with_capacity(PACKET_BYTES), ..VideoPacket::default() };
            if used.push(packet).is_err() {
                unreachable!("it has room for SPARES");
            }
        }
        VideoRings { packets, packets_out, used, spares }
    }
}

/// The largest Opus packet that is sent: well inside one datagram.
pub const MAX_OPUS_BYTES: usize = 1200;

/// One encoded block of sound.
#[derive(Debug, Clone)]
pub struct AudioPacket {
    pub data: [u8; MAX_OPUS_BYTES],
    /// How much of `data` is used.
    pub len: usize,
    /// Position of its first sample at 48 kHz since the engine started: the RTP time, which never follows arrival.
    pub position: u64,
}
