//! Settings: the names and the address under which guests open the page.

use super::theme;
use super::widgets;
use super::{dialog, preferences};
use crate::net::tls::acme::AcmeConfig;
use crate::net::{Site, SiteProblem};
use crate::settings::Settings;
use crate::text::{Message, Texts};
use egui::{RichText, TextEdit, Ui};

/// The longest text that either field takes, in characters.
const MAX: usize = 500;

/// What stands in the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SiteDraft {
    names: String,
    public: String,
    /// For which a certificate is asked.
    certified: String,
}

/// What a person separates names by.
fn words(text: &str) -> Vec<String> {
    let words = text.split([',', ' ', ';', '、', '，']).map(str::trim);
    words.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

impl SiteDraft {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            names: settings.allow_names.join(", "),
            public: settings.public_address.clone(),
            certified: settings.acme_names.join(", "),
        }
    }

    /// With what of it cannot be used.
    fn read(&self, settings: &Settings) -> (Vec<String>, Vec<SiteProblem>) {
        let names = words(&self.names);
        let (site, wrong) = Site::from_words(&names, &self.public, &settings.trusted_proxies);
        (site.names, wrong.into_iter().filter(|it| !matches!(it, SiteProblem::Proxy { .. })).collect())
    }

    /// Takes over what can be used; what cannot leaves its setting as it was.
    pub(super) fn apply(&self, new: &mut Settings) {
        let (names, wrong) = self.read(new);
        if !wrong.iter().any(|it| matches!(it, SiteProblem::Name { .. })) {
            new.allow_names = names;
        }
        if !wrong.iter().any(|it| matches!(it, SiteProblem::Public { .. })) {
            new.public_address = self.public.trim().to_owned();
        }
        new.acme_names = words(&self.certified);
    }
}

pub(super) fn show(ui: &mut Ui, texts: &Texts, draft: &mut SiteDraft, new: &mut Settings) {
    dialog::heading(ui, texts.site);
    widgets::explain(ui, texts.site_hint);
    for (label, text, hint) in [
        (texts.site_names, &mut draft.names, texts.site_names_hint),
        (texts.site_public, &mut draft.public, texts.site_public_hint),
    ] {
        preferences::line(ui, label, |ui| {
            let field = TextEdit::singleline(text).char_limit(MAX).desired_width(300.0).hint_text(hint);
            ui.add(field).accessible_name(label);
        });
    }
    let (_, wrong) = draft.read(new);
    complain(ui, texts, &wrong);
    // A server of certificates is beyond the local network.
    if new.internet {
        certificates(ui, texts, draft, new);
    }
}

fn certificates(ui: &mut Ui, texts: &Texts, draft: &mut SiteDraft, new: &mut Settings) {
    widgets::explain(ui, texts.site_certified_explained);
    preferences::line(ui, texts.site_certified, |ui| {
        let field = TextEdit::singleline(&mut draft.certified).char_limit(MAX).desired_width(300.0);
        ui.add(field.hint_text(texts.site_certified_hint)).accessible_name(texts.site_certified);
    });
    let label = texts.site_certified_own;
    widgets::switch(ui, &mut new.acme_own_address, label, label);
    let mut typed = new.clone();
    typed.acme_names = words(&draft.certified);
    let (_, wrong) = AcmeConfig::from_words(super::app::acme_words(&typed));
    complain(ui, texts, &wrong);
}

fn complain(ui: &mut Ui, texts: &Texts, problems: &[impl Message]) {
    for problem in problems {
        ui.add(egui::Label::new(RichText::new(problem.text(texts)).size(13.0).color(theme::WARNING)).wrap());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_used_is_taken_and_the_rest_left_as_it_was() {
        let mut settings = Settings::default();
        let draft = |names: &str, public: &str| SiteDraft {
            names: names.into(),
            public: public.into(),
            certified: " play.example,45.0.0.7 ".into(),
        };
        draft("pc.example.org, arcade.lan  games.example", " play.example/x ").apply(&mut settings);
        assert_eq!(settings.allow_names, ["pc.example.org", "arcade.lan", "games.example"]);
        assert_eq!(settings.public_address, "play.example/x");
        assert_eq!(settings.acme_names, ["play.example", "45.0.0.7"]);
        draft("pc:80", "ftp://x").apply(&mut settings);
        assert_eq!((settings.allow_names.len(), settings.public_address.as_str()), (3, "play.example/x"));
        draft("", "").apply(&mut settings);
        assert!(settings.allow_names.is_empty() && settings.public_address.is_empty());
    }
}
