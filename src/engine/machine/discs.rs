//! The drive of a game that has several discs: what is asked of it, and who is named when another disc is in.

use super::action::{Action, ToSession};
use super::{Machine, NoticeKind};
use crate::link::message::{DiscCommand, Discs, ToCore};

impl Machine {
    /// The host opens the drive or puts a disc in.
    pub(super) fn command_drive(&mut self, command: DiscCommand) {
        match command {
            DiscCommand::Eject => {
                if let Some(game) = &mut self.game {
                    game.disc_wanted = None;
                }
                self.tell_core(ToCore::Disc(command));
            }
            DiscCommand::Insert(disc) => self.insert_disc(None, disc),
        }
    }

    /// `by` is a guest who may; none for the host.
    pub(super) fn insert_disc(&mut self, by: Option<String>, disc: u32) {
        let Some(game) = &mut self.game else { return };
        let discs = game.discs.as_ref().map_or(0, |discs| discs.names.len());
        if disc as usize >= discs {
            return self.notice(NoticeKind::NoDisc { number: disc as usize + 1 });
        }
        // The drive opens and closes, and nothing that anybody would be told of has changed.
        let is_in = game.discs.as_ref().is_some_and(|discs| discs.inserted == Some(disc));
        game.disc_wanted = (!is_in).then_some((disc, by));
        self.tell_core(ToCore::Disc(DiscCommand::Insert(disc)));
    }

    /// The core tells of its discs. Everyone reads who put one in, once it is in.
    pub(super) fn discs_are(&mut self, discs: Discs) {
        let Some(game) = &mut self.game else { return };
        let wanted = game.disc_wanted.take_if(|(disc, _)| discs.inserted == Some(*disc));
        game.discs = Some(discs.clone());
        self.push(Action::ToSession(ToSession::Discs(discs)));
        if let Some((disc, by)) = wanted {
            self.push(Action::ToSession(ToSession::DiscChanged { by, disc }));
        }
    }
}
