//! Arguments and logging, then one of: the window, the headless host, the core process, a tool.

use clap::{Args, CommandFactory, Parser, Subcommand};
use hotseat::content::process::{self, Question};
use hotseat::content::stem as stem_of_content;
use hotseat::engine::{Config, Continuing, Game, Internet, InternetWords, RelayWords, ServerName};
#[cfg(feature = "window")]
use hotseat::gui;
use hotseat::library::Found;
use hotseat::library::catalog::CatalogConfig;
use hotseat::link::message::Bounds;
use hotseat::link::subsystem::SubsystemGame;
use hotseat::meet::{self, MeetConfig};
use hotseat::net::meeting::{BrokerAddress, BrokerAddressError, MeetingConfig};
use hotseat::net::tls::GivenCertificate;
use hotseat::net::tls::acme::{AcmeConfig, AcmeContact, AcmeDirectory, AcmeName, AcmeWords, AcmeWordsError, MAX_NAMES};
use hotseat::net::{
    IpNet, MAX_RELAYS, PublicAddress, PublicAddressError, Relay, RelayError, Site, parse_network, transport,
};
use hotseat::packet::Format;
use hotseat::room::InviteTerms;
use hotseat::settings::{Settings, TurnServer};
use hotseat::text::{Message, Spoken, Texts};
use hotseat::tools::CommandLineError;
use hotseat::{emulator, headless, library, libretro, sandbox, settings, tools};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Parser)]
#[command(
    name = "hotseat",
    version,
    about = "Play a retro game and hand friends the other controllers, in their browsers."
)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    open: Open,
}

#[derive(Args)]
struct Open {
    /// The game: a ROM, a disc image, a zip or 7z with one in it (GAME.zip#NAME for one of several), a folder. Without one, a core that is a game of its own, or the demo.
    content: Option<PathBuf>,
    /// The libretro core to run it with.
    #[arg(long, value_name = "PATH")]
    core: Option<PathBuf>,
}

/// A game of several files in one machine.
#[derive(Args)]
struct Several {
    /// Run several files together in a machine that the core calls so, such as sgb; a core that has none called so names those it has.
    #[arg(long, value_name = "NAME", requires = "core", requires = "content")]
    subsystem: Option<String>,
    /// The other files, in the order in which the machine takes them; - for one that is left out.
    #[arg(value_name = "FILE", requires = "subsystem")]
    more: Vec<PathBuf>,
}

impl Several {
    /// None where there is one file at most.
    fn read(self, open: &Open, bounds: &Bounds) -> Result<Option<SubsystemGame>, Failure> {
        let (Some(ident), Some(core)) = (self.subsystem, &open.core) else { return Ok(None) };
        let files = open.content.iter().cloned().chain(self.more);
        let files = files.map(|file| Some(file).filter(|file| file != Path::new("-"))).collect();
        Ok(Some(library::game_of_several(core, &ident, files, bounds)?))
    }
}

/// How the core process is held; without any of it, as the settings have it.
#[derive(Args)]
struct HoldArguments {
    /// Let the core do everything you may: read and write your files, use the network, start programs. For a core that you
    /// trust and that does not run otherwise. WORDS are: this core may do everything I may
    #[arg(long, value_name = "WORDS", value_parser = trust)]
    trust_core: Option<Trust>,
    /// End the core when it uses more memory, in megabytes; 0 for no limit.
    #[arg(long, value_name = "MB", value_parser = memory_mb)]
    core_memory: Option<u64>,
}

/// The words were said.
#[derive(Clone)]
struct Trust;

impl HoldArguments {
    fn read(&self, core: &Path, settings: &Settings) -> Bounds {
        let mut bounds = settings.bounds_of(core);
        bounds.confined &= self.trust_core.is_none();
        bounds.memory_mb = self.core_memory.unwrap_or(bounds.memory_mb);
        bounds
    }
}

fn trust(words: &str) -> Result<Trust, ArgumentError> {
    if words == Bounds::TRUST_WORDS { Ok(Trust) } else { Err(ArgumentError::NotTheWords) }
}

fn memory_mb(text: &str) -> Result<u64, ArgumentError> {
    match text.parse() {
        Ok(some) if some == 0 || some >= Bounds::LEAST_MEMORY_MB => Ok(some),
        _ => Err(ArgumentError::NoMemory),
    }
}

#[derive(Args)]
struct Listen {
    /// Where the page is served; port 0 picks a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    http: Option<SocketAddr>,
    /// Where the media travels; port 0 picks a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    udp: Option<SocketAddr>,
}

/// What may be used to reach friends beyond the local network; without any of it, nothing is.
#[derive(Args)]
struct InternetArguments {
    /// Use what the window's settings have.
    #[arg(long)]
    internet: bool,
    /// A message broker by which friends meet this host where it cannot be reached, such as wss://broker.example:8084/mqtt.
    #[arg(long, value_name = "URL", value_parser = broker, requires = "meeting_page")]
    broker: Vec<BrokerAddress>,
    /// The page that they open for that, as `hotseat page` writes it, on any server with https.
    #[arg(long, value_name = "URL", value_parser = public_address, requires = "broker")]
    meeting_page: Option<PublicAddress>,
    /// A server that tells this machine its public address (STUN).
    #[arg(long, value_name = "HOST:PORT", value_parser = server_name)]
    stun: Vec<ServerName>,
    /// Ask the router to lead guests here (PCP, NAT-PMP or UPnP).
    #[arg(long)]
    map_ports: bool,
    /// A relay (TURN) that guests may use where there is no other way, such as turn:relay.example:3478?transport=tcp.
    #[arg(long, value_name = "URL")]
    turn: Vec<String>,
    /// The account for it.
    #[arg(long, value_name = "NAME:PASSWORD", value_parser = account)]
    turn_user: Option<(String, String)>,
    /// In place of an account, the secret that time-limited ones are made of (coturn: static-auth-secret).
    #[arg(long, value_name = "SECRET", conflicts_with = "turn_user")]
    turn_secret: Option<String>,
}

fn account(text: &str) -> Result<(String, String), ArgumentError> {
    let (name, password) = text.split_once(':').ok_or(ArgumentError::NoAccount)?;
    Ok((name.into(), password.into()))
}

impl InternetArguments {
    fn read(self, settings: &Settings) -> Result<Internet, RelayError> {
        let mut internet = Internet::default();
        if self.internet {
            let words = InternetWords {
                wanted: settings.internet,
                page: &settings.meeting_page,
                brokers: &settings.brokers,
                stun: &settings.stun_servers,
                relays: settings.turn_servers.iter().map(relay_words).collect(),
                map_ports: settings.map_ports,
            };
            let (usual, wrong) = Internet::from_words(words);
            internet = usual;
            for what in wrong {
                tracing::warn!("settings: {what}");
            }
        }
        if let Some(page) = self.meeting_page {
            internet.meeting = Some(MeetingConfig { page, brokers: self.broker });
        }
        if !self.stun.is_empty() {
            internet.stun = self.stun;
        }
        let (username, password) = self.turn_user.unwrap_or_default();
        let secret = self.turn_secret.unwrap_or_default();
        for url in &self.turn {
            internet.relays.push(Relay::parse(url, &username, &password, &secret)?);
        }
        internet.relays.truncate(MAX_RELAYS);
        internet.map_ports |= self.map_ports;
        internet.wanted |= internet.map_ports
            || internet.meeting.is_some()
            || !internet.stun.is_empty()
            || !internet.relays.is_empty();
        Ok(internet)
    }
}

fn relay_words(TurnServer { url, username, password, secret }: &TurnServer) -> RelayWords<'_> {
    RelayWords { url, username, password, secret }
}

/// In place of a name: the address at which others see this machine.
const OWN_ADDRESS: &str = "auto";

#[derive(Args)]
struct AcmeArguments {
    /// Get a certificate for this name or public address of this machine, such as play.example or 203.0.113.9, and keep it
    /// young. Who gives this agrees to the terms of the server of certificates. Port 80 or 443 of the name has to lead to the
    /// port of the page. With `auto`, for the address at which others see this machine: the router is asked for it and to
    /// lead port 443 here, and the settings' servers (STUN) are asked where no other is named.
    #[arg(long = "acme", value_name = "NAME-OR-ADDRESS")]
    names: Vec<String>,
    /// The server of certificates (ACME); without this, Let's Encrypt.
    #[arg(long = "acme-directory", value_name = "URL", requires = "names")]
    directory: Option<AcmeDirectory>,
    /// Who vouches for that server, in PEM, if the system does not know them.
    #[arg(long = "acme-roots", value_name = "PATH", requires = "names")]
    roots: Option<PathBuf>,
    /// Where that server may write to you.
    #[arg(long = "acme-contact", value_name = "MAIL", requires = "names")]
    contact: Option<AcmeContact>,
}

impl AcmeArguments {
    /// With `usual`, what the settings have where nothing is named. Of `internet` more is used where that is how the address is
    /// found.
    fn read(
        self,
        usual: bool,
        settings: &Settings,
        internet: &mut Internet,
    ) -> Result<Option<AcmeConfig>, AcmeWordsError> {
        let config = match (self.names.is_empty(), usual && settings.internet) {
            (false, _) => Some(self.config()?),
            (true, true) => certificates(settings),
            (true, false) => None,
        };
        if config.as_ref().is_some_and(|config| config.own_address) {
            (internet.wanted, internet.map_ports) = (true, true);
            if internet.stun.is_empty() {
                internet.stun = settings.stun_servers.iter().filter_map(|text| ServerName::parse(text)).collect();
            }
        }
        Ok(config)
    }

    fn config(self) -> Result<AcmeConfig, AcmeWordsError> {
        let (own, names): (Vec<String>, Vec<String>) = self.names.into_iter().partition(|text| text == OWN_ADDRESS);
        let names = names.iter().map(|text| text.parse()).collect::<Result<Vec<AcmeName>, _>>()?;
        if names.len() > MAX_NAMES {
            return Err(AcmeWordsError::TooMany { most: MAX_NAMES });
        }
        let config = AcmeConfig::new(self.directory.unwrap_or_default(), names);
        Ok(AcmeConfig { own_address: !own.is_empty(), roots: self.roots, contact: self.contact, ..config })
    }
}

/// Those that the settings ask for.
fn certificates(settings: &Settings) -> Option<AcmeConfig> {
    let (config, wrong) = AcmeConfig::from_words(AcmeWords {
        names: &settings.acme_names,
        own_address: settings.acme_own_address,
        directory: &settings.acme_directory,
        contact: &settings.acme_contact,
    });
    for what in wrong {
        tracing::warn!("settings: {what}");
    }
    config
}

#[derive(Args)]
struct HostArguments {
    #[command(flatten)]
    open: Open,
    #[command(flatten)]
    several: Several,
    #[command(flatten)]
    listen: Listen,
    /// Set a core option.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    option: Vec<(String, String)>,
    #[command(flatten)]
    hold: HoldArguments,
    /// Stream in this video format only: h264, vp8, vp9, h264-444, vp9-444. Without it, the best for each browser.
    #[arg(long, value_name = "NAME", value_parser = codec)]
    codec: Option<Format>,
    /// Ask about each guest who opens the link: `{"command":"answer",...}` lets them in.
    #[arg(long)]
    approve: bool,
    /// A name under which guests reach this machine, beside its own: others are refused.
    #[arg(long, value_name = "NAME")]
    allow_name: Vec<String>,
    /// Where guests open the page by way of a server that leads here, such as https://play.example/.
    #[arg(long, value_name = "URL", value_parser = public_address)]
    public_address: Option<PublicAddress>,
    /// A certificate for https, with those that vouch for it, in PEM. Read again when it is renewed.
    #[arg(long, value_name = "PATH", requires = "private_key")]
    certificate: Option<PathBuf>,
    /// Its key, in PEM.
    #[arg(long, value_name = "PATH", requires = "certificate")]
    private_key: Option<PathBuf>,
    #[command(flatten)]
    acme: AcmeArguments,
    /// A server between guests and this machine whose X-Forwarded headers count, or a network of such (ADDR/BITS).
    /// Without one, those on this machine.
    #[arg(long, value_name = "ADDR", value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    #[command(flatten)]
    internet: InternetArguments,
    /// Go on where the game was left, if it was.
    #[arg(long = "continue")]
    continues: bool,
    /// One JSON object a line on standard output; commands, one JSON object a line, on standard input.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct DoctorArguments {
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    internet: InternetArguments,
    #[command(flatten)]
    acme: AcmeArguments,
    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct MeetArguments {
    /// Where it listens; port 0 picks a free one. Every network of this machine, port 8480, without it.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// A certificate for https, with those that vouch for it, in PEM. Read again when it is renewed.
    #[arg(long, value_name = "PATH", requires = "private_key")]
    certificate: Option<PathBuf>,
    /// Its key, in PEM.
    #[arg(long, value_name = "PATH", requires = "certificate")]
    private_key: Option<PathBuf>,
    /// Where browsers open it, if that is not the certificate's name: https://meet.example/, by a server that leads here.
    #[arg(long, value_name = "URL", value_parser = public_address)]
    public_address: Option<PublicAddress>,
    /// A server that tells browsers their public address.
    #[arg(long, value_name = "HOST:PORT")]
    stun: Vec<String>,
    /// A server between browsers and this machine whose X-Forwarded-For counts, or a network of such (ADDR/BITS). Without one,
    /// those on this machine.
    #[arg(long, value_name = "ADDR", value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    /// Who may read /metrics, or a network of such. This machine without it.
    #[arg(long, value_name = "ADDR", value_parser = network)]
    metrics_to: Vec<IpNet>,
    /// Hosts and guests at once.
    #[arg(long, value_name = "COUNT")]
    clients: Option<usize>,
    /// The same of one address.
    #[arg(long, value_name = "COUNT")]
    clients_per_address: Option<usize>,
}

#[derive(Args)]
struct CoresArguments {
    /// List those that can be fetched.
    #[arg(long, conflicts_with_all = ["install", "update"])]
    available: bool,
    /// Fetch a core, such as nestopia, try it and put it where cores are found; several may follow one another.
    #[arg(long, value_name = "NAME", num_args = 1.., conflicts_with = "update")]
    install: Vec<String>,
    /// Fetch those again of which there is another build.
    #[arg(long)]
    update: bool,
    /// Where they come from, in place of the settings' server or libretro's own.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// As JSON: one object, or one a line while cores are fetched.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct LibraryArguments {
    /// Look through these folders in place of the library's, and remember nothing of it.
    folder: Vec<PathBuf>,
    /// Look through the library's folders first; without it, what was found last is listed.
    #[arg(long)]
    scan: bool,
    /// Where lists of games (DAT) lie, in place of the settings' folder.
    #[arg(long, value_name = "FOLDER")]
    dats: Option<PathBuf>,
    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum What {
    /// Host a game without a window.
    Host(Box<HostArguments>),
    /// Run a core with no network and say what it did.
    Check {
        #[command(flatten)]
        open: Open,
        #[command(flatten)]
        several: Several,
        /// Set a core option.
        #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
        option: Vec<(String, String)>,
        #[command(flatten)]
        hold: HoldArguments,
        /// Frames to run, as fast as they go.
        #[arg(long, default_value_t = 600)]
        frames: u64,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List the cores found, or fetch others.
    Cores(CoresArguments),
    /// List the games of the library, or of some folders.
    Library(LibraryArguments),
    /// Say what stands between this machine and friends elsewhere, and what to do about it.
    Doctor(Box<DoctorArguments>),
    /// Write the page by which friends meet a host that cannot be reached, for any web server with https.
    Page {
        /// An empty folder, or one that was written like this before.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// A message broker to meet at, such as wss://broker.example:8084/mqtt; up to four. Those of the settings without it.
        #[arg(long, value_name = "URL", value_parser = broker)]
        broker: Vec<BrokerAddress>,
        /// A server that tells browsers their public address. Those of the settings without it; `none` for none.
        #[arg(long, value_name = "HOST:PORT")]
        stun: Vec<String>,
    },
    /// Be a meeting point: the page and a message broker, for hosts that cannot be reached and their friends.
    Meet(Box<MeetArguments>),
    /// Measure this program on this machine, each figure beside its budget.
    Bench {
        /// Which: latency, join, footprint, peers, inputs, viewers, crash, readback, pace, states, strangers, encode, switch, meet,
        /// sandbox, library, check, cycles, or all.
        name: String,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Write the manual and what shells complete, for a package.
    #[command(hide = true)]
    Manual {
        /// A folder.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
    /// Be a core process.
    #[command(name = emulator::SUBCOMMAND, hide = true)]
    CoreProcess,
    /// Try what a core process must not.
    #[command(name = sandbox::probe::SUBCOMMAND, hide = true)]
    SandboxProbe,
    /// Say which OpenGL cores get.
    #[command(name = emulator::GRAPHICS_SUBCOMMAND, hide = true)]
    GraphicsProbe,
    /// Look into an archive.
    #[command(name = process::SUBCOMMAND, hide = true)]
    ContentProcess {
        #[arg(value_parser = question)]
        question: Question,
        content: PathBuf,
    },
}

/// What is wrong with an argument; in English, as the parser's own words are.
#[derive(Debug, thiserror::Error)]
enum ArgumentError {
    #[error("write it as KEY=VALUE")]
    NotKeyValue,
    #[error("the video formats are {}", Format::ALL.map(Format::name).join(", "))]
    UnknownFormat,
    #[error("write it as NAME:PASSWORD")]
    NoAccount,
    #[error(
        "it would be able to read and write your files, use the network and start programs; if you want that, write: {}",
        Bounds::TRUST_WORDS
    )]
    NotTheWords,
    #[error("write 0 for no limit, or at least {} megabytes", Bounds::LEAST_MEMORY_MB)]
    NoMemory,
    #[error("write it as stun.example:3478")]
    NoServer,
    #[error("write it as 192.168.1.2 or 192.168.1.0/24")]
    NoNetwork,
    #[error("there is no such question")]
    NoQuestion,
}

fn key_value(text: &str) -> Result<(String, String), ArgumentError> {
    let (key, value) = text.split_once('=').ok_or(ArgumentError::NotKeyValue)?;
    Ok((key.into(), value.into()))
}

fn public_address(text: &str) -> Result<PublicAddress, PublicAddressError> {
    PublicAddress::parse(text)
}

fn server_name(text: &str) -> Result<ServerName, ArgumentError> {
    ServerName::parse(text).ok_or(ArgumentError::NoServer)
}

fn broker(text: &str) -> Result<BrokerAddress, BrokerAddressError> {
    BrokerAddress::parse(text)
}

fn network(text: &str) -> Result<IpNet, ArgumentError> {
    parse_network(text).ok_or(ArgumentError::NoNetwork)
}

fn question(name: &str) -> Result<Question, ArgumentError> {
    Question::from_name(name).ok_or(ArgumentError::NoQuestion)
}

fn codec(name: &str) -> Result<Format, ArgumentError> {
    Format::from_name(name).ok_or(ArgumentError::UnknownFormat)
}

/// What ends the program.
enum Failure {
    Message(Box<dyn Message>),
    /// Already in words.
    Words(String),
}

impl<M: Message + 'static> From<M> for Failure {
    fn from(message: M) -> Failure {
        Failure::Message(Box::new(message))
    }
}

impl Failure {
    fn text(&self, texts: &Texts) -> String {
        match self {
            Failure::Message(message) => message.text(texts),
            Failure::Words(words) => words.clone(),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.what {
        Some(What::CoreProcess) => return libretro::core_process(),
        Some(What::ContentProcess { question, content }) => {
            // They are opened by the host: nothing else can be read afterwards.
            let batch = (*question == Question::Games).then(|| process::receive(std::io::stdin())).and_then(Result::ok);
            sandbox::confine_to_reading(content);
            return process::main(*question, content, batch);
        }
        _ => {}
    }
    if let Some(What::SandboxProbe) = arguments.what {
        return sandbox::probe::main();
    }
    if let Some(What::GraphicsProbe) = arguments.what {
        return libretro::graphics_probe();
    }
    log();
    let settings = settings::path().map(|path| Settings::load(&path).0).unwrap_or_default();
    let texts = Spoken::from_choice(settings.language).texts();
    match run(arguments, &settings, texts) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.text(&texts));
            ExitCode::FAILURE
        }
    }
}

/// Logs go to standard error; `HOTSEAT_LOG` chooses what: levels by target, such as `info,str0m=debug`. What cores say is
/// left out unless asked for (`HOTSEAT_LOG=core=debug`): the sentence that ends a failed start has their last words anyway.
fn log() {
    let by_default = || {
        Targets::new()
            .with_default(LevelFilter::ERROR)
            .with_target("hotseat", LevelFilter::WARN)
            .with_target("core", LevelFilter::OFF)
    };
    let chosen = std::env::var("HOTSEAT_LOG").ok().and_then(|chosen| chosen.parse().ok());
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry().with(chosen.unwrap_or_else(by_default)).with(lines).init();
}

fn run(arguments: Arguments, settings: &Settings, texts: Texts) -> Result<(), Failure> {
    match arguments.what {
        #[cfg(not(feature = "window"))]
        None => Err(CommandLineError::NoWindow.into()),
        #[cfg(feature = "window")]
        None => gui::run(gui::Start {
            game: None,
            open: arguments.open.content,
            core: arguments.open.core,
            http: None,
            udp: None,
        })
        .map_err(Failure::Words),
        Some(What::Host(arguments)) => host(*arguments, settings, texts),
        Some(What::Check { open, several, option, hold, frames, json }) => {
            let core = open.core.clone().ok_or(CommandLineError::NoCoreToCheck)?;
            let bounds = hold.read(&core, settings);
            let several = several.read(&open, &bounds)?;
            let check = tools::Check {
                core,
                content: open.content,
                several,
                options: option,
                frames,
                system_dir: system_dir(settings),
                bounds,
                json,
            };
            print(&tools::check(&check, &texts)?)
        }
        Some(What::Cores(arguments)) => cores(&arguments, settings, &texts),
        Some(What::Library(arguments)) => games(arguments, settings, &texts),
        Some(What::Doctor(arguments)) => {
            let DoctorArguments { listen, internet, acme, json } = *arguments;
            let usual = internet.internet;
            let mut internet = internet.read(settings)?;
            let acme = acme.read(usual, settings, &mut internet)?;
            let config = Config { internet, acme, ..config(&listen, settings) };
            print(&headless::doctor(config, json, &texts)?)
        }
        Some(What::Page { out, broker, stun }) => page(out, broker, stun, settings, &texts),
        Some(What::Meet(arguments)) => run_meeting_point(*arguments, &texts),
        Some(What::Bench { name, json }) => {
            print(&tools::bench(&name, json).map_err(|error| Failure::Words(error.to_string()))?)
        }
        Some(What::Manual { out }) => tools::write_manual(Arguments::command(), &out)
            .map_err(|error| Failure::Words(format!("{}: {error}", out.display()))),
        Some(What::CoreProcess | What::SandboxProbe | What::GraphicsProbe | What::ContentProcess { .. }) => Ok(()),
    }
}

fn cores(arguments: &CoresArguments, settings: &Settings, texts: &Texts) -> Result<(), Failure> {
    let CoresArguments { available, install, update, server, json } = arguments;
    let server = server.as_ref().unwrap_or(&settings.core_server);
    let downloads = tools::CoreDownloads { server, json: *json, texts };
    if *available {
        return print(&downloads.available()?);
    }
    if install.is_empty() && !update {
        return print(&tools::cores(&settings.core_folders, &system_dir(settings), *json, texts));
    }
    downloads.install(install, &print_line).map_err(|error| match error {
        tools::InstallError::Download(error) => error.into(),
        tools::InstallError::Output(error) => error.into(),
    })
}

/// The games of the library.
fn games(arguments: LibraryArguments, settings: &Settings, texts: &Texts) -> Result<(), Failure> {
    let LibraryArguments { folder, scan, dats, json } = arguments;
    let usual_data = settings::data_dir().unwrap_or_else(|| ".".into());
    let dat_folder = dats.or_else(|| settings.library_dats.clone()).unwrap_or_else(|| usual_data.join("dats"));
    // The library's own database is about the library's own folders.
    let temporary = std::env::temp_dir().join(format!("hotseat-library-{}", std::process::id()));
    let (data_dir, folders, scan) = match folder.is_empty() {
        true => (usual_data, settings.library_folders.clone(), scan),
        false => {
            let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
            (temporary.clone(), folder.into_iter().map(absolute).collect(), true)
        }
    };
    let cores = library::find_cores(&settings.core_folders);
    let config = CatalogConfig { folders, dat_folder: Some(dat_folder), cores, ..CatalogConfig::new(data_dir) };
    let shown = std::io::stderr().is_terminal();
    let list = tools::library(config, scan, json, texts, &mut |done, of| {
        if shown {
            eprint!("\r{done}/{of}");
        }
    });
    if shown && scan {
        eprintln!();
    }
    // There is none unless folders were named.
    let _ = std::fs::remove_dir_all(temporary);
    print(&list)
}

/// A meeting point, until it is ended.
fn run_meeting_point(arguments: MeetArguments, texts: &Texts) -> Result<(), Failure> {
    sandbox::give_up_what_is_not_needed();
    let usual = MeetConfig::new();
    let or_usual = |given: Vec<IpNet>, usual: Vec<IpNet>| if given.is_empty() { usual } else { given };
    let config = MeetConfig {
        listen: arguments.listen.unwrap_or(usual.listen),
        certificate: GivenCertificate::of(arguments.certificate, arguments.private_key),
        public_address: arguments.public_address,
        stun: arguments.stun,
        trusted_proxies: or_usual(arguments.trusted_proxy, usual.trusted_proxies),
        metrics_to: or_usual(arguments.metrics_to, usual.metrics_to),
        clients: arguments.clients.unwrap_or(usual.clients),
        clients_per_address: arguments.clients_per_address.unwrap_or(usual.clients_per_address),
    };
    // Whoever closed standard output does not want to know.
    meet::run(config, |ready| drop(print(&ready.text(texts))))?;
    Ok(())
}

/// Hosts without a window.
fn host(arguments: HostArguments, settings: &Settings, texts: Texts) -> Result<(), Failure> {
    sandbox::give_up_what_is_not_needed();
    let HostArguments {
        open,
        several,
        listen,
        option,
        hold,
        codec,
        approve,
        allow_name,
        public_address,
        certificate,
        private_key,
        acme,
        trusted_proxy,
        internet,
        continues,
        json,
    } = arguments;
    let continuing = if continues { Continuing::Always } else { Continuing::Never };
    let bounds = |core: &Path| hold.read(core, settings);
    let together = match &open.core {
        Some(core) => several.read(&open, &bounds(core))?,
        None => None,
    };
    let mut game = match (together, &open.core) {
        (Some(together), Some(core)) => Game::of_several(core, together),
        (_, _) => choose(open, settings)?,
    };
    game.options = option;
    game.bounds = bounds(&game.core);
    game.options_typed = true;
    let invite = InviteTerms { approval: approve, ..InviteTerms::default() };
    let mut site = site(settings);
    site.names.extend(allow_name);
    site.public = public_address.or(site.public);
    if !trusted_proxy.is_empty() {
        site.trusted_proxies = trusted_proxy;
    }
    let usual = config(&listen, settings);
    let certificate = GivenCertificate::of(certificate, private_key).or_else(|| usual.certificate.clone());
    let with_settings = internet.internet;
    let mut internet = internet.read(settings)?;
    let acme = acme.read(with_settings, settings, &mut internet)?;
    let config = Config { continuing, codec, invite, site, certificate, acme, internet, ..usual };
    Ok(headless::run(config, game, json, texts)?)
}

fn page(
    out: PathBuf,
    mut brokers: Vec<BrokerAddress>,
    mut stun: Vec<String>,
    settings: &Settings,
    texts: &Texts,
) -> Result<(), Failure> {
    if brokers.is_empty() {
        brokers = settings.brokers.iter().filter_map(|text| BrokerAddress::parse(text).ok()).collect();
    }
    if stun.is_empty() {
        stun.clone_from(&settings.stun_servers);
    }
    stun.retain(|server| server != "none");
    let written = tools::export_page(&tools::PageExport { out, brokers, stun })?;
    print(&written.text(texts))
}

fn print(text: &str) -> Result<(), Failure> {
    Ok(print_line(text)?)
}

fn print_line(text: &str) -> Result<(), CommandLineError> {
    use std::io::Write;
    let printed = writeln!(std::io::stdout().lock(), "{text}");
    printed.map_err(|error| CommandLineError::OutputClosed { cause: error.into() })
}

fn data_dir() -> PathBuf {
    settings::data_dir().unwrap_or_else(|| PathBuf::from("hotseat-data"))
}

fn system_dir(settings: &Settings) -> PathBuf {
    settings.system_dir.clone().unwrap_or_else(|| data_dir().join("system"))
}

/// As the settings have it; what of them is no address is passed over, with a warning.
fn site(settings: &Settings) -> Site {
    let (site, wrong) = Site::from_words(&settings.allow_names, &settings.public_address, &settings.trusted_proxies);
    for what in wrong {
        tracing::warn!("settings: {what}");
    }
    site
}

/// Headless: asked for a port, it is that port or an error; not asked, the usual one if it is free.
fn config(listen: &Listen, settings: &Settings) -> Config {
    let usual = |port, protocol| transport::or_free(transport::any(port), protocol).0;
    Config {
        http: listen.http.unwrap_or_else(|| usual(settings.http_port, transport::Protocol::Tcp)),
        udp: listen.udp.unwrap_or_else(|| usual(settings.udp_port, transport::Protocol::Udp)),
        local: false,
        host_name: None,
        data_dir: data_dir(),
        system_dir: system_dir(settings),
        record_dir: settings::record_dir().unwrap_or_else(|| data_dir().join("recordings")),
        screenshot_dir: settings::screenshot_dir().unwrap_or_else(|| data_dir().join("screenshots")),
        language: Spoken::from_choice(settings.language),
        continuing: Continuing::Never,
        time: settings.time(),
        ahead: settings.ahead(),
        codec: None,
        invite: InviteTerms::default(),
        site: site(settings),
        certificate: GivenCertificate::of(settings.certificate.clone(), settings.private_key.clone()),
        acme: None,
        internet: Internet::default(),
    }
}

/// What to run: with no core, the one that takes the content; with neither, the demo.
fn choose(open: Open, settings: &Settings) -> Result<Game, Failure> {
    let (core, content) = match (open.core, open.content) {
        (Some(core), None) => (core, None),
        (Some(core), Some(content)) => {
            let content = content_for(&content, &library::describe_core(&core).extensions)?;
            (core, Some(content))
        }
        (None, None) => (library::demo_core().ok_or(CommandLineError::NoDemo)?, None),
        (None, Some(content)) => {
            let (core, content) = core_for(&content, settings)?;
            (core, Some(content))
        }
    };
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let title = match &content {
        Some(content) => stem_of_content(content).to_string_lossy().into_owned(),
        None if library::demo_core().as_ref() == Some(&core) => "Emberdash".into(),
        None => stem(&core).trim_start_matches("lib").trim_end_matches("_libretro").to_owned(),
    };
    Ok(Game {
        core,
        content,
        several: None,
        title,
        options: Vec::new(),
        bounds: Bounds::default(),
        options_typed: true,
    })
}

/// What a core that opens these endings gets: of a folder or an archive, the one game in it.
fn content_for(content: &Path, extensions: &[String]) -> Result<PathBuf, Failure> {
    let Some(inside) = library::Inside::look(content)? else {
        return Ok(library::handed_over(content, extensions));
    };
    match inside.find(extensions)? {
        Found::One(content) => Ok(content),
        Found::Several(games) => Err(inside.several(&games).into()),
    }
}

/// The core that the settings name for such content, or the first that opens it, and what that core gets.
fn core_for(content: &Path, settings: &Settings) -> Result<(PathBuf, PathBuf), Failure> {
    let cores = library::find_cores(&settings.core_folders);
    let mut game = content.to_owned();
    let whole = library::extension(content).and_then(|ending| settings.core_for.get(&ending));
    if let Some(inside) = library::Inside::look(content)?
        && !whole.is_some_and(|core| core.is_file() && inside.is_for(&library::describe_core(core).extensions))
    {
        game = match inside.find_for(&cores)? {
            Found::One(game) => game,
            Found::Several(games) => return Err(inside.several(&games).into()),
        };
    }
    if !game.is_dir() {
        library::check_content(&game)?;
    }
    let remembered = library::extension(&game).and_then(|ending| settings.core_for.get(&ending));
    if let Some(core) = remembered.filter(|core| core.is_file()) {
        let extensions = library::describe_core(core).extensions;
        return Ok((core.clone(), library::handed_over(&game, &extensions)));
    }
    let fitting = match game.is_dir() {
        true => cores.iter().filter(|core| core.takes_folders()).collect(),
        false => library::by_folder(library::cores_for_game(&cores, &game), &game),
    };
    match fitting.first() {
        Some(core) => Ok((core.path.clone(), library::handed_over(&game, &core.extensions))),
        None => Err(CommandLineError::NoCoreFor { content: content.to_owned() }.into()),
    }
}
