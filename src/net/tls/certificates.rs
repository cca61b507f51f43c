//! Which certificate a browser is shown.

use super::acme::{AcmeName, CHALLENGE_ALPN, Challenges};
use super::authority::{Authority, AuthorityError, is_local, provider};
use super::given::{GivenCertificate, GivenError};
use rustls::ServerConfig;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tokio_rustls::TlsAcceptor;

/// What TLS starts from.
#[derive(Debug, Clone)]
pub struct TlsConfig {
    /// Where the authority of the local network is kept.
    pub folder: PathBuf,
    /// The names of this machine.
    pub names: Vec<String>,
    /// One that the person at the host has.
    pub given: Option<GivenCertificate>,
}

/// Certificates of this host, as they are now.
pub struct Certificates {
    given: Option<GivenCertificate>,
    /// Names that leaves are made for.
    names: Vec<String>,
    authority: Option<Authority>,
    current: Arc<Current>,
    challenges: Arc<Challenges>,
    clock: fn() -> SystemTime,
    server: Option<ServerConfig>,
}

#[derive(Debug, Default)]
struct Current(Mutex<Shown>);

/// Where a connection comes from, and to which address of this machine: browsers name no address.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    pub remote: IpAddr,
    pub local: IpAddr,
    /// It comes from the router itself, which stands there for somebody near who opened the public address.
    pub by_router: bool,
}

/// Chooses for one connection.
#[derive(Debug)]
struct Chooser {
    current: Arc<Current>,
    challenges: Arc<Challenges>,
    ends: Ends,
    clock: fn() -> SystemTime,
}

#[derive(Debug, Default)]
struct Shown {
    given: Option<Arc<CertifiedKey>>,
    given_at: Option<[SystemTime; 2]>,
    /// Those that a server of certificates made.
    public: BTreeMap<AcmeName, Public>,
    local: Option<Arc<CertifiedKey>>,
    /// What the local one is for, and when it was made.
    local_for: Option<(Vec<IpAddr>, SystemTime)>,
}

/// One that a server of certificates made.
#[derive(Debug, Clone)]
pub(super) struct Public {
    pub key: Arc<CertifiedKey>,
    /// Nobody is shown it any more from then on.
    pub until: SystemTime,
    /// At which the server found this host, as far as it is known.
    pub port: Option<u16>,
}

/// HTTP/2, as TLS calls it (RFC 9113, 3.2).
pub const HTTP2: &[u8] = b"h2";
/// What is spoken with browsers, the best one first.
const PROTOCOLS: [&[u8]; 2] = [HTTP2, b"http/1.1"];
/// How long a certificate of our own serves before another one is made: half of its time.
const RENEW_AFTER: std::time::Duration = std::time::Duration::from_secs(45 * 24 * 60 * 60);

impl Certificates {
    /// With why there is no authority, if there is none: a certificate that was given serves alone. What is wrong with that
    /// one [`Certificates::refresh`] says.
    pub fn open(config: TlsConfig, clock: fn() -> SystemTime) -> (Certificates, Option<AuthorityError>) {
        let (authority, problem) = match Authority::open(&config.folder, &config.names, clock()) {
            Ok(authority) => (Some(authority), None),
            Err(error) => (None, Some(error)),
        };
        (Certificates::new(config.given, config.names, authority, clock), problem)
    }

    /// One that was given and no other. What is wrong with it [`Certificates::refresh`] says.
    pub fn given_only(given: GivenCertificate, clock: fn() -> SystemTime) -> Certificates {
        Certificates::new(Some(given), Vec::new(), None, clock)
    }

    fn new(
        given: Option<GivenCertificate>,
        names: Vec<String>,
        authority: Option<Authority>,
        clock: fn() -> SystemTime,
    ) -> Certificates {
        let current = Arc::new(Current::default());
        let challenges = Arc::new(Challenges::default());
        let nowhere = Ends { remote: IpAddr::from([0; 4]), local: IpAddr::from([0; 4]), by_router: false };
        let chooser = Chooser { current: current.clone(), challenges: challenges.clone(), ends: nowhere, clock };
        let versions = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        // The provider has both versions; the library asks because others may have none.
        let server = versions.map(|it| {
            let mut server = it.with_no_client_auth().with_cert_resolver(Arc::new(chooser));
            server.alpn_protocols = PROTOCOLS.into_iter().chain([CHALLENGE_ALPN]).map(<[u8]>::to_vec).collect();
            server
        });
        let certificates = Certificates { given, names, authority, current, challenges, clock, server: server.ok() };
        // Links are made of its names at once.
        let _ = certificates.refresh_given();
        certificates
    }

    /// For one connection. None where nothing could be shown to anyone.
    pub fn acceptor(&self, ends: Ends) -> Option<TlsAcceptor> {
        let shown = self.current.lock();
        let any = shown.given.is_some() || shown.local.is_some() || !shown.public.is_empty();
        let server = self.server.as_ref().filter(|_| any || self.challenges.is_asked_by_tls())?;
        let (current, challenges) = (self.current.clone(), self.challenges.clone());
        // Sessions that browsers come back to are kept in what the copies share.
        let mut server = server.clone();
        server.cert_resolver = Arc::new(Chooser { current, challenges, ends, clock: self.clock });
        Some(TlsAcceptor::from(Arc::new(server)))
    }

    /// What is answered to a server of certificates.
    pub fn challenges(&self) -> &Arc<Challenges> {
        &self.challenges
    }

    /// The one that is shown for this name from now on, or none any more. Connections that are open stay.
    pub(super) fn set_public(&self, name: &AcmeName, certificate: Option<Public>) {
        let mut shown = self.current.lock();
        match certificate {
            Some(certificate) => shown.public.insert(name.clone(), certificate),
            None => shown.public.remove(name),
        };
    }

    /// Those of servers of certificates are not shown any more.
    pub fn clear_public(&self) {
        self.current.lock().public.clear();
    }

    pub(super) fn public(&self, name: &AcmeName) -> Option<Arc<CertifiedKey>> {
        self.current.lock().public.get(name).map(|it| it.key.clone())
    }

    /// That of the authority, for friends to add.
    pub fn authority(&self) -> Option<&CertificateDer<'static>> {
        self.authority.as_ref().map(Authority::certificate)
    }

    /// Names and addresses, as in a URL, for which there is a certificate that every browser believes: those of the one that
    /// was given, the first one first, and those of a server of certificates.
    pub fn public_names(&self) -> Vec<String> {
        self.public_places().into_iter().map(|(name, _)| name).collect()
    }

    /// The same, each with the port at which it is known to lead here.
    pub fn public_places(&self) -> Vec<(String, Option<u16>)> {
        let shown = self.current.lock();
        let given = shown.given.as_ref().and_then(|given| webpki::EndEntityCert::try_from(&given.cert[0]).ok());
        // One for all names below a domain does not say which one leads here.
        let given = given.iter().flat_map(|it| it.valid_dns_names().filter(|name| !name.contains('*')));
        let mut places: Vec<(String, Option<u16>)> = given.map(|name| (name.to_owned(), None)).collect();
        for (name, certificate) in &shown.public {
            let name = name.to_string();
            if places.iter().all(|(known, _)| *known != name) {
                places.push((name, certificate.port));
            }
        }
        places
    }

    /// Makes what is needed for these addresses of the machine, and renews what is old. Called from time to time.
    pub fn refresh(&self, addresses: &[IpAddr], now: SystemTime) -> Result<(), TlsProblem> {
        let given = self.refresh_given().map_err(TlsProblem::Given);
        self.refresh_local(addresses, now).map_err(TlsProblem::Authority).and(given)
    }

    fn refresh_given(&self) -> Result<(), GivenError> {
        let Some(given) = &self.given else { return Ok(()) };
        let written = given.written();
        if written.is_some() && self.current.lock().given_at == written {
            return Ok(());
        }
        // One that cannot be read leaves the old one: it is being replaced, perhaps.
        let loaded = given.load()?;
        let mut shown = self.current.lock();
        shown.given = Some(Arc::new(loaded));
        shown.given_at = written;
        Ok(())
    }

    fn refresh_local(&self, addresses: &[IpAddr], now: SystemTime) -> Result<(), AuthorityError> {
        let Some(authority) = &self.authority else { return Ok(()) };
        let fresh = |(known, at): &(Vec<IpAddr>, SystemTime)| {
            known == addresses && now.duration_since(*at).is_ok_and(|age| age < RENEW_AFTER)
        };
        if self.current.lock().local_for.as_ref().is_some_and(fresh) {
            return Ok(());
        }
        let leaf = authority.issue(&self.names, addresses, now)?;
        let mut shown = self.current.lock();
        shown.local = Some(Arc::new(leaf));
        shown.local_for = Some((addresses.to_vec(), now));
        Ok(())
    }
}

/// What is wrong with the certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsProblem {
    Authority(AuthorityError),
    Given(GivenError),
}

impl Current {
    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Chooser {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // And nothing else (RFC 8737, 3): what offers http, too, gets that.
        if hello.alpn().is_some_and(|protocols| protocols.eq([CHALLENGE_ALPN])) {
            return self.challenges.certificate(hello.server_name()?);
        }
        self.current.lock().choose(hello.server_name(), self.ends, (self.clock)())
    }
}

impl Shown {
    /// The one that was given where it is for this name, or that of a server of certificates; otherwise that for the local
    /// network.
    fn choose(&self, name: Option<&str>, ends: Ends, now: SystemTime) -> Option<Arc<CertifiedKey>> {
        let given = self.given.as_ref();
        let fits = match name {
            Some(name) => given.filter(|key| is_for(key, name)).or_else(|| self.named(name, now)),
            None => self.addressed(ends, now),
        };
        let any = || self.counting(now).next().map(|(_, key)| key);
        fits.or(self.local.as_ref()).or(given).or_else(any).cloned()
    }

    /// Those of a server of certificates that have not ended.
    fn counting(&self, now: SystemTime) -> impl Iterator<Item = (&AcmeName, &Arc<CertifiedKey>)> {
        self.public.iter().filter(move |(_, it)| it.until > now).map(|(name, it)| (name, &it.key))
    }

    fn named(&self, name: &str, now: SystemTime) -> Option<&Arc<CertifiedKey>> {
        let wanted = AcmeName::Dns(name.to_ascii_lowercase());
        self.counting(now).find(|(name, _)| **name == wanted).map(|(_, key)| key)
    }

    /// Browsers name no address. One that is this machine's own is known by the connection; one that a router has is the one
    /// that people far away came to.
    fn addressed(&self, ends: Ends, now: SystemTime) -> Option<&Arc<CertifiedKey>> {
        let is_near = is_local(ends.remote) && !ends.by_router;
        let own = self.counting(now).find(|(name, _)| **name == AcmeName::Ip(ends.local));
        let outer = || {
            self.counting(now).find(|(name, _)| match name {
                AcmeName::Ip(ip) => ip.is_ipv4() == ends.local.is_ipv4() && !is_near,
                AcmeName::Dns(_) => false,
            })
        };
        own.or_else(outer).map(|(_, key)| key)
    }
}

fn is_for(key: &CertifiedKey, name: &str) -> bool {
    let Ok(name) = ServerName::try_from(name) else { return false };
    ParsedCertificate::try_from(&key.cert[0]).is_ok_and(|it| verify_server_name(&it, &name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    /// A certificate of nobody's, in files.
    fn write_pair(folder: &Path, names: &[&str]) -> GivenCertificate {
        fs::create_dir_all(folder).expect("a folder");
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let certificate = CertificateParams::new(names).expect("params").self_signed(&key).expect("signed");
        let given = GivenCertificate { certificate: folder.join("full.pem"), key: folder.join("key.pem") };
        fs::write(&given.certificate, certificate.pem()).expect("written");
        fs::write(&given.key, key.serialize_pem()).expect("written");
        given
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("hotseat-certificates-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn open(folder: &Path, given: Option<GivenCertificate>) -> Certificates {
        let config = TlsConfig { folder: folder.join("tls"), names: vec!["pc".into()], given };
        let (certificates, problem) = Certificates::open(config, SystemTime::now);
        assert_eq!(problem, None);
        certificates
    }

    const NEAR: Ends = Ends { remote: v4([10, 0, 0, 9]), local: v4([10, 0, 0, 5]), by_router: false };

    const fn v4([a, b, c, d]: [u8; 4]) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::new(a, b, c, d))
    }

    fn chosen(certificates: &Certificates, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        certificates.current.lock().choose(name, NEAR, SystemTime::now())
    }

    #[test]
    fn a_name_has_its_certificate_and_everything_else_that_of_the_local_network() {
        let folder = folder("choice");
        let given = write_pair(&folder, &["play.example", "*.games.example"]);
        let certificates = open(&folder, Some(given));
        certificates.refresh(&[[10, 0, 0, 5].into()], SystemTime::now()).expect("made");
        let at = |name| chosen(&certificates, name).map(|it| it.cert[0].to_vec()).expect("one");
        let (public, local) = (at(Some("play.example")), at(None));
        assert_ne!(public, local);
        assert_eq!(at(Some("nes.games.example")), public);
        assert_eq!(at(Some("pc")), local);
        assert_eq!(at(Some("evil.example")), local);
        assert_eq!(certificates.public_names(), ["play.example"]);
        let _ = fs::remove_dir_all(&folder);
    }

    #[test]
    fn an_address_has_its_certificate_for_those_who_come_to_it_and_for_people_far_away() {
        let folder = folder("addresses");
        let certificates = open(&folder, None);
        certificates.refresh(&[v4([10, 0, 0, 5])], SystemTime::now()).expect("made");
        let now = SystemTime::now();
        let until = now + Duration::from_secs(60);
        let public = |text: &str| {
            let name: AcmeName = text.parse().expect("a name");
            let key = Arc::new(write_pair(&folder, &[text]).load().expect("a pair"));
            certificates.set_public(&name, Some(Public { key, until, port: None }));
            certificates.public(&name).map(|it| it.cert[0].to_vec())
        };
        let (near, far) = (NEAR, Ends { remote: v4([198, 51, 100, 7]), ..NEAR });
        let shown = |name, ends, now| certificates.current.lock().choose(name, ends, now).map(|it| it.cert[0].to_vec());
        let at = |name, ends| shown(name, ends, now);
        let local = at(None, near);
        let (address, other, name) = (public("203.0.113.9"), public("2001:db8::5"), public("play.example"));
        assert_eq!(at(None, near), local, "friends in the same network have the authority's");
        assert_eq!(at(None, far), address, "a router leads here");
        assert_eq!(at(None, Ends { by_router: true, ..near }), address, "it leads somebody near back");
        assert_eq!(at(None, Ends { local: v4([203, 0, 113, 9]), ..near }), address, "it is this machine's own");
        let six: IpAddr = "2001:db8::1".parse().expect("an address");
        assert_eq!(at(None, Ends { remote: six, local: six, ..near }), other);
        assert_eq!(at(Some("Play.example"), near), name);
        assert_eq!(shown(Some("play.example"), near, until), local, "it has ended");
        assert_eq!(shown(None, far, until), local, "it has ended");
        assert_eq!(at(Some("evil.example"), far), local);
        assert_eq!(certificates.public_names(), ["play.example", "203.0.113.9", "[2001:db8::5]"]);
        certificates.set_public(&"203.0.113.9".parse().expect("a name"), None);
        assert_eq!(at(None, far), local);
        let _ = fs::remove_dir_all(&folder);
    }

    #[test]
    fn a_certificate_is_made_anew_for_other_addresses_and_when_it_is_old() {
        let folder = folder("anew");
        let certificates = open(&folder, None);
        let now = SystemTime::now();
        let made = |addresses: &[IpAddr], at| {
            certificates.refresh(addresses, at).expect("made");
            chosen(&certificates, None).map(|it| it.cert[0].to_vec()).expect("one")
        };
        let (one, two) = ([[10, 0, 0, 5].into()], [[10, 0, 0, 6].into()]);
        let first = made(&one, now);
        assert_eq!(made(&one, now + Duration::from_secs(3600)), first);
        let second = made(&two, now);
        assert_ne!(second, first);
        assert_ne!(made(&two, now + RENEW_AFTER), second);
        let _ = fs::remove_dir_all(&folder);
    }

    #[test]
    fn what_is_wrong_with_files_is_said_and_better_ones_are_taken_while_running() {
        let folder = folder("files");
        let given = write_pair(&folder, &["play.example"]);
        let good = fs::read(&given.key).expect("a key");
        let problem =
            |given: &GivenCertificate| match open(&folder, Some(given.clone())).refresh(&[], SystemTime::now()) {
                Err(TlsProblem::Given(error)) => error,
                other => panic!("{other:?}"),
            };
        fs::write(&given.key, "nonsense").expect("written");
        assert_eq!(problem(&given), GivenError::NoKey { file: given.key.clone() });
        fs::write(&given.key, KeyPair::generate().expect("a key").serialize_pem()).expect("written");
        assert!(matches!(problem(&given), GivenError::Mismatch { .. }));
        let nowhere = GivenCertificate { certificate: folder.join("none.pem"), ..given.clone() };
        assert!(matches!(problem(&nowhere), GivenError::Unreadable { .. }));
        let empty = GivenCertificate { certificate: given.key.clone(), ..given.clone() };
        assert_eq!(problem(&empty), GivenError::NoCertificate { file: given.key.clone() });

        let certificates = open(&folder, Some(given.clone()));
        assert!(certificates.public_names().is_empty());
        fs::write(&given.key, good).expect("written");
        certificates.refresh(&[], SystemTime::now()).expect("read");
        assert_eq!(certificates.public_names(), ["play.example"]);
        // A broken renewal leaves what there is.
        let later = SystemTime::now() + Duration::from_secs(60);
        fs::write(&given.certificate, "nonsense").expect("written");
        fs::File::options().append(true).open(&given.certificate).and_then(|it| it.set_modified(later)).expect("dated");
        assert!(certificates.refresh(&[], SystemTime::now()).is_err());
        assert_eq!(certificates.public_names(), ["play.example"]);
        let _ = fs::remove_dir_all(&folder);
    }
}
