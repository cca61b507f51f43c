//! `hotseat cores --available` and `--install`: what a server of cores has, and fetching from it.

use super::command_line::CommandLineError;
use crate::downloads::{DEFAULT_SERVER, DownloadError, Downloads, Folders, Offer, OfferState, Progress, Step};
use crate::messages;
use crate::text::{Message, Texts};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Mutex;

messages! {
    /// What is printed for people.
    enum OfferText in core_offer {
        installed => Installed,
        outdated => Outdated { date: String },
        licence => Licence { licence: String },
        no_licence => NoLicence,
        fetched => Fetched { core: String, file: PathBuf },
        up_to_date => UpToDate,
    }
}

/// Where cores come from, as `--server` or the settings have it, and how what is found is printed.
pub struct CoreDownloads<'a> {
    /// Empty for the usual one.
    pub server: &'a str,
    /// As JSON objects.
    pub json: bool,
    pub texts: &'a Texts,
}

impl CoreDownloads<'_> {
    fn open(&self) -> Result<Downloads, DownloadError> {
        let server = if self.server.trim().is_empty() { DEFAULT_SERVER } else { self.server };
        Downloads::new(server, Folders::usual().ok_or(DownloadError::NoFolder)?)
    }

    /// What the server has for this machine.
    pub fn available(&self) -> Result<String, DownloadError> {
        let downloads = self.open()?;
        let offers = downloads.list()?;
        if self.json {
            let list: Vec<_> = offers.iter().map(|offer| self.as_json(offer)).collect();
            return Ok(json!({ "server": downloads.server(), "available": list }).to_string());
        }
        Ok(offers.iter().map(|offer| self.as_text(offer)).collect::<Vec<_>>().join("\n"))
    }

    /// Fetches cores by their names, one after the other; with none, those of which the server has another build. The first
    /// that fails ends it. `print` is handed lines.
    pub fn install(
        &self,
        names: &[String],
        print: &(dyn Fn(&str) -> Result<(), CommandLineError> + Sync),
    ) -> Result<(), InstallError> {
        let downloads = self.open()?;
        let outdated = |offer: &Offer| offer.state == OfferState::Outdated;
        let names = match names.is_empty() {
            true => downloads.list()?.into_iter().filter(outdated).map(|offer| offer.id).collect(),
            false => names.to_vec(),
        };
        if names.is_empty() && !self.json {
            print(&OfferText::UpToDate.text(self.texts))?;
        }
        for name in names {
            let told = Mutex::new(None);
            let step = |step: Step| {
                if self.json
                    && let Some(line) = progress_line(&name, step, &told)
                {
                    // Who stopped listening is noticed at the end.
                    let _ = print(&line);
                }
            };
            let file = downloads.install(&name, &step, &|| false)?;
            print(&match self.json {
                true => json!({ "event": "core_installed", "core": name, "path": file }).to_string(),
                false => OfferText::Fetched { core: name.clone(), file }.text(self.texts),
            })?;
        }
        Ok(())
    }

    fn as_json(&self, offer: &Offer) -> serde_json::Value {
        json!({
            "core": offer.id,
            "name": offer.name,
            "systems": offer.systems,
            "extensions": offer.extensions,
            "license": offer.licence,
            "note": offer.note.as_ref().map(|note| note.text(self.texts)),
            "date": offer.date,
            "state": match offer.state {
                OfferState::New => "new",
                OfferState::Installed => "installed",
                OfferState::Outdated => "outdated",
            },
        })
    }

    fn as_text(&self, offer: &Offer) -> String {
        let mut lines = vec![match offer.name == offer.id {
            true => offer.id.clone(),
            false => format!("{}  ({})", offer.id, offer.name),
        }];
        let licence = match &offer.licence {
            Some(licence) => OfferText::Licence { licence: licence.clone() },
            None => OfferText::NoLicence,
        };
        let about: Vec<String> =
            [offer.systems.join(", "), licence.text(self.texts)].into_iter().filter(|it| !it.is_empty()).collect();
        lines.push(format!("  {}", about.join(" · ")));
        match offer.state {
            OfferState::New => {}
            OfferState::Installed => lines.push(format!("  {}", OfferText::Installed.text(self.texts))),
            OfferState::Outdated => {
                lines.push(format!("  {}", OfferText::Outdated { date: offer.date.clone() }.text(self.texts)));
            }
        }
        lines.extend(offer.note.as_ref().map(|note| format!("  {}", note.text(self.texts))));
        lines.join("\n")
    }
}

/// Why not all cores that were asked for are here.
pub enum InstallError {
    Download(DownloadError),
    Output(CommandLineError),
}

impl From<DownloadError> for InstallError {
    fn from(error: DownloadError) -> InstallError {
        InstallError::Download(error)
    }
}

impl From<CommandLineError> for InstallError {
    fn from(error: CommandLineError) -> InstallError {
        InstallError::Output(error)
    }
}

/// At most one line for each twentieth of a file, or each megabyte where its size is not known.
fn progress_line(core: &str, step: Step, told: &Mutex<Option<u64>>) -> Option<String> {
    let Step::Fetching(Progress { bytes, of }) = step else {
        return Some(json!({ "event": "core_trying", "core": core }).to_string());
    };
    let part = of.map_or(bytes >> 20, |of| bytes.saturating_mul(20) / of.max(1));
    let mut told = told.lock().ok()?;
    if told.is_some_and(|told| told >= part) {
        return None;
    }
    *told = Some(part);
    Some(json!({ "event": "core_progress", "core": core, "bytes": bytes, "of": of }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_twentieths_or_by_the_megabyte() {
        let told = Mutex::new(None);
        let lines = (0..=1000u64).filter_map(|n| {
            progress_line("a", Step::Fetching(Progress { bytes: n * 1000, of: Some(1_000_000) }), &told)
        });
        assert_eq!(lines.count(), 21);
        let told = Mutex::new(None);
        let lines = (0..1000u64)
            .filter_map(|n| progress_line("a", Step::Fetching(Progress { bytes: n << 13, of: None }), &told));
        assert_eq!(lines.count(), 8);
        let empty = Step::Fetching(Progress { bytes: 0, of: Some(0) });
        assert!(progress_line("a", empty, &Mutex::new(None)).is_some());
    }
}
