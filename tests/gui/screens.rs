//! Every screen is painted, by whatever graphics adapter there is (Mesa's software one at the least), at several sizes.
//! To look at them: `HOTSEAT_SCREENS=folder cargo test --release --test gui screens`.

#![allow(clippy::unwrap_used)]

use crate::gui::Stage;
use egui_kittest::kittest::Queryable;
use hotseat::audio::SpeakerError;
use hotseat::crash::Crash;
use hotseat::downloads::{DownloadError, Listing};
use hotseat::engine::{Bounds, Discs, Flow, GameState, InternetStatus, Length, Level, NoticeKind, SaveVersion, Slot};
use hotseat::gui::game_choice::GameChoice;
use hotseat::gui::get_cores::CoreSearch;
use hotseat::gui::invite_links;
use hotseat::gui::preferences::SettingsDraft;
use hotseat::gui::several::SeveralFiles;
use hotseat::gui::view::{self as gui_view, Dialog};
use hotseat::library::CoreNote;
use hotseat::library::catalog::{CatalogNotice, DatError, ScanProgress};
use hotseat::link::subsystem::{Rom, Subsystem};
use hotseat::net::meeting::{BrokerProblem, BrokerState};
use hotseat::net::port_mapping::{Mapping, MappingProblem, Method, Outcome, PortStatus, Protocol, Wanted};
use hotseat::net::tls::acme::{AcmeError, AcmeStatus};
use hotseat::net::transport::stun::{MappingBehavior, StunOutcome, StunStatus};
use hotseat::sandbox::{Refusal, Shortcoming};
use hotseat::settings::{Aspect, Crop, LibraryLook, Scaling, Settings};
use hotseat::text::{IoCause, Texts};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Width and height in points, pixels per point.
const SIZES: [(f32, f32, f32); 3] = [(800.0, 600.0, 1.0), (1280.0, 800.0, 1.0), (800.0, 600.0, 2.0)];

type Screen = (&'static str, fn() -> Stage);

fn game_choice() -> Dialog {
    let names = [
        "Tale (Europe).nes",
        "Tale (Japan).nes",
        "A name that is so long that it does not fit into one row of this dialog (USA) (Rev 1).nes",
    ];
    let games = (0..12).map(|n| (names[n % 3].to_owned(), format!("/g/set.zip#{n}").into())).collect();
    let whole = vec!["/cores/mgba_libretro.so".into()];
    Dialog::ChooseGame(GameChoice { content: "/home/ada/games/Tales.zip".into(), games, whole, filter: String::new() })
}

fn with_dialog(mut stage: Stage, dialog: Dialog) -> Stage {
    stage.view.dialog = Some(dialog);
    stage
}

fn with_links(stage: Stage) -> Stage {
    let draft = invite_links::LinkDraft::of(&stage.settings);
    with_dialog(stage, Dialog::Links(draft))
}

/// A game on three discs, with options in groups and earlier saves.
fn with_all_options(mut stage: Stage) -> Stage {
    let game = stage.snapshot.game.as_mut().unwrap();
    game.discs = Some(Discs {
        names: vec!["Tale of Embers (Disc 1)".into(), "Tale of Embers (Disc 2)".into(), String::new()],
        inserted: Some(1),
        chosen: 1,
    });
    let ago = |minutes: u64| {
        let time = SystemTime::now() - Duration::from_secs(minutes * 60 + 30);
        let put_aside = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as u64;
        SaveVersion { put_aside, bytes: 8192 }
    };
    game.versions = vec![ago(12), ago(60 * 26), ago(60 * 24 * 9)];
    for (index, option) in game.options.iter_mut().enumerate() {
        option.category = ["", "Picture", "", "Input"][index % 4].into();
        option.info = "What the core has to say of it at length.".into();
    }
    with_dialog(stage, Dialog::Options(String::new()))
}

/// Friends elsewhere: one way that works, one that does not for everyone, one that fails.
fn with_connection(mut stage: Stage) -> Stage {
    let at = |text: &str| text.parse().unwrap();
    let seen = |port: u16| StunOutcome::Seen { address: format!("198.51.100.7:{port}").parse().unwrap() };
    stage.snapshot.internet = InternetStatus {
        wanted: true,
        addresses: vec![at("192.168.1.20:8470"), at("[fd12:3456::20]:8470")],
        meeting_page: Some("https://play.example/".into()),
        asks_servers: true,
        stun: StunStatus {
            servers: vec![("stun.example:3478".into(), seen(8470)), ("stun.example.org:3478".into(), seen(41_203))],
            behavior: MappingBehavior::EndpointDependent,
        },
        brokers: vec![
            ("broker.example".into(), BrokerState::Failed(BrokerProblem::NoAnswer)),
            ("broker.example.org".into(), BrokerState::Failed(BrokerProblem::Certificate)),
        ],
        ..InternetStatus::default()
    };
    with_dialog(stage, Dialog::Connection)
}

/// A router that opened its ports, and certificates: one that there is, and one that does not come.
fn with_certificates(stage: Stage) -> Stage {
    let mut stage = with_connection(stage);
    let internet = &mut stage.snapshot.internet;
    internet.stun.behavior = MappingBehavior::EndpointIndependent;
    internet.stun.servers.truncate(1);
    internet.brokers = vec![("broker.example".into(), BrokerState::Connected)];
    (internet.maps_ports, internet.wants_certificates, internet.page_port) = (true, true, 8470);
    let number = NonZeroU16::new(8470).expect("a port");
    let external = "198.51.100.7:443".parse().expect("an address");
    let mapping = Mapping { method: Method::Upnp, external, internal: internet.addresses[0] };
    internet.mapping = vec![PortStatus {
        wanted: Wanted { protocol: Protocol::Tcp, internal_port: number, external_port: number },
        ipv4: Outcome::Mapped(mapping),
        ipv6: Outcome::Unmapped(MappingProblem::NoAnswer { gateway: "fd12:3456::1".parse().expect("an address") }),
    }];
    let status = |name: &str, until, problem| AcmeStatus {
        name: name.parse().expect("a name"),
        until,
        problem,
        next: SystemTime::UNIX_EPOCH,
    };
    let problem = AcmeError::NotProven {
        server: "acme-v02.api.letsencrypt.org".into(),
        name: "play.example".into(),
        port: 443,
        kind: "connection".into(),
        detail: "203.0.113.9: Timeout during connect (likely firewall problem)".into(),
    };
    internet.certificates =
        vec![status("198.51.100.7", Some(SystemTime::now()), None), status("play.example", None, Some(problem))];
    stage
}

/// The settings, from this heading on.
fn with_settings(stage: Stage, heading: fn(&Texts) -> &str) -> Stage {
    let mut stage = stage;
    stage.settings.acme_names = vec!["play.example".into()];
    stage.settings.acme_own_address = true;
    stage.settings.map_ports = true;
    stage.settings.meeting_page = "https://play.example/".into();
    let draft = SettingsDraft::of(&stage.settings);
    stage.scroll_to = Some(heading(&stage.texts).to_owned());
    with_dialog(stage, Dialog::Settings(draft))
}

/// Another shape of the picture, less of it, in whole pixels; and where that is chosen.
fn with_framing(stage: Stage) -> Stage {
    let mut stage = stage;
    stage.settings.scaling = Scaling::Whole;
    stage.settings.aspect = Aspect::Television;
    stage.settings.crop = Crop { top: 8, bottom: 8, left: 8, right: 0 };
    with_settings(stage, |texts| texts.picture)
}

/// The library while it is looked through, with pictures of several shapes.
fn with_pictures(look: LibraryLook) -> Stage {
    let mut stage = Stage::default().with_library();
    stage.settings.library_look = look;
    stage.library.scan = Some(ScanProgress { done: 1234, of: 20_000 });
    for (index, size) in [(0, [300, 420]), (2, [512, 358]), (4, [160, 144])] {
        let color = [egui::Color32::DARK_GREEN, egui::Color32::DARK_BLUE, egui::Color32::DARK_RED][index / 2];
        stage
            .new_game_pictures
            .push((stage.library.entries[index].path.clone(), egui::ColorImage::filled(size, color)));
    }
    stage
}

fn empty_library(chinese: bool) -> Stage {
    let mut stage = Stage::default();
    stage.view.screen = gui_view::Screen::Library;
    stage.cores.truncate(1);
    if chinese { stage.chinese() } else { stage }
}

fn without_games() -> Stage {
    let mut stage = empty_library(false);
    stage.settings.library_folders = vec!["/home/ada/games".into(), "/mnt/nas/roms".into()];
    stage.library.is_read = true;
    stage
}

fn with_folders(stage: Stage) -> Stage {
    let mut stage = stage;
    stage.settings.library_folders.push("/mnt/nas/a/rather/long/way/to/a/folder/of/games/that/does/not/fit".into());
    stage.settings.library_pictures = Some("/home/ada/thumbnails".into());
    let problem = DatError::Damaged { file: "nes.dat".into(), line: 77 };
    stage.library.notices = Arc::new(vec![(1, CatalogNotice::Dat { problem })]);
    with_dialog(stage, Dialog::LibraryFolders)
}

const SCREENS: &[Screen] = &[
    ("library-grid", || with_pictures(LibraryLook::Grid)),
    ("library-large", || with_pictures(LibraryLook::Large)),
    ("library-list", || with_pictures(LibraryLook::List)),
    ("library-many", || Stage::default().with_library().with_many_games(20_000)),
    ("library-empty", || empty_library(false)),
    ("library-no-games", without_games),
    ("library-no-cores", || {
        let mut stage = Stage::default().with_library();
        stage.cores.truncate(1);
        stage
    }),
    ("library-nothing", || {
        let mut stage = Stage::default().with_library();
        stage.view.library.query.text = "nothing is like this".into();
        stage
    }),
    ("library-folders", || with_folders(Stage::default().with_library())),
    ("library-menu", || {
        let stage = Stage::default().with_library();
        let path = stage.library.entries[3].path.clone();
        with_dialog(stage, Dialog::GameMenu(path))
    }),
    ("chinese-library", || with_pictures(LibraryLook::Grid).chinese()),
    ("chinese-library-list", || with_pictures(LibraryLook::List).chinese()),
    ("chinese-library-empty", || empty_library(true)),
    ("chinese-library-folders", || with_folders(Stage::default().with_library().chinese())),
    ("home-empty", || Stage::default().with_invite()),
    ("home-recent", || Stage { software_rendering: true, ..Stage::default().with_recent().with_invite() }),
    ("game", || Stage::default().playing()),
    ("game-notices", || {
        Stage::default()
            .playing()
            .told(Level::Info, NoticeKind::StateSaved { slot: Slot::clamped(2) })
            .told(Level::Warning, NoticeKind::NoMoreLinks)
            .told(
                Level::Error,
                NoticeKind::NoScreenshot { folder: "/home/ann/Pictures".into(), cause: IoCause::StorageFull },
            )
    }),
    ("crash-report", || {
        let crash = Crash::Memory { core: "Nestopia".into() };
        let file = "/home/ada/.local/share/hotseat/crashes/2026-11-30 20.15.01 Nestopia.txt".into();
        Stage::default()
            .playing()
            .told(Level::Error, NoticeKind::Crashed { crash })
            .told(Level::Info, NoticeKind::CrashReport { file })
            .told(Level::Info, NoticeKind::Revived)
    }),
    ("game-refused", || {
        let refusal = Refusal::Open { path: "/home/ada/.config/retroarch/retroarch.cfg".into() };
        let lacks = Shortcoming::PartialLandlock { abi: 4 };
        Stage::default()
            .playing()
            .told(Level::Info, NoticeKind::CoreRefused { core: "Nestopia".into(), refusal })
            .told(Level::Warning, NoticeKind::NotHeld { lacks })
    }),
    ("core-trust", || {
        let stage = with_dialog(Stage::default().playing(), Dialog::Options(String::new()));
        let heading = stage.texts.trust_title;
        stage.opening(heading)
    }),
    ("core-trusted", || {
        let mut stage = with_dialog(Stage::default().playing(), Dialog::Options(String::new()));
        let core = stage.snapshot.game.as_ref().unwrap().core.clone();
        stage.settings.trusted_cores.insert(Settings::core_key(&core), Bounds::TRUST_WORDS.into());
        let heading = stage.texts.trust_title_off;
        stage.opening(heading)
    }),
    ("settings-memory", || with_settings(Stage::default().playing(), |texts| texts.core_folders)),
    ("game-wants", || Stage::default().playing().wanting(true, true, false)),
    ("game-takes", || Stage::default().playing().wanting(true, true, true)),
    ("paused", || Stage::default().playing().in_state(GameState::Paused)),
    ("rewinding", || {
        let mut stage = Stage::default().playing();
        let game = stage.snapshot.game.as_mut().unwrap();
        (game.flow, game.flow_by) = (Flow::Rewind, Some("Ann".into()));
        stage
    }),
    ("settings-time", || with_settings(Stage::default().playing(), |texts| texts.time_title)),
    ("crashed", || Stage::default().playing().in_state(GameState::Crashed(Crash::Memory { core: "Nestopia".into() }))),
    ("failed", || {
        let mut stage = Stage::default().playing().in_state(GameState::Failed(NoticeKind::CoreMessage {
            text: "mGBA needs the file gba_bios.bin in the system folder: copy it there, then open the game again."
                .into(),
        }));
        stage.picture = None;
        stage
    }),
    ("starting", || {
        let mut stage = Stage::default().playing().in_state(GameState::Starting);
        stage.picture = None;
        stage
    }),
    ("full-screen", || Stage { full_screen: true, ..Stage::default().playing() }),
    ("qr", || with_dialog(Stage::default().playing(), Dialog::Qr)),
    ("slots", || with_dialog(Stage::default().playing().with_states(), Dialog::Slots)),
    ("chinese-slots", || with_dialog(Stage::default().playing().with_states().chinese(), Dialog::Slots)),
    ("continue", || Stage::default().playing().asked_to_continue()),
    ("chinese-continue", || Stage::default().playing().asked_to_continue().chinese()),
    ("options-all", || with_all_options(Stage::default().playing())),
    ("options", || with_dialog(Stage::default().playing(), Dialog::Options(String::new()))),
    ("settings", || {
        let mut stage = Stage::default().playing();
        stage.settings.core_folders = vec!["/home/ada/cores".into()];
        stage.settings.core_for.insert("nes".into(), "/cores/nestopia_libretro.so".into());
        let stage = stage.with_guest();
        let draft = SettingsDraft::of(&stage.settings);
        with_dialog(stage, Dialog::Settings(draft))
    }),
    ("settings-picture", || with_framing(Stage::default().playing())),
    ("chinese-settings-picture", || with_framing(Stage::default().playing().chinese())),
    ("room-framed", || {
        let mut stage = with_framing(Stage::default().playing().busy());
        (stage.view.dialog, stage.scroll_to) = (None, None);
        stage
    }),
    ("room", || Stage::default().playing().busy()),
    ("room-chat", || Stage::default().playing().busy().talking()),
    ("room-menu", || Stage::default().playing().busy().opening("Options for Grace")),
    ("room-full-screen", || Stage { full_screen: true, ..Stage::default().playing().busy() }),
    ("room-alone", || {
        let mut stage = Stage::default().playing();
        stage.snapshot.peers.clear();
        stage.snapshot.seats[1].holders.clear();
        stage.snapshot.seats[2].holders.clear();
        stage
    }),
    ("room-invite", || Stage::default().playing().opening("More ways to invite")),
    ("room-code", || Stage::default().playing().with_code()),
    ("room-home", || {
        let mut stage = Stage::default().with_recent().with_code();
        stage.snapshot.peers = Stage::default().playing().snapshot.peers;
        stage.snapshot.seats = Stage::default().playing().snapshot.seats;
        stage.asking()
    }),
    ("links", || with_links(Stage::default().playing().with_links())),
    ("keys", || {
        let mut stage = Stage::default().playing().with_guest();
        stage.settings.turbo[0].insert("a".into());
        let draft = SettingsDraft::of(&stage.settings);
        with_dialog(stage, Dialog::Settings(draft)).opening("Keys on the keyboard")
    }),
    ("choose", || {
        let mut stage = Stage::default().with_recent().with_invite();
        stage.cores[1].note = Some(CoreNote::NeedsBios { file: "disksys.rom".into() });
        let content = "/home/ada/games/Micro Mages.nes".into();
        with_dialog(stage, Dialog::ChooseCore { content, remember: true })
    }),
    ("several", || {
        let rom = |name: &str, ending: &str, required| Rom {
            name: name.into(),
            extensions: vec![ending.into()],
            required,
            ..Rom::default()
        };
        let roms = vec![
            rom("Game Boy game", "gb", true),
            rom("Super Game Boy cartridge", "sfc", true),
            rom("A part with a name that is longer than there is room for in a row of this dialog", "bin", false),
        ];
        let subsystem = Subsystem { ident: "sgb".into(), name: "Super Game Boy".into(), id: 1, roms };
        let mut chosen = SeveralFiles::new("/c/bsnes.so".into(), subsystem, Some("/home/ada/games/Tale.gb".into()));
        chosen.problem =
            Some("Super Game Boy also needs a file for Super Game Boy cartridge: one that ends in sfc.".into());
        with_dialog(Stage::default().with_recent(), Dialog::SeveralFiles(chosen))
    }),
    ("get-cores", || {
        with_dialog(Stage::default().with_recent().with_offers(), Dialog::GetCores(CoreSearch::default()))
    }),
    ("get-cores-failed", || {
        let mut stage = Stage::default().with_recent();
        let error = DownloadError::Unreachable { server: "buildbot.libretro.com".into(), cause: IoCause::TimedOut };
        stage.downloads.listing = Listing::Failed(error);
        with_dialog(stage, Dialog::GetCores(CoreSearch::default()))
    }),
    ("choose-game", || with_dialog(Stage::default().with_recent(), game_choice())),
    ("chinese-choose-game", || with_dialog(Stage::default().with_recent().chinese(), game_choice())),
    ("no-core", || with_dialog(Stage::default().with_recent(), Dialog::NoCore("/home/ada/games/disc.chd".into()))),
    ("connection", || with_connection(Stage::default().playing().with_guest())),
    ("connection-certificates", || with_certificates(Stage::default().playing().with_guest())),
    ("chinese-certificates", || with_certificates(Stage::default().playing().with_guest().chinese())),
    ("settings-site", || with_settings(Stage::default().playing(), |texts| texts.site)),
    ("settings-internet", || with_settings(Stage::default().playing(), |texts| texts.internet)),
    ("chinese-site", || with_settings(Stage::default().playing().chinese(), |texts| texts.site)),
    ("chinese-internet", || with_settings(Stage::default().playing().chinese(), |texts| texts.internet)),
    ("connection-local", || with_dialog(Stage::default().playing(), Dialog::Connection)),
    ("chinese-connection", || with_connection(Stage::default().playing().with_guest().chinese())),
    ("chinese-home", || Stage::default().with_recent().with_invite().chinese()),
    ("chinese-game", || Stage::default().playing().chinese()),
    ("chinese-wants", || Stage::default().playing().wanting(true, false, false).chinese()),
    ("chinese-takes", || Stage { full_screen: true, ..Stage::default().playing().wanting(true, true, true).chinese() }),
    ("chinese-notices", || {
        Stage::default()
            .playing()
            .chinese()
            .told(
                Level::Info,
                NoticeKind::recorded(vec!["/home/ann/Videos/Micro Mages.mp4".into()], Length { seconds: 754 }),
            )
            .told(Level::Error, NoticeKind::Crashed { crash: Crash::Memory { core: "Nestopia".into() } })
            .told(Level::Warning, NoticeKind::NoSound { why: SpeakerError::NoDevice })
    }),
    ("chinese-core-trust", || {
        let stage = with_dialog(Stage::default().playing().chinese(), Dialog::Options(String::new()));
        let heading = stage.texts.trust_title;
        stage.opening(heading)
    }),
    ("chinese-crash-report", || {
        let file = "/home/ada/.local/share/hotseat/crashes/2026-11-30 20.15.01 Nestopia.txt".into();
        let refusal = Refusal::Network { call: "socket".into() };
        Stage::default()
            .playing()
            .chinese()
            .told(Level::Info, NoticeKind::CrashReport { file })
            .told(Level::Info, NoticeKind::CoreRefused { core: "Nestopia".into(), refusal })
    }),
    ("chinese-room", || Stage::default().playing().busy().talking().chinese()),
    ("chinese-menu", || Stage::default().playing().busy().chinese().opening("Grace 的选项")),
    ("chinese-links", || with_links(Stage::default().playing().with_links().chinese())),
    ("chinese-code", || Stage::default().playing().with_code().chinese()),
    ("chinese-settings", || {
        let stage = Stage::default().playing().with_guest().chinese();
        let draft = SettingsDraft::of(&stage.settings);
        with_dialog(stage, Dialog::Settings(draft)).opening("键盘按键")
    }),
];

#[test]
fn every_screen_can_be_painted_at_every_size() {
    let folder = std::env::var_os("HOTSEAT_SCREENS").map(PathBuf::from);
    let only = std::env::var("HOTSEAT_SCREEN").unwrap_or_default();
    for (name, stage) in SCREENS.iter().filter(|(name, _)| name.contains(&only)) {
        for (width, height, scale) in SIZES {
            let stage = stage();
            let chat = stage.open_chat.then_some(stage.texts.chat);
            let scroll_to = stage.scroll_to.clone();
            let click: Vec<_> = stage.click.iter().copied().chain(chat).collect();
            let mut harness = stage.open_painted([width, height], scale);
            for name in click {
                harness.get_by_label(name).click();
                harness.run_steps(4);
            }
            if let Some(label) = scroll_to {
                harness.run_steps(4);
                harness.get_by_label(&label).scroll_to_me();
            }
            harness.run_steps(12);
            // Reactions are over the picture for a moment only.
            let later = std::mem::take(&mut harness.state_mut().later_chat);
            harness.state_mut().snapshot.chat.extend(later);
            harness.run_steps(4);
            let image = harness.render().unwrap();
            assert_eq!(image.dimensions(), ((width * scale) as u32, (height * scale) as u32));
            // Something is on it: a screen has its background, text and at least one accent.
            let colors: std::collections::BTreeSet<[u8; 4]> = image.pixels().map(|pixel| pixel.0).collect();
            assert!(colors.len() > 8, "{name} at {width}x{height} has {} colours", colors.len());
            if let Some(folder) = &folder {
                image.save(folder.join(format!("{name}-{width}x{height}@{scale}.png"))).unwrap();
            }
        }
    }
}
