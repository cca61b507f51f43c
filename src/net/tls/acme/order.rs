//! One order of a certificate (RFC 8555, 7.4), from the account to the certificate.

use super::challenges::{Challenges, Published};
use super::error::AcmeError;
use super::name::{AcmeContact, AcmeDirectory, AcmeName};
use super::store::Store;
use crate::net::tls::authority::provider;
use instant_acme::{
    Account, AuthorizationStatus, CertificateIdentifier, ChallengeHandle, ChallengeType, Error, HttpClient, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair, SanType};
use rustls::pki_types::{Der, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use x509_cert::der::Decode;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;

/// What Let's Encrypt calls certificates of six days, the only ones for addresses.
const SHORT_LIVED: &str = "shortlived";
/// How long the server may take to look, and then to sign.
const PATIENCE: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(500)).backoff(1.5).timeout(Duration::from_secs(90));

/// How it is proven that a name leads here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcmeChallenge {
    /// By TLS, on port 443 of the name (RFC 8737).
    TlsAlpn01,
    /// By plain http, on port 80 of the name (RFC 8555, 8.3).
    Http01,
}

impl AcmeChallenge {
    /// First the one that shows that links need no port.
    pub const ALL: [AcmeChallenge; 2] = [AcmeChallenge::TlsAlpn01, AcmeChallenge::Http01];

    pub(super) fn port(self) -> u16 {
        match self {
            AcmeChallenge::Http01 => 80,
            AcmeChallenge::TlsAlpn01 => 443,
        }
    }

    fn kind(self) -> ChallengeType {
        match self {
            AcmeChallenge::Http01 => ChallengeType::Http01,
            AcmeChallenge::TlsAlpn01 => ChallengeType::TlsAlpn01,
        }
    }
}

/// A server of certificates, and our account there.
pub(super) struct Server {
    account: Account,
    name: String,
}

impl Server {
    /// With the account of an earlier run, or a new one. A person who asks for certificates has agreed to the server's terms.
    pub(super) async fn open(
        http: Box<dyn HttpClient>,
        directory: &AcmeDirectory,
        contact: Option<&AcmeContact>,
        store: &Store,
        about: &AcmeName,
    ) -> Result<Server, AcmeError> {
        let name = directory.server();
        let failed = |error| AcmeError::new(error, &name, about);
        let builder = Account::builder_with_http(http);
        let account = match store.account() {
            Some(known) => match builder.from_credentials(known).await {
                // A key that is none helps no more the next time.
                Err(error @ (Error::KeyRejected | Error::Crypto)) => {
                    store.forget_account();
                    return Err(failed(error));
                }
                known => known.map_err(failed)?,
            },
            None => {
                let contact: Vec<String> = contact.map(AcmeContact::url).into_iter().collect();
                let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
                let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
                let created = builder.create(&new, directory.as_str().to_owned(), None).await;
                let (account, credentials) = created.map_err(failed)?;
                // Before anything is ordered: one whose key is lost counts against what the server allows.
                store.keep_account(&credentials)?;
                account
            }
        };
        Ok(Server { account, name })
    }

    /// A certificate for `name`, in PEM behind its key, and the port at which the server found this host; none where it did not
    /// look, since it remembered.
    pub(super) async fn order(
        &self,
        name: &AcmeName,
        challenge: AcmeChallenge,
        replaces: Option<CertificateIdentifier<'static>>,
        challenges: &Arc<Challenges>,
    ) -> Result<(String, Option<u16>), AcmeError> {
        let failed = |error| AcmeError::new(error, &self.name, name);
        let identifiers = [name.identifier()];
        let short = matches!(name, AcmeName::Ip(_)) && self.account.profiles().any(|it| it.name == SHORT_LIVED);
        let new = |replaces| {
            let mut new = NewOrder::new(&identifiers);
            if short {
                new = new.profile(SHORT_LIVED);
            }
            match replaces {
                Some(replaces) => new.replaces(replaces),
                None => new,
            }
        };
        let order = match self.account.new_order(&new(replaces)).await {
            // Once it said when to renew, and does not any more: it takes nothing in place of something else.
            Err(Error::Unsupported(_)) => self.account.new_order(&new(None)).await,
            order => order,
        };
        let mut order = order.map_err(failed)?;
        let published = self.prove(&mut order, name, challenge, challenges).await?;
        let ready = match order.state().status {
            OrderStatus::Pending => order.poll_ready(&PATIENCE).await,
            status => Ok(status),
        };
        // The error of the challenge says more than that of the order.
        let invalid = matches!(ready, Ok(OrderStatus::Invalid) | Err(Error::Api(_)));
        if invalid && let Some(error) = self.why_not(&mut order, name, challenge).await {
            return Err(error);
        }
        if ready.map_err(failed)? == OrderStatus::Invalid {
            return Err(AcmeError::not_proven(None, &self.name, name, challenge.port()));
        }
        let port = published.is_some().then_some(challenge.port());
        drop(published);
        let key = KeyPair::generate().map_err(AcmeError::not_made)?;
        let mut params = named(name)?;
        params.distinguished_name = DistinguishedName::new();
        let request = params.serialize_request(&key).map_err(AcmeError::not_made)?;
        order.finalize_csr(request.der()).await.map_err(failed)?;
        let chain = order.poll_certificate(&PATIENCE).await.map_err(failed)?;
        Ok((format!("{}{chain}", key.serialize_pem()), port))
    }

    /// Answers what the server asks, and tells it that it may look.
    async fn prove(
        &self,
        order: &mut Order,
        name: &AcmeName,
        challenge: AcmeChallenge,
        challenges: &Arc<Challenges>,
    ) -> Result<Option<Published>, AcmeError> {
        let failed = |error| AcmeError::new(error, &self.name, name);
        let mut published = None;
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(failed)?;
            // Proven for an earlier order.
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            if published.is_some() {
                return Err(AcmeError::nonsense(self.name.clone(), &"more to prove than was asked for"));
            }
            let no_challenge = || AcmeError::NoChallenge { server: self.name.clone(), name: name.to_string() };
            let mut handle = authorization.challenge(challenge.kind()).ok_or_else(no_challenge)?;
            published = publish(&handle, name, challenge, challenges)?;
            if published.is_none() {
                return Err(AcmeError::nonsense(self.name.clone(), &"a token that is none"));
            }
            handle.set_ready().await.map_err(failed)?;
        }
        Ok(published)
    }

    /// What the server found when it looked.
    async fn why_not(&self, order: &mut Order, name: &AcmeName, challenge: AcmeChallenge) -> Option<AcmeError> {
        let mut authorizations = order.authorizations();
        while let Some(Ok(mut authorization)) = authorizations.next().await {
            let state = authorization.refresh().await.ok()?;
            let failed = state.challenges.iter().find_map(|it| it.error.as_ref());
            if failed.is_some() {
                return Some(AcmeError::not_proven(failed, &self.name, name, challenge.port()));
            }
        }
        None
    }

    /// When the server wants this certificate to be renewed, and when to ask it again. None where it does not say.
    pub(super) async fn renewal_info(&self, key: &CertifiedKey) -> Option<((SystemTime, SystemTime), Duration)> {
        let (info, again) = self.account.renewal_info(&certificate_id(key)?).await.ok()?;
        let window = info.suggested_window;
        Some(((window.start.into(), window.end.into()), again))
    }
}

/// None if it cannot be answered.
fn publish(
    handle: &ChallengeHandle<'_>,
    name: &AcmeName,
    challenge: AcmeChallenge,
    challenges: &Arc<Challenges>,
) -> Result<Option<Published>, AcmeError> {
    let answer = handle.key_authorization();
    Ok(match challenge {
        AcmeChallenge::Http01 => challenges.publish_http(&handle.token, answer.as_str()),
        AcmeChallenge::TlsAlpn01 => {
            challenges.publish_tls(name.sni(), challenge_certificate(name, answer.digest().as_ref())?)
        }
    })
}

/// What is shown to a server that asks by TLS (RFC 8737, 3).
fn challenge_certificate(name: &AcmeName, digest: &[u8]) -> Result<CertifiedKey, AcmeError> {
    if digest.len() != 32 {
        return Err(AcmeError::not_made("a hash of another size"));
    }
    let key = KeyPair::generate().map_err(AcmeError::not_made)?;
    let mut params = named(name)?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let certificate = params.self_signed(&key).map_err(AcmeError::not_made)?;
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let private = provider().key_provider.load_private_key(private).map_err(AcmeError::not_made)?;
    // Not looked at: what it says is unknown to all others, who would have to refuse it.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], private))
}

fn named(name: &AcmeName) -> Result<CertificateParams, AcmeError> {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![match name {
        AcmeName::Dns(name) => SanType::DnsName(name.as_str().try_into().map_err(AcmeError::not_made)?),
        AcmeName::Ip(address) => SanType::IpAddress(*address),
    }];
    Ok(params)
}

/// How servers name a certificate (RFC 9773, 4.1): by the key of who signed it, and its number.
pub(super) fn certificate_id(key: &CertifiedKey) -> Option<CertificateIdentifier<'static>> {
    let certificate = x509_cert::Certificate::from_der(key.cert.first()?).ok()?;
    let certificate = certificate.tbs_certificate();
    let (_, authority) = certificate.get_extension::<AuthorityKeyIdentifier>().ok()??;
    let authority = authority.key_identifier?;
    // As it stands in DER: a first bit that is set would be a sign.
    let mut serial = certificate.serial_number().as_bytes().to_vec();
    if serial.first().is_some_and(|first| first & 0x80 != 0) {
        serial.insert(0, 0);
    }
    let id = CertificateIdentifier::new(Der::from_slice(authority.as_bytes()), Der::from_slice(&serial));
    Some(id.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use x509_cert::ext::pkix::SubjectAltName;
    use x509_cert::ext::pkix::name::GeneralName;

    #[test]
    fn what_is_shown_as_a_proof_names_one_name_and_the_hash() {
        for text in ["play.example", "203.0.113.9", "2001:db8::5"] {
            let name: AcmeName = text.parse().expect("a name");
            let key = challenge_certificate(&name, &[7; 32]).expect("made");
            let certificate = x509_cert::Certificate::from_der(&key.cert[0]).expect("a certificate");
            let certificate = certificate.tbs_certificate();
            let names = certificate.get_extension::<SubjectAltName>().expect("readable").expect("names").1;
            match (&name, &names.0[..]) {
                (AcmeName::Dns(name), [GeneralName::DnsName(shown)]) => assert_eq!(shown.as_str(), name),
                (AcmeName::Ip(address), [GeneralName::IpAddress(shown)]) => {
                    let octets = match address {
                        std::net::IpAddr::V4(it) => it.octets().to_vec(),
                        std::net::IpAddr::V6(it) => it.octets().to_vec(),
                    };
                    assert_eq!(shown.as_bytes(), octets);
                }
                other => panic!("{other:?}"),
            }
            // RFC 8737, 3: an octet string of 32 bytes, critical.
            let mut extensions = certificate.extensions().into_iter().flatten();
            let proof = extensions.find(|it| it.extn_id.to_string() == "1.3.6.1.5.5.7.1.31").expect("the proof");
            assert!(proof.critical);
            assert_eq!(proof.extn_value.as_bytes(), [&[4, 32][..], &[7; 32]].concat());
        }
        assert!(challenge_certificate(&"a.example".parse().expect("a name"), &[7; 20]).is_err());
    }

    #[test]
    fn a_certificate_is_named_by_its_authoritys_key_and_its_number() {
        use rcgen::{BasicConstraints, IsCa, Issuer, KeyIdMethod, SerialNumber};
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // Those of the example in RFC 9773, 4.1.
        let id = [
            0x69, 0x88, 0x5b, 0x6b, 0x87, 0x46, 0x40, 0x41, 0xe1, 0xb3, 0x7b, 0x84, 0x7b, 0xa0, 0xae, 0x2c, 0xde, 0x01,
            0xc8, 0xd4,
        ];
        authority.key_identifier_method = KeyIdMethod::PreSpecified(id.to_vec());
        let issuer = Issuer::new(authority, KeyPair::generate().expect("a key"));
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["a.example".to_owned()]).expect("params");
        params.serial_number = Some(SerialNumber::from_slice(&[0x87, 0x65, 0x43, 0x21]));
        params.use_authority_key_identifier_extension = true;
        let leaf = params.signed_by(&key, &issuer).expect("signed");
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let leaf = CertifiedKey::from_der(vec![leaf.der().clone()], private, &provider()).expect("a pair");
        assert_eq!(certificate_id(&leaf).expect("a name").to_string(), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    }
}
