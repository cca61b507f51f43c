//! By which way host and guest should reach each other, by what is known of NATs (RFC 4787, RFC 5128) and of ICE (RFC 8445).
//!
//! A host tells every address of its own; a browser hides those behind names that only its own network resolves
//! (draft-ietf-mmusic-mdns-ice-candidates), so a guest is known by what STUN or TURN servers saw of it.

use super::{Kind, Nat};
use std::fmt;

/// What host and guest have beside their networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The host's router opens ports for it when it asks.
    pub mapping: bool,
    pub stun: bool,
    /// By UDP and by TCP, in both families.
    pub turn: bool,
}

impl Options {
    /// All eight.
    pub fn all() -> impl Iterator<Item = Options> {
        (0..8).map(|bits| Options { mapping: bits & 1 != 0, stun: bits & 2 != 0, turn: bits & 4 != 0 })
    }
}

impl fmt::Display for Options {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |on: bool| if on { "on" } else { "off" };
        write!(out, "mapping {}, STUN {}, TURN {}", word(self.mapping), word(self.stun), word(self.turn))
    }
}

/// How the media travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// UDP, to an address that is open to everybody.
    Direct,
    /// UDP, through holes that both made in their NATs.
    Punched,
    /// TCP to the host's own port.
    Tcp,
    /// Through the TURN server.
    Relayed,
    None(Why),
}

/// Why there is no way without a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// One has IPv4 alone, the other IPv6.
    Families,
    /// The network of one of them lets no UDP through, and the host's TCP port is not reachable.
    UdpBlocked,
    /// Neither was told an address at which the other lets it in, for want of STUN.
    NoAddress,
    /// The ports that one sends from are not those that the other expects.
    Ports,
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Path::Direct => "direct",
            Path::Punched => "punched",
            Path::Tcp => "TCP",
            Path::Relayed => "relayed",
            Path::None(Why::Families) => "none: families",
            Path::None(Why::UdpBlocked) => "none: no UDP",
            Path::None(Why::NoAddress) => "none: unknown",
            Path::None(Why::Ports) => "none: ports",
        })
    }
}

/// Whom the way in lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub enum Filtering {
    /// Everybody, even where nothing was sent from before.
    Open,
    /// Everybody, once something was sent.
    EndpointIndependent,
    AddressDependent,
    AddressAndPortDependent,
}

/// What every destination sees as the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapping {
    /// The machine's own address.
    Own,
    /// One other address and port.
    EndpointIndependent,
    /// Each destination another port.
    AddressAndPortDependent,
}

/// How a network behaves towards UDP as a whole. None: none gets through.
pub fn behavior(kind: Kind) -> Option<(Mapping, Filtering)> {
    let mut all = (Mapping::Own, Filtering::Open);
    for nat in kind.routers() {
        let (mapping, filtering) = match nat {
            Nat::FullCone => (Mapping::EndpointIndependent, Filtering::EndpointIndependent),
            Nat::AddressRestricted => (Mapping::EndpointIndependent, Filtering::AddressDependent),
            Nat::PortRestricted => (Mapping::EndpointIndependent, Filtering::AddressAndPortDependent),
            Nat::Symmetric => (Mapping::AddressAndPortDependent, Filtering::AddressAndPortDependent),
            Nat::TcpOnly => return None,
        };
        // One router that changes ports on the way is enough, and the strictest decides who gets in.
        if all.0 != Mapping::AddressAndPortDependent {
            all.0 = mapping;
        }
        if filtering > all.1 {
            all.1 = filtering;
        }
    }
    Some(all)
}

/// One side of a call, as far as the other one is concerned.
#[derive(Clone, Copy)]
struct End {
    mapping: Mapping,
    filtering: Filtering,
    /// The other one was told an address that leads here, if its sender is let in.
    told: bool,
}

impl End {
    fn is_open(&self) -> bool {
        self.filtering == Filtering::Open && self.told
    }

    /// Whether what the other end sends to the address that it was told gets in. Each sends to what it was told of the other.
    fn lets_in(&self, other: &End) -> bool {
        self.told
            && match self.filtering {
                Filtering::Open => true,
                // The address that was told is another destination's, and lets in that one alone.
                _ if self.mapping == Mapping::AddressAndPortDependent => false,
                Filtering::EndpointIndependent => true,
                Filtering::AddressDependent => other.told,
                Filtering::AddressAndPortDependent => other.told && other.mapping != Mapping::AddressAndPortDependent,
            }
    }
}

/// Whether the host's router opens ports that lead in from the internet: the only router on the way, and asked.
fn is_mapped(host: Kind, options: Options) -> bool {
    options.mapping && host.routers().len() == 1
}

/// By which way the media should go.
pub fn expected(host: Kind, guest: Kind, options: Options) -> Path {
    let udp = if host.is_ipv6() == guest.is_ipv6() { udp(host, guest, options) } else { Err(Why::Families) };
    let tcp = host.is_ipv6() == guest.is_ipv6() && (host.routers().is_empty() || is_mapped(host, options));
    match udp {
        Ok(path) => path,
        Err(_) if tcp => Path::Tcp,
        Err(_) if options.turn => Path::Relayed,
        Err(why) => Path::None(why),
    }
}

/// The same for a guest in Chromium, which asks for names of its own by multicast DNS over IPv4 alone: without any address of
/// IPv4, be it a link-local one, it gets none, and tries no way before a server has told it an address.
pub fn expected_in_chromium(host: Kind, guest: Kind, options: Options) -> Path {
    match expected(host, guest, options) {
        Path::Direct | Path::Tcp if guest.is_ipv6() && !options.stun && !options.turn => Path::None(Why::NoAddress),
        path => path,
    }
}

/// Whether UDP finds a way between networks of one family without a relay, and which.
fn udp(host: Kind, guest: Kind, options: Options) -> Result<Path, Why> {
    let (Some(host_behavior), Some(guest_behavior)) = (behavior(host), behavior(guest)) else {
        return Err(Why::UdpBlocked);
    };
    // A TURN server says as well from where it was asked.
    let seen = options.stun || options.turn;
    let guest = End { mapping: guest_behavior.0, filtering: guest_behavior.1, told: seen };
    let mapped = is_mapped(host, options);
    let host = End {
        mapping: host_behavior.0,
        filtering: if mapped { Filtering::Open } else { host_behavior.1 },
        told: seen || mapped || host_behavior.0 == Mapping::Own,
    };
    match (host.lets_in(&guest), guest.lets_in(&host)) {
        (false, false) if !guest.told || !host.told => Err(Why::NoAddress),
        (false, false) => Err(Why::Ports),
        _ if host.is_open() || guest.is_open() => Ok(Path::Direct),
        _ => Ok(Path::Punched),
    }
}
