//! How much anybody may say: chat and reactions are for everyone's screen, so each has an allowance that refills.

use std::time::Duration;

/// The reactions there are. A fixed few: anything else would be text of any length over everybody's picture.
pub const EMOJI: [&str; 8] = ["👍", "👏", "😂", "😮", "😱", "❤️", "🎉", "😭"];

/// One of [`EMOJI`], by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emoji(u8);

impl Emoji {
    /// None for anything that is not in the list.
    pub fn parse(text: &str) -> Option<Emoji> {
        EMOJI.iter().position(|known| *known == text).map(|index| Emoji(index as u8))
    }

    /// The characters.
    pub fn as_str(self) -> &'static str {
        EMOJI[usize::from(self.0) % EMOJI.len()]
    }
}

/// A few at once, then one in a while.
#[derive(Debug, Clone)]
pub(super) struct Allowance {
    left: f64,
    most: f64,
    refill: Duration,
    at: Duration,
}

impl Allowance {
    /// Lines of chat: five at once, then one in 1.5 seconds.
    pub fn chat(now: Duration) -> Allowance {
        Allowance { left: 5.0, most: 5.0, refill: Duration::from_millis(1500), at: now }
    }

    /// Reactions: six at once, then three a second.
    pub fn reactions(now: Duration) -> Allowance {
        Allowance { left: 6.0, most: 6.0, refill: Duration::from_millis(333), at: now }
    }

    /// Seats and links: ten at once, then two a second; each is told to everybody.
    pub fn wishes(now: Duration) -> Allowance {
        Allowance { left: 10.0, most: 10.0, refill: Duration::from_millis(500), at: now }
    }

    /// Names: four at once, then one in three seconds; each is told to everybody, and stands on everybody's screen.
    pub fn names(now: Duration) -> Allowance {
        Allowance { left: 4.0, most: 4.0, refill: Duration::from_secs(3), at: now }
    }

    /// Pausing, saving and loading: three at once, then one a second; each costs the host some work.
    pub fn states(now: Duration) -> Allowance {
        Allowance { left: 3.0, most: 3.0, refill: Duration::from_secs(1), at: now }
    }

    /// Coming in from one address, which friends may share: two full rooms at once, then two a second.
    pub fn arrivals(now: Duration) -> Allowance {
        Allowance { left: 128.0, most: 128.0, refill: Duration::from_millis(500), at: now }
    }

    /// Whether all of it is there again.
    pub fn is_full(&self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64() / self.refill.as_secs_f64();
        self.left + passed >= self.most
    }

    /// Takes one, if there is one.
    pub fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64() / self.refill.as_secs_f64();
        self.left = (self.left + passed).min(self.most);
        self.at = now;
        let there = self.left >= 1.0;
        if there {
            self.left -= 1.0;
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_lines_at_once_and_forty_in_a_minute() {
        let mut chat = Allowance::chat(Duration::ZERO);
        assert_eq!((0..10).filter(|_| chat.take(Duration::ZERO)).count(), 5);
        let minute = (1..=6000).filter(|n| chat.take(Duration::from_millis(n * 10))).count();
        assert!((39..=41).contains(&minute), "{minute}");
    }

    #[test]
    fn only_the_reactions_of_the_list_are_some() {
        for emoji in EMOJI {
            assert_eq!(Emoji::parse(emoji).map(Emoji::as_str), Some(emoji));
        }
        for other in ["", "x", "👍👍", "❤"] {
            assert_eq!(Emoji::parse(other), None, "{other}");
        }
    }
}
