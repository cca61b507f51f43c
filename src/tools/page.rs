//! `hotseat page`: the player page as a folder of files, for any web server.

use crate::files::write_atomically;
use crate::messages;
use crate::net::meeting::{BrokerAddress, MAX_BROKERS, NoServer, page_config};
use crate::net::{meeting_page, page_version};
use crate::text::IoCause;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Says that a folder is ours to write into.
const MARKER: &str = ".hotseat-page";

/// What is to be written.
#[derive(Debug, Clone)]
pub struct PageExport {
    pub out: PathBuf,
    pub brokers: Vec<BrokerAddress>,
    /// Host and port of each.
    pub stun: Vec<String>,
}

messages! {
    /// Why it is not written.
    pub enum PageExportError in page_export {
        no_broker => NoBroker,
        too_many_brokers => TooManyBrokers { most: usize },
        stun => Stun { text: String },
        not_ours => NotOurs { folder: PathBuf },
        io => Io { file: PathBuf, cause: IoCause },
    }
}

messages! {
    /// What is to be done with it.
    pub enum PageExported in page_exported {
        written => Written { folder: PathBuf },
    }
}

/// Writes it. A server that serves the folder meanwhile shows the old page or the new one, never half of each.
pub fn export_page(export: &PageExport) -> Result<PageExported, PageExportError> {
    let PageExport { out, brokers, stun } = export;
    if brokers.is_empty() {
        return Err(PageExportError::NoBroker);
    }
    if brokers.len() > MAX_BROKERS {
        return Err(PageExportError::TooManyBrokers { most: MAX_BROKERS });
    }
    let config = page_config(brokers, stun).map_err(|NoServer(text)| PageExportError::Stun { text })?;
    let io = |file: &Path| {
        let file = file.to_owned();
        move |error: io::Error| PageExportError::Io { file, cause: error.into() }
    };
    fs::create_dir_all(out).map_err(io(out))?;
    let marker = out.join(MARKER);
    let is_empty = fs::read_dir(out).map_err(io(out))?.next().is_none();
    if !is_empty && !marker.exists() {
        return Err(PageExportError::NotOurs { folder: out.clone() });
    }
    write_atomically(&marker, b"Written by hotseat page; what else is here may be replaced.\n").map_err(io(&marker))?;
    let config = (out.join("config.json"), config.into_bytes());
    let connections: BTreeSet<String> = brokers.iter().map(|broker| broker.origin().to_owned()).collect();
    let connections: Vec<String> = connections.into_iter().collect();
    let files = meeting_page(&connections).into_iter().map(|(name, content)| (out.join(name), content));
    for (path, content) in std::iter::once(config).chain(files) {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io(folder))?;
        }
        write_atomically(&path, &content).map_err(io(&path))?;
    }
    remove_old_versions(&out.join("v"));
    Ok(PageExported::Written { folder: out.clone() })
}

/// What the page was before. One that cannot be removed takes up room and does no harm.
fn remove_old_versions(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name() != page_version() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("hotseat-page-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn export(out: &Path) -> PageExport {
        let brokers = ["wss://broker.example:8084/mqtt", "ws://127.0.0.1:9001/"];
        PageExport {
            out: out.to_owned(),
            brokers: brokers.iter().map(|it| BrokerAddress::parse(it).expect("an address")).collect(),
            stun: vec!["stun.example:3478".into()],
        }
    }

    #[test]
    fn the_page_stands_in_the_folder_and_knows_where_to_meet() {
        let out = folder("whole");
        let written = export_page(&export(&out)).expect("written");
        assert_eq!(written, PageExported::Written { folder: out.clone() });
        let index = fs::read_to_string(out.join("index.html")).expect("a page");
        assert!(index.contains("content=\"broker\"") && !index.contains("content=\"direct\""));
        assert!(index.contains("connect-src 'self' ws://127.0.0.1:9001 wss://broker.example:8084;"), "{index}");
        let main = index.split('"').find(|it| it.ends_with("src/main.js")).expect("its program");
        assert!(main.starts_with("v/") && out.join(main).exists() && out.join("manifest.webmanifest").exists());
        let config = fs::read_to_string(out.join("config.json")).expect("settings");
        let config: serde_json::Value = serde_json::from_str(&config).expect("JSON");
        assert_eq!(config["brokers"][0], "wss://broker.example:8084/mqtt");
        assert_eq!(config["ice"][0]["urls"][0], "stun:stun.example:3478");
        // Again, over an older version.
        fs::create_dir_all(out.join("v/old")).expect("a folder");
        export_page(&export(&out)).expect("written again");
        assert!(!out.join("v/old").exists() && out.join(main).exists());
        let _ = fs::remove_dir_all(&out);
    }

    #[test]
    fn a_folder_with_files_of_others_is_left_alone() {
        let out = folder("others");
        fs::create_dir_all(&out).expect("a folder");
        fs::write(out.join("index.html"), "mine").expect("a file");
        assert_eq!(export_page(&export(&out)), Err(PageExportError::NotOurs { folder: out.clone() }));
        assert_eq!(fs::read_to_string(out.join("index.html")).expect("still there"), "mine");
        assert_eq!(fs::read_dir(&out).expect("a folder").count(), 1);
        let _ = fs::remove_dir_all(&out);
        let file = PageExport { out: "/dev/null/x".into(), ..export(&out) };
        assert!(matches!(export_page(&file), Err(PageExportError::Io { .. })));
    }

    #[test]
    fn what_cannot_be_met_at_is_refused_before_anything_is_written() {
        let out = folder("nothing");
        let none = PageExport { brokers: Vec::new(), ..export(&out) };
        assert_eq!(export_page(&none), Err(PageExportError::NoBroker));
        let many = PageExport { brokers: vec![export(&out).brokers[0].clone(); 5], ..export(&out) };
        assert_eq!(export_page(&many), Err(PageExportError::TooManyBrokers { most: 4 }));
        for bad in ["", "http://x/", "a b", "x\""] {
            let bad = PageExport { stun: vec![bad.into()], ..export(&out) };
            assert!(matches!(export_page(&bad), Err(PageExportError::Stun { .. })));
        }
        assert!(!out.exists());
    }
}
