//! Whether a host is well.

use super::board::Board;
use crate::engine::GameState;
use std::time::Duration;

/// Figures come once a second. A machine that is busy for a while is no reason to end everybody's evening.
const SILENT: Duration = Duration::from_secs(15);

/// What is looked at, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Health {
    /// The net thread and the engine turn. Without that only another start helps.
    pub net: bool,
    /// A game runs, or waits for the host.
    pub game: bool,
    /// Who watches gets frames.
    pub encoder: bool,
}

impl Health {
    pub fn of(board: &Board, now: Duration) -> Health {
        let state = board.snapshot.game.as_ref().map(|game| &game.state);
        Health {
            net: now.saturating_sub(board.heard) < SILENT,
            game: matches!(state, Some(GameState::Running | GameState::Paused)),
            encoder: board.heard.saturating_sub(board.encoded) < SILENT,
        }
    }

    /// Guests can be sent here.
    pub fn ready(self) -> bool {
        self.net && self.game && self.encoder
    }

    /// A line each.
    pub fn text(self) -> String {
        let word = |well: bool| if well { "ok" } else { "failed" };
        format!("net {}\ngame {}\nencoder {}\n", word(self.net), word(self.game), word(self.encoder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn silence_is_worse_than_no_game_and_a_stuck_encoder_is_neither() {
        let start = Duration::from_secs(100);
        let mut board = Board::new(Arc::default(), start);
        let fresh = Health::of(&board, start);
        assert_eq!(fresh, Health { net: true, game: false, encoder: true });
        assert!(!fresh.ready());
        assert!(!Health::of(&board, start + SILENT).net);
        board.heard = start + SILENT;
        let stuck = Health::of(&board, board.heard);
        assert_eq!(stuck, Health { net: true, game: false, encoder: false });
        assert_eq!(stuck.text(), "net ok\ngame failed\nencoder failed\n");
    }
}
