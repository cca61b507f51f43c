//! Notices, as cards in a corner.

use super::icons::Icon;
use super::theme;
use super::widgets::{self, Button};
use crate::downloads::releases::{self, Release};
use crate::engine::{Level, NoticeKind, Snapshot};
use crate::text::{Message, Texts, fill};
use egui::{Align2, Area, Color32, Frame, Id, Label, Margin, OpenUrl, Order, Stroke, Ui};
use std::collections::HashMap;
use std::path::Path;

/// How long a notice stays unless it is dismissed; an error stays until then.
fn seconds(level: Level) -> f64 {
    match level {
        Level::Info => 6.0,
        Level::Warning => 20.0,
        Level::Error => f64::INFINITY,
    }
}

/// How long one stays that is read while something else begins.
const LONG_SECONDS: f64 = 30.0;
/// More than these would hide the game.
const MAX_SHOWN: usize = 3;
/// The window's own are kept to this many; the oldest go first.
const MAX_OWN: usize = 16;

/// What a notice says: the engine tells it as a value, the window in words.
#[derive(Clone, PartialEq)]
enum Content {
    Kind(NoticeKind),
    Text(String),
    /// Of the program, newer than this one.
    Release(Release),
}

impl Content {
    fn text(&self, texts: &Texts) -> String {
        match self {
            Content::Kind(kind) => kind.text(texts),
            Content::Text(text) => text.clone(),
            Content::Release(release) => release_text(release, texts),
        }
    }
}

/// One notice as it is shown.
#[derive(Clone)]
struct Card {
    key: Key,
    level: Level,
    content: Content,
    seconds: f64,
}

/// Which of the engine's and the window's own notices are still to be shown.
#[derive(Default)]
pub struct Notices {
    own: Vec<Card>,
    next_id: u64,
    seen: HashMap<Key, Seen>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Engine(u64),
    Own(u64),
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    /// First, at this time in seconds.
    At(f64),
    Dismissed,
}

impl Notices {
    /// Adds one of the window's own. The same words twice are one notice.
    pub fn push(&mut self, level: Level, text: String) {
        self.push_for(level, text, seconds(level));
    }

    /// Something to read in peace.
    pub fn push_long(&mut self, level: Level, text: String) {
        self.push_for(level, text, LONG_SECONDS);
    }

    /// A newer version of the program, until it is dismissed.
    pub fn push_release(&mut self, release: Release) {
        self.push_content(Level::Info, Content::Release(release), f64::INFINITY);
    }

    fn push_for(&mut self, level: Level, text: String, seconds: f64) {
        self.push_content(level, Content::Text(text), seconds);
    }

    fn push_content(&mut self, level: Level, content: Content, seconds: f64) {
        self.own.retain(|old| old.content != content);
        self.own.push(Card { key: Key::Own(self.next_id), level, content, seconds });
        self.next_id += 1;
        if self.own.len() > MAX_OWN {
            self.own.remove(0);
        }
    }

    /// The newest last.
    fn waiting(&mut self, snapshot: &Snapshot, now: f64) -> Vec<Card> {
        let engine = snapshot.notices.iter().map(|notice| Card {
            key: Key::Engine(notice.id),
            level: notice.level,
            content: Content::Kind(notice.kind.clone()),
            seconds: seconds(notice.level),
        });
        let all: Vec<_> = engine.chain(self.own.iter().cloned()).collect();
        self.seen.retain(|key, _| all.iter().any(|card| card.key == *key));
        let mut waiting: Vec<_> = all
            .into_iter()
            .filter(|card| match *self.seen.entry(card.key).or_insert(Seen::At(now)) {
                Seen::At(first) => now - first < card.seconds,
                Seen::Dismissed => false,
            })
            .collect();
        waiting.drain(..waiting.len().saturating_sub(MAX_SHOWN));
        waiting
    }

    pub(super) fn show(&mut self, ui: &Ui, snapshot: &Snapshot, texts: &Texts) {
        let now = ui.input(|input| input.time);
        let waiting = self.waiting(snapshot, now);
        if waiting.is_empty() {
            return;
        }
        let width = (ui.ctx().content_rect().width() - 48.0).min(340.0);
        let area = Area::new(Id::unique("notices")).order(Order::Foreground).anchor(Align2::LEFT_BOTTOM, [16.0, -70.0]);
        area.show(ui.ctx(), |ui| {
            ui.set_width(width);
            for card in waiting {
                if show_card(ui, &card, texts, width) {
                    self.seen.insert(card.key, Seen::Dismissed);
                    ui.ctx().request_repaint();
                } else if let Some(Seen::At(first)) = self.seen.get(&card.key)
                    && card.seconds.is_finite()
                {
                    let left = first + card.seconds - now;
                    ui.ctx().request_repaint_after_secs(left.max(0.05) as f32);
                }
            }
        });
    }
}

/// True once it is dismissed.
fn show_card(ui: &mut Ui, card: &Card, texts: &Texts, width: f32) -> bool {
    let (icon, color) = match card.level {
        Level::Info => (Icon::Info, theme::GOOD),
        Level::Warning => (Icon::Warning, theme::WARNING),
        Level::Error => (Icon::Warning, theme::ERROR),
    };
    Frame::new()
        .fill(theme::CARD)
        .stroke(Stroke::new(1.0, color.gamma_multiply(0.55)))
        .corner_radius(12)
        .shadow(egui::Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(110) })
        .inner_margin(Margin { left: 14, right: 8, top: 8, bottom: 8 })
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.add_space(7.0);
                    widgets::icon(ui, icon, 18.0, color);
                });
                ui.vertical(|ui| {
                    ui.set_width(width - 14.0 - 8.0 - 18.0 - 34.0 - 3.0 * 8.0);
                    ui.add_space(7.0);
                    ui.add(Label::new(card.content.text(texts)).wrap());
                    ui.add_space(6.0);
                    if let Content::Kind(NoticeKind::CrashReport { file }) = &card.content {
                        report_buttons(ui, file, texts);
                    }
                    if let Content::Release(Release { link: Some(link), .. }) = &card.content {
                        if ui.add(Button::text(texts.newer_version_open)).clicked() {
                            ui.ctx().open_url(OpenUrl::new_tab(link));
                        }
                        ui.add_space(6.0);
                    }
                });
                ui.add(Button::icon(Icon::Close, texts.dismiss)).on_hover_text(texts.dismiss).clicked()
            })
            .inner
        })
        .inner
}

fn release_text(release: &Release, texts: &Texts) -> String {
    let (version, current) = (release.version.to_string(), releases::current().to_string());
    let values = [
        ("version", version.as_str()),
        ("date", release.date.as_str()),
        ("current", current.as_str()),
        ("words", release.words.as_str()),
    ];
    fill(texts.newer_version, &values).trim().to_owned()
}

/// What can be done with the report of a crash.
fn report_buttons(ui: &mut Ui, file: &Path, texts: &Texts) {
    ui.horizontal(|ui| {
        if ui.add(Button::text(texts.report_show)).clicked() {
            ui.ctx().open_url(OpenUrl::new_tab(format!("file://{}", file.display())));
        }
        if ui.add(Button::text(texts.report_copy).quiet()).clicked() {
            // Gone meanwhile: its name is what is left to copy.
            let text = std::fs::read_to_string(file).unwrap_or_else(|_| file.display().to_string());
            ui.ctx().copy_text(text);
        }
    });
    ui.add_space(6.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Notice;
    use crate::text::Spoken;

    fn engine(notices: &[(u64, Level)]) -> Snapshot {
        Snapshot {
            notices: notices
                .iter()
                .map(|(id, level)| Notice {
                    id: *id,
                    level: *level,
                    kind: NoticeKind::CoreMessage { text: id.to_string() },
                })
                .collect(),
            ..Snapshot::default()
        }
    }

    fn texts(waiting: &[Card]) -> Vec<String> {
        let texts = Spoken::English.texts();
        waiting.iter().map(|card| card.content.text(&texts)).collect()
    }

    #[test]
    fn what_is_good_to_know_goes_by_itself_and_trouble_stays() {
        let mut notices = Notices::default();
        let snapshot = engine(&[(1, Level::Info), (2, Level::Error)]);
        assert_eq!(texts(&notices.waiting(&snapshot, 0.0)), ["1", "2"]);
        assert_eq!(texts(&notices.waiting(&snapshot, 7.0)), ["2"]);
        notices.seen.insert(Key::Engine(2), Seen::Dismissed);
        assert!(notices.waiting(&snapshot, 8.0).is_empty());
    }

    #[test]
    fn the_same_words_twice_are_one_notice_and_only_the_newest_are_shown() {
        let mut notices = Notices::default();
        for text in ["a", "b", "a", "c", "d"] {
            notices.push(Level::Warning, text.into());
        }
        assert_eq!(texts(&notices.waiting(&Snapshot::default(), 0.0)), ["a", "c", "d"]);
        assert_eq!(notices.own.len(), 4);
    }
}
