//! Which certificate a browser is shown.

use super::authority::{Authority, AuthorityError, provider};
use super::given::{GivenCertificate, GivenError};
use rustls::ServerConfig;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
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
    acceptor: Option<TlsAcceptor>,
}

#[derive(Debug, Default)]
struct Current(Mutex<Shown>);

#[derive(Debug, Default)]
struct Shown {
    given: Option<Arc<CertifiedKey>>,
    given_at: Option<[SystemTime; 2]>,
    local: Option<Arc<CertifiedKey>>,
    /// What the local one is for, and when it was made.
    local_for: Option<(Vec<IpAddr>, SystemTime)>,
}

/// How long a certificate of our own serves before another one is made: half of its time.
const RENEW_AFTER: std::time::Duration = std::time::Duration::from_secs(45 * 24 * 60 * 60);

impl Certificates {
    /// With why there is no authority, if there is none: a certificate that was given serves alone. What is wrong with that
    /// one [`Certificates::refresh`] says.
    pub fn open(config: TlsConfig, now: SystemTime) -> (Certificates, Option<AuthorityError>) {
        let (authority, problem) = match Authority::open(&config.folder, &config.names, now) {
            Ok(authority) => (Some(authority), None),
            Err(error) => (None, Some(error)),
        };
        (Certificates::new(config.given, config.names, authority), problem)
    }

    /// One that was given and no other. What is wrong with it [`Certificates::refresh`] says.
    pub fn given_only(given: GivenCertificate) -> Certificates {
        Certificates::new(Some(given), Vec::new(), None)
    }

    fn new(given: Option<GivenCertificate>, names: Vec<String>, authority: Option<Authority>) -> Certificates {
        let current = Arc::new(Current::default());
        let versions = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        // The provider has both versions; the library asks because others may have none.
        let acceptor = versions.map(|it| {
            let mut server = it.with_no_client_auth().with_cert_resolver(current.clone());
            server.alpn_protocols = vec![b"http/1.1".to_vec()];
            TlsAcceptor::from(Arc::new(server))
        });
        let certificates = Certificates { given, names, authority, current, acceptor: acceptor.ok() };
        // Links are made of its names at once.
        let _ = certificates.refresh_given();
        certificates
    }

    /// None where nothing could be shown to a browser.
    pub fn acceptor(&self) -> Option<&TlsAcceptor> {
        let shown = self.current.lock();
        self.acceptor.as_ref().filter(|_| shown.given.is_some() || shown.local.is_some())
    }

    /// That of the authority, for friends to add.
    pub fn authority(&self) -> Option<&CertificateDer<'static>> {
        self.authority.as_ref().map(Authority::certificate)
    }

    /// The names of the certificate that was given, the first one first.
    pub fn public_names(&self) -> Vec<String> {
        let Some(given) = self.current.lock().given.clone() else { return Vec::new() };
        let parsed = webpki::EndEntityCert::try_from(&given.cert[0]);
        // One for all names below a domain does not say which one leads here.
        parsed
            .map(|it| it.valid_dns_names().filter(|name| !name.contains('*')).map(str::to_owned).collect())
            .unwrap_or_default()
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

impl ResolvesServerCert for Current {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.lock().choose(hello.server_name())
    }
}

impl Shown {
    /// The one that was given where it is for this name, otherwise that for the local network: browsers name no address.
    fn choose(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        let fits = |key: &Arc<CertifiedKey>| name.is_some_and(|name| is_for(key, name));
        let given = self.given.as_ref();
        given.filter(|key| fits(key)).or(self.local.as_ref()).or(given).cloned()
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
        let (certificates, problem) = Certificates::open(config, SystemTime::now());
        assert_eq!(problem, None);
        certificates
    }

    fn chosen(certificates: &Certificates, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        certificates.current.lock().choose(name)
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
