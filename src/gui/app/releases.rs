//! Word of a newer version of the program, for the window to tell.

use super::App;
use crate::downloads::releases::{Place, Release, ReleaseWatch};
use crate::settings;
use std::sync::mpsc::{Receiver, sync_channel};

/// Nobody is asked unless the settings name an address.
#[derive(Default)]
pub(super) struct Releases {
    _watch: Option<ReleaseWatch>,
    news: Option<Receiver<Release>>,
}

impl App {
    /// At the start, and when another address was chosen.
    pub(super) fn watch_releases(&mut self) {
        let Some(data_dir) = settings::data_dir() else { return };
        // One: there is one newest version.
        let (sender, news) = sync_channel(1);
        let ctx = self.ctx.clone();
        let on_news = move |release| {
            let _ = sender.try_send(release);
            ctx.request_repaint();
        };
        let watch = ReleaseWatch::start(&self.settings.update_address, &data_dir, Place::Window, on_news);
        self.releases = Releases { _watch: watch, news: Some(news) };
    }

    pub(super) fn look_at_releases(&mut self) {
        if let Some(release) = self.releases.news.as_ref().and_then(|news| news.try_recv().ok()) {
            self.view.notices.push_release(release);
        }
    }
}
