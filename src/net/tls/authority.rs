//! A certificate authority of this host's own, for friends in the same network: no public one vouches for addresses that only
//! mean something there.
//!
//! Its key never leaves the machine. Its certificate says itself that it vouches for local addresses and names and for nothing
//! else, so that a stolen key is of no use on any other site.

use crate::files::{write_atomically, write_private};
use crate::messages;
use crate::text::IoCause;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use x509_cert::der::Decode;
use x509_cert::ext::pkix::{self, name::GeneralName};

const CERTIFICATE: &str = "authority.crt";
const KEY: &str = "authority.key";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long friends need not do it again.
const AUTHORITY_DAYS: u32 = 10 * 365;
/// Apple takes 825 days at most from an authority that a person added, and browsers less and less from others.
const LEAF_DAYS: u32 = 90;
/// Clocks of friends are not all right.
const SLACK: Duration = DAY;
/// Networks whose addresses mean something in one place only: RFC 1918, RFC 6598 (VPNs use it), RFC 3927, loopback, RFC 4193.
const NETWORKS: [IpNet; 8] = [
    v4([10, 0, 0, 0], 8),
    v4([172, 16, 0, 0], 12),
    v4([192, 168, 0, 0], 16),
    v4([100, 64, 0, 0], 10),
    v4([169, 254, 0, 0], 16),
    v4([127, 0, 0, 0], 8),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7)),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
];
/// A name that every machine has.
const LOCALHOST: &str = "localhost";

const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits))
}

messages! {
    /// Why there is no authority for the local network.
    pub enum AuthorityError in authority {
        not_kept => NotKept { folder: PathBuf, cause: IoCause },
        /// The library's words.
        not_made => NotMade { problem: String },
    }
}

fn not_made(problem: impl ToString) -> AuthorityError {
    AuthorityError::NotMade { problem: problem.to_string() }
}

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    /// Those that its certificate lets it vouch for: they stay as they were when it was made.
    names: Vec<String>,
}

impl Authority {
    /// That of the last run, or a new one where there is none, or none that still serves. `names` are those of this machine.
    pub fn open(folder: &Path, names: &[String], now: SystemTime) -> Result<Authority, AuthorityError> {
        match Authority::read(folder) {
            Some(authority) if authority.serves(now) => Ok(authority),
            _ => Authority::make(folder, names, now),
        }
    }

    fn read(folder: &Path) -> Option<Authority> {
        let key = KeyPair::from_pem(&fs::read_to_string(folder.join(KEY)).ok()?).ok()?;
        let certificate = CertificateDer::from_pem_file(folder.join(CERTIFICATE)).ok()?;
        Some(Authority::new(key, certificate))
    }

    fn new(key: KeyPair, certificate: CertificateDer<'static>) -> Authority {
        let (params, names) = (params(&key), permitted_names(&certificate));
        Authority { issuer: Issuer::new(params, key), certificate, names }
    }

    fn make(folder: &Path, names: &[String], now: SystemTime) -> Result<Authority, AuthorityError> {
        let key = KeyPair::generate().map_err(not_made)?;
        let mut params = params(&key);
        lasting(&mut params, now, AUTHORITY_DAYS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints =
            Some(NameConstraints { permitted_subtrees: permitted(names), excluded_subtrees: Vec::new() });
        let certificate = params.self_signed(&key).map_err(not_made)?;
        let kept = |error: std::io::Error| AuthorityError::NotKept { folder: folder.into(), cause: error.into() };
        // The key first: a certificate without its key would be handed out and never serve.
        write_private(&folder.join(KEY), key.serialize_pem().as_bytes()).map_err(kept)?;
        write_atomically(&folder.join(CERTIFICATE), certificate.pem().as_bytes()).map_err(kept)?;
        Ok(Authority::new(key, certificate.der().clone()))
    }

    /// For friends to add, in the form that systems open (DER).
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Whether a browser that has it believes what it says now.
    fn serves(&self, now: SystemTime) -> bool {
        let local = [IpAddr::from([127, 0, 0, 1])];
        let Ok(leaf) = self.issue(&[], &local, now) else { return false };
        self.lasts(now + LEAF_DAYS * DAY) && self.verifies(&leaf, &ServerName::from(local[0]), now)
    }

    /// The library does not look at the time of what is trusted; browsers do.
    fn lasts(&self, until: SystemTime) -> bool {
        let certificate = x509_cert::Certificate::from_der(&self.certificate);
        certificate.is_ok_and(|it| it.tbs_certificate().validity().not_after.to_system_time() > until)
    }

    fn verifies(&self, leaf: &CertifiedKey, name: &ServerName<'_>, now: SystemTime) -> bool {
        let mut roots = RootCertStore::empty();
        let added = roots.add(self.certificate.clone()).is_ok();
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider()).build();
        let now = UnixTime::since_unix_epoch(now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
        added && verifier.is_ok_and(|it| it.verify_server_cert(&leaf.cert[0], &leaf.cert[1..], name, &[], now).is_ok())
    }

    /// A certificate for those of these names and addresses that it may vouch for. One name too many, and browsers would
    /// believe nothing of it.
    pub fn issue(
        &self,
        names: &[String],
        addresses: &[IpAddr],
        now: SystemTime,
    ) -> Result<CertifiedKey, AuthorityError> {
        let key = KeyPair::generate().map_err(not_made)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = name("Hotseat");
        lasting(&mut params, now, LEAF_DAYS);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let own = names.iter().map(String::as_str).chain([LOCALHOST]);
        let own = own.filter(|name| self.names.iter().any(|known| known.eq_ignore_ascii_case(name)));
        let names = own.filter_map(|name| Some(SanType::DnsName(name.try_into().ok()?)));
        let addresses = addresses.iter().filter(|it| is_local(**it)).map(|it| SanType::IpAddress(*it));
        params.subject_alt_names = names.chain(addresses).collect();
        let leaf = params.signed_by(&key, &self.issuer).map_err(not_made)?;
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        CertifiedKey::from_der(vec![leaf.der().clone()], private, &provider()).map_err(not_made)
    }
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Named after its key: read again, it has the same name without a look into the certificate.
fn params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    let id = params.key_identifier(key);
    let digits: String = id.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    params.distinguished_name = name(&format!("Hotseat, local network only ({digits})"));
    params
}

fn name(text: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, text);
    name
}

fn lasting(params: &mut CertificateParams, now: SystemTime, days: u32) {
    params.not_before = (now - SLACK).into();
    params.not_after = (now + days * DAY).into();
}

fn permitted(names: &[String]) -> Vec<GeneralSubtree> {
    let names = names.iter().map(String::as_str).chain([LOCALHOST]).map(|name| GeneralSubtree::DnsName(name.into()));
    let networks = NETWORKS.map(|net| CidrSubnet::from_addr_prefix(net.addr(), net.prefix_len()));
    names.chain(networks.map(GeneralSubtree::IpAddress)).collect()
}

/// The names of the name constraints.
fn permitted_names(certificate: &CertificateDer<'_>) -> Vec<String> {
    let Ok(certificate) = x509_cert::Certificate::from_der(certificate) else { return Vec::new() };
    let constraints = certificate.tbs_certificate().get_extension::<pkix::NameConstraints>();
    let subtrees = constraints.ok().flatten().and_then(|(_, it)| it.permitted_subtrees).unwrap_or_default();
    let name = |subtree: pkix::constraints::name::GeneralSubtree| match subtree.base {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        _ => None,
    };
    subtrees.into_iter().filter_map(name).collect()
}

/// Whether an address means something in one place only.
pub(super) fn is_local(address: IpAddr) -> bool {
    NETWORKS.iter().any(|net| net.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        vec!["pc".into(), "pc.local".into()]
    }

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("hotseat-authority-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn server(name: &str) -> ServerName<'static> {
        ServerName::try_from(name.to_owned()).expect("a name")
    }

    #[test]
    fn what_it_vouches_for_is_believed_by_those_who_have_it_and_it_stays_the_same() {
        let (folder, now) = (folder("same"), SystemTime::now());
        let first = Authority::open(&folder, &names(), now).expect("made");
        let again = Authority::open(&folder, &["other".into()], now + DAY).expect("read");
        assert_eq!(first.certificate(), again.certificate(), "friends need not add it again");
        let addresses =
            ["192.168.1.5", "fd00::5", "127.0.0.1", "::1", "100.90.1.2"].map(|it| it.parse().expect("an address"));
        let leaf = first.issue(&names(), &addresses, now).expect("issued");
        for name in ["pc", "pc.local", "192.168.1.5", "fd00::5", "127.0.0.1", "::1", "100.90.1.2"] {
            assert!(first.verifies(&leaf, &server(name), now), "{name}");
            assert!(!first.verifies(&leaf, &server(name), now + 100 * DAY), "{name}");
        }
        assert!(!first.verifies(&leaf, &server("192.168.1.6"), now));
        let _ = fs::remove_dir_all(&folder);
    }

    #[test]
    fn a_machine_with_another_name_is_still_believed_at_its_addresses() {
        let (folder, now) = (folder("renamed"), SystemTime::now());
        Authority::open(&folder, &names(), now).expect("made");
        let later: Vec<String> = ["laptop", "laptop.lan", "PC", "laptop.tail.example"].map(String::from).into();
        let again = Authority::open(&folder, &later, now).expect("read");
        let leaf = again.issue(&later, &[[10, 0, 0, 5].into()], now).expect("issued");
        for name in ["10.0.0.5", "pc", "localhost"] {
            assert!(again.verifies(&leaf, &server(name), now), "{name}");
        }
        assert!(!again.verifies(&leaf, &server("laptop.lan"), now), "that is not what friends agreed to");
        let _ = fs::remove_dir_all(&folder);
    }

    #[test]
    fn nothing_else_is_vouched_for_even_with_its_key() {
        let (folder, now) = (folder("else"), SystemTime::now());
        let authority = Authority::open(&folder, &names(), now).expect("made");
        let public: IpAddr = "203.0.113.9".parse().expect("an address");
        let leaf = authority.issue(&["bank.example".into()], &[public, [10, 0, 0, 1].into()], now).expect("issued");
        assert!(authority.verifies(&leaf, &server("10.0.0.1"), now), "what it may is there");
        assert!(!authority.verifies(&leaf, &server("bank.example"), now));
        // A thief does not ask what it may.
        let mut params = CertificateParams::new(vec!["bank.example".to_owned()]).expect("params");
        lasting(&mut params, now, 10);
        let key = KeyPair::generate().expect("a key");
        let forged = params.signed_by(&key, &authority.issuer).expect("signed");
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let forged = CertifiedKey::from_der(vec![forged.der().clone()], private, &provider()).expect("a pair");
        assert!(!authority.verifies(&forged, &server("bank.example"), now));
        let _ = fs::remove_dir_all(&folder);
    }

    #[test]
    fn damaged_files_or_one_that_has_ended_make_a_new_one_and_a_folder_that_cannot_be_written_is_named() {
        let (folder, now) = (folder("damaged"), SystemTime::now());
        let first = Authority::open(&folder, &names(), now).expect("made").certificate().clone();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.join(KEY)).expect("a key").permissions().mode();
            assert_eq!(mode & 0o077, 0, "nobody else reads the key");
        }
        let late = Authority::open(&folder, &names(), now + (AUTHORITY_DAYS + 1) * DAY).expect("made anew");
        assert_ne!(late.certificate(), &first);
        for file in [CERTIFICATE, KEY] {
            let before = Authority::open(&folder, &names(), now).expect("read").certificate().clone();
            fs::write(folder.join(file), "nonsense").expect("written");
            assert_ne!(Authority::open(&folder, &names(), now).expect("made anew").certificate(), &before, "{file}");
        }
        let _ = fs::remove_dir_all(&folder);
        let nowhere = Path::new("/proc/hotseat");
        assert!(matches!(Authority::open(nowhere, &names(), now), Err(AuthorityError::NotKept { .. })));
    }
}
