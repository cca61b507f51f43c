//! The real window on a real (virtual) display: the picture is on it, keys reach the game, and the sound comes out of a
//! real sound server.

use crate::common::host::quiet_command;
use crate::common::{self, TempDir, alone, built_core, until};
use fixture_libretro::blocks;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const WIDTH: usize = 1280;
const HEIGHT: usize = 800;

/// Ends a process when the test is over.
pub(crate) struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) struct Desktop {
    _screen: Ended,
    _sound: Option<Ended>,
    display: String,
    home: TempDir,
}

impl Desktop {
    pub(crate) fn new(with_sound: bool) -> Desktop {
        let home = TempDir::new();
        let mut screen = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &format!("{WIDTH}x{HEIGHT}x24"), "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts: install the package xvfb");
        let mut number = String::new();
        BufReader::new(screen.stdout.take().expect("its output"))
            .read_line(&mut number)
            .expect("Xvfb names its display");
        let sound = with_sound.then(|| start_sound(&home));
        Desktop { _screen: Ended(screen), _sound: sound, display: format!(":{}", number.trim()), home }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.furnish(&mut command);
        command
    }

    fn furnish(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env("PULSE_SERVER", format!("unix:{}", socket(&self.home).display()))
            .env("PULSE_COOKIE", self.home.path().join("cookie"))
            // Without a sound server there is to be no sound, not the machine's own.
            .env("ALSA_CONFIG_PATH", "/dev/null");
    }

    fn window(&self, arguments: &[&str]) -> Ended {
        self.start(quiet_command(&self.home).args(arguments))
    }

    /// A program with a window.
    pub(crate) fn start(&self, command: &mut Command) -> Ended {
        self.furnish(command);
        Ended(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the window starts"))
    }

    /// Whether there is a window with this in its title.
    pub(crate) fn has_window(&self, title: &str) -> bool {
        let find = ["search", "--onlyvisible", "--name", title];
        let found = self.command("xdotool").args(find).output().expect("xdotool runs: install the package xdotool");
        found.status.success()
    }

    /// The whole screen, as luma.
    pub(crate) fn screenshot(&self) -> Vec<u8> {
        let shot = self
            .command("import")
            .args(["-window", "root", "-colorspace", "gray", "-depth", "8", "gray:-"])
            .output()
            .expect("import runs: install the package imagemagick");
        shot.stdout
    }

    /// The blocks of the test core's picture, wherever on the screen it lies; only the host plays.
    fn blocks(&self) -> Option<blocks::Blocks> {
        self.any_blocks_where(|it| it.buttons[1..] == [0; 3])
    }

    /// The same where the other ports' rows show something else.
    fn any_blocks(&self) -> Option<blocks::Blocks> {
        self.any_blocks_where(|_| true)
    }

    fn any_blocks_where(&self, wanted: impl Fn(&blocks::Blocks) -> bool) -> Option<blocks::Blocks> {
        let screen = self.screenshot();
        if screen.len() < WIDTH * HEIGHT {
            return None;
        }
        // The row of flat colours at the bottom begins with white, and the letterbox around is black: the picture is the
        // largest box that decodes. Every position and size that the window may choose is tried, coarse steps first.
        for height in (240..HEIGHT).rev().step_by(2) {
            for aspect in [256.0 / 240.0, 4.0 / 3.0] {
                let width = (height as f32 * aspect).round() as usize;
                if width > 900 {
                    continue;
                }
                for top in (40..60).step_by(4) {
                    for left in (0..400).step_by(8) {
                        if top + height > HEIGHT || left + width > WIDTH {
                            continue;
                        }
                        let luma = |x: u32, y: u32| screen[(top + y as usize) * WIDTH + left + x as usize];
                        // Sixteen bits of sync and checksum let one wrong box in 65536 pass: what it says is then absurd.
                        let found = blocks::decode(width as u32, height as u32, luma);
                        let sound = |it: &blocks::Blocks| it.frame < 1 << 20 && wanted(it);
                        if let Some(found) = found.filter(sound) {
                            return Some(found);
                        }
                    }
                }
            }
        }
        None
    }
}

fn socket(home: &TempDir) -> PathBuf {
    home.path().join("sound")
}

fn start_sound(home: &TempDir) -> Ended {
    // A client without a cookie is turned away, even where none is asked for.
    home.file("cookie", &[7; 256]);
    let server = Command::new("pulseaudio")
        .args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"])
        .args(["-L", "module-null-sink sink_name=test rate=48000"])
        .args(["-L", &format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket(home).display())])
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("pulse-config"))
        .env("PULSE_COOKIE", home.path().join("cookie"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("pulseaudio starts: install the package pulseaudio");
    let server = Ended(server);
    until("the sound server", common::LONG, || socket(home).exists().then_some(()));
    server
}

fn fixture() -> String {
    path(&built_core("fixture"))
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// Patience for software rendering on a busy machine.
pub(crate) const SLOW: Duration = Duration::from_secs(60);

#[test]
fn the_window_shows_the_running_game_and_a_key_reaches_it() {
    let _alone = alone();
    let desktop = Desktop::new(false);
    let _window = desktop.window(&["--core", &fixture()]);
    let first = until("the game's picture in the window", SLOW, || desktop.blocks());
    until("a later frame", SLOW, || desktop.blocks().filter(|now| now.frame > first.frame));
    // X is A on the pad. Without a window manager no window gets the focus: it is set by hand.
    let key = |what: &str| {
        let find = ["search", "--onlyvisible", "--name", "Hotseat", "windowfocus", what, "x"];
        let done = desktop.command("xdotool").args(find).status().expect("xdotool runs: install the package xdotool");
        assert!(done.success());
    };
    key("keydown");
    until("the held key in the picture", SLOW, || {
        desktop.blocks().filter(|now| now.buttons[0] & common::button::A != 0)
    });
    key("keyup");
    until("the key let go in the picture", SLOW, || {
        desktop.blocks().filter(|now| now.buttons[0] & common::button::A == 0)
    });
}

#[test]
fn a_game_that_takes_the_keyboard_gets_every_key_until_escape() {
    let _alone = alone();
    let desktop = Desktop::new(false);
    let content = desktop.home.path().join("game.fixture");
    std::fs::write(&content, "fixture_keyboard=on\n").expect("content is written");
    let _window = desktop.window(&["--core", &fixture(), &path(&content)]);
    let lowest = |what: &str, wanted: u16| {
        until(what, SLOW, || desktop.any_blocks().filter(|now| now.buttons[3] == wanted));
    };
    lowest("the game's picture in the window", 0);
    let key = |what: &str, key: &str| {
        let find = ["search", "--onlyvisible", "--name", "Hotseat", "windowfocus", what, key];
        let done = desktop.command("xdotool").args(find).status().expect("xdotool runs: install the package xdotool");
        assert!(done.success());
    };
    key("key", "Scroll_Lock");
    // F5 would pause the game.
    key("keydown", "F5");
    lowest("F5 in the game", 286);
    key("keydown", "c");
    lowest("c in the game", 99);
    key("keyup", "c");
    lowest("c let go", 286);
    key("key", "Escape");
    lowest("everything let go", 0);
    key("keyup", "F5");
    // X is A on the pad again.
    key("keydown", "x");
    until("the pad's button", SLOW, || desktop.any_blocks().filter(|now| now.buttons[0] == common::button::A));
}

#[test]
fn a_click_on_the_picture_gives_the_mouse_to_a_game_that_takes_it_until_escape() {
    let _alone = alone();
    let desktop = Desktop::new(false);
    let content = desktop.home.path().join("game.fixture");
    std::fs::write(&content, "fixture_mouse=on\n").expect("content is written");
    let _window = desktop.window(&["--core", &fixture(), &path(&content)]);
    until("the game's picture in the window", SLOW, || desktop.any_blocks());
    let tool = |arguments: &[&str]| {
        let find = ["search", "--onlyvisible", "--name", "Hotseat", "windowfocus"];
        let done = desktop.command("xdotool").args(find).args(arguments).status();
        assert!(done.expect("xdotool runs: install the package xdotool").success());
    };
    tool(&["mousemove", "400", "400"]);
    tool(&["click", "1"]);
    let moved = |now: &blocks::Blocks| now.buttons[1].cast_signed();
    // A box that is almost the picture's shows two wrong cells of one column. What is known tells most of them.
    let look = || desktop.any_blocks().filter(|now| now.frame < 1 << 16 && now.buttons[0] == 0 && now.buttons[2] == 0);
    // Until it is taken, which is a matter of a painting or two.
    until("moves to the right in the game", SLOW, || {
        tool(&["mousemove_relative", "40", "0"]);
        look().filter(|now| moved(now) > 8)
    });
    tool(&["mousedown", "3"]);
    until("the right button in the game", SLOW, || look().filter(|now| now.buttons[3] == 2));
    tool(&["key", "Escape"]);
    let left = until("the button let go", SLOW, || look().filter(|now| now.buttons[3] == 0));
    tool(&["mouseup", "3"]);
    tool(&["mousemove_relative", "--", "-200", "0"]);
    until("a later frame in which the mouse has not moved: it is the window's again", SLOW, || {
        look().filter(|now| now.frame > left.frame + 60 && (moved(now) - moved(&left)).abs() < 8)
    });
}

#[test]
fn the_sound_comes_out_of_the_sound_server_at_its_pitch() {
    let _alone = alone();
    let desktop = Desktop::new(true);
    let _window = desktop.window(&["--core", &fixture()]);
    until("440 Hz on the left and 660 Hz on the right", SLOW, || {
        let recording = record(&desktop, Duration::from_secs(2));
        let [left, right] = [0, 1].map(|side| pitch(&recording, side));
        // The window follows the device's clock by up to half a percent.
        let near = |found: f64, wanted: f64| (found / wanted - 1.0).abs() < 0.015;
        (near(left, 440.0) && near(right, 660.0)).then_some(())
    });
}

#[test]
fn the_first_start_plays_its_notes_ends_in_the_demo_and_does_not_come_again() {
    let _alone = alone();
    let desktop = Desktop::new(true);
    let folder = desktop.home.path().join("config/hotseat");
    std::fs::create_dir_all(&folder).expect("a folder");
    let settings = folder.join("settings.toml");
    std::fs::write(&settings, "internet = false\nfirst_start_done = false\n").expect("settings are written");
    let _window = desktop.window(&[]);
    until("the window", SLOW, || desktop.has_window("Hotseat").then_some(()));
    let press = |keys: &[&str]| {
        let find = ["search", "--onlyvisible", "--name", "Hotseat", "windowfocus", "key", "--delay", "300"];
        let done = desktop.command("xdotool").args(find).args(keys).status();
        assert!(done.expect("xdotool runs: install the package xdotool").success());
    };
    // Past the first two questions, to the button with the notes, which Enter presses again and again.
    press(&["Return", "Return"]);
    until("the notes on both sides", SLOW, || {
        press(&["Return"]);
        let recording = record(&desktop, Duration::from_secs(2));
        let loud = |side: usize| recording.iter().skip(side).step_by(2).any(|sample| sample.unsigned_abs() > 3000);
        (loud(0) && loud(1)).then_some(())
    });
    // Down to the last row, and to its right end.
    until("the demo", SLOW, || {
        press(&["Down", "Down", "Down", "Down", "Right", "Return"]);
        desktop.has_window("Emberdash").then_some(())
    });
    until("that it is done to be written", SLOW, || {
        let written = std::fs::read_to_string(&settings).unwrap_or_default();
        written.contains("first_start_done = true").then_some(())
    });
}

#[test]
fn a_session_that_ends_closes_the_window_with_the_saves_written() {
    let _alone = alone();
    let desktop = Desktop::new(false);
    let mut arguments = desktop.home.path().join("game.fixture");
    std::fs::write(&arguments, "fixture_save_ram=on\n").expect("content is written");
    let content = path(&arguments);
    let mut window = desktop.window(&["--core", &fixture(), &content]);
    until("a game that ran for a second", SLOW, || desktop.blocks().filter(|now| now.frame > 90));
    common::signal(window.0.id(), rustix::process::Signal::TERM);
    let ended = until("the window to close", SLOW, || window.0.try_wait().ok().flatten());
    assert!(ended.success(), "{ended}");
    arguments.set_extension("srm");
    let name = arguments.file_name().expect("a name").to_owned();
    assert!(desktop.home.files().iter().any(|file| file.file_name() == Some(&name)), "{:?}", desktop.home.files());
}

#[test]
fn without_a_sound_device_the_game_runs_on() {
    let _alone = alone();
    let desktop = Desktop::new(false);
    let _window = desktop.window(&["--core", &fixture()]);
    let first = until("the game's picture in the window", SLOW, || desktop.blocks());
    until("a later frame", SLOW, || desktop.blocks().filter(|now| now.frame > first.frame + 60));
}

#[test]
fn without_a_display_the_program_says_what_to_do_instead() {
    let home = TempDir::new();
    let mut command = quiet_command(&home);
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    let output = common::host::run_to_end(command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("hotseat host") && said.lines().count() == 1, "{said}");
}

fn record(desktop: &Desktop, time: Duration) -> Vec<i16> {
    let recorder = desktop
        .command("parec")
        .args(["-d", "test.monitor", "--format=s16le", "--rate=48000", "--channels=2", "--raw"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("parec runs: install the package pulseaudio-utils");
    let mut recorder = Ended(recorder);
    let wanted = (time.as_secs_f64() * 48_000.0) as usize * 4;
    let mut bytes = vec![0; wanted];
    let mut out = recorder.0.stdout.take().expect("its output");
    let whole = out.read_exact(&mut bytes).is_ok();
    if !whole {
        bytes.clear();
    }
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Of one channel, by the median length of a wave: short gaps do not matter to it.
fn pitch(stereo: &[i16], side: usize) -> f64 {
    let samples: Vec<f64> = stereo.iter().skip(side).step_by(2).map(|&sample| f64::from(sample)).collect();
    let mut crossings = Vec::new();
    for (index, pair) in samples.windows(2).enumerate() {
        if pair[0] < 0.0 && pair[1] >= 0.0 {
            crossings.push(index as f64 + pair[0] / (pair[0] - pair[1]));
        }
    }
    let mut waves: Vec<f64> = crossings.windows(2).map(|pair| pair[1] - pair[0]).collect();
    waves.sort_by(f64::total_cmp);
    waves.get(waves.len() / 2).map_or(0.0, |wave| 48_000.0 / wave)
}
