//! Events on standard output, for people who read along.

use crate::engine::{Engine, EngineEvent, Flow, Snapshot};
use crate::messages;
use crate::room::{JoinRequest, Origin};
use crate::session::{ChatEvent, disc_line};
use crate::text::{Message, Texts};

messages! {
    /// One event, in a line or a few.
    enum ConsoleLine in console {
        ready => Ready { game: String, links: String },
        links_changed => LinksChanged { links: String },
        /// In place of a title.
        untitled => Untitled,
        /// Players are counted from 1.
        joined_to_play => JoinedToPlay { name: String, number: usize },
        joined_to_watch => JoinedToWatch { name: String },
        left => Left { name: String },
        crashed_restarting => CrashedRestarting { reason: String },
        crashed_for_good => CrashedForGood { reason: String },
        fast_by => FastBy { name: String },
        slow_by => SlowBy { name: String },
        rewind_by => RewindBy { name: String },
        request => Request { name: String, address: String, request: u32 },
    }
}

/// The line for an event; none for those that nothing is said about.
pub(super) fn line(engine: &Engine, event: EngineEvent, texts: &Texts) -> Option<String> {
    let line = match event {
        EngineEvent::Started { .. } => {
            let snapshot = engine.snapshot();
            let title = snapshot.game.as_ref().map(|game| game.title.clone());
            let game = title.unwrap_or_else(|| ConsoleLine::Untitled.text(texts));
            ConsoleLine::Ready { game, links: links(&snapshot) }
        }
        EngineEvent::LinksChanged => ConsoleLine::LinksChanged { links: links(&engine.snapshot()) },
        EngineEvent::PeerJoined { name, seat, .. } => match seat {
            Some(seat) => ConsoleLine::JoinedToPlay { name, number: seat.number() },
            None => ConsoleLine::JoinedToWatch { name },
        },
        EngineEvent::PeerLeft { name, .. } => ConsoleLine::Left { name },
        EngineEvent::CoreDied { crash, restarting, .. } => {
            let reason = crash.text(texts);
            if restarting { ConsoleLine::CrashedRestarting { reason } } else { ConsoleLine::CrashedForGood { reason } }
        }
        EngineEvent::Request(JoinRequest { id, name, origin, .. }) => {
            let address = match origin {
                Origin::Address(address) => address.to_canonical().to_string(),
                Origin::Broker => texts.by_broker.to_owned(),
            };
            ConsoleLine::Request { name, address, request: id.0 }
        }
        EngineEvent::Flow { flow, by: Some(name) } => match flow {
            Flow::FastForward => ConsoleLine::FastBy { name },
            Flow::SlowMotion => ConsoleLine::SlowBy { name },
            Flow::Rewind => ConsoleLine::RewindBy { name },
            Flow::Normal => return None,
        },
        // What the host does they know.
        EngineEvent::Flow { by: None, .. } => return None,
        EngineEvent::Failed(reason) => return Some(reason.text(texts)),
        EngineEvent::Notice(notice) => return Some(notice.kind.text(texts)),
        EngineEvent::Chat(ChatEvent::Said { name, text, .. }) => return Some(format!("{name}: {text}")),
        EngineEvent::Chat(ChatEvent::Disc { name, disc, label }) => {
            return Some(disc_line(texts, &name, disc, &label));
        }
        EngineEvent::CoreRestarted { .. } | EngineEvent::Layers(_) | EngineEvent::Chat(_) | EngineEvent::Stats { .. } => return None,
    };
    Some(line.text(texts))
}

/// The first invite at each address, one below the other.
fn links(snapshot: &Snapshot) -> String {
    snapshot.invites.first().map(|invite| invite.links.join("\n  ")).unwrap_or_default()
}
