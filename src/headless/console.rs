//! Events on standard output, for people who read along.

use crate::engine::{Engine, Happening};
use crate::messages;
use crate::net::Talk;
use crate::text::{Message, Texts};
use std::net::IpAddr;

messages! {
    /// One event, in a line or a few.
    enum ConsoleLine in console {
        ready => Ready { game: String, links: String },
        /// In place of a title.
        untitled => Untitled,
        /// Players are counted from 1.
        joined_to_play => JoinedToPlay { name: String, number: usize },
        joined_to_watch => JoinedToWatch { name: String },
        left => Left { name: String },
        crashed_restarting => CrashedRestarting { reason: String },
        crashed_for_good => CrashedForGood { reason: String },
        request => Request { name: String, address: IpAddr, request: u32 },
    }
}

/// The line for an event; none for those that nothing is said about.
pub(super) fn line(engine: &Engine, happening: Happening, texts: &Texts) -> Option<String> {
    let line = match happening {
        Happening::Started { .. } => {
            let snapshot = engine.snapshot();
            let title = snapshot.game.as_ref().map(|game| game.title.clone());
            let game = title.unwrap_or_else(|| ConsoleLine::Untitled.text(texts));
            let links = snapshot.invites.first().map(|invite| invite.links.join("\n  ")).unwrap_or_default();
            ConsoleLine::Ready { game, links }
        }
        Happening::PeerJoined { name, seat, .. } => match seat {
            Some(seat) => ConsoleLine::JoinedToPlay { name, number: seat + 1 },
            None => ConsoleLine::JoinedToWatch { name },
        },
        Happening::PeerLeft { name, .. } => ConsoleLine::Left { name },
        Happening::CoreDied { crash, restarting } => {
            let reason = crash.text(texts);
            if restarting { ConsoleLine::CrashedRestarting { reason } } else { ConsoleLine::CrashedForGood { reason } }
        }
        Happening::Request { id, name, address } => ConsoleLine::Request { name, address, request: id },
        Happening::Failed(reason) => return Some(reason.text(texts)),
        Happening::Notice(notice) => return Some(notice.said.text(texts)),
        Happening::Talk(Talk::Said { name, text, .. }) => return Some(format!("{name}: {text}")),
        Happening::CoreRestarted { .. } | Happening::Talk(_) | Happening::Stats { .. } => return None,
    };
    Some(line.text(texts))
}
