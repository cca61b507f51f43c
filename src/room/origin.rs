//! Where a guest comes from.

use serde::Serialize;
use std::net::IpAddr;

/// Where a page asks from to be let in. Serialized as an address, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Origin {
    Address(IpAddr),
    /// Through a broker, which does not tell: all of those are counted together.
    Broker,
}

impl Origin {
    /// Whether a ban of one keeps the other out. On this machine and behind a broker are many.
    pub fn is_banned_with(self, other: Origin) -> bool {
        matches!((self, other), (Origin::Address(one), Origin::Address(two)) if one == two && !one.is_loopback())
    }

    pub fn address(self) -> Option<IpAddr> {
        match self {
            Origin::Address(address) => Some(address),
            Origin::Broker => None,
        }
    }
}

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Origin {
        Origin::Address(address)
    }
}
