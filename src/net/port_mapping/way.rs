//! The ways to ask a router, alike for those who use them.

use super::lease::LEASE;
use super::pcp_message::{Answer, MapRequest, Nonce};
use super::reach::is_possible;
use super::routes::Gateway;
use super::status::{Mapping, MappingProblem, Method, Protocol, Wanted};
use super::upnp::Igd;
use super::{nat_pmp, pcp};
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::time::Duration;

/// A result code of PCP, RFC 6887 section 7.4: the router has no address (yet).
const NETWORK_FAILURE: u8 = 7;

#[derive(Debug, Clone)]
pub enum Way {
    Pcp,
    NatPmp,
    Upnp(Igd),
}

/// A port at a router.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub gateway: Gateway,
    pub wanted: Wanted,
    pub nonce: Nonce,
}

/// What a router granted, and for how long unless for ever.
#[derive(Debug, Clone, Copy)]
pub struct Granted {
    pub mapping: Mapping,
    pub lease: Option<Duration>,
}

impl Way {
    pub fn method(&self) -> Method {
        match self {
            Way::Pcp => Method::Pcp,
            Way::NatPmp => Method::NatPmp,
            Way::Upnp(_) => Method::Upnp,
        }
    }

    /// Makes the mapping, or renews it.
    pub async fn map(&self, place: &Place, external_port: NonZeroU16) -> Result<Granted, MappingProblem> {
        let (external, lease) = match self {
            Way::Pcp => {
                let (external, lease) = map_by_pcp(place, external_port).await?;
                (external, Some(lease))
            }
            Way::NatPmp => {
                let (external, lease) = nat_pmp::map(&place.gateway, &place.wanted, external_port).await?;
                (external, Some(lease))
            }
            Way::Upnp(igd) => igd.map(&place.wanted, external_port).await?,
        };
        let gateway = place.gateway.address.ip();
        if external.ip().is_unspecified() {
            return Err(MappingProblem::NotOnline { gateway });
        }
        if !is_possible(external.ip()) {
            return Err(MappingProblem::Nonsense { gateway, method: self.method() });
        }
        let internal = SocketAddr::new(place.gateway.local, place.wanted.internal_port.get());
        Ok(Granted { mapping: Mapping { method: self.method(), external, internal }, lease })
    }

    /// As far as the router does what it is asked.
    pub async fn remove(&self, place: &Place, external_port: u16) {
        match self {
            Way::Pcp => {
                let request = MapRequest { external_port: 0, lifetime: Duration::ZERO, ..request(place, 0) };
                if let Err(problem) = pcp::ask(&place.gateway, &request).await {
                    tracing::debug!("the router keeps a mapping of PCP: {problem}");
                }
            }
            Way::NatPmp => nat_pmp::remove(&place.gateway, &place.wanted).await,
            Way::Upnp(igd) => igd.remove(&place.wanted, external_port).await,
        }
    }
}

fn request(place: &Place, external_port: u16) -> MapRequest {
    MapRequest {
        client: place.gateway.local,
        protocol: place.wanted.protocol,
        internal_port: place.wanted.internal_port,
        external_port,
        lifetime: LEASE,
        nonce: place.nonce,
    }
}

async fn map_by_pcp(place: &Place, external_port: NonZeroU16) -> Result<(SocketAddr, Duration), MappingProblem> {
    let gateway = place.gateway.address.ip();
    match pcp::ask(&place.gateway, &request(place, external_port.get())).await? {
        Answer::Granted { external, external_port, lifetime } => {
            Ok((SocketAddr::new(external, external_port.get()), lifetime))
        }
        Answer::Refused(NETWORK_FAILURE) => Err(MappingProblem::NotOnline { gateway }),
        Answer::Refused(code) => Err(MappingProblem::Refused { gateway, method: Method::Pcp, code: code.into() }),
        Answer::OtherVersion => Err(MappingProblem::NoAnswer { gateway }),
        Answer::Removed | Answer::Nonsense => Err(MappingProblem::Nonsense { gateway, method: Method::Pcp }),
    }
}

/// The same for the same port of this machine at each start, or a router would refuse it what it granted before a crash (RFC
/// 6887 section 11.3); nothing that others know.
pub fn nonce(wanted: &Wanted) -> Nonce {
    let mut seed = std::fs::read("/etc/machine-id").unwrap_or_default();
    if seed.is_empty() {
        seed = vec![0; 32];
        // Without the system's randomness the mapping is as safe as one by NAT-PMP, which has no nonce.
        let _ = getrandom::fill(&mut seed);
    }
    seed.extend_from_slice(b"hotseat port mapping");
    seed.push(match wanted.protocol {
        Protocol::Udp => 17,
        Protocol::Tcp => 6,
    });
    seed.extend_from_slice(&wanted.internal_port.get().to_be_bytes());
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &seed);
    let mut nonce = Nonce::default();
    nonce.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    nonce
}
