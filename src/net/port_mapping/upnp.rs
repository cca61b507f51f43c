//! Asks a router by UPnP's Internet Gateway Device, with the crate igd-next, which limits the size and depth of what it reads.
//!
//! Whoever is in the local network can answer a search. Only the default router is believed: another device may not name
//! itself as the one that is asked, nor any other host.

use super::lease::LEASE;
use super::routes::Gateway;
use super::status::{MappingProblem, Method, Protocol, Wanted};
use igd_next::aio::tokio::{Tokio, search_gateway};
use igd_next::{
    AddAnyPortError, AddPortError, GatewayIpVersion, GetExternalIpError, PortMappingProtocol, RemovePortError,
    RequestError, SearchOptions,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

const SEARCH: Duration = Duration::from_secs(2);
/// All that is said to map one port: a router that dribbles its answers is given up.
const MAP: Duration = Duration::from_secs(5);
const SSDP_PORT: u16 = 1900;
const SSDP: Ipv4Addr = Ipv4Addr::new(239, 255, 255, 250);
/// Shown by routers in their lists.
const DESCRIPTION: &str = "Hotseat";

/// A router that speaks UPnP.
#[derive(Debug, Clone)]
pub struct Igd {
    router: Arc<igd_next::aio::Gateway<Tokio>>,
    gateway: Gateway,
}

/// Searches for the router: by asking it, and by asking everyone, since some routers listen for that only.
pub async fn search(gateway: Gateway) -> Result<Igd, MappingProblem> {
    let router = gateway.address.ip();
    let one = find(gateway, SocketAddr::new(router, SSDP_PORT));
    let all = find(gateway, SocketAddr::from((SSDP, SSDP_PORT)));
    let found = async {
        let (mut one, mut all) = (std::pin::pin!(one), std::pin::pin!(all));
        tokio::select! {
            igd = &mut one => if igd.is_some() { igd } else { all.await },
            igd = &mut all => if igd.is_some() { igd } else { one.await },
        }
    };
    let silent = MappingProblem::NoAnswer { gateway: router };
    timeout(SEARCH, found).await.ok().flatten().ok_or(silent)
}

async fn find(gateway: Gateway, ask: SocketAddr) -> Option<Igd> {
    let router = gateway.address.ip();
    let mut options = SearchOptions::default();
    // Multicast leaves by the interface that has this address.
    options.bind_addr = SocketAddr::new(gateway.local, 0);
    options.broadcast_address = ask;
    options.timeout = Some(SEARCH);
    options.gateway_ip_version = GatewayIpVersion::V4;
    options.allowed_gateway_ips = vec![router];
    match search_gateway(options).await {
        Ok(found) if is_of(&found, router) => Some(Igd { router: Arc::new(found), gateway }),
        Ok(found) => {
            tracing::debug!("not the router, but {} answered to UPnP", found.addr);
            None
        }
        Err(_) => None,
    }
}

/// Whether requests will go to the router: a control URL is a path, or whole, and then it may name another host.
fn is_of(found: &igd_next::aio::Gateway<Tokio>, router: IpAddr) -> bool {
    let url = &found.control_url;
    let to_router = match url.strip_prefix("http://") {
        Some(rest) => {
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            let address = host.parse::<SocketAddr>().map(|to| to.ip()).or_else(|_| host.parse::<IpAddr>());
            address.is_ok_and(|address| address == router)
        }
        None => url.starts_with('/') && !url.starts_with("//"),
    };
    found.addr.ip() == router && to_router
}

fn protocol(wanted: &Wanted) -> PortMappingProtocol {
    match wanted.protocol {
        Protocol::Udp => PortMappingProtocol::UDP,
        Protocol::Tcp => PortMappingProtocol::TCP,
    }
}

impl Igd {
    /// The external address, and the lease unless the router knows permanent ones only.
    pub async fn map(
        &self,
        wanted: &Wanted,
        external_port: NonZeroU16,
    ) -> Result<(SocketAddr, Option<Duration>), MappingProblem> {
        let silent = MappingProblem::NoAnswer { gateway: self.gateway.address.ip() };
        timeout(MAP, self.ask(wanted, external_port)).await.unwrap_or(Err(silent))
    }

    async fn ask(
        &self,
        wanted: &Wanted,
        external_port: NonZeroU16,
    ) -> Result<(SocketAddr, Option<Duration>), MappingProblem> {
        let external = self.router.get_external_ip().await.map_err(|error| match error {
            GetExternalIpError::ActionNotAuthorized => self.refused(606),
            // A router that is offline leaves the address empty.
            GetExternalIpError::RequestError(RequestError::InvalidResponse(text))
                if text.contains("GetExternalIPAddressResponse") =>
            {
                MappingProblem::NotOnline { gateway: self.gateway.address.ip() }
            }
            GetExternalIpError::RequestError(error) => self.problem(&error),
        })?;
        let mut lease = Some(LEASE);
        let mut port = external_port;
        // Each refusal below changes one of the two; a router that refuses everything is given up.
        for _ in 0..4 {
            match self.add(wanted, port, lease).await {
                Ok(()) => return Ok((SocketAddr::new(external, port.get()), lease)),
                Err(AddPortError::OnlyPermanentLeasesSupported) if lease.is_some() => lease = None,
                Err(AddPortError::SamePortValuesRequired) if port != wanted.internal_port => {
                    port = wanted.internal_port;
                }
                Err(AddPortError::PortInUse) => {
                    let port = self.add_any(wanted, lease).await?;
                    return Ok((SocketAddr::new(external, port.get()), lease));
                }
                Err(error) => return Err(self.add_problem(error)),
            }
        }
        Err(self.refused(501))
    }

    fn local(&self, wanted: &Wanted) -> SocketAddr {
        SocketAddr::new(self.gateway.local, wanted.internal_port.get())
    }

    async fn add(&self, wanted: &Wanted, port: NonZeroU16, lease: Option<Duration>) -> Result<(), AddPortError> {
        let local = self.local(wanted);
        self.router.add_port(protocol(wanted), port.get(), local, seconds(lease), DESCRIPTION).await
    }

    /// At a port that the router has free.
    async fn add_any(&self, wanted: &Wanted, lease: Option<Duration>) -> Result<NonZeroU16, MappingProblem> {
        let local = self.local(wanted);
        let added = self.router.add_any_port(protocol(wanted), local, seconds(lease), DESCRIPTION).await;
        let port = added.map_err(|error| match error {
            AddAnyPortError::ActionNotAuthorized => self.refused(606),
            AddAnyPortError::NoPortsAvailable => self.refused(728),
            AddAnyPortError::ExternalPortInUse => self.refused(718),
            AddAnyPortError::OnlyPermanentLeasesSupported => self.refused(725),
            AddAnyPortError::DescriptionTooLong => self.refused(605),
            AddAnyPortError::InternalPortZeroInvalid => self.nonsense(),
            AddAnyPortError::RequestError(error) => self.problem(&error),
        })?;
        NonZeroU16::new(port).ok_or(self.nonsense())
    }

    pub async fn remove(&self, wanted: &Wanted, external_port: u16) {
        match self.router.remove_port(protocol(wanted), external_port).await {
            Ok(()) | Err(RemovePortError::NoSuchPortMapping) => {}
            Err(RemovePortError::ActionNotAuthorized | RemovePortError::RequestError(_)) => {
                tracing::debug!("the router keeps a mapping of UPnP");
            }
        }
    }

    fn refused(&self, code: u16) -> MappingProblem {
        MappingProblem::Refused { gateway: self.gateway.address.ip(), method: Method::Upnp, code }
    }

    fn nonsense(&self) -> MappingProblem {
        MappingProblem::Nonsense { gateway: self.gateway.address.ip(), method: Method::Upnp }
    }

    /// The codes of WANIPConnection:1, section 2.4.
    fn add_problem(&self, error: AddPortError) -> MappingProblem {
        match error {
            AddPortError::ActionNotAuthorized => self.refused(606),
            AddPortError::DescriptionTooLong => self.refused(605),
            AddPortError::PortInUse => self.refused(718),
            AddPortError::SamePortValuesRequired => self.refused(724),
            AddPortError::OnlyPermanentLeasesSupported => self.refused(725),
            AddPortError::ExternalPortZeroInvalid | AddPortError::InternalPortZeroInvalid => self.nonsense(),
            AddPortError::RequestError(error) => self.problem(&error),
        }
    }

    fn problem(&self, error: &RequestError) -> MappingProblem {
        let gateway = self.gateway.address.ip();
        match error {
            RequestError::ErrorCode(code, _) => self.refused(*code),
            RequestError::IoError(_) | RequestError::HyperClientError(_) => MappingProblem::NoAnswer { gateway },
            _ => self.nonsense(),
        }
    }
}

fn seconds(lease: Option<Duration>) -> u32 {
    lease.map_or(0, |lease| u32::try_from(lease.as_secs()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_that_go_to_the_router_itself_are_made() {
        let router = IpAddr::from([192, 168, 1, 1]);
        let found = |addr: &str, control_url: &str| igd_next::aio::Gateway {
            addr: addr.parse().expect("an address"),
            root_url: "/desc.xml".to_owned(),
            control_url: control_url.to_owned(),
            control_schema_url: "/wan.xml".to_owned(),
            control_schema: Default::default(),
            service_type: "urn:schemas-upnp-org:service:WANIPConnection:1".to_owned(),
            provider: Tokio,
        };
        for control in
            ["/control", "/control?to=http://192.168.1.9/", "http://192.168.1.1:49152/x", "http://192.168.1.1/"]
        {
            assert!(is_of(&found("192.168.1.1:5000", control), router), "{control}");
        }
        let elsewhere = [
            "http://192.168.1.9/x",
            "http://192.168.1.1@192.168.1.9/",
            "http://router/",
            "http:///",
            "//192.168.1.9/x",
        ];
        for control in elsewhere {
            assert!(!is_of(&found("192.168.1.1:5000", control), router), "{control}");
        }
        assert!(!is_of(&found("192.168.1.9:5000", "/control"), router));
    }
}
