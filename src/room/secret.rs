//! Random things that let people in, and names that people give themselves.

/// 128 random bits, as 22 characters of base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// From random bytes.
    pub fn new(random: [u8; 16]) -> Secret {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let number = u128::from_be_bytes(random);
        Secret((0..22).map(|digit| ALPHABET[(number >> (digit * 6) & 63) as usize] as char).collect())
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares without telling by its duration how much was right.
    pub fn is(&self, other: &str) -> bool {
        same(self.0.as_bytes(), other.as_bytes())
    }
}

/// A source of randomness.
pub trait Random {
    /// False when the system gives none.
    fn fill(&mut self, bytes: &mut [u8]) -> bool;

    /// A new secret.
    fn secret(&mut self) -> Option<Secret> {
        let mut random = [0; 16];
        self.fill(&mut random).then(|| Secret::new(random))
    }

    /// New digits.
    fn digits(&mut self) -> Option<Digits> {
        let mut random = [0; 8];
        self.fill(&mut random).then(|| Digits::new(random))
    }
}

/// The system's.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        getrandom::fill(bytes).is_ok()
    }
}

/// Six digits that can be read aloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits(String);

impl Digits {
    /// From random bytes. 2 to the power of 64 is no multiple of a million, by a share that is too small to matter.
    pub fn new(random: [u8; 8]) -> Digits {
        Digits(format!("{:06}", u64::from_be_bytes(random) % 1_000_000))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares without telling by its duration how much was right.
    pub fn is(&self, other: &str) -> bool {
        same(self.0.as_bytes(), other.as_bytes())
    }
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// The longest name, in characters.
pub const MAX_NAME: usize = 24;
/// The longest line of chat, in characters.
pub const MAX_TEXT: usize = 300;

/// A name without control and formatting characters, trimmed and cut to [`MAX_NAME`]; none when nothing is left.
pub fn clean_name(name: &str) -> Option<String> {
    clean(name, MAX_NAME)
}

/// The same for a line of chat, up to [`MAX_TEXT`].
pub fn clean_text(text: &str) -> Option<String> {
    clean(text, MAX_TEXT)
}

fn clean(text: &str, most: usize) -> Option<String> {
    // Directional marks and other invisible characters would let one name pass for another, or turn the text around it.
    // The joiner that makes one emoji of several stays where it joins.
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}' | '\u{180e}')
    };
    let mut clean = String::new();
    let mut chars = text.chars().filter(|&c| !invisible(c)).peekable();
    while let Some(c) = chars.next() {
        let joins = c != '\u{200d}'
            || (clean.chars().next_back().is_some_and(|c| c > '\u{2000}')
                && chars.peek().is_some_and(|&c| c > '\u{2000}'));
        if joins {
            clean.push(c);
        }
    }
    let cut: String = clean.trim().chars().take(most).collect();
    let cut = cut.trim_end_matches(|c: char| c.is_whitespace() || c == '\u{200d}');
    (!cut.is_empty()).then(|| cut.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_does_not_belong_in_a_name() {
        assert_eq!(clean_name("  An\u{202e}n\n\u{7} "), Some("Ann".into()));
        assert_eq!(clean_name(&"é".repeat(60)).map(|n| n.chars().count()), Some(MAX_NAME));
        assert_eq!(clean_name("\u{200b}\t"), None);
        assert_eq!(clean_name("\u{200d}\u{200d}"), None);
        assert_eq!(clean_name("<b>小明</b>"), Some("<b>小明</b>".into()));
        assert_eq!(clean_name("A\u{200d}nn"), Some("Ann".into()), "a joiner between letters joins nothing");
    }

    #[test]
    fn a_family_of_emoji_stays_one() {
        assert_eq!(clean_text("👩\u{200d}👧 hi"), Some("👩\u{200d}👧 hi".into()));
    }

    #[test]
    fn a_code_is_six_digits_whatever_the_numbers() {
        for random in [[0; 8], [255; 8], [1, 2, 3, 4, 5, 6, 7, 8]] {
            let code = Digits::new(random);
            assert!(code.as_str().len() == 6 && code.as_str().bytes().all(|b| b.is_ascii_digit()));
            assert!(code.is(code.as_str()) && !code.is("") && !code.is("12345"));
        }
    }
}
