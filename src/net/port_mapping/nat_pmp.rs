//! Asks a router by NAT-PMP, with the crate crab_nat.

use super::lease::LEASE;
use super::pcp::unreachable_or;
use super::routes::Gateway;
use super::status::{MappingProblem, Method, Protocol, Wanted};
use crab_nat::natpmp::{Failure, external_address, port_mapping, try_drop_mapping};
use crab_nat::{GatewayAddress, InternetProtocol, PortMappingOptions, TimeoutConfig};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::time::Duration;

/// The question is said twice, the second time with twice the patience: 0.9 s in all.
const PATIENCE: TimeoutConfig =
    TimeoutConfig { initial_timeout: Duration::from_millis(300), max_retries: 1, max_retry_timeout: None };

fn address(gateway: &Gateway) -> Option<GatewayAddress> {
    match gateway.address.ip() {
        IpAddr::V4(address) => Some(address.into()),
        // The protocol knows IPv4 only.
        IpAddr::V6(_) => None,
    }
}

fn protocol(wanted: &Wanted) -> InternetProtocol {
    match wanted.protocol {
        Protocol::Udp => InternetProtocol::Udp,
        Protocol::Tcp => InternetProtocol::Tcp,
    }
}

fn problem(failure: Failure, gateway: &Gateway) -> MappingProblem {
    let address = gateway.address.ip();
    // RFC 6886 section 3.5.
    let code = match failure {
        Failure::Socket(error) => return unreachable_or(error, gateway),
        Failure::Timeout => return MappingProblem::NoAnswer { gateway: address },
        Failure::InvalidResponse(_) => return MappingProblem::Nonsense { gateway: address, method: Method::NatPmp },
        Failure::NetworkFailure => return MappingProblem::NotOnline { gateway: address },
        Failure::UnsupportedVersion(_) => 1,
        Failure::NotAuthorized => 2,
        Failure::OutOfResources => 4,
        Failure::UnsupportedOpcode => 5,
    };
    MappingProblem::Refused { gateway: address, method: Method::NatPmp, code }
}

/// The external address and the lease.
pub async fn map(
    gateway: &Gateway,
    wanted: &Wanted,
    external_port: NonZeroU16,
) -> Result<(SocketAddr, Duration), MappingProblem> {
    let silent = MappingProblem::NoAnswer { gateway: gateway.address.ip() };
    let router = address(gateway).ok_or(silent)?;
    let external = external_address(router, Some(PATIENCE)).await.map_err(|failure| problem(failure, gateway))?;
    let options = PortMappingOptions {
        external_port: Some(external_port),
        lifetime_seconds: u32::try_from(LEASE.as_secs()).ok(),
        timeout_config: Some(PATIENCE),
    };
    let mapping = port_mapping(router, protocol(wanted), wanted.internal_port, options).await;
    let mapping = mapping.map_err(|failure| problem(failure, gateway))?;
    let lease = Duration::from_secs(mapping.lifetime().into());
    if lease.is_zero() {
        return Err(MappingProblem::Nonsense { gateway: gateway.address.ip(), method: Method::NatPmp });
    }
    Ok((SocketAddr::from((external, mapping.external_port().get())), lease))
}

pub async fn remove(gateway: &Gateway, wanted: &Wanted) {
    if let Some(router) = address(gateway) {
        let removed = try_drop_mapping(router, protocol(wanted), Some(wanted.internal_port), Some(PATIENCE)).await;
        if let Err(failure) = removed {
            tracing::debug!("the router keeps a mapping of NAT-PMP: {failure}");
        }
    }
}
