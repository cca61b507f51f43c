//! What is asked of the router, and what became of it.

use crate::messages;
use crate::text::{IoCause, Texts, Value};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;

/// What a port carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Udp,
    Tcp,
}

/// A port of this machine that friends are to reach from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub protocol: Protocol,
    pub internal_port: NonZeroU16,
    /// The router may grant another one.
    pub external_port: NonZeroU16,
}

/// How a router was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Port Control Protocol, RFC 6887.
    Pcp,
    /// NAT Port Mapping Protocol, RFC 6886.
    NatPmp,
    /// Internet Gateway Device of UPnP.
    Upnp,
}

impl Value for Method {
    fn show(&self, _: &Texts) -> String {
        let name = match self {
            Method::Pcp => "PCP",
            Method::NatPmp => "NAT-PMP",
            Method::Upnp => "UPnP",
        };
        name.to_owned()
    }
}

/// What a router granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    pub method: Method,
    /// Of the router, or of this machine where the router only opens its firewall (IPv6).
    pub external: SocketAddr,
    /// Of this machine.
    pub internal: SocketAddr,
}

messages! {
    /// Why a port is not reached from outside.
    pub enum MappingProblem in port_mapping {
        no_gateway => NoGateway,
        no_ipv6 => NoIpv6,
        /// Neither method was answered in a way that can be used.
        no_answer => NoAnswer { gateway: IpAddr },
        /// The code is that of the method.
        refused => Refused { gateway: IpAddr, method: Method, code: u16 },
        nonsense => Nonsense { gateway: IpAddr, method: Method },
        io => Io { gateway: IpAddr, cause: IoCause },
        /// The router has no public address, and maps nothing therefore.
        not_online => NotOnline { gateway: IpAddr },
        /// Behind the router is another one.
        double_nat => DoubleNat { external: IpAddr },
        /// Behind the router is one of the provider's, RFC 6598 and RFC 6333.
        carrier_grade => CarrierGrade { external: IpAddr },
        /// Others see this machine at an address that is not the router's.
        other_address => OtherAddress { external: IpAddr, seen: IpAddr },
    }
}

impl MappingProblem {
    /// How much it says: of several methods' problems, the one is told that says most.
    fn weight(&self) -> u8 {
        match self {
            MappingProblem::NoGateway | MappingProblem::NoIpv6 => 0,
            MappingProblem::NoAnswer { .. } => 1,
            MappingProblem::Io { .. } => 2,
            MappingProblem::Nonsense { .. } => 3,
            MappingProblem::Refused { .. } => 4,
            MappingProblem::NotOnline { .. } => 5,
            MappingProblem::DoubleNat { .. }
            | MappingProblem::CarrierGrade { .. }
            | MappingProblem::OtherAddress { .. } => 6,
        }
    }

    /// The one that says more; of equals the first.
    pub(super) fn or_better(self, other: MappingProblem) -> MappingProblem {
        if other.weight() > self.weight() { other } else { self }
    }
}

/// What became of one port in one family of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Asking,
    Mapped(Mapping),
    /// The mapping is there and kept, but leads nowhere from the internet.
    NotReachable {
        mapping: Mapping,
        why: MappingProblem,
    },
    /// It is asked for again.
    Unmapped(MappingProblem),
}

/// What became of one port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortStatus {
    pub wanted: Wanted,
    pub ipv4: Outcome,
    /// A pinhole in the router's firewall, by PCP only.
    pub ipv6: Outcome,
}

impl PortStatus {
    /// By which a guest gets here, as far as it is known that they do.
    pub fn mappings(&self) -> impl Iterator<Item = &Mapping> {
        [&self.ipv4, &self.ipv6].into_iter().filter_map(|outcome| match outcome {
            Outcome::Mapped(mapping) => Some(mapping),
            Outcome::Asking | Outcome::NotReachable { .. } | Outcome::Unmapped(_) => None,
        })
    }
}

/// Of each port, in the order in which they were asked for.
pub type MappingStatus = Vec<PortStatus>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_more_than_silence_in_any_order() {
        let gateway = IpAddr::from([192, 168, 1, 1]);
        let silence = MappingProblem::NoAnswer { gateway };
        let refusal = MappingProblem::Refused { gateway, method: Method::Upnp, code: 606 };
        assert_eq!(silence.clone().or_better(refusal.clone()), refusal);
        assert_eq!(refusal.clone().or_better(silence), refusal);
        assert!(refusal.to_string().contains("UPnP") && refusal.to_string().contains("606"), "{refusal}");
    }
}
