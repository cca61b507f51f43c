//! `hotseat meet`: a meeting point of one's own, the page and a message broker in one process.
//!
//! `packet` reads and writes MQTT, `topic` says what may be said where, `broker` decides who is told, `limits` who gets in;
//! `server` and `client` are the I/O around them. docs/protocol.md has what host and page say to each other by way of it, which
//! is sealed: the broker sees topics and lengths.

mod broker;
mod client;
mod limits;
mod metrics;
mod outbox;
mod packet;
mod server;
mod topic;

use crate::messages;
use crate::net::meeting::{BrokerAddress, BrokerAddressError, NoServer, page_config};
use crate::net::tls::{Certificates, GivenCertificate, GivenError, TlsProblem};
use crate::net::transport::{self, BindError};
use crate::net::{IpNet, MeetingPage, PublicAddress, PublicAddressError};
use crate::signals::{self, SignalError};
use crate::sync::SpawnError;
use crate::text::IoCause;
use axum::http::HeaderValue;
use limits::DoorLimits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use server::{BROKER_PATH, Server, ServerConfig};
use std::net::SocketAddr;
use std::sync::mpsc::sync_channel;
use std::time::SystemTime;

/// Where the meeting point is when nothing else is said.
pub const DEFAULT_PORT: u16 = 8480;
/// Files beside those of clients: connections for the page, and our own.
const OTHER_FILES: u64 = 4096;

/// What a meeting point is made of.
#[derive(Debug, Clone)]
pub struct MeetConfig {
    pub listen: SocketAddr,
    pub certificate: Option<GivenCertificate>,
    /// Where it is opened, if neither the certificate nor the address that is listened on says so.
    pub public_address: Option<PublicAddress>,
    /// Servers that tell browsers their public address (STUN), each as `HOST:PORT`.
    pub stun: Vec<String>,
    pub trusted_proxies: Vec<IpNet>,
    /// Who may see the figures.
    pub metrics_to: Vec<IpNet>,
    /// Clients, together and of one address.
    pub clients: usize,
    pub clients_per_address: usize,
}

impl MeetConfig {
    /// With what is usual.
    pub fn new() -> MeetConfig {
        let DoorLimits { clients, per_address, .. } = DoorLimits::default();
        let local = crate::net::Site::default().trusted_proxies;
        MeetConfig {
            listen: transport::any(DEFAULT_PORT),
            certificate: None,
            public_address: None,
            stun: Vec::new(),
            trusted_proxies: local.clone(),
            metrics_to: local,
            clients,
            clients_per_address: per_address,
        }
    }
}

impl Default for MeetConfig {
    fn default() -> MeetConfig {
        MeetConfig::new()
    }
}

messages! {
    /// Where the meeting point is.
    pub enum MeetReady in meet_ready {
        at => At { page: String, broker: String },
    }
}

messages! {
    /// Why there is no meeting point.
    pub enum MeetError in meet {
        bind => Bind { error: BindError },
        socket => Socket { cause: IoCause },
        thread => Thread { cause: SpawnError },
        signals => Signals { error: SignalError },
        certificate => Certificate { error: GivenError },
        /// Nothing says under which name it is reached.
        no_address => NoAddress,
        address => Address { error: PublicAddressError },
        broker => Broker { error: BrokerAddressError },
        stun => Stun { text: String },
    }
}

messages! {
    /// Why a request is refused.
    enum MeetRefusal in meet_http {
        no_such_page => NoSuchPage,
        no_mqtt => NoMqtt,
        full => Full,
        too_many => TooMany,
        too_quick => TooQuick,
    }
}

/// Runs until a signal ends it. `on_ready` is told where it is.
pub fn run(config: MeetConfig, on_ready: impl FnOnce(&MeetReady)) -> Result<(), MeetError> {
    let listener = transport::listen(config.listen).map_err(|error| MeetError::Bind { error })?;
    let local = listener.local_addr().map_err(|error| MeetError::Socket { cause: error.into() })?;
    let certificates = match config.certificate.clone() {
        Some(given) => Some(load(given)?),
        None => None,
    };
    let address = address(&config, certificates.as_ref(), local)?;
    let broker = broker_of(&address)?;
    let page = page_config(std::slice::from_ref(&broker), &config.stun);
    let page = page.map_err(|NoServer(text)| MeetError::Stun { text })?;
    let origin = broker.origin().to_owned();
    let limits = DoorLimits {
        clients: config.clients.min(file_limit(config.clients)),
        per_address: config.clients_per_address,
        ..DoorLimits::default()
    };
    let (stop, stopped) = sync_channel(1);
    // One: a second signal before the first is seen says the same.
    signals::on_end(move || {
        let _ = stop.try_send(());
    })
    .map_err(|error| MeetError::Signals { error })?;
    let server = ServerConfig {
        page: MeetingPage::new(std::slice::from_ref(&origin), page),
        address: address.clone(),
        policy: policy(&origin),
        certificates,
        trusted_proxies: config.trusted_proxies,
        metrics_to: config.metrics_to,
        limits,
    };
    let server = Server::start(&listener, server)?;
    drop(listener);
    on_ready(&MeetReady::At { page: address.to_string(), broker: broker.as_str().into() });
    // The other end is never dropped before the process is.
    let _ = stopped.recv();
    drop(server);
    Ok(())
}

fn load(given: GivenCertificate) -> Result<Certificates, MeetError> {
    let certificates = Certificates::given_only(given, SystemTime::now);
    match certificates.refresh(&[], SystemTime::now()) {
        Err(TlsProblem::Given(error)) => Err(MeetError::Certificate { error }),
        _ => Ok(certificates),
    }
}

/// Where browsers open the page: as was said, by the first name of the certificate, or on this machine.
fn address(
    config: &MeetConfig,
    certificates: Option<&Certificates>,
    local: SocketAddr,
) -> Result<PublicAddress, MeetError> {
    if let Some(address) = &config.public_address {
        return Ok(address.clone());
    }
    let text = match certificates {
        Some(certificates) => {
            let names = certificates.public_names();
            let name = names.first().ok_or(MeetError::NoAddress)?;
            if local.port() == 443 { format!("https://{name}/") } else { format!("https://{name}:{}/", local.port()) }
        }
        None if local.ip().is_loopback() => format!("http://{local}/"),
        None => return Err(MeetError::NoAddress),
    };
    PublicAddress::parse(&text).map_err(|error| MeetError::Address { error })
}

fn broker_of(page: &PublicAddress) -> Result<BrokerAddress, MeetError> {
    let page = page.to_string();
    // http becomes ws, https wss.
    let url = format!("ws{}{BROKER_PATH}", page.trim_start_matches("http"));
    BrokerAddress::parse(&url).map_err(|error| MeetError::Broker { error })
}

/// The page says the same itself, but for who may show it in a frame, which only a header can.
fn policy(broker: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {broker}; \
         media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Asks the system for as many open files as these clients take, and says for how many there are.
fn file_limit(clients: usize) -> usize {
    let wanted = u64::try_from(clients).unwrap_or(u64::MAX).saturating_add(OTHER_FILES);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < wanted) {
        let raised = limit.maximum.map_or(wanted, |most| most.min(wanted));
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum });
    }
    let now = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    // Half of what there is, where it is not enough for both.
    let fits = usize::try_from(now.saturating_sub(OTHER_FILES).max(now / 2)).unwrap_or(usize::MAX);
    if fits < clients {
        tracing::warn!("{fits} clients instead of {clients}: the system allows {now} open files (ulimit -n)");
    }
    fits
}
