//! Under which names this host is spoken to, and by which pages.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

/// Whether a `Host` header names this machine. A page of another site can make its own name point here (DNS rebinding)
/// and would then be of the same origin; it cannot do that with an address, or with a name that is ours.
pub fn is_ours(host: &str, names: &[String]) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let (text, name) = (authority.as_str(), authority.host());
    // Neither a user nor anything but a port beside the name; the crate is lenient with ports.
    let Some(port) = text.strip_prefix(name) else { return false };
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    if let Some(address) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    name.parse::<std::net::Ipv4Addr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Names under which others find this machine: its own, with and without the ending of the local network.
pub fn machine_names() -> Vec<String> {
    let uname = rustix::system::uname();
    let name = uname.nodename().to_string_lossy().into_owned();
    let short = name.split('.').next().unwrap_or_default().to_owned();
    let mut names: Vec<String> = [name.clone(), format!("{short}.local"), short].into();
    names.retain(|name| !name.is_empty() && !name.starts_with('.'));
    names
}

/// A page of another site must not be able to open our WebSocket with the visitor's network position.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        // Not a browser: nothing to protect.
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, rest)| rest == host),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_our_own_names_are_ours_and_nothing_else_is() {
        let names = ["arcade".to_owned(), "arcade.local".to_owned()];
        for ours in [
            "127.0.0.1",
            "192.168.1.5:8470",
            "[::1]:80",
            "[fe80::1]",
            "localhost:1",
            "LOCALHOST",
            "arcade",
            "Arcade.local:8470",
            "arcade.local.",
        ] {
            assert!(is_ours(ours, &names), "{ours}");
        }
        for other in [
            "",
            "evil.example",
            "evil.example:8470",
            "127.0.0.1.evil.example",
            "[evil]",
            "[::1",
            "a:b:c",
            "localhost:x",
            "[::1]x",
            "user@localhost",
            "localhost/",
            "arcade.evil",
        ] {
            assert!(!is_ours(other, &names), "{other}");
        }
    }

    fn headers(origin: Option<&str>, host: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::ORIGIN, origin), (header::HOST, host)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().expect("a header"));
            }
        }
        headers
    }

    #[test]
    fn only_our_own_page_may_open_the_socket() {
        let host = Some("192.168.1.5:8470");
        assert!(is_same_origin(&headers(Some("http://192.168.1.5:8470"), host)));
        assert!(!is_same_origin(&headers(Some("http://evil.example"), host)));
        assert!(!is_same_origin(&headers(Some("null"), host)));
        assert!(!is_same_origin(&headers(Some("http://192.168.1.5:8470"), None)));
    }
}
