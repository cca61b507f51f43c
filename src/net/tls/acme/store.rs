//! Account and certificates of earlier runs, in a folder for each server.

use super::error::AcmeError;
use super::name::{AcmeDirectory, AcmeName};
use super::schedule::Validity;
use crate::files::write_private;
use crate::net::tls::authority::provider;
use instant_acme::AccountCredentials;
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use x509_cert::der::Decode;

const ACCOUNT: &str = "account.json";
/// The longest file that is one of ours.
const MAX_FILE: u64 = 256 * 1024;
/// Certificates in a row, from ours to one that browsers have.
const MAX_CHAIN: usize = 10;

/// A certificate with its key, and from when to when it counts.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub key: Arc<CertifiedKey>,
    pub validity: Validity,
    /// At which the server found this host, as far as it is known.
    pub port: Option<u16>,
}

/// Before the port, in the file of a certificate: what stands outside of PEM's lines is passed over by all others (RFC 7468, 2).
const FOUND_AT: &str = "Found at port ";

/// From PEM, the key and the certificates in any order. None if it is not for `name`, or does not count now.
pub(super) fn read_certificate(pem: &[u8], name: &AcmeName, now: SystemTime) -> Option<Held> {
    let key = PrivateKeyDer::from_pem_slice(pem).ok()?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()?;
    let first = chain.first().filter(|_| chain.len() <= MAX_CHAIN)?;
    let validity = validity(first).filter(|it| it.until > now)?;
    verify_server_name(&ParsedCertificate::try_from(first).ok()?, &name.server_name()?).ok()?;
    let key = CertifiedKey::from_der(chain, key, &provider()).ok()?;
    let port = pem.strip_prefix(FOUND_AT.as_bytes()).and_then(|rest| {
        let digits = rest.split(|byte| *byte == b'\n').next()?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    });
    Some(Held { key: Arc::new(key), validity, port })
}

fn validity(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    let dates = certificate.tbs_certificate().validity();
    Some(Validity { from: dates.not_before.to_system_time(), until: dates.not_after.to_system_time() })
}

/// The files of one server.
pub(super) struct Store {
    folder: PathBuf,
    directory: AcmeDirectory,
}

impl Store {
    pub(super) fn new(below: &Path, directory: &AcmeDirectory) -> Store {
        Store { folder: below.join(directory.folder_name()), directory: directory.clone() }
    }

    /// Removes certificates that have ended: a machine has had many addresses, perhaps.
    pub(super) fn tidy(&self, now: SystemTime) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "pem"));
        for file in files {
            let certificate = CertificateDer::from_pem_file(&file).ok();
            if certificate.and_then(|it| validity(&it)).is_none_or(|it| it.until <= now) {
                let _ = fs::remove_file(file);
            }
        }
    }

    /// The certificate of an earlier run, if it counts.
    pub(super) fn certificate(&self, name: &AcmeName, now: SystemTime) -> Option<Held> {
        read_certificate(&self.read(&name.file_name())?, name, now)
    }

    /// With the port at which the server found this host.
    pub(super) fn keep_certificate(&self, name: &AcmeName, pem: &str, port: Option<u16>) -> Result<(), AcmeError> {
        let port = port.map(|port| format!("{FOUND_AT}{port}\n")).unwrap_or_default();
        self.write(&name.file_name(), format!("{port}{pem}").as_bytes())
    }

    /// None of another server's: the library goes where the file says.
    pub(super) fn account(&self) -> Option<AccountCredentials> {
        let account: serde_json::Value = serde_json::from_slice(&self.read(ACCOUNT)?).ok()?;
        let is_ours = account["directory"] == self.directory.as_str() && account.get("urls").is_none();
        serde_json::from_value(account).ok().filter(|_| is_ours)
    }

    pub(super) fn keep_account(&self, account: &AccountCredentials) -> Result<(), AcmeError> {
        let json = serde_json::to_vec(account).map_err(AcmeError::not_made)?;
        self.write(ACCOUNT, &json)
    }

    /// The server does not know it any more.
    pub(super) fn forget_account(&self) {
        let _ = fs::remove_file(self.folder.join(ACCOUNT));
    }

    fn read(&self, file: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(self.folder.join(file)).ok()?.take(MAX_FILE).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Both hold keys.
    fn write(&self, file: &str, bytes: &[u8]) -> Result<(), AcmeError> {
        let kept = |error: io::Error| AcmeError::NotKept { folder: self.folder.clone(), cause: error.into() };
        write_private(&self.folder.join(file), bytes).map_err(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};
    use std::time::Duration;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn pem(name: &str, from: SystemTime, until: SystemTime) -> String {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("params");
        params.distinguished_name.push(DnType::CommonName, "other.example");
        (params.not_before, params.not_after) = (from.into(), until.into());
        format!("{}{}", key.serialize_pem(), params.self_signed(&key).expect("signed").pem())
    }

    fn name(text: &str) -> AcmeName {
        text.parse().expect("a name")
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("hotseat-acme-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_certificate_is_taken_for_its_name_and_time_with_its_own_key() {
        let now = SystemTime::now();
        for text in ["203.0.113.9", "2001:db8::5", "play.example"] {
            let good = pem(text, now - DAY, now + DAY);
            let held = read_certificate(good.as_bytes(), &name(text), now).expect("it counts");
            let seconds = held.validity.until.duration_since(held.validity.from).expect("in order").as_secs();
            assert_eq!(seconds.div_ceil(60), 2 * 24 * 60, "{text}");
            assert!(read_certificate(good.as_bytes(), &name(text), now + DAY * 2).is_none(), "it has ended");
            assert!(read_certificate(good.as_bytes(), &name("other.example"), now).is_none(), "only the names count");
        }
        let (one, two) = (pem("a.example", now, now + DAY), pem("a.example", now, now + DAY));
        let begin = "-----BEGIN CERTIFICATE-----";
        let key = one.split(begin).next().expect("a key");
        let certificate = two.split_once(begin).expect("a certificate").1;
        let mixed = format!("{key}{begin}{certificate}");
        assert!(read_certificate(mixed.as_bytes(), &name("a.example"), now).is_none(), "another key");
        assert!(read_certificate(key.as_bytes(), &name("a.example"), now).is_none());
        assert!(read_certificate(format!("{begin}{certificate}").as_bytes(), &name("a.example"), now).is_none());
        let many =
            format!("{one}{}", two.split_once(begin).map(|(_, it)| format!("{begin}{it}")).expect("one").repeat(10));
        assert!(read_certificate(many.as_bytes(), &name("a.example"), now).is_none());
        assert!(read_certificate(b"\xff", &name("a.example"), now).is_none());
    }

    #[test]
    fn what_was_kept_is_there_in_the_next_run_for_the_same_server() {
        let (folder, now) = (folder("kept"), SystemTime::now());
        let directory: AcmeDirectory = "https://ca.example/directory".parse().expect("a URL");
        let store = Store::new(&folder, &directory);
        assert!(store.certificate(&name("a.example"), now).is_none() && store.account().is_none());
        store.keep_certificate(&name("a.example"), &pem("a.example", now, now + DAY), Some(443)).expect("kept");
        store.keep_certificate(&name("b.example"), &pem("b.example", now, now + DAY * 3), None).expect("kept");
        let again = Store::new(&folder, &directory);
        assert_eq!(again.certificate(&name("a.example"), now).map(|it| it.port), Some(Some(443)));
        let other = Store::new(&folder, &"https://ca.example/staging".parse().expect("a URL"));
        assert!(other.certificate(&name("a.example"), now).is_none());
        again.tidy(now + DAY * 2);
        assert!(again.read(&name("a.example").file_name()).is_none(), "it had ended");
        assert_eq!(again.certificate(&name("b.example"), now).map(|it| it.port), Some(None));
        use std::os::unix::fs::PermissionsExt as _;
        let kept = again.folder.join(name("b.example").file_name());
        assert_eq!(fs::metadata(kept).expect("a file").permissions().mode() & 0o777, 0o600);
        let _ = fs::remove_dir_all(&folder);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let store = Store::new(Path::new("/proc/hotseat"), &AcmeDirectory::default());
        assert!(matches!(store.keep_certificate(&name("a.example"), "", None), Err(AcmeError::NotKept { .. })));
    }
}
