//! Which encoded version of the picture each peer watches, and what follows from that for the encoders.

use super::connection::Connection;
use super::protocol::{ClosingCode, ToPeer, TroubleCode};
use super::{Action, Session};
use crate::packet::{Chroma, Codec, Format, PictureShape};
use crate::room::{Departure, PeerId};
use std::time::Instant;

/// What a peer gets unless the host forces a format: by the time it costs, which everyone waits for (`hotseat bench encode`).
const PREFERENCE: [Codec; 3] = [Codec::H264, Codec::Vp8, Codec::Vp9];
/// Encoded video aims below the estimate by this share, in percent: sound, repeats and the estimate's own error need room.
const USE_OF_ESTIMATE: u32 = 80;
/// The rate limit while no network is known.
const START_KBIT_S: u32 = 6000;
/// Bounds of the video's rate limit, in kbit/s.
const RATE: VideoRate = VideoRate { least_kbit_s: 300, most_kbit_s: 12_000 };

/// Between these the rate limit of a rendition follows the narrowest network that watches it; where they are one, it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoRate {
    pub least_kbit_s: u32,
    pub most_kbit_s: u32,
}

impl Default for VideoRate {
    fn default() -> VideoRate {
        RATE
    }
}

impl VideoRate {
    /// No more than that.
    pub fn up_to(kbit_s: u32) -> VideoRate {
        VideoRate { least_kbit_s: RATE.least_kbit_s.min(kbit_s), most_kbit_s: kbit_s }
    }

    /// That, whatever the networks are like.
    pub fn fixed(kbit_s: u32) -> VideoRate {
        VideoRate { least_kbit_s: kbit_s, most_kbit_s: kbit_s }
    }

    /// For video of one format, of what a network is thought to carry. Small changes are not worth the encoder's attention.
    fn limit(self, estimate_kbit_s: u32) -> u32 {
        let wanted = (estimate_kbit_s / 100).saturating_mul(USE_OF_ESTIMATE) / 100 * 100;
        wanted.clamp(self.least_kbit_s, self.most_kbit_s)
    }
}

/// The formats, by [`Format::index`].
pub(super) struct Renditions {
    pub forced: Option<Format>,
    /// Whether the encoder of a format is out of order.
    broken: [bool; Format::ALL.len()],
    /// Of the newest frame of each.
    shapes: [Option<PictureShape>; Format::ALL.len()],
    viewers: [u32; Format::ALL.len()],
    max_kbit_s: [u32; Format::ALL.len()],
    rate: VideoRate,
    listeners: bool,
}

impl Renditions {
    pub fn new(forced: Option<Format>) -> Renditions {
        Renditions {
            forced,
            broken: [false; Format::ALL.len()],
            shapes: [None; Format::ALL.len()],
            viewers: [0; Format::ALL.len()],
            max_kbit_s: [0; Format::ALL.len()],
            rate: VideoRate::default(),
            listeners: false,
        }
    }

    pub fn note_shape(&mut self, format: Format, shape: PictureShape) {
        self.shapes[format.index()] = Some(shape);
    }

    pub fn shape(&self, format: Format) -> Option<PictureShape> {
        self.shapes[format.index()]
    }

    pub fn is_broken(&self, format: Format) -> bool {
        self.broken[format.index()]
    }

    /// What a newcomer that takes these formats watches.
    pub fn choose(&self, takes: impl Fn(Format) -> bool) -> Option<Format> {
        // With every encoder out of order there is still a peer to be told, and the next try may succeed.
        choose(self.forced, &takes, |format| self.forced.is_some() || !self.is_broken(format))
            .or_else(|| choose(self.forced, &takes, |_| true))
    }
}

/// What a peer that takes `formats` gets: what the host forces, or else the best one. `usable` leaves out those that
/// cannot be encoded now.
pub fn choose(
    forced: Option<Format>,
    formats: impl Fn(Format) -> bool,
    usable: impl Fn(Format) -> bool,
) -> Option<Format> {
    match forced {
        Some(forced) => (formats(forced) && usable(forced)).then_some(forced),
        None => PREFERENCE
            .into_iter()
            .map(|codec| Format { codec, chroma: Chroma::C420 })
            .find(|&format| formats(format) && usable(format)),
    }
}

impl<C: Connection> Session<C> {
    /// Which encoders are out of order. Peers whose rendition cannot be encoded get another one that they take, or are told.
    pub fn handle_encoders(&mut self, broken: [bool; Format::ALL.len()], now: Instant) {
        self.renditions.broken = broken;
        if !broken.contains(&true) && !self.peers.values().any(|it| it.troubled) {
            return;
        }
        let mut moved = false;
        for id in self.peers.keys().copied().collect::<Vec<_>>() {
            moved |= self.leave_broken(id, now);
        }
        if moved {
            self.count_viewers();
        }
    }

    /// True if the peer watches another rendition now.
    fn leave_broken(&mut self, id: PeerId, now: Instant) -> bool {
        let Session { peers, renditions, actions, .. } = self;
        let Some(it) = peers.get_mut(&id) else { return false };
        let broken = renditions.is_broken(it.peer.format());
        if broken && renditions.forced.is_none() {
            let next = choose(None, |format| it.peer.takes(format), |format| !renditions.is_broken(format));
            if let Some(next) = next {
                it.peer.watch(next);
                actions.push_back(Action::RequestKeyframe(next));
                return true;
            }
        }
        if broken != it.troubled {
            let code = if broken { TroubleCode::NoPicture } else { TroubleCode::None };
            if it.peer.say(&ToPeer::Trouble { code }) {
                it.troubled = broken;
                self.drain(id, now);
            }
        }
        false
    }

    /// The host forces one format, or lets each peer have its best again.
    pub(super) fn force_format(&mut self, forced: Option<Format>, now: Instant) {
        self.renditions.forced = forced;
        let mut cannot = Vec::new();
        for (&id, it) in &mut self.peers {
            match choose(forced, |format| it.peer.takes(format), |_| true) {
                Some(format) if format != it.peer.format() => {
                    it.peer.watch(format);
                    self.actions.push_back(Action::RequestKeyframe(format));
                }
                Some(_) => {}
                None => cannot.push(id),
            }
        }
        for id in cannot {
            self.end(id, Some(ClosingCode::HostCodec), Departure::Final, now);
        }
        self.count_viewers();
    }

    /// Only those whose media flows: an encoder that began earlier would have spent the keyframe they need.
    pub(super) fn count_viewers(&mut self) {
        for format in Format::ALL {
            let watches = self.peers.values().filter(|it| it.announced && it.peer.format() == format);
            let viewers = watches.count() as u32;
            if std::mem::replace(&mut self.renditions.viewers[format.index()], viewers) != viewers {
                self.actions.push_back(Action::SetViewers(format, viewers));
            }
        }
        let listeners = self.peers.values().any(|it| it.announced);
        if std::mem::replace(&mut self.renditions.listeners, listeners) != listeners {
            self.actions.push_back(Action::SetListeners(listeners));
        }
    }

    /// The bounds of the rate limits, from now on.
    pub(super) fn set_video_rate(&mut self, rate: VideoRate) {
        self.renditions.rate = rate;
        for format in Format::ALL {
            // Until something is known of a network.
            let limit = START_KBIT_S.clamp(rate.least_kbit_s, rate.most_kbit_s);
            self.renditions.max_kbit_s[format.index()] = limit;
            self.actions.push_back(Action::SetMaxBitrate(format, limit));
        }
        self.follow_networks();
    }

    /// A rendition must fit through the narrowest network that watches it.
    pub(super) fn follow_networks(&mut self) {
        for format in Format::ALL {
            let watching = self.peers.values().filter(|it| it.peer.format() == format);
            let narrowest = watching.map(|it| it.peer.estimate_kbit_s()).filter(|&kbit_s| kbit_s > 0).min();
            let Some(kbit_s) = narrowest else { continue };
            let limit = self.renditions.rate.limit(kbit_s);
            if std::mem::replace(&mut self.renditions.max_kbit_s[format.index()], limit) != limit {
                self.actions.push_back(Action::SetMaxBitrate(format, limit));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(name: &str) -> Format {
        Format::from_name(name).expect("a format")
    }

    #[test]
    fn a_rate_limit_leaves_room_and_keeps_to_its_bounds() {
        let usual = VideoRate::default();
        let limits = [0, 299, 1_500, 10_000, 40_000].map(|estimate| usual.limit(estimate));
        assert_eq!(limits, [300, 300, 1200, 8000, 12_000]);
        assert_eq!([100, 40_000].map(|estimate| VideoRate::up_to(2000).limit(estimate)), [300, 2000]);
        assert_eq!([100, 40_000].map(|estimate| VideoRate::up_to(200).limit(estimate)), [200, 200]);
        assert_eq!([100, 40_000].map(|estimate| VideoRate::fixed(6000).limit(estimate)), [6000, 6000]);
    }

    #[test]
    fn a_peer_gets_the_best_it_takes_or_what_the_host_forces_or_nothing() {
        let all = |_| true;
        let firefox = |format: Format| format.codec != Codec::H264 && format.chroma == Chroma::C420;
        assert_eq!(choose(None, all, all), Some(format("h264")));
        assert_eq!(choose(None, firefox, all), Some(format("vp8")));
        assert_eq!(choose(None, all, |it| it.codec != Codec::H264), Some(format("vp8")));
        assert_eq!(choose(Some(format("vp8")), all, all), Some(format("vp8")));
        assert_eq!(choose(Some(format("h264")), firefox, all), None);
        assert_eq!(choose(None, |_| false, all), None);
    }
}
