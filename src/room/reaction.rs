//! Reactions: an emoji over everyone's picture.

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

#[cfg(test)]
mod tests {
    use super::*;

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
