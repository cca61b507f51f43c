//! How long a game was played, as the window sees it.

use crate::library::catalog::CatalogCommand;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What was played is told so often, in case the end is not seen.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// Counts while a game runs.
#[derive(Debug, Default)]
pub struct PlayClock {
    game: Option<PathBuf>,
    /// When it was looked at last, if the game ran then.
    since: Option<Instant>,
    untold: Duration,
}

impl PlayClock {
    /// What is to be remembered now. `game` is the content that is open, and whether it runs.
    pub fn follow(&mut self, game: Option<(&Path, bool)>, now: Instant) -> Vec<CatalogCommand> {
        let mut tell = Vec::new();
        if let Some(since) = self.since.take() {
            self.untold += now.saturating_duration_since(since);
        }
        let content = game.map(|(content, _)| content);
        if content != self.game.as_deref() {
            tell.extend(self.take());
            self.game = content.map(Path::to_owned);
            tell.extend(self.game.clone().map(CatalogCommand::Started));
        }
        if self.untold >= TELL_EVERY {
            tell.extend(self.take());
        }
        self.since = game.is_some_and(|(_, runs)| runs).then_some(now);
        tell
    }

    fn take(&mut self) -> Option<CatalogCommand> {
        let path = self.game.clone()?;
        let seconds = self.untold.as_secs();
        self.untold -= Duration::from_secs(seconds);
        (seconds > 0).then_some(CatalogCommand::Played { path, seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_in_which_a_game_runs_counts_and_its_end_tells_the_rest() {
        let mut clock = PlayClock::default();
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let game = Path::new("/g/a.nes");
        let played = |seconds| CatalogCommand::Played { path: game.into(), seconds };
        assert_eq!(clock.follow(Some((game, false)), at(0)), [CatalogCommand::Started(game.into())]);
        assert_eq!(clock.follow(Some((game, true)), at(10)), []);
        assert_eq!(clock.follow(Some((game, true)), at(40)), []);
        assert_eq!(clock.follow(Some((game, false)), at(75)), [played(65)]);
        assert_eq!(clock.follow(Some((game, true)), at(500)), []);
        let other = Path::new("/g/b.nes");
        assert_eq!(clock.follow(Some((other, true)), at(505)), [played(5), CatalogCommand::Started(other.into())]);
        assert_eq!(clock.follow(None, at(505)), []);
        assert_eq!(clock.follow(None, at(900)), []);
    }
}
