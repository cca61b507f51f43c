//! What this host answers to a server of certificates that looks whether a name leads here.

use rustls::sign::CertifiedKey;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where a server asks by plain http (RFC 8555, 8.3); the token follows.
pub const CHALLENGE_PATH: &str = "/.well-known/acme-challenge/";
/// The protocol that it names when it asks by TLS (RFC 8737, 3).
pub const CHALLENGE_ALPN: &[u8] = b"acme-tls/1";
/// Answers that are open at once, of each kind. Full, another one is refused: one order is open at a time, of one name.
const MOST: usize = 8;
/// The longest token, and the longest answer: a token, a dot and a hash.
const MAX_TOKEN: usize = 256;

/// The answers that are open now.
#[derive(Debug, Default)]
pub struct Challenges(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    /// By token.
    http: BTreeMap<String, String>,
    /// By the name that is asked for.
    tls: BTreeMap<String, Arc<CertifiedKey>>,
}

/// One answer. Dropping it takes it back.
pub(super) struct Published {
    challenges: Arc<Challenges>,
    key: Key,
}

enum Key {
    Http(String),
    Tls(String),
}

impl Challenges {
    /// What is answered to a request for this path.
    pub fn answer(&self, path: &str) -> Option<String> {
        self.lock().http.get(path.strip_prefix(CHALLENGE_PATH)?).cloned()
    }

    /// The certificate that is shown to one who asks by TLS for this name.
    pub(in crate::net::tls) fn certificate(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.lock().tls.get(&name.trim_end_matches('.').to_ascii_lowercase()).cloned()
    }

    pub(in crate::net::tls) fn is_asked_by_tls(&self) -> bool {
        !self.lock().tls.is_empty()
    }

    /// None for a token that is none (RFC 8555, 8.1), and when there are too many.
    pub(super) fn publish_http(self: &Arc<Self>, token: &str, answer: &str) -> Option<Published> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = !token.is_empty() && token.len() <= MAX_TOKEN && token.bytes().all(is_token);
        let mut open = self.lock();
        if !fits || answer.len() > MAX_TOKEN * 2 || open.http.len() >= MOST {
            return None;
        }
        open.http.insert(token.to_owned(), answer.to_owned());
        Some(Published { challenges: self.clone(), key: Key::Http(token.to_owned()) })
    }

    /// None when there are too many.
    pub(super) fn publish_tls(self: &Arc<Self>, name: String, certificate: CertifiedKey) -> Option<Published> {
        let mut open = self.lock();
        if open.tls.len() >= MOST {
            return None;
        }
        open.tls.insert(name.clone(), Arc::new(certificate));
        Some(Published { challenges: self.clone(), key: Key::Tls(name) })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        let mut open = self.challenges.lock();
        match &self.key {
            Key::Http(token) => drop(open.http.remove(token)),
            Key::Tls(name) => drop(open.tls.remove(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_given_for_its_token_while_it_is_open() {
        let challenges = Arc::new(Challenges::default());
        let published = challenges.publish_http("abc-_1", "abc-_1.hash").expect("a token");
        let answer = |path: &str| challenges.answer(path);
        assert_eq!(answer("/.well-known/acme-challenge/abc-_1").as_deref(), Some("abc-_1.hash"));
        assert_eq!(answer("/.well-known/acme-challenge/"), None);
        assert_eq!(answer("/.well-known/acme-challenge/abc-_1/"), None);
        assert_eq!(answer("/abc-_1"), None);
        drop(published);
        assert_eq!(answer("/.well-known/acme-challenge/abc-_1"), None);
    }

    #[test]
    fn what_is_no_token_and_one_too_many_are_refused() {
        let challenges = Arc::new(Challenges::default());
        for token in ["", "a/b", "a.b", "a b", "ü", &"a".repeat(300)] {
            assert!(challenges.publish_http(token, "x").is_none(), "{token}");
        }
        let open: Vec<Published> =
            (0..MOST).filter_map(|number| challenges.publish_http(&number.to_string(), "x")).collect();
        assert_eq!(open.len(), MOST);
        assert!(challenges.publish_http("more", "x").is_none());
        drop(open);
        assert!(challenges.publish_http("more", "x").is_some());
    }
}
