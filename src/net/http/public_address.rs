//! The address at which guests open the page by way of a server that is not this one.

use crate::messages;
use axum::http::Uri;
use std::fmt;
use std::net::IpAddr;

messages! {
    /// Why a text is no address that a page can have.
    pub enum PublicAddressError in public_url {
        scheme => Scheme { text: String },
        malformed => Malformed { text: String },
        extra => Extra { text: String },
    }
}

/// Such as `https://play.example/games/`. Its path ends with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    scheme: &'static str,
    name: String,
    port: Option<u16>,
    path: String,
}

impl PublicAddress {
    /// Reads what a person typed. Without a scheme it is `https`.
    pub fn parse(text: &str) -> Result<PublicAddress, PublicAddressError> {
        let text = text.trim();
        let malformed = || PublicAddressError::Malformed { text: text.into() };
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        if whole.contains(['?', '#']) {
            return Err(PublicAddressError::Extra { text: text.into() });
        }
        let uri: Uri = whole.parse().map_err(|_| malformed())?;
        let scheme = match uri.scheme_str() {
            Some("https") => "https",
            Some("http") => "http",
            _ => return Err(PublicAddressError::Scheme { text: text.into() }),
        };
        let authority = uri.authority().ok_or_else(malformed)?;
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        // Neither a user nor a port that is none.
        let port = authority.port_u16();
        let written = port.map_or_else(|| authority.host().to_owned(), |port| format!("{}:{port}", authority.host()));
        if name.is_empty() || authority.as_str() != written {
            return Err(malformed());
        }
        let path = format!("{}/", uri.path().trim_end_matches('/'));
        Ok(PublicAddress { scheme, name, port, path })
    }

    /// The host's name or address.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether browsers trust what comes from there: by https, or from their own machine.
    pub fn is_secure(&self) -> bool {
        let own = self.name == "localhost"
            || self.name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        self.scheme == "https" || own
    }

    /// From the first slash to the last.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether a page from there is of this address.
    pub(super) fn is_origin(&self, scheme: &str, name: &str, port: u16) -> bool {
        let usual = if self.scheme == "https" { 443 } else { 80 };
        self.scheme == scheme && self.name.eq_ignore_ascii_case(name) && self.port.unwrap_or(usual) == port
    }
}

impl fmt::Display for PublicAddress {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}://{}", self.scheme, self.name)?;
        if let Some(port) = self.port {
            write!(to, ":{port}")?;
        }
        to.write_str(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_understood_or_refused_with_the_reason() {
        for (typed, read) in [
            ("https://play.example/", "https://play.example/"),
            ("play.example", "https://play.example/"),
            (" http://Play.Example:8080/games ", "http://play.example:8080/games/"),
            ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
            ("https://play.example./a/b/", "https://play.example/a/b/"),
        ] {
            assert_eq!(PublicAddress::parse(typed).expect(typed).to_string(), read);
        }
        let refused = |typed| PublicAddress::parse(typed).expect_err(typed);
        assert!(matches!(refused("ftp://play.example"), PublicAddressError::Scheme { .. }));
        for typed in
            ["", "https://", "https://user@play.example", "https://play.example:x/", "play example", "https://:80"]
        {
            assert!(matches!(refused(typed), PublicAddressError::Malformed { .. }), "{typed}");
        }
        for typed in ["https://play.example/?a=b", "https://play.example/#secret"] {
            assert!(matches!(refused(typed), PublicAddressError::Extra { .. }), "{typed}");
        }
    }
}
