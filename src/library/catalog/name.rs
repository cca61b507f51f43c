//! What the name of a file tells of a game, as No-Intro, Redump and TOSEC write it: the title, then words in parentheses and brackets.

/// A longer name is cut before it is looked at, in bytes.
const LONGEST: usize = 512;
/// Discs of the largest sets, with room.
const MOST_DISCS: u8 = 40;

/// The regions of No-Intro's convention, as they are written there.
const REGIONS: [&str; 50] = [
    "World",
    "USA",
    "Europe",
    "Japan",
    "Asia",
    "Australia",
    "Austria",
    "Belgium",
    "Brazil",
    "Bulgaria",
    "Canada",
    "China",
    "Croatia",
    "Czech",
    "Denmark",
    "Finland",
    "France",
    "Germany",
    "Greece",
    "Hong Kong",
    "Hungary",
    "India",
    "Ireland",
    "Israel",
    "Italy",
    "Korea",
    "Latin America",
    "Lithuania",
    "Mexico",
    "Netherlands",
    "New Zealand",
    "Norway",
    "Poland",
    "Portugal",
    "Romania",
    "Russia",
    "Scandinavia",
    "Singapore",
    "Slovakia",
    "Slovenia",
    "South Africa",
    "Spain",
    "Sweden",
    "Switzerland",
    "Taiwan",
    "Thailand",
    "Turkey",
    "UK",
    "United Kingdom",
    "Unknown",
];
/// GoodTools' and TOSEC's short forms of the usual ones.
const SHORT_REGIONS: [(&str, &str); 10] = [
    ("U", "USA"),
    ("US", "USA"),
    ("E", "Europe"),
    ("EU", "Europe"),
    ("J", "Japan"),
    ("JP", "Japan"),
    ("W", "World"),
    ("JU", "Japan, USA"),
    ("UE", "USA, Europe"),
    ("JUE", "World"),
];
const ARTICLES: [&str; 12] = ["The", "A", "An", "Le", "La", "Les", "Der", "Die", "Das", "El", "Los", "Il"];

/// What was read out of a name. Empty or none: the name does not say it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GameName {
    /// Without the words in parentheses, and with its article in front.
    pub title: String,
    /// One or more of them, with commas between.
    pub region: String,
    /// Such as "Rev 1", "v1.2", "Beta".
    pub revision: String,
    /// Counted from 1.
    pub disc: Option<u8>,
    /// The whole name without the disc: what the discs of one game have in common.
    pub set: String,
}

/// Reads a file's name without its ending.
pub fn parse(stem: &str) -> GameName {
    let stem = cut(stem.trim(), LONGEST);
    let mut name = GameName::default();
    let (mut title, mut set) = (String::new(), String::new());
    let mut rest = stem;
    while let Some(at) = rest.find(['(', '[']) {
        let close = if rest.as_bytes()[at] == b'(' { ')' } else { ']' };
        let Some(end) = rest[at..].find(close).map(|end| at + end) else { break };
        let (before, word) = (&rest[..at], &rest[at + 1..end]);
        title.push_str(before);
        set.push_str(before);
        match disc_of(word) {
            Some(disc) if close == ')' => name.disc = name.disc.or(Some(disc)),
            _ => {
                set.push_str(&rest[at..=end]);
                if close == ')' {
                    name.take_word(word);
                }
            }
        }
        rest = &rest[end + 1..];
    }
    title.push_str(rest);
    set.push_str(rest);
    name.title = in_order(&spaced(&title));
    if name.title.is_empty() {
        stem.clone_into(&mut name.title);
    }
    name.set = spaced(&set);
    name
}

impl GameName {
    fn take_word(&mut self, word: &str) {
        let word = word.trim();
        if self.region.is_empty()
            && let Some(region) = region_of(word)
        {
            self.region = region;
        } else if is_revision(word) {
            if !self.revision.is_empty() {
                self.revision.push_str(", ");
            }
            self.revision.push_str(word);
        }
    }
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn region_of(word: &str) -> Option<String> {
    if let Some((_, long)) = SHORT_REGIONS.iter().find(|(short, _)| *short == word) {
        return Some((*long).to_owned());
    }
    let parts: Vec<&str> = word.split(',').map(str::trim).collect();
    let known = |part: &&str| REGIONS.iter().any(|region| region.eq_ignore_ascii_case(part));
    parts.iter().all(known).then(|| parts.join(", "))
}

fn is_revision(word: &str) -> bool {
    let begins = |start: &str| word.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start));
    let version = begins("v") && word[1..].starts_with(|c: char| c.is_ascii_digit());
    version || ["Rev", "Beta", "Proto", "Demo", "Sample", "Unl", "Pirate", "Hack", "Alt"].iter().any(|it| begins(it))
}

/// "Disc 2", "Disk B", "CD1", "Disc 1 of 3"; what is longer is a name.
fn disc_of(word: &str) -> Option<u8> {
    let lower = word.trim().to_ascii_lowercase();
    let rest = ["disc", "disk", "cd"].iter().find_map(|it| lower.strip_prefix(it))?.trim();
    let number = rest.split_once(" of ").map_or(rest, |(number, _)| number.trim());
    let number = match number.as_bytes() {
        [letter @ b'a'..=b'h'] => letter - b'a' + 1,
        _ => number.parse().ok()?,
    };
    (1..=MOST_DISCS).contains(&number).then_some(number)
}

/// "Legend, The - Part 2" is "The Legend - Part 2" to people.
fn in_order(title: &str) -> String {
    let (name, part) = title.split_once(" - ").unwrap_or((title, ""));
    let Some((before, article)) = name.rsplit_once(", ") else { return title.to_owned() };
    if !ARTICLES.contains(&article) {
        return title.to_owned();
    }
    let joint = if part.is_empty() { "" } else { " - " };
    format!("{article} {before}{joint}{part}")
}

/// Without spaces at the ends or two in a row; underscores between words are such.
fn spaced(text: &str) -> String {
    let text = text.trim();
    let text = if text.contains(' ') { text.to_owned() } else { text.replace('_', " ") };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_revision_and_disc_are_taken_off_the_title() {
        let name = parse("Legend of Embers, The - Second Fire (USA, Europe) (Disc 2) (Rev 1) [!]");
        assert_eq!(name.title, "The Legend of Embers - Second Fire");
        assert_eq!((name.region.as_str(), name.revision.as_str(), name.disc), ("USA, Europe", "Rev 1", Some(2)));
        assert_eq!(name.set, parse("Legend of Embers, The - Second Fire (USA, Europe) (Disc 1) (Rev 1) [!]").set);
        assert_eq!(parse("Tale (U) [!]").region, "USA");
        assert_eq!(parse("Tale (Japan) (Beta 2)").revision, "Beta 2");
        assert_eq!(parse("Tale_of_Two (En,Fr)").title, "Tale of Two");
    }

    #[test]
    fn a_name_of_another_kind_is_the_title_as_it_is() {
        for name in ["(Disc 1)", "Tale (", "Tale )(", "[", "Disc", "Tale 2"] {
            assert!(!parse(name).title.is_empty(), "{name}");
        }
        assert_eq!(parse("Tale (Discovery)").disc, None);
        assert_eq!(parse("Tale (CD 99)").disc, None);
        assert_eq!(parse("Tale (Disk B)").disc, Some(2));
        assert_eq!(parse("炎の物語 (日本)").title, "炎の物語");
        assert_eq!(parse("").title, "");
    }

    #[test]
    fn a_long_name_of_long_letters_is_cut_between_them() {
        let name = parse(&"炎(".repeat(4000));
        assert!(name.title.len() <= LONGEST);
    }
}
