//! Under which names this host is spoken to, by which pages, and by way of whom.

use super::names;
use super::public_address::{PublicAddress, PublicAddressError};
use crate::messages;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use ipnet::IpNet;
use std::net::IpAddr;

messages! {
    /// What of a person's words about names and servers cannot be used.
    pub enum SiteProblem in site_words {
        name => Name { name: String },
        public => Public { error: PublicAddressError },
        proxy => Proxy { text: String },
    }
}

/// What the host wants to be known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Names under which guests reach this machine, beside those that it has by itself.
    pub names: Vec<String>,
    /// Where guests open the page by way of somebody else's server.
    pub public: Option<PublicAddress>,
    /// Servers whose word counts for who is behind them (`X-Forwarded-For`) and what they were asked for
    /// (`X-Forwarded-Host`).
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Site {
    /// A proxy on this machine is trusted: whoever can start one may do more than to say another address.
    fn default() -> Site {
        let local = [IpNet::new([127, 0, 0, 0].into(), 8), IpNet::new(std::net::Ipv6Addr::LOCALHOST.into(), 128)];
        Site { names: Vec::new(), public: None, trusted_proxies: local.into_iter().flatten().collect() }
    }
}

/// What a request says about where it comes from and where it wants to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who asks, as far as trusted proxies tell.
    pub client: IpAddr,
    /// It came by way of a trusted proxy.
    by_proxy: bool,
    /// What was asked for: `Host`, and before it what the proxy was asked for.
    hosts: Vec<String>,
}

impl Site {
    /// From what a person wrote, and what of it cannot be used.
    pub fn from_words(names: &[String], public: &str, proxies: &[String]) -> (Site, Vec<SiteProblem>) {
        let mut wrong = Vec::new();
        let names = names.iter().filter_map(|name| match name_and_port(name.trim()) {
            Some((name, None)) => Some(name.to_owned()),
            _ if name.trim().is_empty() => None,
            _ => {
                wrong.push(SiteProblem::Name { name: name.clone() });
                None
            }
        });
        let names = names.collect();
        let public = match public.trim() {
            "" => None,
            text => PublicAddress::parse(text).map_err(|error| wrong.push(SiteProblem::Public { error })).ok(),
        };
        let trusted_proxies = proxies.iter().filter_map(|text| {
            let net = parse_network(text);
            if net.is_none() {
                wrong.push(SiteProblem::Proxy { text: text.clone() });
            }
            net
        });
        let trusted_proxies = trusted_proxies.collect();
        (Site { names, public, trusted_proxies }, wrong)
    }

    /// Reads a request from `peer` to our port.
    pub fn read(&self, peer: IpAddr, port: u16, headers: &HeaderMap) -> Asked {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let by_proxy = self.trusts(peer) && (says_forwarded(headers) || lacks_port(text("host").as_deref(), port));
        // The first: that is what the browser asked for, when several proxies stand in a row.
        let forwarded = text("x-forwarded-host").filter(|_| by_proxy);
        let forwarded = forwarded.map(|all| all.split(',').next().unwrap_or_default().trim().to_owned());
        Asked {
            client: if by_proxy { self.client(peer, headers) } else { peer },
            by_proxy,
            hosts: forwarded.into_iter().chain(text("host")).collect(),
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|net| net.contains(&address))
    }

    /// The last address that was not said by somebody untrusted: each proxy adds the one it was asked by.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
        let all: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        let mut client = peer;
        for said in all.into_iter().rev() {
            // With a port, as some write it; what is no address ends the row.
            let address = said.parse::<IpAddr>().or_else(|_| said.parse().map(|it: std::net::SocketAddr| it.ip()));
            let Ok(address) = address else { break };
            client = address.to_canonical();
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    /// Whether a request names this machine, in all that it says. A page of another site can make its own name point here
    /// (DNS rebinding) and would then be of the same origin; it cannot do that with an address, or with a name that is ours.
    pub fn is_ours(&self, asked: &Asked) -> bool {
        !asked.hosts.is_empty() && asked.hosts.iter().all(|host| self.is_our_host(host))
    }

    fn is_our_host(&self, host: &str) -> bool {
        let Some((name, _)) = name_and_port(host) else { return false };
        is_address(name)
            || name.eq_ignore_ascii_case("localhost")
            || self.public.as_ref().is_some_and(|public| public.name().eq_ignore_ascii_case(name))
            || self.names.iter().any(|known| plain(known).eq_ignore_ascii_case(name))
            // Last: they are asked of the system anew, since another network gives other names.
            || names::of_machine().iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether a page may open our WebSocket: one of another site could use the visitor's place in the network.
    pub fn is_same_origin(&self, asked: &Asked, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            // Not a browser: nothing to protect.
            return true;
        };
        let Some((scheme, authority)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
            return false;
        };
        let Some((name, port)) = name_and_port(authority) else { return false };
        let usual = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return false,
        };
        let port = port.unwrap_or(usual);
        if self.public.as_ref().is_some_and(|public| public.is_origin(scheme, name, port)) {
            return true;
        }
        let forwarded_port = headers.get("x-forwarded-port").and_then(|value| value.to_str().ok()?.parse().ok());
        asked.hosts.iter().filter_map(|host| name_and_port(host)).any(|(known, known_port)| {
            let said = known_port.or(forwarded_port.filter(|_| asked.by_proxy));
            let port_fits = match said {
                Some(known) => known == port,
                // A proxy often says the name without its port; a browser leaves out the usual one only.
                None => asked.by_proxy || port == usual,
            };
            port_fits && known.eq_ignore_ascii_case(name)
        })
    }

    /// The path below the page's own, where a proxy leaves its own before it.
    pub fn path<'a>(&self, path: &'a str) -> &'a str {
        let base = self.public.as_ref().map_or("/", PublicAddress::path);
        match path.strip_prefix(base.trim_end_matches('/')) {
            Some(rest) if rest.starts_with('/') => rest,
            _ => path,
        }
    }
}

fn says_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("x-forwarded-"))
}

/// Whether somebody on the way took the port from `Host`: a browser leaves out the usual ones only.
fn lacks_port(host: Option<&str>, port: u16) -> bool {
    let portless = host.and_then(name_and_port).is_some_and(|(_, port)| port.is_none());
    portless && ![80, 443].contains(&port)
}

/// A name without the dot of the root.
fn plain(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn is_address(name: &str) -> bool {
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => name.parse::<std::net::Ipv4Addr>().is_ok(),
    }
}

/// What stands in a `Host` header or an origin. Neither a user nor anything but a port beside the name; the crate is lenient
/// with ports.
fn name_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    text.parse::<Authority>().ok()?;
    let colon = match text.rfind(']') {
        Some(bracket) => text[bracket..].find(':').map(|at| bracket + at),
        None => text.find(':'),
    };
    let (name, port) = colon.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
    let port = match port {
        Some("") | None => None,
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Some(port.parse().ok()?),
        Some(_) => return None,
    };
    let name = plain(name);
    let bracketed = name.starts_with('[') && name.ends_with(']') && is_address(name);
    (!name.is_empty() && (bracketed || !name.contains(['[', ']', '@', '/']))).then_some((name, port))
}

/// A network as `192.168.1.0/24`, or of one address.
pub fn parse_network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| address.into()))
}

/// Whether a `Host` header names this machine, where `names` are its own.
pub fn is_our_host(host: &str, names: &[String]) -> bool {
    Site { names: names.to_vec(), ..Site::default() }.is_our_host(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 77));

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            headers.append(*name, value.parse().expect("a header"));
        }
        headers
    }

    fn public(url: &str) -> Site {
        Site { public: Some(PublicAddress::parse(url).expect("an address")), ..Site::default() }
    }

    /// Whether a request is answered, and whether its page may open the WebSocket.
    fn judged(site: &Site, peer: IpAddr, all: &[(&'static str, &str)]) -> (bool, bool) {
        let headers = headers(all);
        let asked = site.read(peer, 8470, &headers);
        (site.is_ours(&asked), site.is_same_origin(&asked, &headers))
    }

    #[test]
    fn addresses_and_our_own_names_are_ours_and_nothing_else_is() {
        let names = ["arcade".to_owned(), "arcade.local".to_owned(), "rooted.example.".to_owned()];
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
            "arcade.local.:80",
            "rooted.example",
        ] {
            assert!(is_our_host(ours, &names), "{ours}");
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
            "localhost:99999",
            ":80",
        ] {
            assert!(!is_our_host(other, &names), "{other}");
        }
    }

    #[test]
    fn the_names_that_the_network_gives_this_machine_are_ours() {
        for name in names::of_machine() {
            assert!(is_our_host(&format!("{name}:8470"), &[]), "{name}");
        }
    }

    #[test]
    fn only_our_own_page_may_open_the_socket() {
        let site = Site::default();
        let opens = |all: &[(&'static str, &str)]| judged(&site, ELSEWHERE, all).1;
        let host = ("host", "192.168.1.5:8470");
        assert!(opens(&[host]), "no browser");
        assert!(opens(&[host, ("origin", "http://192.168.1.5:8470")]));
        assert!(opens(&[("host", "192.168.1.5"), ("origin", "http://192.168.1.5")]));
        assert!(opens(&[("host", "192.168.1.5:80"), ("origin", "http://192.168.1.5")]));
        assert!(opens(&[("host", "[2001:db8::5]:8470"), ("origin", "http://[2001:db8::5]:8470")]));
        assert!(!opens(&[host, ("origin", "http://192.168.1.5:3000")]), "another program of this machine");
        assert!(!opens(&[host, ("origin", "http://192.168.1.5")]));
        assert!(!opens(&[("host", "192.168.1.5"), ("origin", "http://192.168.1.5:8470")]));
        assert!(!opens(&[host, ("origin", "http://evil.example")]));
        assert!(!opens(&[host, ("origin", "null")]));
        assert!(!opens(&[host, ("origin", "file://192.168.1.5:8470")]));
        assert!(!opens(&[("origin", "http://192.168.1.5:8470")]));
        // A stranger's word about what a proxy was asked for counts nothing.
        assert!(!opens(&[host, ("x-forwarded-host", "evil.example"), ("origin", "http://evil.example")]));
    }

    #[test]
    fn a_proxy_may_drop_the_port_or_say_what_it_was_asked_for() {
        let site = Site { names: vec!["play.example".into()], ..Site::default() };
        let proxied = ("x-forwarded-for", "203.0.113.9");
        let origin = ("origin", "https://play.example:8443");
        assert_eq!(judged(&site, HERE, &[("host", "play.example"), proxied, origin]), (true, true));
        let upstream = ("host", "127.0.0.1:8470");
        let said = ("x-forwarded-host", "play.example");
        assert_eq!(judged(&site, HERE, &[upstream, said, origin]), (true, true));
        assert_eq!(judged(&site, HERE, &[upstream, said, ("x-forwarded-port", "8443"), origin]), (true, true));
        assert_eq!(judged(&site, HERE, &[upstream, said, ("x-forwarded-port", "443"), origin]), (true, false));
        let exact = ("x-forwarded-host", "play.example:9000");
        assert_eq!(judged(&site, HERE, &[upstream, exact, origin]), (true, false));
        // Two in a row: what the browser asked for comes first.
        let row = ("x-forwarded-host", "play.example, inner");
        assert_eq!(judged(&site, HERE, &[upstream, row, origin]), (true, true));
        // As nginx does it with one line: a browser would have said our port.
        assert_eq!(judged(&site, HERE, &[("host", "play.example"), origin]), (true, true));
        assert_eq!(
            judged(&site, HERE, &[("host", "play.example"), ("origin", "https://other.example")]),
            (true, false)
        );
        let asked = site.read(HERE, 80, &headers(&[("host", "play.example"), origin]));
        assert!(!site.is_same_origin(&asked, &headers(&[origin])), "on the usual port it says nothing");
        // From elsewhere it is nobody's word.
        assert_eq!(judged(&site, ELSEWHERE, &[("host", "play.example"), proxied, origin]), (true, false));
        let trusting = Site { trusted_proxies: vec!["192.168.1.0/24".parse().expect("a net")], ..site.clone() };
        assert_eq!(judged(&trusting, ELSEWHERE, &[("host", "play.example"), proxied, origin]), (true, true));
        // A name that is not ours is not, whoever says it.
        let other = ("x-forwarded-host", "evil.example");
        assert!(!judged(&site, HERE, &[upstream, other, ("origin", "https://evil.example")]).0);
        assert!(!judged(&site, HERE, &[("host", "evil.example"), said, origin]).0);
    }

    #[test]
    fn the_public_address_is_ours_with_its_path() {
        let site = public("https://play.example/games/");
        let origin = ("origin", "https://play.example");
        // A proxy that says nothing of what it was asked for.
        assert_eq!(judged(&site, HERE, &[("host", "127.0.0.1:8470"), origin]), (true, true));
        assert_eq!(judged(&site, HERE, &[("host", "play.example"), origin]), (true, true));
        assert_eq!(
            judged(&site, HERE, &[("host", "127.0.0.1:8470"), ("origin", "http://play.example")]),
            (true, false)
        );
        let other = ("origin", "https://play.example:444");
        assert_eq!(judged(&site, HERE, &[("host", "127.0.0.1:8470"), other]), (true, false));
        assert_eq!(site.path("/games/ws"), "/ws");
        assert_eq!(site.path("/games/"), "/");
        assert_eq!(site.path("/ws"), "/ws", "a proxy may take it away");
        assert_eq!(site.path("/gamesome/ws"), "/gamesome/ws");
        assert_eq!(Site::default().path("/src/main.js"), "/src/main.js");
        assert_eq!(public("https://play.example").path("/ws"), "/ws");
    }

    #[test]
    fn the_guest_is_the_last_address_that_a_trusted_proxy_vouches_for() {
        let site = Site::default();
        let client = |peer, all: &[(&'static str, &str)]| site.read(peer, 8470, &headers(all)).client;
        let guest: IpAddr = "203.0.113.9".parse().expect("an address");
        assert_eq!(client(HERE, &[("x-forwarded-for", "203.0.113.9")]), guest);
        assert_eq!(
            client(HERE, &[("x-forwarded-for", "1.2.3.4, 203.0.113.9")]),
            guest,
            "the first is the guest's own word"
        );
        assert_eq!(
            client(HERE, &[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "203.0.113.9, 127.0.0.1")]),
            guest
        );
        assert_eq!(client(HERE, &[("x-forwarded-for", "203.0.113.9:4711")]), guest);
        assert_eq!(client(HERE, &[("x-forwarded-for", "::ffff:203.0.113.9")]), guest);
        for nonsense in ["", "unknown", "1.2.3", ","] {
            assert_eq!(client(HERE, &[("x-forwarded-for", nonsense)]), HERE, "{nonsense}");
        }
        assert_eq!(client(HERE, &[]), HERE);
        assert_eq!(client(ELSEWHERE, &[("x-forwarded-for", "203.0.113.9")]), ELSEWHERE);
    }
}
