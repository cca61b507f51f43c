//! Connections of the host's own: whom it believes.

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// For connections to servers that the system's authorities vouch for, or one of `more`. One that cannot be used is passed
/// over: without any, no server is believed. None if the cryptography has no version of TLS in common with us.
pub fn client_config(more: &[CertificateDer<'static>]) -> Option<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    // What `SSL_CERT_FILE` and `SSL_CERT_DIR` name, where they are set; what the system has, otherwise.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(more.iter().cloned());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Some(Arc::new(config))
}
