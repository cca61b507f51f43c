//! Several archives for one process: they come as open files before it gives everything else up, and are answered line by line, so that
//! what is known of the first ones is not lost when a later one ends the process.

use super::Answer;
use crate::content::archive::{self, Archive, ArchiveError, Entry, folder_of, playable};
use crate::content::hashes::{Hashes, MOST_WHOLE_BYTES};
use crate::content::identity;
use aws_lc_rs::digest::{Context, SHA256};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufReader, IoSlice, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::path::Path;
use std::process::ExitCode;

/// In one message; the process may have 64 files open.
pub const MOST_ARCHIVES: usize = 48;
/// The endings of all cores together take some kilobytes.
const MOST_MESSAGE_BYTES: usize = 64 << 10;
/// Of one archive.
const MOST_GAMES: usize = 4096;

/// A game in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedGame {
    /// With `/` between its folders.
    pub name: String,
    pub hashes: Hashes,
}

/// What was asked.
pub struct Batch {
    endings: Vec<String>,
    archives: Vec<File>,
}

/// Hands archives over. `endings` are those of games: lower case, without the dot.
pub fn send(to: impl AsFd, endings: &[String], archives: &[File]) -> io::Result<()> {
    let text = serde_json::to_vec(endings).map_err(io::Error::other)?;
    let fds: Vec<BorrowedFd> = archives.iter().take(MOST_ARCHIVES).map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_ARCHIVES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if text.len() > MOST_MESSAGE_BYTES || !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    sendmsg(to, &[IoSlice::new(&text)], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Takes them; for the process, before it is confined.
pub fn receive(from: impl AsFd) -> io::Result<Batch> {
    let mut text = vec![0; MOST_MESSAGE_BYTES];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_ARCHIVES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let bytes = recvmsg(from, &mut [IoSliceMut::new(&mut text)], &mut control, RecvFlags::CMSG_CLOEXEC)?.bytes;
    let fds = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(fds) => Some(fds),
        _ => None,
    });
    let archives = fds.flatten().map(|fd: OwnedFd| File::from(fd)).collect();
    let endings = serde_json::from_slice(text.get(..bytes).unwrap_or_default()).map_err(io::Error::other)?;
    Ok(Batch { endings, archives })
}

pub(super) fn answer(batch: Batch) -> ExitCode {
    let mut out = io::stdout().lock();
    for file in batch.archives {
        let answer = games(file, &batch.endings).map_or_else(Answer::Refused, Answer::Games);
        let Ok(mut line) = serde_json::to_vec(&answer) else { return ExitCode::FAILURE };
        line.push(b'\n');
        if out.write_all(&line).and_then(|()| out.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn games(file: File, endings: &[String]) -> Result<Vec<PackedGame>, ArchiveError> {
    let mut archive = Archive::read(BufReader::new(file), String::new())?;
    let entries = archive.entries().to_vec();
    let names: Vec<&str> = entries.iter().map(|it| it.name.as_str()).take(MOST_GAMES).collect();
    let mut found = Vec::new();
    let (mut small, mut games) = (Vec::new(), Vec::new());
    for name in playable(&names, endings) {
        let Some(entry) = entries.iter().find(|it| it.name == name) else { continue };
        let is_sheet = archive::is_sheet(&ending_of(name));
        if is_sheet || entry.size > MOST_WHOLE_BYTES {
            let hashes = hashes_of_disc(entry, is_sheet, &entries);
            games.push(PackedGame { name: name.to_owned(), hashes });
        } else {
            small.push(name);
        }
    }
    archive.read_each(&small, &mut |name, data| found.push((name.to_owned(), Hashes::of(&data))))?;
    games.extend(found.into_iter().filter_map(|(name, hashes)| Some(PackedGame { name, hashes: hashes.ok()? })));
    Ok(games)
}

fn ending_of(name: &str) -> String {
    Path::new(name).extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// By what the archive has of its files, as [`identity`] knows it: unpacking a disc takes too long.
fn hashes_of_disc(entry: &Entry, is_sheet: bool, entries: &[Entry]) -> Hashes {
    let mut context = Context::new(&SHA256);
    let folder = folder_of(&entry.name);
    let parts = entries.iter().filter(|it| if is_sheet { it.name.starts_with(folder) } else { it.name == entry.name });
    for part in parts {
        context.update(&part.size.to_le_bytes());
        context.update(&part.crc.unwrap_or(0).to_le_bytes());
    }
    Hashes { identity: identity::finish(context), bytes: entry.size, whole: None, bare: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::archive::testing;
    use std::os::unix::net::UnixStream;

    #[test]
    fn archives_go_over_as_open_files_and_tell_their_games() {
        let folder = std::env::temp_dir().join(format!("hotseat-batch-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let zip = folder.join("a.zip");
        std::fs::write(&zip, testing::zip(&[("Tale.nes", b"a game"), ("read me.txt", b"words")])).unwrap();
        std::fs::write(folder.join("b.zip"), b"no archive").unwrap();
        let files = ["a.zip", "b.zip"].map(|name| File::open(folder.join(name)).unwrap());
        std::fs::remove_dir_all(&folder).unwrap();
        let (host, process) = UnixStream::pair().unwrap();
        send(&host, &["nes".to_owned()], &files).unwrap();
        let mut batch = receive(&process).unwrap();
        assert_eq!((batch.endings.as_slice(), batch.archives.len()), (&["nes".to_owned()][..], 2));
        assert!(games(batch.archives.remove(1), &batch.endings).is_err());
        let games = games(batch.archives.remove(0), &batch.endings).unwrap();
        assert_eq!(games, [PackedGame { name: "Tale.nes".into(), hashes: Hashes::of(b"a game").unwrap() }]);
    }
}
