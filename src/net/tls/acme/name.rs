//! What a certificate can be asked for, of whom, and in whose name: read from what a person wrote.

use crate::messages;
use axum::http::Uri;
use instant_acme::Identifier;
use rustls::pki_types::ServerName;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The one that is asked unless another is named.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Each has an order and a certificate of its own.
pub const MAX_NAMES: usize = 8;
/// The longest text that is taken for an address of a server.
const MAX_URL: usize = 500;
/// The longest address of mail (RFC 5321, 4.5.3.1).
const MAX_MAIL: usize = 254;

messages! {
    /// Why a person's words about certificates are not used.
    pub enum AcmeWordsError in acme_words {
        name => Name { text: String },
        directory => Directory { text: String },
        contact => Contact { text: String },
        too_many => TooMany { most: usize },
    }
}

/// A name or an address that leads to this machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AcmeName {
    /// In lower case, without the dot of the root; in ASCII (RFC 5890).
    Dns(String),
    Ip(IpAddr),
}

impl FromStr for AcmeName {
    type Err = AcmeWordsError;

    /// A name as `play.example`, or an address as `203.0.113.9`, `2001:db8::5` or `[2001:db8::5]`.
    fn from_str(text: &str) -> Result<AcmeName, AcmeWordsError> {
        let text = text.trim();
        let wrong = || AcmeWordsError::Name { text: shortened(text) };
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            let address = address.to_canonical();
            let is_one = !address.is_unspecified() && !address.is_multicast();
            return if is_one { Ok(AcmeName::Ip(address)) } else { Err(wrong()) };
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if is_dns_name(&name) { Ok(AcmeName::Dns(name)) } else { Err(wrong()) }
    }
}

/// Letters, digits and hyphens (RFC 1123, 2.1), and not all digits at the end: that would be half an address. One for all names
/// below a domain cannot be had by the challenges that a web server answers.
fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_word = name.rsplit('.').next().is_some_and(|last| last.bytes().any(|byte| !byte.is_ascii_digit()));
    name.len() <= 253 && last_is_word && name.split('.').all(is_label)
}

/// Whether an address means the same machine everywhere, as far as its digits tell: public authorities certify no other.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            // RFC 6890: those that are nobody's, of one network, of a provider's customers and of benchmarks.
            let special = matches!(
                (first, second, third),
                (0 | 224.., ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _)
            );
            !special
                && !address.is_private()
                && !address.is_loopback()
                && !address.is_link_local()
                && !address.is_documentation()
        }
        // Global unicast (RFC 4291, 2.4), without that of examples (RFC 3849).
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            first & 0xe000 == 0x2000 && (first, second) != (0x2001, 0xdb8)
        }
    }
}

impl AcmeName {
    pub(super) fn identifier(&self) -> Identifier {
        match self {
            AcmeName::Dns(name) => Identifier::Dns(name.clone()),
            AcmeName::Ip(address) => Identifier::Ip(*address),
        }
    }

    /// What a server of certificates names when it asks by TLS: an address has a name below `arpa` there (RFC 8738, 6).
    pub(super) fn sni(&self) -> String {
        match self {
            AcmeName::Dns(name) => name.clone(),
            AcmeName::Ip(IpAddr::V4(address)) => {
                let [a, b, c, d] = address.octets();
                format!("{d}.{c}.{b}.{a}.in-addr.arpa")
            }
            AcmeName::Ip(IpAddr::V6(address)) => {
                let digits = address.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
                let digits: String = digits.map(|digit| format!("{digit:x}.")).collect();
                format!("{digits}ip6.arpa")
            }
        }
    }

    /// What a browser checks a certificate against.
    pub(super) fn server_name(&self) -> Option<ServerName<'static>> {
        match self {
            AcmeName::Dns(name) => ServerName::try_from(name.clone()).ok(),
            AcmeName::Ip(address) => Some(ServerName::from(*address)),
        }
    }

    /// A name of a file that no other one has.
    pub(super) fn file_name(&self) -> String {
        match self {
            AcmeName::Dns(name) => format!("dns-{name}.pem"),
            AcmeName::Ip(address) => format!("ip-{}.pem", address.to_string().replace(':', "_")),
        }
    }
}

/// As in a URL: an address of IPv6 in brackets.
impl fmt::Display for AcmeName {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AcmeName::Dns(name) => to.write_str(name),
            AcmeName::Ip(IpAddr::V4(address)) => address.fmt(to),
            AcmeName::Ip(IpAddr::V6(address)) => write!(to, "[{address}]"),
        }
    }
}

/// Where a server of certificates says what it offers (RFC 8555, 7.1.1): a URL of https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeDirectory(String);

impl FromStr for AcmeDirectory {
    type Err = AcmeWordsError;

    fn from_str(text: &str) -> Result<AcmeDirectory, AcmeWordsError> {
        let text = text.trim();
        if text.len() <= MAX_URL && is_https(text) {
            return Ok(AcmeDirectory(text.to_owned()));
        }
        Err(AcmeWordsError::Directory { text: shortened(text) })
    }
}

impl Default for AcmeDirectory {
    fn default() -> AcmeDirectory {
        AcmeDirectory(LETS_ENCRYPT.to_owned())
    }
}

/// Whether it is a URL of https that names nobody and leads somewhere.
pub(super) fn is_https(text: &str) -> bool {
    let Ok(url) = text.parse::<Uri>() else { return false };
    let named = url.authority().is_some_and(|it| !it.as_str().contains('@') && !it.host().is_empty());
    url.scheme_str() == Some("https") && named
}

impl AcmeDirectory {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the server, for people.
    pub(super) fn server(&self) -> String {
        self.0.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_owned)).unwrap_or_default()
    }

    /// A name of a folder: what one server gave is not taken for what another one gave.
    pub(super) fn folder_name(&self) -> String {
        let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' };
        self.0.trim_start_matches("https://").chars().map(safe).take(120).collect()
    }
}

/// An address of mail at which the server of certificates may reach the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeContact(String);

impl FromStr for AcmeContact {
    type Err = AcmeWordsError;

    fn from_str(text: &str) -> Result<AcmeContact, AcmeWordsError> {
        let mail = text.trim();
        let plain = mail.bytes().all(|byte| byte.is_ascii_graphic() && !b"?,<>()\"".contains(&byte));
        let halves = mail.split_once('@').is_some_and(|(who, at)| !who.is_empty() && is_dns_name(at));
        if mail.len() <= MAX_MAIL && plain && halves {
            return Ok(AcmeContact(mail.to_owned()));
        }
        Err(AcmeWordsError::Contact { text: shortened(mail) })
    }
}

impl AcmeContact {
    /// As a URL (RFC 6068).
    pub(super) fn url(&self) -> String {
        format!("mailto:{}", self.0)
    }
}

/// Enough of a text to be known by.
fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> AcmeName {
        text.parse().expect("a name")
    }

    #[test]
    fn names_and_addresses_are_read_and_nothing_else_is() {
        assert_eq!(name(" Play.Example. "), AcmeName::Dns("play.example".into()));
        assert_eq!(name("xn--bcher-kva.example"), AcmeName::Dns("xn--bcher-kva.example".into()));
        assert_eq!(name("203.0.113.9"), AcmeName::Ip([203, 0, 113, 9].into()));
        assert_eq!(name("[2001:DB8::5]"), name("2001:db8:0::5"));
        assert_eq!(name("::ffff:203.0.113.9"), name("203.0.113.9"), "browsers go there by IPv4");
        assert_eq!(name("2001:db8::5").to_string(), "[2001:db8::5]");
        let long = "a".repeat(300);
        for wrong in [
            "",
            ".",
            "*.example",
            "a..b",
            "-a.example",
            "a-.example",
            "a_b",
            "https://a/",
            "a:1",
            "1.2.3",
            "300.1.1.1",
            "::",
            "0.0.0.0",
            "224.0.0.1",
            "bücher.example",
            "a b",
            &long,
        ] {
            assert!(wrong.parse::<AcmeName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_of_one_network_and_of_examples_are_not_public() {
        let public = |text: &str| is_public(text.parse().expect("an address"));
        for text in ["45.0.0.1", "8.8.8.8", "192.0.1.1", "100.63.0.1", "2620:45::1", "::ffff:8.8.8.8"] {
            assert!(public(text), "{text}");
        }
        for text in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "0.1.2.3",
            "192.0.0.2",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "fe80::1",
            "fd00::1",
            "2001:db8::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn an_address_is_asked_for_by_its_name_below_arpa() {
        assert_eq!(name("203.0.113.9").sni(), "9.113.0.203.in-addr.arpa");
        let six = name("2001:db8::567:89ab").sni();
        // The example of RFC 3596, 2.5, with another address.
        assert_eq!(six, "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
        assert_eq!(name("play.example").sni(), "play.example");
    }

    #[test]
    fn each_name_has_a_file_and_each_server_a_folder() {
        assert_eq!(name("2001:db8::5").file_name(), "ip-2001_db8__5.pem");
        assert_eq!(name("play.example").file_name(), "dns-play.example.pem");
        let folder = |url: &str| url.parse::<AcmeDirectory>().expect("a URL").folder_name();
        assert_eq!(folder("https://ca.example:14000/../dir"), "ca.example-14000-..-dir");
        assert_ne!(folder("https://ca.example/a"), folder("https://ca.example/b"));
    }

    #[test]
    fn only_a_url_of_https_is_a_directory_and_only_mail_a_contact() {
        assert_eq!(AcmeDirectory::default().server(), "acme-v02.api.letsencrypt.org");
        assert_eq!("https://localhost:14000/dir".parse::<AcmeDirectory>().expect("a URL").server(), "localhost");
        for wrong in ["", "ca.example", "http://ca.example/", "https://", "https://me@ca.example/", "https:///x", "a b"]
        {
            assert!(wrong.parse::<AcmeDirectory>().is_err(), "{wrong}");
        }
        assert_eq!("me@mail.example".parse::<AcmeContact>().expect("mail").url(), "mailto:me@mail.example");
        for wrong in ["", "me", "@mail.example", "me@", "a@b?c=d", "a@b,c@d", "a b@c", "mailto:<a@b>"] {
            assert!(wrong.parse::<AcmeContact>().is_err(), "{wrong}");
        }
    }
}
