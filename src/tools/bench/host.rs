//! A real host process to measure.

use super::BenchError;
use crate::sync::spawn;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// `hotseat host --json` on loopback, with its data in a folder of its own. Dropping it ends it.
pub struct Host {
    child: Child,
    stdin: ChildStdin,
    events: Receiver<Value>,
    core_pid: i32,
    /// The invite.
    pub url: String,
    data: std::path::PathBuf,
}

impl Host {
    /// Starts one and waits until it is ready.
    pub fn start(arguments: &[String]) -> Result<Host, BenchError> {
        let failed = BenchError::io("The host to measure could not be started");
        let data = std::env::temp_dir().join(format!("hotseat-bench-{}", std::process::id()));
        std::fs::create_dir_all(&data).map_err(&failed)?;
        let mut child = Command::new(std::env::current_exe().map_err(&failed)?)
            .args(["host", "--json", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"])
            .args(arguments)
            .env("XDG_DATA_HOME", &data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(&failed)?;
        let no_pipe = || failed(std::io::ErrorKind::BrokenPipe.into());
        let out = child.stdout.take().ok_or_else(no_pipe)?;
        let stdin = child.stdin.take().ok_or_else(no_pipe)?;
        // Full, the reader waits: a minute of figures fits.
        let (sender, events) = sync_channel(1024);
        spawn("host-output", move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let Ok(event) = serde_json::from_str(&line) else { continue };
                if sender.send(event).is_err() {
                    return;
                }
            }
        })?;
        let mut host = Host { child, stdin, events, core_pid: 0, url: String::new(), data };
        let ready = host.wait_for("ready", Duration::from_secs(20))?;
        host.url = ready["url"].as_str().unwrap_or_default().into();
        host.core_pid = ready["core_pid"].as_i64().unwrap_or_default() as i32;
        Ok(host)
    }

    /// The next event of this name.
    pub fn wait_for(&mut self, name: &str, limit: Duration) -> Result<Value, BenchError> {
        let until = Instant::now() + limit;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let event = self.events.recv_timeout(left);
            let event = event.map_err(|_| BenchError::HostSilent { event: name.to_owned() })?;
            if event["event"] == name {
                return Ok(event);
            }
        }
    }

    /// Lets some seconds pass.
    pub fn skip_stats(&mut self, count: usize) -> Result<(), BenchError> {
        while self.events.try_recv().is_ok() {}
        self.stats(count).map(drop)
    }

    /// The figures of the next seconds.
    pub fn stats(&mut self, count: usize) -> Result<Vec<Value>, BenchError> {
        (0..count).map(|_| self.wait_for("stats", Duration::from_secs(10))).collect()
    }

    /// Tells it to do something: `pause`, for example.
    pub fn command(&mut self, name: &str) -> Result<(), BenchError> {
        writeln!(self.stdin, r#"{{"command":"{name}"}}"#)
            .map_err(BenchError::io("The host to measure takes no commands"))
    }

    /// Makes the core crash.
    pub fn kill_core(&self) -> Result<(), BenchError> {
        let pid = rustix::process::Pid::from_raw(self.core_pid).ok_or(BenchError::NoCoreProcess)?;
        rustix::process::kill_process(pid, rustix::process::Signal::SEGV)
            .map_err(|error| BenchError::io("The core process could not be signalled")(error.into()))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id().cast_signed()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let until = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
