//! The window's content with made-up things to show, and what was asked for in it.

use eframe::egui_wgpu::RenderState;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use egui_kittest::{Harness, HarnessBuilder};
use hotseat::downloads::{DownloadError, Downloading, Listing, Offer, OfferState, Progress, Shown};
use hotseat::engine::*;
use hotseat::frame::Picture;
use hotseat::gui::input_capture::CaptureState;
use hotseat::gui::leds::Leds;
use hotseat::gui::library::GamePictures;
use hotseat::gui::local_players::{Device, Gamepad, LocalGuest, LocalPlayers};
use hotseat::gui::several::Machines;
use hotseat::gui::state_pictures::StatePictures;
use hotseat::gui::view::{Action, Model, PictureShape, Screen, View};
use hotseat::gui::{preview, theme};
use hotseat::input::Seat;
use hotseat::library::catalog::{self, CatalogShown, GameEntry, PlayRecord};
use hotseat::library::{CoreEntry, CoreNote};
use hotseat::room::{
    EMOJI, Emoji, Holder, InviteId, InviteTerms, JoinRequest, Member, PeerId, Permission, Permissions, RequestId,
    SeatGrant, SeatRequest,
};
use hotseat::session::protocol::{OnScreen, Presence, SeatInfo};
use hotseat::session::{ChatEvent, PeerStats};
use hotseat::settings::{Recent, Settings};
use hotseat::text::{Spoken, Texts};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Everything the view reads, and the actions it gave.
pub struct Stage {
    pub view: View,
    pub snapshot: Snapshot,
    pub settings: Settings,
    pub cores: Vec<CoreEntry>,
    pub machines: Machines,
    pub downloads: Shown,
    pub library: CatalogShown,
    pub game_pictures: GamePictures,
    /// Of games, to be put among them with the first painting.
    pub new_game_pictures: Vec<(PathBuf, egui::ColorImage)>,
    pub texts: Texts,
    pub picture: Option<PictureShape>,
    pub demo: bool,
    pub gamepads: Vec<Gamepad>,
    pub gamepad_error: Option<&'static str>,
    pub local_players: LocalPlayers,
    pub capture: CaptureState,
    pub leds: Leds,
    pub state_pictures: StatePictures,
    pub software_rendering: bool,
    pub full_screen: bool,
    pub actions: Vec<Action>,
    /// Names to click before a picture is made.
    pub click: Vec<&'static str>,
    /// Text that is scrolled to.
    pub scroll_to: Option<String>,
    /// The chat is opened before a picture is made.
    pub open_chat: bool,
    /// Added to the chat once the window is open.
    pub later_chat: Vec<ChatLine>,
    /// Paintings so far.
    pub painted: usize,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            view: View::default(),
            snapshot: Snapshot::default(),
            settings: settings(),
            machines: Machines::new(),
            cores: vec![
                core("Emberdash (demo)", "arena", &[], &[], true),
                core("FCEUmm", "fceumm", &["Nintendo Entertainment System"], &["nes", "fds"], false),
                core("Nestopia UE", "nestopia", &["Nintendo Entertainment System"], &["nes", "fds"], false),
                core("mGBA", "mgba", &["Game Boy", "Game Boy Color", "Game Boy Advance"], &["gb", "gbc", "gba"], false),
            ],
            downloads: Shown::default(),
            library: CatalogShown::default(),
            game_pictures: GamePictures::default(),
            new_game_pictures: Vec::new(),
            texts: Spoken::English.texts(),
            picture: None,
            demo: true,
            gamepads: Vec::new(),
            gamepad_error: None,
            local_players: LocalPlayers::default(),
            capture: CaptureState::default(),
            leds: Leds::default(),
            state_pictures: StatePictures::default(),
            software_rendering: false,
            full_screen: false,
            actions: Vec::new(),
            click: Vec::new(),
            scroll_to: None,
            open_chat: false,
            later_chat: Vec::new(),
            painted: 0,
        }
    }
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.host_name = "Ada".into();
    settings
}

impl eframe::App for Stage {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.painted += 1;
        for (path, image) in std::mem::take(&mut self.new_game_pictures) {
            self.game_pictures.put(ui.ctx(), path, Some(image));
        }
        self.state_pictures.follow(ui.ctx(), self.snapshot.game.as_ref().map(|game| &game.states));
        let model = Model {
            snapshot: &self.snapshot,
            settings: &self.settings,
            cores: &self.cores,
            machines: &self.machines,
            downloads: &self.downloads,
            library: &self.library,
            game_pictures: &self.game_pictures,
            texts: &self.texts,
            picture: self.picture,
            demo: self.demo,
            gamepads: &self.gamepads,
            gamepad_error: self.gamepad_error,
            local_players: &self.local_players,
            capture: self.capture,
            leds: &self.leds,
            state_pictures: &self.state_pictures,
            system_dir: Path::new("/home/ada/.local/share/hotseat/system"),
            software_rendering: self.software_rendering,
            full_screen: self.full_screen,
        };
        let actions = self.view.show(ui, &model);
        self.actions.extend(actions);
    }
}

impl Stage {
    /// With games opened before.
    pub fn with_recent(mut self) -> Self {
        for (title, file, core) in [
            ("Micro Mages", "Micro Mages.nes", "nestopia"),
            ("Anguna – Warriors of Virtue with a Rather Long Title", "anguna.gba", "mgba"),
            ("Tobu Tobu Girl", "tobu.gb", "mgba"),
            ("efp", "efp.nes", "fceumm"),
            ("Arena", "", "arena"),
        ] {
            self.settings.recent.push(Recent {
                content: (!file.is_empty()).then(|| format!("/home/ada/games/{file}").into()),
                core: format!("/cores/{core}_libretro.so").into(),
                title: title.into(),
                several: None,
            });
        }
        self
    }

    /// The library's screen with games of several machines, some of them favourites.
    pub fn with_library(mut self) -> Self {
        self.view.screen = Screen::Library;
        self.settings.library_folders = vec!["/home/ada/games".into()];
        let nes = "Nintendo - Nintendo Entertainment System";
        let games = [
            (
                "Anguna - Warriors of Virtue with a Rather Long Title (World)",
                "Nintendo - Game Boy Advance",
                "gba",
                None,
            ),
            ("Böse Überraschung (Germany)", nes, "nes", Some(2)),
            ("Micro Mages (World)", nes, "nes", Some(4)),
            ("Tale of Embers (USA) (Disc 1)", "Sony - PlayStation", "chd", Some(1)),
            ("Tobu Tobu Girl (World) (Rev 1)", "Nintendo - Game Boy", "gb", Some(1)),
            ("炎の物語 (Japan)", "Nintendo - Super Nintendo Entertainment System", "sfc", Some(2)),
        ];
        let hour_ago = SystemTime::now() - Duration::from_secs(3700);
        let hour_ago = hour_ago.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let entries = games.into_iter().enumerate().map(|(index, (name, system, ending, players))| {
            let parsed = catalog::parse_name(name);
            let path: PathBuf = format!("/home/ada/games/{name}.{ending}").into();
            let discs =
                if parsed.disc.is_some() { vec![path.clone(), path.with_file_name("2.chd")] } else { Vec::new() };
            GameEntry {
                path,
                discs,
                search: parsed.title.to_lowercase(),
                title: parsed.title,
                name: name.into(),
                system: system.into(),
                region: parsed.region,
                revision: parsed.revision,
                players,
                identity: String::new(),
                known: true,
                record: match index {
                    2 => PlayRecord { favourite: true, favourite_at: 0, last_played: hour_ago, played: 7_300 },
                    4 => PlayRecord { last_played: hour_ago - 90_000, played: 300, ..PlayRecord::default() },
                    _ => PlayRecord::default(),
                },
            }
        });
        let entries: Vec<GameEntry> = entries.collect();
        self.library.systems = Arc::new(catalog::systems(&entries));
        self.library.entries = Arc::new(entries);
        self.library.is_read = true;
        self
    }

    /// The same with so many more.
    pub fn with_many_games(mut self, more: usize) -> Self {
        let mut entries = self.library.entries.to_vec();
        entries.extend((0..more).map(|number| GameEntry {
            path: format!("/home/ada/games/{number}.nes").into(),
            title: format!("Zone {number}"),
            search: format!("zone {number}"),
            name: format!("Zone {number}"),
            system: "Nintendo - Nintendo Entertainment System".into(),
            ..GameEntry::default()
        }));
        self.library.entries = Arc::new(entries);
        self
    }

    /// A list of cores: one on its way, one that waits, one that did not come, and others.
    pub fn with_offers(mut self) -> Self {
        let offer = |id: &str, name: &str, systems: &[&str], extensions: &[&str], licence: Option<&str>, state| Offer {
            id: id.into(),
            name: name.into(),
            systems: systems.iter().map(|it| (*it).to_owned()).collect(),
            extensions: extensions.iter().map(|it| (*it).to_owned()).collect(),
            licence: licence.map(str::to_owned),
            note: None,
            date: "2026-11-20".into(),
            state,
        };
        let mut psx =
            offer("mednafen_psx", "Beetle PSX", &["PlayStation"], &["chd", "cue"], Some("GPLv2"), OfferState::New);
        psx.note = Some(CoreNote::MayNeedBios { files: "scph5500.bin, scph5501.bin, scph5502.bin".into() });
        let game_boys = ["Game Boy", "Game Boy Color", "Game Boy Advance"];
        self.downloads.listing = Listing::Here(Arc::new(vec![
            psx,
            offer("mgba", "mGBA", &game_boys, &["gba"], Some("MPLv2.0"), OfferState::Outdated),
            offer(
                "nestopia",
                "Nestopia UE",
                &["Nintendo Entertainment System"],
                &["nes"],
                Some("GPLv2"),
                OfferState::Installed,
            ),
            offer("snes9x", "Snes9x", &["Super Nintendo"], &["sfc"], Some("Non-commercial"), OfferState::New),
            offer("stella", "Stella", &["Atari 2600"], &["a26"], None, OfferState::New),
            offer("swanstation", "SwanStation", &["PlayStation"], &["chd"], Some("GPLv3"), OfferState::New),
        ]));
        let progress = Progress { bytes: 2_300_000, of: Some(8_900_000) };
        self.downloads.now = Some(Downloading { id: "snes9x".into(), progress: Some(progress) });
        self.downloads.waiting = ["stella".to_owned()].into();
        let file = "swanstation_libretro.so.zip".to_owned();
        self.downloads.failed = vec![("swanstation".into(), DownloadError::Damaged { file })];
        self
    }

    /// With states in some slots, most with a picture, and the moment at which the game was closed.
    pub fn with_states(mut self) -> Self {
        let folder = std::env::temp_dir().join(format!("hotseat-gui-states-{}", std::process::id()));
        let picture = test_picture();
        let path = folder.join("G.state.png");
        // Left behind for the system to tidy up: other tests may be reading it.
        hotseat::record::write_png(&path, picture.width, picture.height, &picture.pixels).expect("a picture");
        let game = self.snapshot.game.as_mut().expect("a game");
        let state = |minutes, previous| SavedState { picture: Some(path.clone()), ..saved_state(minutes, previous) };
        for (slot, minutes, previous) in [(0, 7, true), (1, 60 * 26, false), (2, 0, true), (6, 60 * 24 * 40, false)] {
            game.states.slots[slot] = Some(state(minutes, previous));
        }
        game.states.slots[9] = Some(saved_state(3, false));
        game.states.auto = Some(state(60 * 20, false));
        self
    }

    /// The host is asked whether to go on where the game was left.
    pub fn asked_to_continue(self) -> Self {
        let mut stage = self.with_states();
        stage.snapshot.game.as_mut().expect("a game").asks_to_continue = true;
        stage
    }

    /// An open room.
    pub fn with_invite(mut self) -> Self {
        let link = |address: &str| format!("http://{address}:8470/#k7Qm2xVb9TzRk7Qm2xVb9T");
        self.snapshot.invites = vec![InviteStatus {
            id: InviteId(1),
            links: vec![link("192.168.1.20"), link("10.8.0.3")],
            terms: InviteTerms::default(),
            by_guest: false,
            used: 0,
            ends: None,
            code: None,
        }];
        self
    }

    /// A running game with two others who play and one who watches.
    pub fn playing(mut self) -> Self {
        self = self.with_invite();
        self.snapshot.game = Some(game(GameState::Running));
        self.snapshot.seats = vec![
            seat(0, Some("Ada"), None),
            seat(1, Some("Grace"), Some(7)),
            seat(2, Some("Katherine Johnson of Hampton"), Some(8)),
            seat(3, None, None),
        ];
        self.snapshot.peers = vec![
            peer(7, "Grace", Some(1), Some(12), 2400, 0.0),
            peer(8, "Katherine Johnson of Hampton", Some(2), Some(148), 640, 0.042),
            peer(9, "Alan", None, None, 2380, 0.0),
        ];
        self.snapshot.speaker = Speaker::Playing("Built-in Audio".into());
        self.snapshot.stats = Stats {
            fps: 60.1,
            target_fps: 60.0988,
            width: 256,
            height: 240,
            latency_p50_ms: 2.4,
            latency_p99_ms: 4.9,
            kbit_s: 5420,
            ..Stats::default()
        };
        self.picture = Some(PictureShape { size: [256, 240], aspect: 4.0 / 3.0 });
        self
    }

    /// A room in which much happens: a guest waits, two share a seat, one is muted, one is away, one wants to play.
    pub fn busy(mut self) -> Self {
        let snapshot = &mut self.snapshot;
        let away = Holder { peer: Some(PeerId(5)), name: "Edsger".into(), away: true };
        snapshot.seats[2].holders.push(away);
        snapshot.seats[0].holders.push(Holder { peer: Some(PeerId(10)), name: "Barbara".into(), away: false });
        snapshot.peers.push(peer(10, "Barbara", Some(0), Some(31), 2400, 0.0));
        snapshot.peers[0].member.wants = Some(SeatRequest::Seat(Seat::ALL[3]));
        snapshot.peers[0].member.permissions = Permissions::default().with(Permission::Pause, true);
        snapshot.peers[1].member.muted = true;
        snapshot.peers[2].member.wants = Some(SeatRequest::Any);
        snapshot.activity = [Seat::ALL[1]].into_iter().collect();
        snapshot.banned = 2;
        let types = vec![(1, "RetroPad".to_owned()), (257, "Four Score".to_owned()), (260, "Zapper".to_owned())];
        let devices = vec![DeviceStatus { types, plugged: 1 }, DeviceStatus { types: Vec::new(), plugged: 1 }];
        if let Some(game) = &mut snapshot.game {
            game.devices = devices;
        }
        self.asking()
    }

    /// A guest waits for approval.
    pub fn asking(mut self) -> Self {
        let address: std::net::IpAddr = "192.168.1.77".parse().expect("an address");
        self.snapshot.requests =
            vec![JoinRequest { id: RequestId(4), name: "Dennis".into(), origin: address.into(), invite: InviteId(1) }];
        self
    }

    /// People say things, and the panel is open.
    pub fn talking(mut self) -> Self {
        let said = |peer: Option<u32>, name: &str, text: &str| ChatEvent::Said {
            peer: peer.map(PeerId),
            name: name.into(),
            text: text.into(),
        };
        let reaction = |name: &str, index: usize| {
            let emoji = Emoji::parse(EMOJI[index]).expect("one of them");
            ChatEvent::Reaction { peer: None, name: name.into(), emoji }
        };
        let events = [
            ChatEvent::Presence(Presence::Joined, "Grace".into()),
            said(Some(7), "Grace", "Hello! Who takes the left door?"),
            said(None, "Ada", "I do. Katherine, you have the key, wait for us at the top of the tower."),
            ChatEvent::Presence(Presence::Left, "Edsger".into()),
            reaction("Grace", 2),
        ];
        self.snapshot.chat = lines(0, events);
        let later = (0..EMOJI.len()).map(|index| reaction(["Grace", "Ada"][index % 2], index));
        self.later_chat = lines(5, later);
        self.open_chat = true;
        self
    }

    /// With one more thing to click before a picture is made.
    pub fn opening(mut self, name: &'static str) -> Self {
        self.click.push(name);
        self
    }

    /// The link has digits.
    pub fn with_code(mut self) -> Self {
        if self.snapshot.invites.is_empty() {
            self = self.with_invite();
        }
        let ends = hotseat::sync::now() + Duration::from_millis(581_900);
        self.snapshot.invites[0].code = Some(("123456".into(), ends));
        self
    }

    /// Links of several kinds.
    pub fn with_links(mut self) -> Self {
        let now = hotseat::sync::now();
        let permissions = Permissions::default().with(Permission::States, true);
        let terms = |grant| InviteTerms { grant, ..InviteTerms::default() };
        let kinds = [
            (InviteTerms { uses: Some(3), permissions, ..terms(SeatGrant::Seat(Seat::ALL[1])) }, 1, None),
            (InviteTerms { approval: true, ..terms(SeatGrant::Watch) }, 0, Some(now + Duration::from_secs(3500))),
        ];
        for (index, (terms, used, ends)) in kinds.into_iter().enumerate() {
            let first = &self.snapshot.invites[0];
            let invite = InviteStatus { id: InviteId(index as u32 + 2), terms, used, ends, ..first.clone() };
            self.snapshot.invites.push(invite);
        }
        self
    }

    /// Two gamepads, one of them a guest's, and a second player at the keyboard.
    pub fn with_guest(mut self) -> Self {
        let pad = |id, name: &str| Gamepad { id, name: name.into() };
        self.gamepads = vec![pad(0, "8BitDo SN30 Pro"), pad(3, "Wireless Controller")];
        self.local_players.guests.insert(Device::Pad(3), LocalGuest { seat: Seat::ALL[3], name: "Bob".into() });
        self.local_players.guests.insert(Device::SecondKeys, LocalGuest { seat: Seat::ALL[2], name: "Cleo".into() });
        self
    }

    /// The same in another state.
    pub fn in_state(mut self, state: GameState) -> Self {
        self.snapshot.game = Some(game(state));
        self
    }

    /// Paused by a guest.
    pub fn paused_by(self, name: &str) -> Self {
        let mut stage = self.in_state(GameState::Paused);
        stage.snapshot.game.as_mut().expect("a game").paused_by = Some(name.into());
        stage
    }

    /// With one more thing to tell.
    pub fn told(mut self, level: Level, kind: NoticeKind) -> Self {
        self.snapshot.notices.push(Notice { id: self.snapshot.notices.len() as u64, level, kind });
        self
    }

    /// The game takes the keyboard and the mouse, and its machine has three LEDs.
    pub fn wanting(mut self, keyboard: bool, mouse: bool, on: bool) -> Self {
        self.capture = CaptureState { keyboard, mouse, pointer: false, active: on };
        let game = self.snapshot.game.as_ref().map(|game| (&game.core, &game.content));
        self.leds.update(game, 0b111);
        self.leds.update(game, 0b101);
        self
    }

    /// In Chinese.
    pub fn chinese(mut self) -> Self {
        self.texts = Spoken::Chinese.texts();
        self
    }

    /// What the engine was asked for.
    pub fn commands(&self) -> Vec<Command> {
        let commands = self.actions.iter().filter_map(|action| match action {
            Action::Engine(command) => Some(command.clone()),
            _ => None,
        });
        commands.collect()
    }

    /// A window without a graphics card. A letter that the bundled fonts lack is a failure.
    pub fn open(self) -> Harness<'static, Self> {
        self.open_at([1100.0, 720.0])
    }

    /// The same at another size.
    pub fn open_at(self, size: [f32; 2]) -> Harness<'static, Self> {
        self.open_in(Harness::builder().with_size(size))
    }

    /// The same, where letters may be missing.
    pub fn open_with_any_font(self) -> Harness<'static, Self> {
        self.open_in(Harness::builder().with_size([1100.0, 720.0]).allow_missing_glyphs())
    }

    fn open_in(self, builder: HarnessBuilder<Self>) -> Harness<'static, Self> {
        let mut harness = builder.build_eframe(|context| {
            theme::install(&context.egui_ctx);
            self
        });
        harness.run_steps(2);
        harness
    }

    /// A window that can be made a picture of.
    pub fn open_painted(self, size: [f32; 2], pixels_per_point: f32) -> Harness<'static, Self> {
        let render_state = create_render_state(default_wgpu_setup(), Default::default());
        preview::upload(&render_state, &test_picture());
        self.open_with(render_state, size, pixels_per_point)
    }

    fn open_with(self, render_state: RenderState, size: [f32; 2], pixels_per_point: f32) -> Harness<'static, Self> {
        let mut harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels_per_point)
            .with_render_cursor(false)
            .renderer(WgpuTestRenderer::from_render_state(render_state))
            .build_eframe(|context| {
                theme::install(&context.egui_ctx);
                let fonts = egui_system_font_provider::SystemFontProvider::new().with_locale(Some("zh-CN"));
                context.egui_ctx.add_font_provider(std::sync::Arc::new(fonts));
                self
            });
        harness.run_steps(4);
        harness
    }
}

pub fn core(name: &str, id: &str, systems: &[&str], extensions: &[&str], bundled: bool) -> CoreEntry {
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    CoreEntry {
        path: format!("/cores/{id}_libretro.so").into(),
        name: name.into(),
        systems: own(systems),
        extensions: own(extensions),
        bundled,
        note: None,
        firmware: Vec::new(),
    }
}

pub fn game(state: GameState) -> GameStatus {
    let mut states = StateList::default();
    states.slots[0] = Some(saved_state(7, true));
    GameStatus {
        title: "Micro Mages".into(),
        core_name: "Nestopia 1.52".into(),
        core: "/cores/nestopia_libretro.so".into(),
        content: Some("/home/ada/games/Micro Mages.nes".into()),
        state,
        paused_by: None,
        flow: Flow::Normal,
        flow_by: None,
        can_rewind: true,
        ports: 4,
        devices: Vec::new(),
        wants: Wants::default(),
        options: vec![
            option("nestopia_palette", "Color palette", &["cxa2025as", "consumer", "canonical", "raw"], "consumer"),
            option(
                "nestopia_nospritelimit",
                "Remove the 8-sprites-per-scanline limit",
                &["disabled", "enabled"],
                "disabled",
            ),
            option("nestopia_overclock", "CPU speed", &["1x", "2x"], "1x"),
            option("nestopia_turbo_pulse", "Turbo pulse speed", &["2", "3", "4", "5"], "2"),
        ],
        layers: Arc::default(),
        discs: None,
        states,
        asks_to_continue: false,
        versions: Vec::new(),
        can_save_state: true,
        on_screen: OnScreen::default(),
    }
}

pub fn saved_state(minutes_ago: u64, has_previous: bool) -> SavedState {
    let time = SystemTime::now() - Duration::from_secs(60 * minutes_ago + 30);
    let time = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_millis() as u64);
    SavedState { time, bytes: 8192, picture: None, has_previous }
}

pub fn option(key: &str, label: &str, values: &[&str], value: &str) -> OptionInfo {
    OptionInfo {
        key: key.into(),
        label: label.into(),
        values: values.iter().map(|text| (*text).to_owned()).collect(),
        labels: values.iter().map(|text| (*text).to_owned()).collect(),
        value: value.into(),
        visible: true,
        ..OptionInfo::default()
    }
}

pub fn seat(index: usize, name: Option<&str>, peer: Option<u32>) -> SeatInfo {
    let holder = |name: &str| Holder { peer: peer.map(PeerId), name: name.to_owned(), away: false };
    let seat = Seat::ALL[index];
    SeatInfo { seat, device: "RetroPad".into(), holders: name.map(holder).into_iter().collect() }
}

pub fn peer(id: u32, name: &str, seat: Option<usize>, ms: Option<u64>, kbit_s: u32, loss: f32) -> PeerStatus {
    let id = PeerId(id);
    let member = Member {
        id,
        name: name.into(),
        seats: seat.map(|index| Seat::ALL[index]).into_iter().collect(),
        wants: None,
        muted: false,
        permissions: Permissions::default(),
        grant: SeatGrant::Any,
        invite: None,
    };
    let round_trip = ms.map(Duration::from_millis);
    PeerStatus { member, stats: Some(PeerStats { id, kbit_s, round_trip, loss, ..PeerStats::default() }) }
}

/// Lines of chat, numbered from one more than `before`.
pub fn lines(before: u64, events: impl IntoIterator<Item = ChatEvent>) -> Vec<ChatLine> {
    events.into_iter().zip(before + 1..).map(|(event, id)| ChatLine { id, event }).collect()
}

/// Pixel art of sorts, with single pixels, lines and flat colours, so that blurring and stretching show.
pub fn test_picture() -> Picture {
    let (width, height) = (256, 240);
    let color = |x: u32, y: u32| -> u32 {
        let checks = (x / 16 + y / 16).is_multiple_of(2);
        match () {
            _ if y > 200 => {
                if (x + y).is_multiple_of(2) {
                    0x30_60_30
                } else {
                    0x40_90_40
                }
            }
            _ if x.abs_diff(128).pow(2) + y.abs_diff(100).pow(2) < 1600 => 0xff_c0_40,
            _ if x == y || x + 1 == width || y == 0 || x == 0 => 0xff_ff_ff,
            _ if checks => 0x20_28_58,
            _ => 0x18_20_48,
        }
    };
    Picture {
        width,
        height,
        pixels: (0..height).flat_map(|y| (0..width).map(move |x| color(x, y))).collect(),
        aspect: 4.0 / 3.0,
        number: 1,
        captured: Duration::ZERO,
    }
}
