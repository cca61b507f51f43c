//! A certificate that the person at the host has: read from files, and read again when those change.

use super::authority::provider;
use crate::messages;
use crate::text::IoCause;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

messages! {
    /// Why a certificate cannot be used.
    pub enum GivenError in given_certificate {
        unreadable => Unreadable { file: PathBuf, cause: IoCause },
        no_certificate => NoCertificate { file: PathBuf },
        no_key => NoKey { file: PathBuf },
        /// The key is another certificate's.
        mismatch => Mismatch { certificate: PathBuf, key: PathBuf },
    }
}

/// Two files in PEM: the certificate with those that vouch for it, and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenCertificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl GivenCertificate {
    /// From two settings, which go together.
    pub fn of(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Option<GivenCertificate> {
        certificate.zip(key).map(|(certificate, key)| GivenCertificate { certificate, key })
    }

    pub(super) fn load(&self) -> Result<CertifiedKey, GivenError> {
        let read = |file: &Path| {
            let unreadable = |error: std::io::Error| GivenError::Unreadable { file: file.into(), cause: error.into() };
            fs::read(file).map_err(unreadable)
        };
        let chain: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(&read(&self.certificate)?).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| GivenError::NoCertificate { file: self.certificate.clone() })?;
        let key = PrivateKeyDer::from_pem_slice(&read(&self.key)?);
        let key = key.map_err(|_| GivenError::NoKey { file: self.key.clone() })?;
        CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                GivenError::Mismatch { certificate: self.certificate.clone(), key: self.key.clone() }
            }
            rustls::Error::InvalidCertificate(_) => GivenError::NoCertificate { file: self.certificate.clone() },
            _ => GivenError::NoKey { file: self.key.clone() },
        })
    }

    /// When the files were written; none while one of them is not there.
    pub(super) fn written(&self) -> Option<[SystemTime; 2]> {
        let at = |file: &Path| fs::metadata(file).and_then(|it| it.modified()).ok();
        Some([at(&self.certificate)?, at(&self.key)?])
    }
}
