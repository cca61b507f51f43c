//! Where a broker is.

use crate::messages;
use axum::http::Uri;
use std::net::IpAddr;

messages! {
    /// Why a text is no address of a broker.
    pub enum BrokerAddressError in broker_url {
        scheme => Scheme { text: String },
        malformed => Malformed { text: String },
        /// Without encryption only on this machine: pages that were loaded by https connect to nothing else.
        insecure => Insecure { text: String },
    }
}

/// The longest address, in bytes.
const LONGEST: usize = 300;

/// Such as `wss://broker.example:8084/mqtt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerAddress {
    url: String,
    secure: bool,
    host: String,
}

impl BrokerAddress {
    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<BrokerAddress, BrokerAddressError> {
        let text = text.trim();
        let said = || text.chars().take(LONGEST).collect();
        let malformed = || BrokerAddressError::Malformed { text: said() };
        let uri: Uri =
            Some(text).filter(|it| it.len() <= LONGEST).and_then(|it| it.parse().ok()).ok_or_else(malformed)?;
        let secure = match uri.scheme_str() {
            Some("wss") => true,
            Some("ws") => false,
            _ => return Err(BrokerAddressError::Scheme { text: said() }),
        };
        let authority = uri.authority().ok_or_else(malformed)?;
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        if host.is_empty() || authority.as_str().contains('@') || text.contains('#') {
            return Err(malformed());
        }
        if !secure && !is_this_machine(&host) {
            return Err(BrokerAddressError::Insecure { text: said() });
        }
        // Both sides connect to the port that is written.
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let scheme = if secure { "wss" } else { "ws" };
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        Ok(BrokerAddress { url: format!("{scheme}://{}:{port}{path}", authority.host()), secure, host })
    }

    /// With scheme and port.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Scheme, name and port, as a content security policy has them.
    pub fn origin(&self) -> &str {
        let path = self.url.find("://").and_then(|at| self.url[at + 3..].find('/').map(|slash| at + 3 + slash));
        &self.url[..path.unwrap_or(self.url.len())]
    }

    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Its name or address, for people.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// Browsers trust what is on their own machine without encryption, too.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_a_websocket_and_encrypted_unless_it_is_here() {
        let url = |text: &str| BrokerAddress::parse(text).map(|it| it.as_str().to_owned());
        assert_eq!(url(" wss://broker.example:8084/mqtt "), Ok("wss://broker.example:8084/mqtt".into()));
        assert_eq!(
            BrokerAddress::parse("wss://b.example/mqtt?x").as_ref().map(BrokerAddress::origin),
            Ok("wss://b.example:443")
        );
        assert_eq!(url("wss://broker.example"), Ok("wss://broker.example:443/".into()));
        assert_eq!(url("ws://127.0.0.1:9001/mqtt"), Ok("ws://127.0.0.1:9001/mqtt".into()));
        assert_eq!(url("ws://[::1]:9001"), Ok("ws://[::1]:9001/".into()));
        assert!(matches!(url("ws://broker.example/mqtt"), Err(BrokerAddressError::Insecure { .. })));
        assert!(matches!(url("https://broker.example"), Err(BrokerAddressError::Scheme { .. })));
        assert!(matches!(url("broker.example"), Err(BrokerAddressError::Scheme { .. })));
        let long = format!("wss://{}", "x".repeat(LONGEST));
        for bad in ["", "wss://", "wss://user@broker.example/", "wss://broker.example/#x", long.as_str()] {
            assert!(
                matches!(url(bad), Err(BrokerAddressError::Malformed { .. } | BrokerAddressError::Scheme { .. })),
                "{bad}"
            );
        }
    }
}
