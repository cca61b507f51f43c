//! Cores that are fetched from a server: what arrives damaged, cut or slow, and what does not run here.

use crate::common::{TempDir, built_core, content, program};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Cursor, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use zip::write::{SimpleFileOptions, ZipWriter};

const LATEST: &str = "/nightly/linux/x86_64/latest";

/// How the server gives out one file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Whole,
    /// The first answer ends after so many bytes; what is asked for from there on comes.
    CutOnce(usize),
    /// Every answer ends at once.
    CutAlways,
    /// As whole, and never with a word by which a part can be gone on with.
    NoTag,
    Redirected,
    /// 404.
    Missing,
    /// Says of a part that it is another one.
    OtherPart,
}

struct Server {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    files: HashMap<String, (Vec<u8>, Option<Manner>)>,
    /// The first line of each request, and its `Range`.
    asked: Vec<(String, Option<String>)>,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let served = shared.clone();
        // Ends with the test's process: it waits for connections only.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                std::thread::spawn(move || drop(answer(stream, &served)));
            }
        });
        Server { port, shared }
    }

    fn file(&self, path: &str, data: Vec<u8>, manner: Manner) {
        self.shared.lock().expect("whole").files.insert(path.to_owned(), (data, Some(manner)));
    }

    /// Puts a core into the list.
    fn core(&self, id: &str, library: &[u8], manner: Manner) {
        let archive = archive(&[(&format!("{id}_libretro.so"), library)]);
        self.list(id, crc(library));
        self.file(&format!("{LATEST}/{id}_libretro.so.zip"), archive, manner);
    }

    fn list(&self, id: &str, crc: u32) {
        let mut shared = self.shared.lock().expect("whole");
        let list = shared.files.entry(format!("{LATEST}/.index-extended")).or_default();
        list.0.extend_from_slice(format!("2026-07-26 {crc:08x} {id}_libretro.so.zip\n").as_bytes());
        list.1 = Some(Manner::Whole);
    }

    /// What was asked of the archive of this core: the `Range` of each request.
    fn ranges(&self, id: &str) -> Vec<Option<String>> {
        let name = format!("{id}_libretro.so.zip");
        let shared = self.shared.lock().expect("whole");
        shared.asked.iter().filter(|(path, _)| path.ends_with(&name)).map(|(_, range)| range.clone()).collect()
    }
}

fn answer(stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or(Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(name.to_lowercase(), value.to_owned());
        }
    }
    let (data, manner) = {
        let mut shared = shared.lock().expect("whole");
        shared.asked.push((path.clone(), headers.get("range").cloned()));
        let (data, manner) = shared.files.get_mut(path.trim_end_matches("?again")).map_or_else(
            || (Vec::new(), Manner::Missing),
            |(data, manner)| (data.clone(), manner.unwrap_or(Manner::Missing)),
        );
        if let Some((_, manner)) = shared.files.get_mut(&path)
            && matches!(manner, Some(Manner::CutOnce(_)))
        {
            *manner = Some(Manner::Whole);
        }
        (data, manner)
    };
    let mut stream = stream;
    if manner == Manner::Missing {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    }
    if manner == Manner::Redirected && !path.ends_with("?again") {
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {path}?again\r\nContent-Length: 0\r\n\r\n");
        return stream.write_all(head.as_bytes());
    }
    let tag = "\"the-build\"";
    let from = headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let from: Option<usize> = from.filter(|_| headers.get("if-range").is_some_and(|it| it == tag));
    let rest = &data[from.unwrap_or(0).min(data.len())..];
    let mut head = match from {
        Some(from) => {
            let said = if manner == Manner::OtherPart { from + 1 } else { from };
            let (last, of) = (data.len() - 1, data.len());
            format!("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {said}-{last}/{of}\r\n")
        }
        None => "HTTP/1.1 200 OK\r\n".to_owned(),
    };
    if manner != Manner::NoTag {
        head += &format!("ETag: {tag}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", rest.len());
    stream.write_all(head.as_bytes())?;
    let sent = match manner {
        Manner::CutOnce(bytes) => &rest[..bytes.min(rest.len())],
        Manner::CutAlways => &[],
        _ => rest,
    };
    stream.write_all(sent)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    // What it still says is read, so that it hears the end and no reset.
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
    Ok(())
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(data).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

fn crc(data: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(data);
    crc.sum()
}

/// The program with a home of its own.
struct Home {
    dir: TempDir,
    server: Server,
}

impl Home {
    fn new() -> Home {
        Home { dir: TempDir::new(), server: Server::start() }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(program())
            .arg("cores")
            .args(["--server", &format!("http://127.0.0.1:{}", self.server.port)])
            .args(arguments)
            .env("HOME", self.dir.path())
            .env("XDG_DATA_HOME", self.dir.path().join("data"))
            .env("XDG_CONFIG_HOME", self.dir.path().join("config"))
            .env("HOTSEAT_LANG", "en")
            .output()
            .expect("the program runs")
    }

    fn install(&self, id: &str) -> Result<Vec<Value>, String> {
        let output = self.run(&["--install", id, "--json"]);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        let lines = String::from_utf8(output.stdout).expect("text");
        Ok(lines.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect())
    }

    fn offers(&self) -> Value {
        let output = self.run(&["--available", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    fn core(&self, id: &str) -> PathBuf {
        self.dir.path().join("data/hotseat/cores").join(format!("{id}_libretro.so"))
    }

    /// Files that are on their way, or were.
    fn left(&self) -> Vec<PathBuf> {
        let wanted = |path: &PathBuf| {
            let text = path.to_string_lossy().into_owned();
            text.contains("/downloads/") || text.contains("/.new/")
        };
        self.dir.files().into_iter().filter(wanted).collect()
    }
}

fn demo() -> Vec<u8> {
    std::fs::read(built_core("arena")).expect("the demo game")
}

#[test]
fn a_core_is_listed_fetched_tried_and_found() {
    let home = Home::new();
    home.server.core("ember", &demo(), Manner::Redirected);
    let info = b"display_name = \"Arcade (Ember)\"\nlicense = \"GPLv3\"\nsystemname = \"Arcade\"\n";
    home.server.file("/assets/frontend/info.zip", archive(&[("ember_libretro.info", info)]), Manner::Whole);
    let offer = &home.offers()["available"][0];
    assert_eq!(offer["core"], "ember");
    assert_eq!((&offer["name"], &offer["license"]), (&"Ember".into(), &"GPLv3".into()));
    assert_eq!(offer["state"], "new");

    let events = home.install("ember").expect("installed");
    let last = events.last().expect("an event");
    assert_eq!(last["event"], "core_installed");
    assert_eq!(last["path"], home.core("ember").to_string_lossy().as_ref());
    assert!(events.iter().any(|it| it["event"] == "core_progress" && it["bytes"] == it["of"]), "{events:?}");
    assert_eq!(std::fs::read(home.core("ember")).expect("there"), demo());
    assert_eq!(home.left(), Vec::<PathBuf>::new());
    assert_eq!(home.offers()["available"][0]["state"], "installed");

    let listed = home.run(&["--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("one JSON object");
    let cores = listed["cores"].as_array().expect("a list");
    assert!(cores.iter().any(|core| core["name"] == "Ember"), "{listed}");
}

#[test]
fn an_update_fetches_what_has_another_build_and_nothing_else() {
    let home = Home::new();
    home.server.core("ember", &demo(), Manner::Whole);
    home.server.core("other", &demo(), Manner::Whole);
    home.install("ember").expect("installed");
    std::fs::write(home.core("ember"), "an older build").expect("written");
    assert_eq!(home.offers()["available"][0]["state"], "outdated");
    let output = home.run(&["--update"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read(home.core("ember")).expect("there"), demo());
    assert!(!home.core("other").exists());
    let output = home.run(&["--update"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("newest build"));
    assert_eq!(home.server.ranges("ember").len(), 2);
}

#[test]
fn what_breaks_off_is_gone_on_with() {
    let home = Home::new();
    home.server.core("ember", &demo(), Manner::CutOnce(10_000));
    home.install("ember").expect("installed");
    assert_eq!(home.server.ranges("ember"), [None, Some("bytes=10000-".into())]);
    assert_eq!(std::fs::read(home.core("ember")).expect("there"), demo());
}

#[test]
fn a_part_of_another_run_is_gone_on_with_only_if_it_is_of_the_same_file() {
    let home = Home::new();
    let library = demo();
    home.server.core("ember", &library, Manner::Whole);
    let parts = home.dir.path().join("data/hotseat/downloads");
    std::fs::create_dir_all(&parts).expect("a folder");
    let part = parts.join(format!("ember_libretro.so.zip.{:08x}.part", crc(&library)));
    // Of a file that had another tag: the server answers with the whole of its own.
    std::fs::write(&part, vec![0xa5; 5000]).expect("written");
    std::fs::write(part.with_added_extension("tag"), "\"another\"").expect("written");
    home.install("ember").expect("installed");
    assert_eq!(home.server.ranges("ember"), [Some("bytes=5000-".into())]);
    // Without any tag, nothing is asked to go on.
    std::fs::write(&part, vec![0xa5; 5000]).expect("written");
    home.install("ember").expect("installed");
    assert_eq!(home.server.ranges("ember")[1], None);
}

#[test]
fn every_way_to_arrive_wrong_is_one_sentence_and_installs_nothing() {
    let home = Home::new();
    let library = demo();
    home.server.core("cut", &library, Manner::CutAlways);
    home.server.core("missing", &library, Manner::Missing);
    home.server.core("liar", &library, Manner::OtherPart);
    // Half of it, so that there is a part to ask for the rest of.
    home.server.core("untagged", &library, Manner::NoTag);
    home.server.list("damaged", crc(&library) ^ 1);
    home.server.file(
        &format!("{LATEST}/damaged_libretro.so.zip"),
        archive(&[("damaged_libretro.so", &library)]),
        Manner::Whole,
    );
    home.server.list("page", 1);
    home.server.file(&format!("{LATEST}/page_libretro.so.zip"), b"<html>sign in</html>".to_vec(), Manner::Whole);
    home.server.list("elsewhere", 1);
    let files: [(&str, &[u8]); 1] = [("../elsewhere_libretro.so", &library)];
    home.server.file(&format!("{LATEST}/elsewhere_libretro.so.zip"), archive(&files), Manner::Whole);
    home.server.core("text", b"#!/bin/sh\n", Manner::Whole);

    for (id, words) in [
        ("cut", "broke off"),
        ("missing", "404"),
        ("damaged", "arrived damaged"),
        ("page", "not an archive"),
        ("elsewhere", "does not hold elsewhere_libretro.so"),
        ("text", "not installed"),
        ("embre", "has no core called embre"),
        ("dama", "Did you mean one of these: damaged?"),
    ] {
        let error = home.install(id).expect_err(id);
        assert!(error.contains(words) && error.ends_with(['.', '?']) && error.lines().count() == 1, "{id}: {error}");
        assert!(!home.core(id).exists(), "{id}");
    }
    home.install("untagged").expect("a server without tags is one all the same");

    // A server that answers with another part than was asked for.
    let parts = home.dir.path().join("data/hotseat/downloads");
    let part = parts.join(format!("liar_libretro.so.zip.{:08x}.part", crc(&library)));
    std::fs::write(&part, vec![0; 100]).expect("written");
    std::fs::write(part.with_added_extension("tag"), "\"the-build\"").expect("written");
    let error = home.install("liar").expect_err("another part");
    assert!(error.contains("another part"), "{error}");
}

#[test]
fn a_core_that_falls_over_when_it_is_tried_is_not_offered() {
    let home = Home::new();
    let falls = content::c_core(&home.dir, "falls_core");
    home.server.core("falls", &std::fs::read(falls).expect("compiled"), Manner::Whole);
    std::fs::create_dir_all(home.core("falls").parent().expect("a folder")).expect("a folder");
    std::fs::write(home.core("falls"), "the build before").expect("written");
    let error = home.install("falls").expect_err("it crashes");
    assert!(error.contains("does not run here"), "{error}");
    assert_eq!(std::fs::read(home.core("falls")).expect("there"), b"the build before");
    assert_eq!(home.left(), Vec::<PathBuf>::new());
}

#[test]
fn a_server_without_https_elsewhere_is_not_asked() {
    let output = Command::new(program())
        .args(["cores", "--available", "--server", "http://192.0.2.1/"])
        .env("HOTSEAT_LANG", "en")
        .output()
        .expect("the program runs");
    assert!(!output.status.success());
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("without https"), "{words}");
}
