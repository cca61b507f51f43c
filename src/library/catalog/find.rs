//! What is looked for in the library, as it is typed.

use super::entries::GameEntry;
use std::cmp::Reverse;

/// How the games are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Name,
    /// The one that was played last comes first.
    LastPlayed,
    /// The one that was played longest comes first.
    Played,
}

impl Sort {
    pub const ALL: [Sort; 3] = [Sort::Name, Sort::LastPlayed, Sort::Played];
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Words that the title has, or the region.
    pub text: String,
    pub system: Option<String>,
    /// For so many at least.
    pub players: Option<u8>,
    pub favourites: bool,
    pub sort: Sort,
}

/// The places of those in `entries` that are wanted. `entries` are in the order of their titles.
pub fn find(entries: &[GameEntry], query: &Query) -> Vec<u32> {
    let text = query.text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let fits = |entry: &GameEntry| {
        (!query.favourites || entry.record.favourite)
            && query.system.as_ref().is_none_or(|system| entry.system == *system)
            && query.players.is_none_or(|wanted| entry.players.is_some_and(|players| players >= wanted))
            && words.iter().all(|word| entry.search.contains(word))
    };
    let mut found: Vec<u32> = (0..).zip(entries).filter(|(_, entry)| fits(entry)).map(|(at, _)| at).collect();
    let record = |at: &u32| entries.get(*at as usize).map(|entry| entry.record).unwrap_or_default();
    // Stable: those that were never played stay in the order of their titles.
    match query.sort {
        Sort::Name => {}
        Sort::LastPlayed => found.sort_by_key(|at| Reverse(record(at).last_played)),
        Sort::Played => found.sort_by_key(|at| Reverse(record(at).played)),
    }
    found
}

/// The machines of `entries`, in the order of their names.
pub fn systems(entries: &[GameEntry]) -> Vec<String> {
    let mut systems: Vec<&str> =
        entries.iter().map(|entry| entry.system.as_str()).filter(|it| !it.is_empty()).collect();
    systems.sort_unstable();
    systems.dedup();
    systems.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::entries::search_text;
    use super::super::records::PlayRecord;
    use super::*;

    fn entry(title: &str, system: &str, players: Option<u8>, last_played: u64) -> GameEntry {
        GameEntry {
            title: title.into(),
            search: search_text(title, "USA"),
            system: system.into(),
            region: "USA".into(),
            players,
            record: PlayRecord { favourite: last_played == 9, favourite_at: 0, last_played, played: 100 - last_played },
            ..GameEntry::default()
        }
    }

    fn found(query: &Query) -> Vec<u32> {
        let entries = [
            entry("Ägypten", "NES", None, 0),
            entry("Song of Tales", "GB", Some(4), 9),
            entry("Tale", "NES", Some(2), 3),
        ];
        find(&entries, query)
    }

    #[test]
    fn every_word_narrows_it_down_whatever_its_case() {
        let text = |text: &str| found(&Query { text: text.into(), ..Query::default() });
        assert_eq!(text(""), [0, 1, 2]);
        assert_eq!(text("TALE"), [1, 2]);
        assert_eq!(text("tale  so"), [1]);
        assert_eq!(text("tale usa"), [1, 2]);
        assert_eq!(text("äG"), [0]);
        assert!(text("nothing").is_empty());
    }

    #[test]
    fn filters_join_and_orders_put_the_newest_and_the_longest_first() {
        let query = Query::default;
        assert_eq!(found(&Query { system: Some("NES".into()), ..query() }), [0, 2]);
        assert_eq!(found(&Query { players: Some(2), ..query() }), [1, 2]);
        assert_eq!(found(&Query { players: Some(3), ..query() }), [1]);
        assert_eq!(found(&Query { favourites: true, ..query() }), [1]);
        assert_eq!(found(&Query { favourites: true, system: Some("NES".into()), ..query() }), [0; 0]);
        assert_eq!(found(&Query { sort: Sort::LastPlayed, ..query() }), [1, 2, 0]);
        assert_eq!(found(&Query { sort: Sort::Played, ..query() }), [0, 2, 1]);
    }
}
