//! Relays (TURN, RFC 8656) that guests may use where there is no other way, and the names that let them in for a day.

use crate::messages;
use crate::session::protocol::IceServer;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::net::Ipv6Addr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Relays that guests are told of.
pub const MAX_RELAYS: usize = 4;
/// How long a name that was made of the secret lets in: an evening and some more.
const LASTS: Duration = Duration::from_secs(24 * 60 * 60);
const LONGEST_URL: usize = 300;
const LONGEST_NAME: usize = 256;

/// What lets guests in.
#[derive(Clone, PartialEq, Eq)]
enum Credentials {
    /// An account.
    Fixed { username: String, password: String },
    /// What relay and host know, and time-limited names are made of.
    Secret(String),
}

/// How a relay is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayProtocol {
    Udp,
    Tcp,
    Tls,
}

impl fmt::Debug for Credentials {
    /// Never what they are.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Credentials::Fixed { .. } => "Fixed",
            Credentials::Secret(_) => "Secret",
        })
    }
}

/// Long-term credentials (RFC 8489, 9.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub username: String,
    pub password: String,
}

/// A relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    url: String,
    /// A name, or an address without brackets.
    host: String,
    port: u16,
    protocol: RelayProtocol,
    credentials: Credentials,
}

messages! {
    /// Why something is no relay.
    pub enum RelayError in relay {
        url => Url { text: String },
        no_credentials => NoCredentials { text: String },
    }
}

impl Relay {
    /// Reads what a person typed: an address such as `turn:relay.example:3478?transport=tcp` (RFC 7065), and either a name with
    /// a password or a secret.
    pub fn parse(url: &str, username: &str, password: &str, secret: &str) -> Result<Relay, RelayError> {
        let url = url.trim();
        let said = || url.chars().take(LONGEST_URL).collect();
        let rest = url.strip_prefix("turn:").or_else(|| url.strip_prefix("turns:"));
        let (place, transport) = rest.and_then(|it| it.split_once('?')).unwrap_or((rest.unwrap_or_default(), ""));
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
        let is_place = !place.is_empty() && place.chars().all(fits) && url.len() <= LONGEST_URL;
        if !is_place || !matches!(transport, "" | "transport=udp" | "transport=tcp") {
            return Err(RelayError::Url { text: said() });
        }
        let secure = url.starts_with("turns:");
        let (host, port) = place_of(place, if secure { 5349 } else { 3478 }).ok_or(RelayError::Url { text: said() })?;
        let protocol = match (secure, transport) {
            // TLS is by TCP; there is no DTLS here, nor in browsers.
            (true, _) => RelayProtocol::Tls,
            (false, "transport=tcp") => RelayProtocol::Tcp,
            (false, _) => RelayProtocol::Udp,
        };
        let bounded = |text: &str| !text.is_empty() && text.len() <= LONGEST_NAME;
        let credentials = match bounded(secret) {
            true => Credentials::Secret(secret.to_owned()),
            false if bounded(username) && bounded(password) => {
                Credentials::Fixed { username: username.to_owned(), password: password.to_owned() }
            }
            false => return Err(RelayError::NoCredentials { text: said() }),
        };
        Ok(Relay { url: url.to_owned(), host, port, protocol, credentials })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// As its certificate has it.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn protocol(&self) -> RelayProtocol {
        self.protocol
    }

    /// Accounts are made of a secret, and last for a day.
    pub fn accounts_end(&self) -> bool {
        matches!(self.credentials, Credentials::Secret(_))
    }

    /// What lets `guest` in. The names that are made of a secret are those of the "REST API" scheme that coturn and others
    /// have (draft-uberti-behave-turn-rest-00, 2.2): when it ends, and for whom it is.
    pub fn account(&self, guest: &str, now: SystemTime) -> Account {
        match &self.credentials {
            Credentials::Fixed { username, password } => {
                Account { username: username.clone(), password: password.clone() }
            }
            Credentials::Secret(secret) => {
                let ends = now.duration_since(UNIX_EPOCH).unwrap_or_default() + LASTS;
                let username = format!("{}:{guest}", ends.as_secs());
                let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
                let password = STANDARD.encode(hmac::sign(&key, username.as_bytes()).as_ref());
                Account { username, password }
            }
        }
    }

    /// As a page is told of it.
    pub fn for_page(&self, guest: &str, now: SystemTime) -> IceServer {
        let Account { username, password } = self.account(guest, now);
        IceServer { urls: vec![self.url.clone()], username: Some(username), credential: Some(password) }
    }
}

/// Host and port of `host`, `host:port`, `[address]` and `[address]:port`.
fn place_of(place: &str, usual: u16) -> Option<(String, u16)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            (address, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Some(usual), |port| port.parse().ok())?;
    (!host.is_empty() && port != 0).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_has_an_address_and_either_an_account_or_a_secret() {
        let parse = Relay::parse;
        for url in
            ["turn:relay.example", " turn:192.0.2.1:3478?transport=tcp", "turns:[2001:db8::1]:5349?transport=udp"]
        {
            assert!(parse(url, "ann", "pass", "").is_ok(), "{url}");
            assert!(parse(url, "", "", "secret").is_ok(), "{url}");
            assert!(matches!(parse(url, "ann", "", ""), Err(RelayError::NoCredentials { .. })));
        }
        let long = format!("turn:{}", "x".repeat(LONGEST_URL));
        for bad in [
            "",
            "relay.example",
            "turn:a:0",
            "turn:a:b",
            "turn:[::1",
            "stun:relay.example",
            "turn:",
            "turn:a b",
            "turn:a?transport=sctp",
            "turn:a/b",
            &long,
        ] {
            assert!(matches!(parse(bad, "ann", "pass", ""), Err(RelayError::Url { .. })), "{bad}");
        }
    }

    #[test]
    fn a_name_made_of_the_secret_ends_in_a_day_and_is_one_guests_own() {
        let relay = Relay::parse("turn:relay.example", "", "", "north").expect("a relay");
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let server = relay.for_page("7", now);
        assert_eq!(server.username.as_deref(), Some("1086400:7"));
        // printf 1086400:7 | openssl dgst -sha1 -hmac north -binary | openssl base64
        assert_eq!(server.credential.as_deref(), Some("c+H1Ck+txtB7cjSq7RwHGc8Fe6o="));
        assert_ne!(relay.for_page("8", now).credential, server.credential);
        let account = Relay::parse("turn:relay.example", "ann", "pass", "").expect("a relay");
        assert_eq!(account.for_page("7", now).username.as_deref(), Some("ann"));
    }
}
