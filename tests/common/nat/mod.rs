//! An internet of a test's own: routers that translate addresses as those at home do, servers between them, and what of it
//! leads from one machine to another.

#![allow(dead_code)]

pub mod calls;
pub mod delay;
pub mod probe;
pub mod servers;
pub mod sites;
pub mod theory;

use std::fmt;

/// What stands between a machine and the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A public IPv4 address of the machine's own.
    NoNat,
    /// Whoever knows the port that a machine once sent from gets in.
    FullCone,
    /// Whom the machine has sent to from that port gets in, from any port of theirs.
    AddressRestricted,
    /// Only the very address and port that it has sent to get in.
    PortRestricted,
    /// The same, and each destination sees another port.
    Symmetric,
    /// A router at home behind the carrier's.
    DoubleNat,
    /// A router at home that lets no UDP through.
    UdpBlocked,
    /// A public IPv6 address, and no IPv4.
    Ipv6Only,
}

/// What one router does with UDP. Names as in RFC 3489; in RFC 4787's words all but the last map independently of the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nat {
    FullCone,
    AddressRestricted,
    PortRestricted,
    Symmetric,
    /// TCP alone gets through.
    TcpOnly,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::NoNat,
        Kind::FullCone,
        Kind::AddressRestricted,
        Kind::PortRestricted,
        Kind::Symmetric,
        Kind::DoubleNat,
        Kind::UdpBlocked,
        Kind::Ipv6Only,
    ];

    /// The routers on the way out, that of the home first.
    pub fn routers(self) -> &'static [Nat] {
        match self {
            Kind::NoNat | Kind::Ipv6Only => &[],
            Kind::FullCone => &[Nat::FullCone],
            Kind::AddressRestricted => &[Nat::AddressRestricted],
            Kind::PortRestricted => &[Nat::PortRestricted],
            Kind::Symmetric => &[Nat::Symmetric],
            Kind::DoubleNat => &[Nat::PortRestricted, Nat::PortRestricted],
            Kind::UdpBlocked => &[Nat::TcpOnly],
        }
    }

    /// Whether the machine is in IPv6 alone.
    pub fn is_ipv6(self) -> bool {
        self == Kind::Ipv6Only
    }

    /// For names of machines.
    pub fn word(self) -> &'static str {
        match self {
            Kind::NoNat => "open",
            Kind::FullCone => "full",
            Kind::AddressRestricted => "address",
            Kind::PortRestricted => "port",
            Kind::Symmetric => "symmetric",
            Kind::DoubleNat => "double",
            Kind::UdpBlocked => "blocked",
            Kind::Ipv6Only => "six",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Kind::NoNat => "no NAT",
            Kind::FullCone => "full cone",
            Kind::AddressRestricted => "address-restr.",
            Kind::PortRestricted => "port-restr.",
            Kind::Symmetric => "symmetric",
            Kind::DoubleNat => "double NAT",
            Kind::UdpBlocked => "UDP blocked",
            Kind::Ipv6Only => "IPv6 only",
        })
    }
}
