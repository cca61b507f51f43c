//! Asks the router to let friends in: a mapping of each port by PCP, NAT-PMP or UPnP, and a pinhole for IPv6 by PCP.
//!
//! `side` keeps what one family of addresses is granted, `way` asks in each of the ways, `reach` judges whether what was
//! granted can be reached. docs/decisions/port-mapping.md has why it is like this.

mod lease;
mod nat_pmp;
mod pcp;
mod pcp_message;
mod reach;
mod routes;
mod side;
mod status;
#[cfg(test)]
mod tests;
mod upnp;
mod way;

pub use routes::{Family, Gateway, Gateways, of_this_machine};
pub use status::{Mapping, MappingProblem, MappingStatus, Method, Outcome, PortStatus, Protocol, Wanted};

use crate::sync::{Clock, SpawnError, spawn};
use lease::{PACE, Pace};
use reach::{Seen, judge};
use side::{Outcomes, Side};
use std::net::IpAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::watch;

/// Ports that are asked for at once; further ones are not.
pub const MAX_WANTED: usize = 8;

/// The thread that keeps mappings. Dropping it removes them, which takes a second at most, and ends it.
pub struct PortMapper {
    /// Counts changes.
    network: Option<watch::Sender<u64>>,
    seen: watch::Sender<Seen>,
    thread: Option<JoinHandle<()>>,
}

impl PortMapper {
    /// Asks for the first [`MAX_WANTED`] of `wanted` at the router that `gateways` names. `on_news` is told what became of them
    /// whenever that changes, on the mapper's thread, and must not block.
    pub fn start(
        wanted: Vec<Wanted>,
        gateways: Gateways,
        clock: Clock,
        on_news: impl Fn(MappingStatus) + Send + 'static,
    ) -> Result<PortMapper, SpawnError> {
        PortMapper::start_at(PACE, wanted, gateways, clock, on_news)
    }

    fn start_at(
        pace: Pace,
        mut wanted: Vec<Wanted>,
        gateways: Gateways,
        clock: Clock,
        on_news: impl Fn(MappingStatus) + Send + 'static,
    ) -> Result<PortMapper, SpawnError> {
        wanted.truncate(MAX_WANTED);
        let (network, changes) = watch::channel(0);
        let (seen, seen_out) = watch::channel(Seen::default());
        let thread = spawn("port mapping", move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                let asking = || vec![Outcome::Asking; wanted.len()];
                let (outcomes, news) = watch::channel(Outcomes { ipv4: asking(), ipv6: asking(), moves: 0 });
                let outcomes = Arc::new(outcomes);
                for family in [Family::Ipv4, Family::Ipv6] {
                    let (gateways, outcomes) = (gateways.clone(), outcomes.clone());
                    let side = Side::new(family, &wanted, gateways, clock, pace, changes.clone(), outcomes);
                    tokio::spawn(side.run());
                }
                drop(outcomes);
                tell(&wanted, news, seen_out, on_news).await;
            });
            runtime.shutdown_background();
        })?;
        Ok(PortMapper { network: Some(network), seen, thread: Some(thread) })
    }

    /// Addresses or routes of this machine changed: all is asked for anew if the router is another one, else renewed.
    pub fn network_changed(&self) {
        if let Some(network) = &self.network {
            network.send_modify(|changes| *changes = changes.wrapping_add(1));
        }
    }

    /// The public address at which others see this machine, as a STUN server told. It counts until the router is another one.
    pub fn set_seen_by_others(&self, address: IpAddr) {
        self.seen.send_modify(|seen| seen.set(address));
    }
}

impl Drop for PortMapper {
    fn drop(&mut self) {
        self.network = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Tells each change, until both sides are done.
async fn tell(
    wanted: &[Wanted],
    mut outcomes: watch::Receiver<Outcomes>,
    mut seen: watch::Receiver<Seen>,
    on_news: impl Fn(MappingStatus),
) {
    let mut told = None;
    let (mut moves, mut stale) = (0, Seen::default());
    loop {
        let status = {
            let (outcomes, mut seen) = (outcomes.borrow_and_update(), *seen.borrow_and_update());
            // What others saw before this machine moved to another network says nothing about the new one.
            if outcomes.moves != moves {
                (moves, stale) = (outcomes.moves, seen);
            }
            if seen == stale {
                seen = Seen::default();
            }
            status(wanted, &outcomes, &seen)
        };
        if told.as_ref() != Some(&status) {
            on_news(status.clone());
            told = Some(status);
        }
        tokio::select! {
            changed = outcomes.changed() => if changed.is_err() {
                return;
            },
            Ok(()) = seen.changed() => {}
        }
    }
}

fn status(wanted: &[Wanted], outcomes: &Outcomes, seen: &Seen) -> MappingStatus {
    let all = wanted.iter().zip(outcomes.ipv4.iter().zip(&outcomes.ipv6));
    all.map(|(wanted, (ipv4, ipv6))| PortStatus {
        wanted: *wanted,
        ipv4: judge(ipv4.clone(), seen),
        ipv6: judge(ipv6.clone(), seen),
    })
    .collect()
}
