//! What follows from what happened, cut into steps of one peer each, so that the caller can look for inputs in between.

use super::broadcast::RoomJob;
use super::connection::{Connection, EncodedFrame, FrameTimes};
use super::event::{PeerStats, SessionEvent, SessionStats};
use super::peer::PeerEvent;
use super::protocol::{ClosingCode, ToPeer};
use super::{Action, Session};
use crate::packet::{AudioPacket, VideoPacket};
use crate::room::{Departure, PeerId};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Instant;

/// Packets of one peer made in a row; an ordinary frame has fewer.
const PACKETS_IN_A_ROW: usize = 16;

/// What [`Session::work`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A step for a peer that may have another at once: its pacer lets one packet go each time that it is told the time.
    SamePeer,
    Step,
    /// Nothing is left until something happens.
    Done,
}

/// Something to be done for each peer.
pub(super) enum Job {
    /// A frame for those who watch its format.
    Video(EncodedFrame),
    /// The block of sound in [`Session::audio`].
    Audio,
    /// A message for everyone whose control channel is open.
    Say(Vec<u8>),
    Room(Box<RoomJob>),
    /// Figures, and letting go of what silent peers hold.
    Stats(Box<SessionStats>),
    /// What is due by time.
    Due,
}

/// What is to be done, in order, and how far that has come.
#[derive(Default)]
pub(super) struct Queue {
    jobs: VecDeque<Job>,
    /// The peer that the first job was done for last.
    after: Option<PeerId>,
    /// The peer of the last step, and its packets in a row.
    current: Option<(PeerId, usize)>,
}

impl Queue {
    pub fn push(&mut self, job: Job) {
        self.jobs.push_back(job);
    }

    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }
}

/// The peer after the last one.
fn next<T>(peers: &BTreeMap<PeerId, T>, after: Option<PeerId>) -> Option<PeerId> {
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    peers.range((from, Bound::Unbounded)).next().map(|(&id, _)| id)
}

impl<C: Connection> Session<C> {
    /// An encoded frame came.
    pub fn handle_video(&mut self, packet: &VideoPacket) {
        self.renditions.note_shape(packet.format, packet.shape);
        self.work.push(Job::Video(EncodedFrame {
            format: packet.format,
            data: Arc::from(&packet.data[..]),
            keyframe: packet.keyframe,
            due: packet.due,
            shape: packet.shape,
            times: FrameTimes {
                number: packet.number,
                captured: packet.captured,
                taken: packet.taken,
                encoded: packet.encoded,
            },
        }));
    }

    /// An encoded block of sound came. The one before must have been worked off.
    pub fn handle_audio(&mut self, packet: &AudioPacket) {
        self.audio.clone_from(packet);
        self.work.push(Job::Audio);
    }

    /// Does the next step.
    pub fn work(&mut self, now: Instant) -> Work {
        self.finish_draining(now);
        if let Some((id, row)) = self.work.current.take() {
            let due = self.peers.get(&id).is_some_and(|it| it.peer.next_timeout() <= now);
            if due && row < PACKETS_IN_A_ROW {
                self.work.current = Some((id, row + 1));
                self.tick(id, now);
                return Work::SamePeer;
            }
            // What was made in a row leaves before something is made for the next peer, which takes as long again.
            if row > 0 {
                return Work::Step;
            }
        }
        if let Some((id, event)) = self.events.pop_front() {
            self.act(id, event, now);
            return Work::Step;
        }
        // The room last: what everyone is told then is what came of all before.
        if self.step(now) || self.tell_on_screen(now) || self.begin_to_tell_room(now) { Work::Step } else { Work::Done }
    }

    /// The next peer that the first job has something for. False if there is no job.
    fn step(&mut self, now: Instant) -> bool {
        let Some(mut job) = self.work.jobs.pop_front() else { return false };
        loop {
            let peer = next(&self.peers, self.work.after);
            self.work.after = peer;
            let Some(id) = peer else {
                self.finish(job);
                return true;
            };
            // Peers that have no part in the job are passed over at once: a look at the inputs costs a system call.
            if self.do_for(id, &mut job, now) {
                self.work.jobs.push_front(job);
                return true;
            }
        }
    }

    /// False if there was nothing to do for this peer.
    fn do_for(&mut self, id: PeerId, job: &mut Job, now: Instant) -> bool {
        let Some(it) = self.peers.get_mut(&id) else { return false };
        match job {
            Job::Video(frame) => {
                if it.peer.format() != frame.format {
                    return false;
                }
                self.send_video(id, frame, now);
            }
            Job::Audio => {
                it.peer.write_audio(&self.audio, now);
                self.make_due(id, now);
            }
            Job::Say(text) => {
                if !it.peer.say_text(text) {
                    return false;
                }
                self.drain(id, now);
            }
            Job::Room(room) => self.tell_room_to(id, room, now),
            Job::Stats(stats) => self.tell_stats_to(id, stats, now),
            Job::Due => {
                if it.peer.next_timeout() > now {
                    return false;
                }
                self.make_due(id, now);
            }
        }
        true
    }

    fn finish(&mut self, job: Job) {
        match job {
            Job::Room(job) => self.notify(SessionEvent::Room(Box::new(job.view))),
            Job::Stats(stats) => {
                self.notify(SessionEvent::Stats(stats));
                self.follow_networks();
            }
            Job::Video(_) | Job::Audio | Job::Say(_) | Job::Due => {}
        }
    }

    pub(super) fn tick(&mut self, id: PeerId, now: Instant) {
        if let Some(it) = self.peers.get_mut(&id) {
            it.peer.handle_timeout(now);
        }
        self.drain(id, now);
    }

    /// Takes what a peer has for others now, and may have again in the next step.
    fn make_due(&mut self, id: PeerId, now: Instant) {
        self.tick(id, now);
        self.work.current = Some((id, 0));
    }

    fn send_video(&mut self, id: PeerId, frame: &EncodedFrame, now: Instant) {
        let Some(it) = self.peers.get_mut(&id) else { return };
        if it.shape != Some(frame.shape) && it.peer.say_shape(&frame.shape) {
            it.shape = Some(frame.shape);
        }
        it.peer.write_video(frame, now);
        self.make_due(id, now);
    }

    pub(super) fn every_second(&mut self, now: Instant) {
        self.tick_room(now);
        let mut stats = Box::new(SessionStats {
            peers: Vec::with_capacity(self.peers.len()),
            frames_sent: self.frames_sent,
            totals: self.totals,
            ..SessionStats::default()
        });
        self.latency.take(&mut stats);
        self.work.push(Job::Stats(stats));
    }

    fn tell_stats_to(&mut self, id: PeerId, stats: &mut SessionStats, now: Instant) {
        let Some(it) = self.peers.get_mut(&id) else { return };
        let sent = it.peer.bytes_sent();
        let kbit_s = ((sent - it.bytes_before) * 8 / 1000) as u32;
        it.bytes_before = sent;
        // A peer that is gone takes no part of the sum with it.
        let repeats = it.peer.repeats();
        self.totals.repeats += repeats.saturating_sub(std::mem::replace(&mut it.repeats_before, repeats));
        if it.announced {
            stats.peers.push(PeerStats {
                id,
                format: it.peer.format(),
                frames: it.frames,
                kbit_s,
                round_trip: it.peer.round_trip(),
                path: it.peer.path(),
                loss: it.peer.loss(),
                estimate_kbit_s: it.peer.estimate_kbit_s(),
            });
        }
        if it.announced && it.behind {
            self.told.forget_room();
        }
        it.peer.say(&ToPeer::Stats { fps: self.told.fps, latency_ms: stats.latency_ms.0, kbit_s });
        let silent = it.peer.fell_silent(now);
        if silent {
            it.held.release();
        }
        self.drain(id, now);
        if silent {
            self.route_all();
        }
    }

    /// Acts on what came of a peer.
    fn act(&mut self, id: PeerId, event: PeerEvent, now: Instant) {
        if !self.peers.contains_key(&id) {
            return;
        }
        match event {
            PeerEvent::Connected => self.announce(id, now),
            PeerEvent::ControlOpen => self.told.forget_room(),
            PeerEvent::KeyframeRequest => {
                if let Some(it) = self.peers.get(&id) {
                    self.actions.push_back(Action::RequestKeyframe(it.peer.format()));
                }
            }
            PeerEvent::Command(kind, command) => self.apply_for_guest(id, kind, command, now),
            PeerEvent::OutOfRange(kind) => self.deny(id, kind, crate::room::Denied::Gone, now),
            // A page that is loaded again says goodbye too, and is back in a second.
            PeerEvent::Bye => self.end(id, None, Departure::Temporary, now),
            PeerEvent::Lost => {
                // A peer that never arrived has no seat to come back to.
                let stranger = self.peers.get(&id).is_some_and(|it| !it.announced && !it.returned);
                let departure = if stranger { Departure::Final } else { Departure::Temporary };
                self.end(id, None, departure, now);
            }
            PeerEvent::Violation(code) => self.end(id, Some(code), Departure::Final, now),
            PeerEvent::Estimate => self.follow_networks(),
            PeerEvent::Input(input) => self.route(id, input),
        }
    }

    /// Ends everyone, with a last word.
    pub(super) fn close(&mut self, now: Instant) {
        let all: Vec<PeerId> = self.peers.keys().copied().collect();
        for id in all {
            self.end(id, Some(ClosingCode::HostClosed), Departure::Final, now);
        }
        self.closed = true;
    }
}
