//! Archives, looked into by processes of their own, several archives a process. One that ends its process costs nobody else's answer.

use crate::content::process::{Answer, MOST_ARCHIVES, PackedGame, Question, SUBCOMMAND, send};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// It has a limit of processor time of its own, which is shorter.
const LONGEST_WAIT: Duration = Duration::from_secs(90);
/// What is answered of one batch, in bytes.
const MOST_ANSWER_BYTES: usize = 64 << 20;

/// So many are handed over at once.
pub const AT_ONCE: usize = MOST_ARCHIVES;

/// The games in each of `archives`; none for one that cannot be looked into.
pub fn look(program: &Path, archives: &[PathBuf], endings: &[String]) -> Vec<Option<Vec<PackedGame>>> {
    let mut found: Vec<Option<Vec<PackedGame>>> = Vec::with_capacity(archives.len());
    while found.len() < archives.len() {
        let rest = &archives[found.len()..];
        let batch = &rest[..rest.len().min(AT_ONCE)];
        let answers = ask(program, batch, endings);
        let (answered, first) = (answers.len(), found.is_empty());
        found.extend(answers);
        // It ended at the next one. That may have had no time left after the others.
        if answered < batch.len() && found.len() < archives.len() {
            let guilty = &archives[found.len()..][..1];
            let again =
                if answered == 0 && first && batch.len() == 1 { Vec::new() } else { ask(program, guilty, endings) };
            found.push(again.into_iter().next().flatten());
        }
    }
    found
}

/// As many answers as there came.
fn ask(program: &Path, archives: &[PathBuf], endings: &[String]) -> Vec<Option<Vec<PackedGame>>> {
    // What cannot be opened is an empty file to the process, and no archive.
    let open = |path: &PathBuf| File::open(path).or_else(|_| File::open("/dev/null"));
    let Ok(files) = archives.iter().map(open).collect::<Result<Vec<File>, _>>() else { return Vec::new() };
    let Ok((here, there)) = UnixStream::pair() else { return Vec::new() };
    if send(&here, endings, &files).is_err() {
        return Vec::new();
    }
    let child = Command::new(program)
        .args([SUBCOMMAND, Question::Games.name(), "/dev/null"])
        .stdin(Stdio::from(OwnedFd::from(there)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return Vec::new() };
    let text = child.stdout.take().map(|out| hear(out, Instant::now() + LONGEST_WAIT)).unwrap_or_default();
    let _ = child.kill();
    let _ = child.wait();
    // The last line may be cut short.
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.take(archives.len()).map(|line| games(serde_json::from_slice(line).ok()?)).collect()
}

/// What the process says is not believed further than it makes sense.
fn games(answer: Answer) -> Option<Vec<PackedGame>> {
    let Answer::Games(games) = answer else { return None };
    let is_sound = |game: &PackedGame| {
        let identity = &game.hashes.identity;
        identity.len() == 64
            && identity.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !game.name.is_empty()
            && game.name.len() <= 1024
            && !game.name.contains(char::is_control)
    };
    Some(games.into_iter().filter(is_sound).take(4096).collect())
}

/// Everything that it says until it ends, or takes too long.
fn hear(mut out: ChildStdout, until: Instant) -> Vec<u8> {
    let (mut text, mut piece) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let mut waits = [PollFd::new(&out, PollFlags::IN)];
        match poll(&mut waits, Some(&left)) {
            Ok(0) => return text,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return text,
        }
        match out.read(&mut piece) {
            Ok(0) | Err(_) => return text,
            Ok(read) => text.extend_from_slice(&piece[..read]),
        }
        if text.len() > MOST_ANSWER_BYTES {
            return text;
        }
    }
}
