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

/// What is known of an archive that was looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Games(Vec<PackedGame>),
    /// It is none, or ended the process.
    Refused,
    /// That says nothing of it: it cannot be opened, a process cannot be started, or the drive takes too long.
    NotNow,
}

/// What is in each of `archives`.
pub fn look(program: &Path, archives: &[PathBuf], endings: &[String]) -> Vec<Answered> {
    let mut found: Vec<Answered> = Vec::with_capacity(archives.len());
    while found.len() < archives.len() {
        let rest = &archives[found.len()..];
        let batch = &rest[..rest.len().min(AT_ONCE)];
        let Some(Heard { answers, is_late }) = ask(program, batch, endings) else { break };
        let (answered, first) = (answers.len(), found.is_empty());
        found.extend(answers);
        // It ended at the next one. That may have had no time left after the others.
        if answered < batch.len() {
            let guilty = &archives[found.len()..][..1];
            let was_alone = answered == 0 && first && batch.len() == 1;
            let again =
                if was_alone { Some(Heard { answers: Vec::new(), is_late }) } else { ask(program, guilty, endings) };
            let Some(Heard { answers, is_late }) = again else { break };
            let without = if is_late { Answered::NotNow } else { Answered::Refused };
            found.push(answers.into_iter().next().unwrap_or(without));
        }
    }
    found.resize(archives.len(), Answered::NotNow);
    found
}

/// What a process said before it ended.
struct Heard {
    /// As many as there came.
    answers: Vec<Answered>,
    /// It was not waited for longer.
    is_late: bool,
}

/// None: no process can be started.
fn ask(program: &Path, archives: &[PathBuf], endings: &[String]) -> Option<Heard> {
    let opened: Vec<Option<File>> = archives.iter().map(|path| File::open(path).ok()).collect();
    let is_open: Vec<bool> = opened.iter().map(Option::is_some).collect();
    // What cannot be opened is an empty file to the process.
    let files = opened.into_iter().map(|file| file.map_or_else(|| File::open("/dev/null"), Ok));
    let files = files.collect::<Result<Vec<File>, _>>().ok()?;
    let (here, there) = UnixStream::pair().ok()?;
    send(&here, endings, &files).ok()?;
    let child = Command::new(program)
        .args([SUBCOMMAND, Question::Games.name(), "/dev/null"])
        .stdin(Stdio::from(OwnedFd::from(there)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.ok()?;
    let (text, is_late) = child.stdout.take().map(|out| hear(out, Instant::now() + LONGEST_WAIT)).unwrap_or_default();
    let _ = child.kill();
    let _ = child.wait();
    // The last line may be cut short.
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let answer = |(line, is_open): (&[u8], bool)| match serde_json::from_slice(line).ok().and_then(games) {
        _ if !is_open => Answered::NotNow,
        Some(games) => Answered::Games(games),
        None => Answered::Refused,
    };
    Some(Heard { answers: lines.zip(is_open).map(answer).collect(), is_late })
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

/// Everything that it says until it ends, or takes too long: then true.
fn hear(mut out: ChildStdout, until: Instant) -> (Vec<u8>, bool) {
    let (mut text, mut piece) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let mut waits = [PollFd::new(&out, PollFlags::IN)];
        match poll(&mut waits, Some(&left)) {
            Ok(0) => return (text, true),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return (text, false),
        }
        match out.read(&mut piece) {
            Ok(0) | Err(_) => return (text, false),
            Ok(read) => text.extend_from_slice(&piece[..read]),
        }
        if text.len() > MOST_ANSWER_BYTES {
            return (text, false);
        }
    }
}
