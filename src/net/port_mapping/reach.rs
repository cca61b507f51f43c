//! Whether the address that a router maps to is one that the internet reaches.

use super::status::{Mapping, MappingProblem, Outcome};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Public addresses at which others saw this machine, as STUN servers tell: one of each family.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    ipv4: Option<Ipv4Addr>,
    ipv6: Option<Ipv6Addr>,
    /// How often it was told: the same address told again is news after a move to another network.
    times: u64,
}

impl Seen {
    pub fn set(&mut self, address: IpAddr) {
        self.times = self.times.wrapping_add(1);
        match address.to_canonical() {
            IpAddr::V4(address) => self.ipv4 = Some(address),
            IpAddr::V6(address) => self.ipv6 = Some(address),
        }
    }
}

/// What stands between the internet and `mapping`, as far as its address and those that others saw tell.
fn obstacle(mapping: &Mapping, seen: &Seen) -> Option<MappingProblem> {
    let external = mapping.external.ip().to_canonical();
    match external {
        IpAddr::V4(address) => {
            if is_shared(address) {
                return Some(MappingProblem::CarrierGrade { external });
            }
            if address.is_private() || address.is_loopback() || address.is_link_local() {
                return Some(MappingProblem::DoubleNat { external });
            }
            let seen = seen.ipv4.filter(|seen| *seen != address)?;
            Some(MappingProblem::OtherAddress { external, seen: seen.into() })
        }
        // One machine has several addresses of this family; which one others see depends on the one that it sends from.
        IpAddr::V6(address) => (!is_global(address)).then_some(MappingProblem::DoubleNat { external }),
    }
}

/// Shared by a provider's customers: RFC 6598, and what is between them and the provider in RFC 6333 (DS-Lite).
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    (first == 100 && second & 0b1100_0000 == 64) || [first, second, third] == [192, 0, 0]
}

/// Global unicast, RFC 4291 section 2.4, as far as it is given out.
pub fn is_global(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xe000 == 0x2000
}

/// Whether an address can be a router's at all.
pub fn is_possible(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[0] != 0 && address.octets()[0] < 224,
        IpAddr::V6(address) => !address.is_unspecified() && !address.is_multicast() && !address.is_loopback(),
    }
}

/// The same outcome, in the light of what others saw.
pub fn judge(outcome: Outcome, seen: &Seen) -> Outcome {
    let Outcome::Mapped(mapping) = outcome else { return outcome };
    match obstacle(&mapping, seen) {
        Some(why) => Outcome::NotReachable { mapping, why },
        None => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::super::status::Method;
    use super::*;
    use std::net::SocketAddr;

    fn judged(external: &str, seen: &[&str]) -> Outcome {
        let mut all = Seen::default();
        for address in seen {
            all.set(address.parse().expect("an address"));
        }
        let external = SocketAddr::new(external.parse().expect("an address"), 5000);
        let internal = SocketAddr::from(([192, 168, 1, 2], 5000));
        judge(Outcome::Mapped(Mapping { method: Method::Pcp, external, internal }), &all)
    }

    fn why(external: &str, seen: &[&str]) -> MappingProblem {
        match judged(external, seen) {
            Outcome::NotReachable { why, .. } => why,
            other => panic!("{external}: {other:?}"),
        }
    }

    #[test]
    fn a_private_address_is_a_second_router_and_a_shared_one_the_providers() {
        for external in ["10.0.0.2", "172.31.255.254", "192.168.0.2", "169.254.1.1", "127.0.0.1", "fd00::1", "fe80::1"]
        {
            assert!(matches!(why(external, &[]), MappingProblem::DoubleNat { .. }), "{external}");
        }
        for external in ["100.64.0.1", "100.127.255.254", "192.0.0.2", "::ffff:100.64.0.1"] {
            assert!(matches!(why(external, &[]), MappingProblem::CarrierGrade { .. }), "{external}");
        }
        for external in ["100.63.255.255", "100.128.0.1", "172.32.0.1", "203.0.113.7", "2001:db8::1"] {
            assert!(matches!(judged(external, &[]), Outcome::Mapped(_)), "{external}");
        }
    }

    #[test]
    fn another_address_than_others_see_is_told_within_one_family() {
        let problem = why("203.0.113.7", &["198.51.100.9"]);
        let seen = "198.51.100.9".parse().expect("an address");
        assert_eq!(problem, MappingProblem::OtherAddress { external: "203.0.113.7".parse().expect("one"), seen });
        for seen in ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8::9"] {
            assert!(matches!(judged("203.0.113.7", &[seen]), Outcome::Mapped(_)), "{seen}");
        }
        assert!(matches!(judged("2001:db8::1", &["2001:db8::9"]), Outcome::Mapped(_)));
    }

    #[test]
    fn what_is_no_address_of_a_machine_is_none_of_a_router() {
        for impossible in ["0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "ff02::1"] {
            assert!(!is_possible(impossible.parse().expect("an address")), "{impossible}");
        }
        assert!(is_possible(IpAddr::from([192, 168, 0, 2])));
    }
}
