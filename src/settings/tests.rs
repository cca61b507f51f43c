use super::*;

fn parse(text: &str) -> (Settings, Vec<SettingsWarning>) {
    Settings::from_table(text.parse().unwrap())
}

fn full() -> Settings {
    Settings {
        host_name: "Ada".into(),
        language: Language::Chinese,
        volume: 0.8,
        scaling: Scaling::Whole,
        aspect: Aspect::FourThirds,
        crop: Crop { top: 8, bottom: 7, left: 0, right: Crop::MOST },
        look: Look::Tube,
        continuing: Continuing::Always,
        fast_forward: 4,
        slow_motion: 4,
        rewind_mb: 128,
        run_ahead: 2,
        late_latch: false,
        pad_time_buttons: false,
        codec: Format::from_name("vp8"),
        stick_moves_dpad: false,
        keyboard: [[("a".to_owned(), "Space".to_owned())].into(), BTreeMap::new()],
        turbo: [BTreeSet::new(), ["b".to_owned()].into()],
        turbo_hz: 20,
        recent: vec![
            Recent {
                content: Some("/games/a \"b\".nes".into()),
                core: "/cores/nestopia_libretro.so".into(),
                title: "a \"b\"".into(),
                several: None,
            },
            Recent {
                content: Some("/games/a.gb".into()),
                core: "/cores/bsnes_libretro.so".into(),
                title: "a".into(),
                several: Some(RecentFiles {
                    subsystem: "sgb".into(),
                    paths: vec!["/games/a.gb".into(), PathBuf::new(), "/games/base.sfc".into()],
                }),
            },
            Recent { content: None, core: "/cores/arena_libretro.so".into(), title: "Arena".into(), several: None },
        ],
        core_for: [("nes".to_owned(), PathBuf::from("/cores/nestopia_libretro.so"))].into(),
        core_options: [("nestopia".to_owned(), [("a.b".to_owned(), "on".to_owned())].into())].into(),
        trusted_cores: [("nestopia".to_owned(), Bounds::TRUST_WORDS.to_owned())].into(),
        core_memory_mb: 512,
        core_folders: vec!["/more cores".into()],
        library_folders: vec!["/games".into()],
        library_pictures: Some("/pictures".into()),
        library_dats: Some("/dats".into()),
        library_look: LibraryLook::List,
        ask_before_joining: true,
        allow_names: vec!["arcade.example".into()],
        public_address: "https://play.example/".into(),
        trusted_proxies: vec!["10.0.0.0/8".into()],
        system_dir: Some("/bios".into()),
        certificate: Some("/tls/full.pem".into()),
        private_key: Some("/tls/key.pem".into()),
        acme_names: vec!["play.example".into()],
        acme_own_address: true,
        acme_directory: "https://ca.example/directory".into(),
        acme_contact: "me@mail.example".into(),
        internet: false,
        map_ports: true,
        stun_servers: vec!["stun.example:3478".into()],
        turn_servers: vec![TurnServer {
            url: "turn:relay.example".into(),
            secret: "s".into(),
            ..TurnServer::default()
        }],
        core_server: "https://cores.example".into(),
        meeting_page: "https://play.example/".into(),
        brokers: vec!["wss://broker.example/mqtt".into()],
        http_port: 1,
        udp_port: 0,
        window: [800.0, 600.5],
        unknown: Table::new(),
    }
}

#[test]
fn what_is_saved_is_read_back() {
    let (mut read, warnings) = parse(&full().to_toml());
    assert_eq!(warnings, Vec::new());
    read.unknown.clear();
    assert_eq!(read, full());
    assert!(full().to_toml().contains("volume = 0.8\n"));
}

#[test]
fn an_empty_file_is_the_defaults() {
    let (mut read, warnings) = parse("");
    read.unknown.clear();
    assert_eq!((read, warnings), (Settings::default(), Vec::new()));
}

#[test]
fn each_bad_value_is_one_warning_and_its_default_and_the_good_ones_stay() {
    let (read, warnings) = parse(
        "host_name = 7\nvolume = 1.5\nscaling = \"blurry\"\nlanguage = []\nhttp_port = 70000\nudp_port = -1\n\
         window = [10, 10]\nrecent = [3, {title = \"x\", core = \"c\"}]\ncore_for = {nes = 1, gb = \"g\"}\n\
         stick_moves_dpad = \"yes\"\ncore_folders = \"one\"\ncore_options = {a = {b = 1}}\nsystem_dir = \"/bios\"\n",
    );
    assert_eq!(warnings.len(), 12, "{warnings:#?}");
    assert_eq!(read.volume, 1.0);
    assert_eq!(read.http_port, DEFAULT_PORT);
    assert_eq!(read.window, [1100.0, 720.0]);
    assert_eq!(read.recent.len(), 1);
    assert_eq!(read.core_for.len(), 1);
    assert_eq!(read.system_dir, Some("/bios".into()));
    assert!(warnings.iter().any(|w| w.to_string()
        == "The setting scaling is \"blurry\", which is not one of sharp, whole; its default is used."));
}

#[test]
fn of_tables_and_lists_only_the_bad_entries_are_left_out() {
    let (read, warnings) = parse(
        "keyboard = {a = \"Space\", b = 1}\nkeyboard_2 = 7\nturbo = [\"a\", 2]\n\
         core_options = {nestopia = {x = \"on\", y = 3}}\n",
    );
    assert_eq!(read.keyboard[0], [("a".to_owned(), "Space".to_owned())].into());
    assert_eq!(read.keyboard[1], BTreeMap::new());
    assert_eq!(read.turbo[0], ["a".to_owned()].into());
    assert_eq!(read.core_options["nestopia"], [("x".to_owned(), "on".to_owned())].into());
    let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    warnings.sort();
    assert_eq!(
        warnings,
        [
            "The setting core_options.nestopia.y is 3, which is not a table of texts; its default is used.",
            "The setting keyboard.b is 1, which is not the name of a key; its default is used.",
            "The setting keyboard_2 is 7, which is not the name of a key; its default is used.",
            "The setting turbo is 2, which is not the name of a button; its default is used.",
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_does_not_cost_the_other_settings() {
    use std::os::unix::ffi::OsStrExt;
    let odd = PathBuf::from(std::ffi::OsStr::from_bytes(b"/cores/\xff"));
    let settings = Settings { core_folders: vec![odd.clone()], system_dir: Some(odd), ..full() };
    let (read, warnings) = parse(&settings.to_toml());
    assert_eq!((read.turbo_hz, warnings), (20, Vec::new()));
    assert_eq!(read.core_folders, [PathBuf::from("/cores/\u{fffd}")]);
}

#[test]
fn numbers_that_are_none_do_not_get_in() {
    for text in ["volume = nan", "volume = inf", "window = [nan, 700.0]", "volume = 1e300", "turbo_hz = 0"] {
        let (read, warnings) = parse(text);
        assert_eq!(warnings.len(), 1, "{text}");
        assert_eq!((read.volume, read.window, read.turbo_hz), (1.0, [1100.0, 720.0], TURBO_HZ));
    }
}

#[test]
fn keys_of_another_version_survive_a_save() {
    let (mut read, _) = parse("volume = 0.5\nfuture = 3\nday = 2030-01-02\n[later]\nx = [1, 2]\n");
    read.volume = 0.25;
    let again: Table = read.to_toml().parse().unwrap();
    assert_eq!(again["future"].as_integer(), Some(3));
    assert_eq!(again["day"].as_datetime().map(ToString::to_string).as_deref(), Some("2030-01-02"));
    assert_eq!(again["later"]["x"].as_array().unwrap().len(), 2);
    assert_eq!(again["volume"].as_float(), Some(0.25));
}

#[test]
fn a_damaged_file_is_kept_beside_and_the_defaults_are_used() {
    let folder = std::env::temp_dir().join(format!("hotseat-settings-{}", std::process::id()));
    let path = folder.join("settings.toml");
    write_atomically(&path, b"volume = = 3 \xff").unwrap();
    let (read, warnings) = Settings::load(&path);
    assert_eq!(read, Settings::default());
    assert_eq!(warnings.len(), 1);
    read.save(&path).unwrap();
    assert_eq!(fs::read(folder.join("settings.toml.bad")).unwrap(), b"volume = = 3 \xff");
    assert_eq!(Settings::load(&path).1, Vec::new());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_missing_file_is_no_warning() {
    let (read, warnings) = Settings::load(Path::new("/nowhere/settings.toml"));
    assert_eq!((read, warnings), (Settings::default(), Vec::new()));
}

#[test]
fn a_game_opened_again_moves_to_the_front_and_the_list_stays_short() {
    let game = |n: usize, core: &str| Recent {
        content: Some(format!("/{n}.nes").into()),
        core: core.into(),
        title: n.to_string(),
        several: None,
    };
    let mut settings = Settings::default();
    for n in 0..20 {
        settings.remember(game(n, "a"));
    }
    assert_eq!(settings.recent.len(), MOST_RECENT);
    settings.remember(game(15, "b"));
    assert_eq!(settings.recent.len(), MOST_RECENT);
    assert_eq!(settings.recent[0], game(15, "b"));
    assert_eq!(settings.recent.iter().filter(|g| g.title == "15").count(), 1);
}

#[test]
fn a_name_is_one_short_line() {
    assert_eq!(clean_name("  Ada\nLovelace  "), "AdaLovelace");
    assert_eq!(clean_name(&"x".repeat(99)).len(), room::MAX_NAME);
    assert!(!clean_name("\u{7}").is_empty());
}

#[test]
fn a_core_is_let_do_everything_by_the_whole_sentence_alone() {
    let core = Path::new("/cores/nestopia_libretro.so");
    let confined = |words: &str| {
        let trusted_cores = [("nestopia".to_owned(), words.to_owned())].into();
        Settings { trusted_cores, ..Settings::default() }.bounds_of(core).confined
    };
    assert!(!confined(Bounds::TRUST_WORDS));
    assert!(confined("") && confined("yes") && confined("This core may do everything I may"));
    let settings = full();
    assert!(settings.bounds_of(Path::new("/cores/mgba_libretro.so")).confined && !settings.bounds_of(core).confined);
}

#[test]
fn a_limit_for_memory_is_none_or_one_that_a_core_can_live_with() {
    for (written, read) in [("0", 0), ("64", 64), ("63", 4096), ("-1", 4096), ("99999999999", 4096)] {
        let (settings, warnings) = parse(&format!("core_memory_mb = {written}\n"));
        assert_eq!(
            (settings.core_memory_mb, warnings.is_empty()),
            (read, read == written.parse().unwrap_or(1)),
            "{written}"
        );
    }
}
