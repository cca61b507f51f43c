//! What the library's screen remembers from one painting to the next.

use crate::library::catalog::{self, GameEntry, Query};
use std::path::PathBuf;
use std::sync::Arc;

/// The screen's own state: what is looked for, and where one is.
#[derive(Default)]
pub struct LibraryView {
    /// What is looked for.
    pub query: Query,
    /// The games whose pictures are on the screen.
    pub wanted: Vec<PathBuf>,
    /// The one that Enter starts, by its place in `found`.
    pub(super) selected: usize,
    /// It moved by keys: it is scrolled to and gets the focus.
    pub(super) moved: bool,
    /// It has the focus.
    pub(super) has_focus: bool,
    /// In the grid; one in the list.
    pub(super) columns: usize,
    /// Rows on the screen.
    pub(super) page: usize,
    found: Vec<u32>,
    found_in: Arc<Vec<GameEntry>>,
    found_for: Query,
}

impl LibraryView {
    /// Looks again, if something else is looked for or there is something else.
    pub(super) fn follow(&mut self, entries: &Arc<Vec<GameEntry>>) {
        if Arc::ptr_eq(&self.found_in, entries) && self.found_for == self.query {
            return;
        }
        let before = self.selected().map(|entry| entry.path.clone()).filter(|_| self.found_for == self.query);
        self.found = catalog::find(entries, &self.query);
        self.found_in = Arc::clone(entries);
        self.found_for = self.query.clone();
        // While a scan goes on the same game stays selected; another search begins at its first one.
        let place =
            before.and_then(|path| (0..self.found.len()).find(|at| self.at(*at).is_some_and(|it| it.path == path)));
        self.selected = place.unwrap_or(0);
    }

    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// The game at a place of what was found.
    pub(super) fn at(&self, place: usize) -> Option<&GameEntry> {
        self.found_in.get(*self.found.get(place)? as usize)
    }

    pub(super) fn selected(&self) -> Option<&GameEntry> {
        self.at(self.selected)
    }

    /// By a key.
    pub(super) fn select(&mut self, place: usize) {
        self.selected = place.min(self.len().saturating_sub(1));
        self.moved = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(titles: &[&str]) -> Arc<Vec<GameEntry>> {
        let entry = |title: &&str| GameEntry {
            title: (*title).into(),
            search: title.to_lowercase(),
            path: format!("/g/{title}").into(),
            ..GameEntry::default()
        };
        Arc::new(titles.iter().map(entry).collect())
    }

    #[test]
    fn the_selected_game_stays_while_others_are_found_and_a_search_begins_at_its_first() {
        let mut view = LibraryView::default();
        view.follow(&shelf(&["B", "D"]));
        view.select(1);
        view.follow(&shelf(&["A", "B", "C", "D"]));
        assert_eq!(view.selected().map(|it| it.title.as_str()), Some("D"));
        view.query.text = "b".into();
        view.follow(&shelf(&["A", "B", "C", "D"]));
        assert_eq!((view.selected, view.len()), (0, 1));
        view.select(7);
        assert_eq!(view.selected, 0);
        view.follow(&shelf(&[]));
        assert!(view.selected().is_none());
    }
}
