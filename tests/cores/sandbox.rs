//! What a core may do on this machine, tried from inside by a core that is up to no good.

use crate::common::host::{Setup, quiet_command, run_to_end};
use crate::common::{LONG, TempDir, content, until};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

/// What stands for the person's own words.
const TRUST: &str = "this core may do everything I may";

/// A home with a game for the intruder, a file that it was not given, and one that lies beside the game.
struct Scene {
    home: Arc<TempDir>,
    core: PathBuf,
    game: PathBuf,
}

impl Scene {
    fn new(more: &str) -> Scene {
        let home = Arc::new(TempDir::new());
        let core = content::c_core(&home, "intruder_core");
        for folder in ["games", "private", "data/hotseat/system"] {
            std::fs::create_dir_all(home.path().join(folder)).expect("a folder");
        }
        home.file("data/hotseat/system/bios.bin", b"bios");
        let secret = home.file("private/secret.txt", b"secret");
        let beside = home.file("games/beside.dat", b"beside");
        let words = format!("secret={}\nbeside={}\nport=9\n{more}\n", secret.display(), beside.display());
        let game = home.file("games/a.intruder", words.as_bytes());
        Scene { home, core, game }
    }

    fn check(&self) -> Command {
        let mut command = quiet_command(&self.home);
        // What a program of the person's own would know.
        command.env("ACCESS_TOKEN", "secret");
        command.args(["check", "--json", "--frames", "10", "--core"]).arg(&self.core).arg(&self.game);
        command
    }
}

fn told(command: Command) -> Value {
    let output = run_to_end(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// The words behind `start` in the core's messages.
fn said(report: &Value, start: &str) -> Vec<String> {
    let messages = report["messages"].as_array().expect("a list");
    let line = messages.iter().filter_map(Value::as_str).find_map(|text| text.strip_prefix(start));
    line.unwrap_or_else(|| panic!("{start}: {report}")).split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_core_gets_its_game_and_nothing_else() {
    let scene = Scene::new("");
    let report = told(scene.check());
    assert_eq!(said(&report, "GOT:"), Vec::<String>::new(), "{report}");
    assert_eq!(said(&report, "FAILS:"), Vec::<String>::new(), "{report}");
    let counts: Vec<u32> = said(&report, "TRIED:").iter().filter_map(|word| word.parse().ok()).collect();
    // Twice each: on the thread that runs the core, and on one of its own.
    assert!(counts[0] >= 200 && counts[1] >= 40, "{counts:?}");
    let sandbox = &report["sandbox"];
    assert_eq!((&sandbox["seccomp"], &sandbox["told"]), (&true.into(), &true.into()));
    assert!(sandbox["landlock"].as_u64() >= Some(1), "{sandbox}");
    // Each refusal is told of, with its path or its call.
    let refused = sandbox["refused"].as_array().expect("a list");
    let is_told = |call: &str, path: &str| {
        refused.iter().any(|it| it["call"] == call && it["path"].as_str().unwrap_or_default().ends_with(path))
    };
    for (call, path) in [("open", "private/secret.txt"), ("open", "/etc/shadow"), ("execve", "/bin/true-not-there")] {
        assert!(is_told(call, path), "{call} {path}: {refused:?}");
    }
    for call in ["ptrace", "process_vm_readv", "kill", "socket", "clone", "bpf", "unshare"] {
        assert!(is_told(call, ""), "{call}: {refused:?}");
    }
    assert_eq!(std::fs::read(scene.home.path().join("private/secret.txt")).expect("it is there"), b"secret");
    assert!(!scene.home.path().join("games/written").exists());
}

#[test]
fn the_same_core_gets_it_all_once_a_person_says_so_in_words() {
    let scene = Scene::new("tame=1");
    let mut command = scene.check();
    command.args(["--trust-core", TRUST]);
    let report = told(command);
    let got = said(&report, "GOT:");
    // Whoever runs this may do these, so that it was the sandbox that refused them.
    for name in [
        "read-secret(",
        "thread:read-secret(",
        "list-home(",
        "socket-inet(",
        "kill(",
        "spawn(",
        "symlink(",
        "write-beside(",
    ] {
        assert!(got.iter().any(|it| it.starts_with(name)), "{name}: {got:?}");
    }
    assert_eq!(report["sandbox"]["seccomp"], false);
}

#[test]
fn other_words_let_a_core_do_nothing_and_say_what_they_would() {
    let scene = Scene::new("");
    for words in ["yes", "", "This core may do everything I may."] {
        let mut command = scene.check();
        command.args(["--trust-core", words]);
        let output = run_to_end(command);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(TRUST) && error.contains("start programs"), "{error}");
    }
}

#[test]
fn the_settings_take_the_same_words_for_one_core() {
    let scene = Scene::new("tame=1");
    let folder = scene.home.path().join("config/hotseat");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (words, held) in [("yes", true), (TRUST, false)] {
        let settings = format!("internet = false\n[trusted_cores]\nintruder = \"{words}\"\n");
        std::fs::write(folder.join("settings.toml"), settings).expect("a file");
        assert_eq!(told(scene.check())["sandbox"]["seccomp"], held, "{words}");
    }
}

#[test]
fn a_system_call_of_another_processors_table_ends_the_core_and_not_the_host() {
    let scene = Scene::new("wide=1");
    let output = run_to_end(scene.check());
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("system call that no core may make"), "{error}");
}

#[test]
fn the_host_tells_once_of_each_kind_of_thing_that_was_refused() {
    let scene = Scene::new("");
    let host = Setup::core(&scene.core).content(&scene.game).home(scene.home.clone()).start();
    let codes = || {
        let notices = host.events_named("notice");
        notices.iter().filter_map(|it| it["code"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    until("what was refused", LONG, || codes().iter().any(|code| code == "refusal.system").then_some(()));
    until("the core to be done", LONG, || {
        host.events_named("notice")
            .iter()
            .any(|it| it["text"].as_str().unwrap_or_default().starts_with("TRIED"))
            .then_some(())
    });
    for kind in ["open", "write", "network", "process", "system"] {
        let code = format!("refusal.{kind}");
        assert_eq!(codes().iter().filter(|it| **it == code).count(), 1, "{code}: {:?}", codes());
    }
    host.stats_when("it runs", LONG, |stats| stats["state"] == "running");
}

#[test]
fn a_core_that_leaks_is_ended_with_the_reason_and_the_game_comes_back() {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, "leaky_core");
    let mut host = Setup::core(&core).home(home).argument("--core-memory").argument("128").start();
    let died = host.wait_for("core_died", LONG);
    assert_eq!((&died["code"], &died["restarting"]), (&"crash.too_much_memory".into(), &true.into()), "{died}");
    assert!(died["reason"].as_str().is_some_and(|reason| reason.contains("more than 128 MB")), "{died}");
    host.wait_for("core_restarted", LONG);
    host.assert_alive();
}

#[test]
fn doctor_tries_what_cores_must_not_and_says_what_came_of_it() {
    let home = TempDir::new();
    let mut command = quiet_command(&home);
    command.args(["doctor", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"]);
    let report = told(command);
    let steps = report["steps"].as_array().expect("a list");
    for (title, code) in [("step.core_files", "finding.files_held"), ("step.core_calls", "finding.calls_held")] {
        let step = steps.iter().find(|step| step["step"] == title).unwrap_or_else(|| panic!("{title}: {report}"));
        assert_eq!((&step["state"], &step["code"]), (&"good".into(), &code.into()), "{step}");
    }
}

#[test]
fn every_thread_of_the_core_process_is_held_and_it_is_the_first_to_end_when_memory_is_short() {
    let mut host = Setup::fixture().start();
    let pid = host.ready()["core_pid"].as_u64().expect("a process");
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("the process is there");
    let mut threads = 0;
    for task in tasks.flatten() {
        let status = std::fs::read_to_string(task.path().join("status")).expect("the thread is there");
        let field =
            |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim).unwrap_or_default();
        assert_eq!((field("Seccomp:"), field("NoNewPrivs:")), ("2", "1"), "{status}");
        assert!(
            [field("CapEff:"), field("CapPrm:"), field("CapBnd:")].iter().all(|set| set.trim_matches('0').is_empty())
        );
        threads += 1;
    }
    assert!(threads >= 3, "{threads}");
    let own = std::fs::read_to_string(format!("/proc/{}/status", host.pid())).expect("the host is there");
    assert!(own.contains("NoNewPrivs:\t1"), "{own}");
    let adjusted = std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).expect("the process is there");
    assert_eq!(adjusted.trim(), "1000");
    host.assert_alive();
}
