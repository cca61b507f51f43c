//! The messages of PCP that are needed: MAP requests (RFC 6887 section 11.1) and what is answered to them.

use super::status::Protocol;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU16;
use std::time::Duration;

const VERSION: u8 = 2;
const MAP: u8 = 1;
const RESPONSE: u8 = 0x80;
/// Header and MAP.
pub const LENGTH: usize = 24 + 36;
/// The longest message, section 7.
pub const MOST: usize = 1100;

/// Tells one's own mappings from those that others make; the same for each renewal.
pub type Nonce = [u8; 12];

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapRequest {
    /// As the router sees this machine.
    pub client: IpAddr,
    pub protocol: Protocol,
    pub internal_port: NonZeroU16,
    /// A wish.
    pub external_port: u16,
    /// Zero removes the mapping.
    pub lifetime: Duration,
    pub nonce: Nonce,
}

/// What a datagram from the router is to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Granted {
        external: IpAddr,
        external_port: NonZeroU16,
        lifetime: Duration,
    },
    Removed,
    /// The result code, section 7.4.
    Refused(u8),
    /// It speaks NAT-PMP only, or another version of PCP.
    OtherVersion,
    /// No answer to this request.
    Nonsense,
}

fn protocol_number(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
    }
}

fn mapped(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

impl MapRequest {
    pub fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[0] = VERSION;
        bytes[1] = MAP;
        let seconds = u32::try_from(self.lifetime.as_secs()).unwrap_or(u32::MAX);
        bytes[4..8].copy_from_slice(&seconds.to_be_bytes());
        bytes[8..24].copy_from_slice(&mapped(self.client));
        bytes[24..36].copy_from_slice(&self.nonce);
        bytes[36] = protocol_number(self.protocol);
        bytes[40..42].copy_from_slice(&self.internal_port.get().to_be_bytes());
        bytes[42..44].copy_from_slice(&self.external_port.to_be_bytes());
        // Any address of the same family.
        let any: IpAddr =
            if self.client.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        bytes[44..60].copy_from_slice(&mapped(any));
        bytes
    }

    /// Reads what the router sent.
    pub fn answer(&self, bytes: &[u8]) -> Answer {
        // A server of NAT-PMP answers in its own shorter way (appendix A), whatever is in the rest.
        let [version, operation, _, result, ..] = *bytes else { return Answer::Nonsense };
        if bytes.len() > MOST || operation & RESPONSE == 0 {
            return Answer::Nonsense;
        }
        if version != VERSION {
            return Answer::OtherVersion;
        }
        if operation != RESPONSE | MAP || bytes.len() < LENGTH || !bytes.len().is_multiple_of(4) {
            return Answer::Nonsense;
        }
        let ours = self.to_bytes();
        let same = |from: usize, to: usize| bytes[from..to] == ours[from..to];
        // Of an error, the rest is a copy of the request (section 7.2).
        if !same(24, 37) || !same(40, 42) {
            return Answer::Nonsense;
        }
        match result {
            0 => self.granted(bytes),
            1 => Answer::OtherVersion,
            code => Answer::Refused(code),
        }
    }

    fn granted(&self, bytes: &[u8]) -> Answer {
        let seconds = u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        if self.lifetime.is_zero() {
            return if seconds == 0 { Answer::Removed } else { Answer::Nonsense };
        }
        let mut external = [0; 16];
        external.copy_from_slice(&bytes[44..60]);
        let external = IpAddr::from(external).to_canonical();
        match NonZeroU16::new(u16::from_be_bytes([bytes[42], bytes[43]])) {
            Some(external_port) if seconds > 0 && external.is_ipv4() == self.client.is_ipv4() => {
                Answer::Granted { external, external_port, lifetime: Duration::from_secs(seconds.into()) }
            }
            _ => Answer::Nonsense,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request() -> MapRequest {
        MapRequest {
            client: IpAddr::from([192, 168, 1, 2]),
            protocol: Protocol::Udp,
            internal_port: NonZeroU16::new(5000).expect("a port"),
            external_port: 6000,
            lifetime: Duration::from_secs(3600),
            nonce: *b"twelve bytes",
        }
    }

    /// As a router grants what is asked.
    fn grant(request: &MapRequest) -> [u8; LENGTH] {
        let mut bytes = request.to_bytes();
        bytes[1] |= RESPONSE;
        bytes[8..24].fill(0);
        bytes[44..60].copy_from_slice(&mapped(IpAddr::from([203, 0, 113, 7])));
        bytes
    }

    #[test]
    fn a_grant_is_read_with_its_address_port_and_lifetime() {
        let request = request();
        assert_eq!(
            request.answer(&grant(&request)),
            Answer::Granted {
                external: IpAddr::from([203, 0, 113, 7]),
                external_port: NonZeroU16::new(6000).expect("a port"),
                lifetime: Duration::from_secs(3600),
            }
        );
        let removal = MapRequest { lifetime: Duration::ZERO, external_port: 0, ..request };
        assert_eq!(removal.answer(&grant(&removal)), Answer::Removed);
    }

    #[test]
    fn what_is_no_answer_to_this_request_counts_for_nothing() {
        let request = request();
        let good = grant(&request);
        // Operation, nonce, protocol, internal port, external port 0, lifetime 0, an address of the other family.
        let spoilt: [(usize, &[u8]); 7] =
            [(1, &[MAP]), (30, b"!"), (36, &[6]), (41, &[1]), (42, &[0, 0]), (4, &[0; 4]), (44, &[0x20])];
        for (at, bytes) in spoilt {
            let mut answer = good;
            answer[at..at + bytes.len()].copy_from_slice(bytes);
            assert_eq!(request.answer(&answer), Answer::Nonsense, "{at}");
        }
        assert_eq!(request.answer(&good[..58]), Answer::Nonsense);
        assert_eq!(request.answer(&[&good[..], &[0; MOST]].concat()), Answer::Nonsense);
    }

    #[test]
    fn refusals_have_their_code_and_older_servers_are_known() {
        let request = request();
        let mut refused = grant(&request);
        refused[3] = 2;
        assert_eq!(request.answer(&refused), Answer::Refused(2));
        refused[3] = 1;
        assert_eq!(request.answer(&refused), Answer::OtherVersion);
        assert_eq!(request.answer(&[0, 0x81, 0, 1, 0, 0, 0, 9]), Answer::OtherVersion);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..128)) {
            request().answer(&bytes);
        }
    }
}
