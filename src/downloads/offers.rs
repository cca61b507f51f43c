//! What a server's list means on this machine: names for people, and what of it is here already.

use super::error::DownloadError;
use super::index::Listed;
use super::{Folders, install};
use crate::library::{self, CoreNote};

/// A core that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What it is asked for by, such as `nestopia`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The machines it stands for; may be empty.
    pub systems: Vec<String>,
    /// What it opens: lower case, without the dot; may be empty.
    pub extensions: Vec<String>,
    /// As its makers state it; none if nothing is said of the core here.
    pub licence: Option<String>,
    pub note: Option<CoreNote>,
    /// The day it was built: `2026-07-26`.
    pub date: String,
    pub state: OfferState,
}

/// Whether a core is here already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferState {
    New,
    /// This very build was fetched.
    Installed,
    /// Another build was fetched before.
    Outdated,
}

pub(super) fn offers(list: &[Listed], folders: &Folders) -> Vec<Offer> {
    let mut offers: Vec<Offer> = list.iter().map(|listed| offer(listed, folders)).collect();
    offers.sort_by_cached_key(|offer| offer.name.to_lowercase());
    offers
}

fn offer(listed: &Listed, folders: &Folders) -> Offer {
    let about = library::about(&listed.id, &folders.info);
    let here = folders.cores.join(&listed.library);
    let state = match here.is_file() {
        false => OfferState::New,
        true if install::crc_of(&here) == Some(listed.crc) => OfferState::Installed,
        true => OfferState::Outdated,
    };
    Offer {
        id: listed.id.clone(),
        name: about.name,
        systems: about.systems,
        extensions: about.extensions,
        licence: about.licence,
        note: about.note,
        date: listed.date.clone(),
        state,
    }
}

/// The one that was asked for, or an error that names those with names much like it.
pub(super) fn named<'a>(list: &'a [Listed], id: &str, server: &str) -> Result<&'a Listed, DownloadError> {
    let id = id.trim().to_lowercase();
    if let Some(listed) = list.iter().find(|listed| listed.id.to_lowercase() == id) {
        return Ok(listed);
    }
    let core: String = id.chars().take(60).collect();
    let server = server.to_owned();
    let is_close = |listed: &&Listed| !id.is_empty() && listed.id.to_lowercase().contains(&id);
    let close: Vec<&str> = list.iter().filter(is_close).take(6).map(|listed| listed.id.as_str()).collect();
    Err(match close.is_empty() {
        true => DownloadError::UnknownCore { core, server },
        false => DownloadError::DidYouMean { core, server, close: close.join(", ") },
    })
}

#[cfg(test)]
mod tests {
    use super::super::index::parse;
    use super::*;

    fn list() -> Vec<Listed> {
        parse(
            "2026-07-26 00000001 bsnes_libretro.so.zip\n2026-07-26 00000002 bsnes_of_tomorrow_libretro.so.zip\n\
             2026-07-26 00000003 zzz_unheard_of_libretro.so.zip",
            "so",
        )
    }

    #[test]
    fn a_core_is_found_by_its_name_and_one_that_is_not_there_brings_those_much_like_it() {
        assert_eq!(named(&list(), " BSNES ", "x").map(|it| it.crc), Ok(1));
        let close = named(&list(), "tomorrow", "x").expect_err("none");
        assert!(matches!(close, DownloadError::DidYouMean { close, .. } if close == "bsnes_of_tomorrow"));
        for unknown in ["", "mesen", "../bsnes"] {
            assert!(matches!(named(&list(), unknown, "x"), Err(DownloadError::UnknownCore { .. })), "{unknown}");
        }
    }

    #[test]
    fn an_offer_says_what_is_known_and_whether_it_is_here() {
        let root = std::env::temp_dir().join(format!("hotseat-offers-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let folders = Folders { cores: root.join("cores"), info: root.join("info"), parts: root.join("parts") };
        std::fs::create_dir_all(&folders.cores).expect("a folder");
        std::fs::create_dir_all(&folders.info).expect("a folder");
        std::fs::write(
            folders.info.join("zzz_unheard_of_libretro.info"),
            "display_name = \"Z (Unheard)\"\nlicense = \"GPLv2+\"\nsystemname = \"Zed\"\nsupported_extensions = \"z\"\n",
        )
        .expect("written");
        // CRC-32 1 is of no file at hand: another build.
        std::fs::write(folders.cores.join("bsnes_libretro.so"), "old").expect("written");
        let offers = offers(&list(), &folders);
        let names: Vec<&str> = offers.iter().map(|offer| offer.name.as_str()).collect();
        assert_eq!(names, ["bsnes", "bsnes of tomorrow", "Unheard"]);
        assert_eq!(offers[0].state, OfferState::Outdated);
        assert_eq!(offers[2].state, OfferState::New);
        assert_eq!(offers[2].licence.as_deref(), Some("GPLv2+"));
        assert_eq!(
            (offers[2].systems.as_slice(), offers[2].extensions.as_slice()),
            (&["Zed".into()][..], &["z".into()][..])
        );
        let _ = std::fs::remove_dir_all(&root);
    }
}
