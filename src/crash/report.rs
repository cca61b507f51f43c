//! The report of a crash: a text for those who mend cores, in English whatever the person speaks.

use super::Crash;
use super::stack::{Frame, frames};
use crate::link::LastWords;
use crate::text::Message;
use std::fmt::Write;
use std::path::PathBuf;

/// What is known of a core process that is gone.
#[derive(Debug, Clone)]
pub struct Report {
    /// As people read it, with the offset from UTC.
    pub time: String,
    pub crash: Crash,
    /// What the core calls itself and its version; empty for one that never said it.
    pub version: String,
    pub core: PathBuf,
    pub content: Option<PathBuf>,
    /// What it could not do, in short.
    pub held: String,
    pub last_words: LastWords,
    /// The names of environment calls by their numbers.
    pub call_name: fn(u32) -> Option<&'static str>,
}

impl Report {
    /// As it is written. `name` looks up what an address of a file is called, and takes its time.
    pub fn text(&self, name: impl Fn(&Frame) -> Option<String>) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, name);
        text
    }

    fn write(&self, to: &mut String, name: impl Fn(&Frame) -> Option<String>) -> std::fmt::Result {
        writeln!(to, "Hotseat {} on {}: a core crashed", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH)?;
        writeln!(to, "time     {}", self.time)?;
        writeln!(to, "end      {} [{}]", self.crash, self.crash.code())?;
        writeln!(to, "core     {} ({})", self.version, self.core.display())?;
        // The folders of a person's games are nobody's business.
        let content = self.content.as_ref().and_then(|path| path.file_name()).unwrap_or_default();
        writeln!(to, "content  {}", content.display())?;
        writeln!(to, "sandbox  {}", self.held)?;
        let fall = self.last_words.fall.as_ref();
        if let Some(fall) = fall {
            writeln!(to, "signal   {} (code {}), address {:#x}", fall.signal, fall.code, fall.address)?;
        }
        writeln!(to, "\nstack, the innermost function first:")?;
        let all = fall.map(frames).unwrap_or_default();
        for (depth, frame) in all.iter().enumerate() {
            let place = match &frame.file {
                Some((file, offset)) => format!("{}+{offset:#x}", file.file_name().unwrap_or_default().display()),
                None => "memory that no file is mapped to".to_owned(),
            };
            match name(frame) {
                Some(name) => writeln!(to, "  {depth:2} {:#018x} {name} ({place})", frame.address)?,
                None => writeln!(to, "  {depth:2} {:#018x} {place}", frame.address)?,
            }
        }
        if all.is_empty() {
            writeln!(to, "  none: it did not end by a signal that it could note")?;
        }
        writeln!(to, "\nlast environment calls, the newest last:")?;
        for (call, times) in &self.last_words.calls {
            let name = (self.call_name)(*call).map_or_else(|| format!("number {:#x}", call), str::to_owned);
            match times {
                1 => writeln!(to, "  {name}")?,
                _ => writeln!(to, "  {name}, {times} times")?,
            }
        }
        writeln!(to, "\nlast lines that the core logged, the newest last:")?;
        for line in &self.last_words.lines {
            writeln!(to, "  {line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Fall;

    #[test]
    fn a_report_has_the_end_the_calls_the_lines_and_the_stack() {
        let map = "7f0000000000-7f0000002000 r-xp 00001000 08:01 7   /cores/x_libretro.so\n";
        let fall = Fall {
            signal: 11,
            code: 1,
            address: 8,
            at: 0x7f00_0000_0010,
            stack: vec![0x7f00_0000_1000],
            map: map.into(),
        };
        let report = Report {
            time: "2026-11-30 10:00:00+00:00".into(),
            crash: Crash::Memory { core: "X".into() },
            version: "X 1.2".into(),
            core: "/cores/x_libretro.so".into(),
            content: Some("/home/ada/secret folder/Game.x".into()),
            held: "Landlock 7".into(),
            last_words: LastWords {
                calls: vec![(15, 1), (17, 30)],
                lines: vec!["all is well".into()],
                fall: Some(fall),
            },
            call_name: |call| (call == 15).then_some("GET_VARIABLE"),
        };
        let text = report.text(|frame| (frame.address == 0x7f00_0000_0010).then(|| "retro_run+0x4".into()));
        for part in [
            "[crash.memory]",
            "X 1.2 (/cores/x_libretro.so)",
            "content  Game.x\n",
            "signal   11 (code 1), address 0x8",
            "0 0x00007f0000000010 retro_run+0x4 (x_libretro.so+0x1010)",
            "1 0x00007f0000001000 x_libretro.so+0x2000",
            "  GET_VARIABLE\n  number 0x11, 30 times\n",
            "  all is well\n",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("secret folder"));
    }
}
