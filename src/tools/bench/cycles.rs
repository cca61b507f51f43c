//! What a host keeps of games that it has opened and closed: nothing, however many there were.

use super::{BenchError, Row, Table, fixture};
use crate::engine::{Bounds, Command, Config, Continuing, Engine, Game, GameState, Internet, TimeSettings};
use crate::net::Site;
use crate::room::InviteTerms;
use crate::sandbox::TempDir;
use crate::text::{Message, Spoken};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Games that are opened and closed.
pub const MANY: u32 = 1000;
/// The same for those who want to know it in seconds.
pub const FEW: u32 = 60;
/// Before the first count: what is made once is there then.
const BEFORE: u32 = 20;
/// A game that does not start or end by then never does.
const LIMIT: Duration = Duration::from_secs(30);
/// Pieces of memory come and go by what the allocator thinks best, with every thread that ends.
const MAPPINGS: f64 = 24.0;
/// In MB; a picture that was kept each time would be hundreds.
const MEMORY_MB: f64 = 12.0;

/// What this process has now.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    files: usize,
    threads: usize,
    children: usize,
    mappings: usize,
    /// Its own memory, without what it shares with core processes, in kilobytes.
    memory_kb: u64,
}

pub fn cycles(table: &mut Table, times: u32) -> Result<(), BenchError> {
    let Some(core) = fixture() else {
        table.push(Row::missing("what games leave behind in the host", "the test core is not there"));
        return Ok(());
    };
    let folder = TempDir::create().map_err(BenchError::io("A folder for the games cannot be made"))?;
    let game = write_game(&core, folder.path()).map_err(BenchError::io("A game cannot be written"))?;
    let engine =
        Engine::start(config(folder.path())).map_err(|error| BenchError::NoEngine { error: error.to_string() })?;
    for _ in 0..BEFORE {
        cycle(&engine, &game)?;
    }
    let before = settled(None);
    let begin = Instant::now();
    for _ in 0..times {
        cycle(&engine, &game)?;
    }
    let each = begin.elapsed().as_secs_f64() * 1000.0 / f64::from(times);
    let after = settled(Some(before));
    let more = |after: usize, before: usize| after as f64 - before as f64;
    let mut row = |what: &str, figure: f64, unit, most| {
        table.push(Row::below(format!("{what} more after {times} games"), figure, unit, most));
    };
    row("open files", more(after.files, before.files), "", 0.0);
    row("threads", more(after.threads, before.threads), "", 0.0);
    row("child processes", more(after.children, before.children), "", 0.0);
    row("mappings", more(after.mappings, before.mappings), "", MAPPINGS);
    row("memory", (after.memory_kb as f64 - before.memory_kb as f64) / 1024.0, "MB", MEMORY_MB);
    table.push(Row::info("  of so long from opening to closed".into(), each, "ms"));
    Ok(())
}

/// One that saves, from a file.
fn write_game(core: &Path, folder: &Path) -> std::io::Result<Game> {
    let content = folder.join("Cycle.fixture");
    fs::write(&content, "fixture_save_ram=on\n")?;
    Ok(Game {
        core: core.to_owned(),
        content: Some(content),
        several: None,
        title: "Cycle".into(),
        options: Vec::new(),
        bounds: Bounds::default(),
        options_typed: false,
    })
}

fn config(folder: &Path) -> Config {
    let anywhere = ([127, 0, 0, 1], 0).into();
    let below = |name: &str| -> PathBuf { folder.join(name) };
    Config {
        http: anywhere,
        udp: anywhere,
        local: false,
        host_name: None,
        data_dir: below("data"),
        system_dir: below("system"),
        record_dir: below("recordings"),
        screenshot_dir: below("screenshots"),
        language: Spoken::English,
        continuing: Continuing::Never,
        time: TimeSettings::default(),
        ahead: Default::default(),
        codec: None,
        invite: InviteTerms::default(),
        site: Site::default(),
        certificate: None,
        acme: None,
        internet: Internet::default(),
    }
}

/// Opens the game, waits until it runs, and closes it.
fn cycle(engine: &Engine, game: &Game) -> Result<(), BenchError> {
    engine.send(Command::Open(game.clone()));
    wait(|| match engine.snapshot().game.as_ref().map(|game| game.state.clone()) {
        Some(GameState::Running) => Some(Ok(())),
        Some(GameState::Failed(why)) => Some(Err(BenchError::NotPlayed { why: why.text(&Spoken::English.texts()) })),
        Some(GameState::Crashed(crash)) => Some(Err(crash.into())),
        _ => None,
    })?;
    engine.send(Command::Close);
    wait(|| engine.snapshot().game.is_none().then_some(Ok(())))
}

fn wait(look: impl Fn() -> Option<Result<(), BenchError>>) -> Result<(), BenchError> {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(done) = look() {
            return done;
        }
        if Instant::now() >= end {
            return Err(BenchError::NotPlayed { why: format!("nothing happened for {} seconds", LIMIT.as_secs()) });
        }
        sleep(Duration::from_millis(2));
    }
}

/// Once nothing is on its way out any more: what is there twice in a row, and no more than before, if that comes soon.
fn settled(before: Option<Held>) -> Held {
    let end = Instant::now() + Duration::from_secs(3);
    let mut last = Held::default();
    loop {
        let now = held();
        let same = (now.files, now.threads, now.children) == (last.files, last.threads, last.children);
        let more =
            |before: Held| now.files > before.files || now.threads > before.threads || now.children > before.children;
        if (same && !before.is_some_and(more)) || Instant::now() >= end {
            return now;
        }
        last = now;
        sleep(Duration::from_millis(200));
    }
}

fn held() -> Held {
    let count = |path: &str| fs::read_dir(path).into_iter().flatten().count();
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let children = tasks.map(|task| {
        let list = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        list.split_whitespace().count()
    });
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next()?.parse().ok());
    Held {
        files: count("/proc/self/fd"),
        threads: count("/proc/self/task"),
        children: children.sum(),
        mappings: fs::read_to_string("/proc/self/maps").unwrap_or_default().lines().count(),
        memory_kb: own.unwrap_or(0),
    }
}
