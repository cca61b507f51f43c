//! How many connections there may be, and how often an address may open one. Pure: the time is an argument.

use crate::rate_limit::{RateLimit, RateLimiter};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// What [`Doors`] allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorLimits {
    /// All clients.
    pub clients: usize,
    /// Those of one address, or of one IPv6 network of 64 bits, which is what one customer has at least.
    pub per_address: usize,
    /// How often one of those may connect.
    pub joins: RateLimit,
}

impl Default for DoorLimits {
    fn default() -> DoorLimits {
        DoorLimits { clients: 20_000, per_address: 128, joins: RateLimit { burst: 64, refill: 8, period: SECOND } }
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// Why a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The whole place is full.
    Full,
    /// This address has enough.
    TooMany,
    /// This address was too quick.
    TooQuick,
}

/// How often each of them happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refused {
    pub full: u64,
    pub too_many: u64,
    pub too_quick: u64,
}

struct Door {
    open: usize,
    joins: RateLimiter,
}

/// Who is in, by address.
pub struct Doors {
    limits: DoorLimits,
    doors: HashMap<IpAddr, Door>,
    open: usize,
    refused: Refused,
    /// Doors that nobody uses are forgotten when there are so many.
    sweep_at: usize,
}

/// Below this, forgetting is not worth a look.
const SWEEP: usize = 1024;

impl Doors {
    pub fn new(limits: DoorLimits) -> Doors {
        Doors { limits, doors: HashMap::new(), open: 0, refused: Refused::default(), sweep_at: SWEEP }
    }

    /// One more from there, which [`Doors::leave`] takes back.
    pub fn enter(&mut self, address: IpAddr, now: Duration) -> Result<(), Refusal> {
        let refused = self.try_enter(customer(address), now);
        match refused {
            Ok(()) => {}
            Err(Refusal::Full) => self.refused.full += 1,
            Err(Refusal::TooMany) => self.refused.too_many += 1,
            Err(Refusal::TooQuick) => self.refused.too_quick += 1,
        }
        refused
    }

    fn try_enter(&mut self, address: IpAddr, now: Duration) -> Result<(), Refusal> {
        if self.open >= self.limits.clients {
            return Err(Refusal::Full);
        }
        self.sweep(now);
        let fresh = || Door { open: 0, joins: RateLimiter::new(self.limits.joins, now) };
        let door = self.doors.entry(address).or_insert_with(fresh);
        if door.open >= self.limits.per_address {
            return Err(Refusal::TooMany);
        }
        if !door.joins.take(now) {
            return Err(Refusal::TooQuick);
        }
        door.open += 1;
        self.open += 1;
        Ok(())
    }

    pub fn leave(&mut self, address: IpAddr) {
        if let Some(door) = self.doors.get_mut(&customer(address)).filter(|it| it.open > 0) {
            door.open -= 1;
            self.open -= 1;
        }
    }

    /// A door that is as it would be made anew is no longer needed. At most twice as many are kept as are in use, or were
    /// within the time that a limit takes to fill.
    fn sweep(&mut self, now: Duration) {
        if self.doors.len() >= self.sweep_at {
            self.doors.retain(|_, door| door.open > 0 || !door.joins.is_full(now));
            self.sweep_at = (self.doors.len() * 2).max(SWEEP);
        }
    }

    /// How many are in.
    pub fn open(&self) -> usize {
        self.open
    }

    pub fn refused(&self) -> Refused {
        self.refused
    }
}

/// Whom an address belongs to.
fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(100);

    fn doors(clients: usize, per_address: usize, burst: u32) -> Doors {
        Doors::new(DoorLimits { clients, per_address, joins: RateLimit::new(burst, SECOND) })
    }

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn an_address_has_so_many_connections_and_all_together_so_many() {
        let mut doors = doors(3, 2, 9);
        assert!(doors.enter(address(1), NOW).is_ok() && doors.enter(address(1), NOW).is_ok());
        assert_eq!(doors.enter(address(1), NOW), Err(Refusal::TooMany));
        assert!(doors.enter(address(2), NOW).is_ok());
        assert_eq!(doors.enter(address(3), NOW), Err(Refusal::Full));
        doors.leave(address(1));
        assert!(doors.enter(address(1), NOW).is_ok());
        assert_eq!(doors.refused(), Refused { full: 1, too_many: 1, too_quick: 0 });
        // Nobody leaves who is not there.
        doors.leave(address(7));
        assert_eq!(doors.enter(address(3), NOW), Err(Refusal::Full));
    }

    #[test]
    fn an_address_that_comes_and_goes_is_let_in_so_often() {
        let mut doors = doors(100, 100, 3);
        let mut come_and_go = |now| {
            let entered = doors.enter(address(1), now);
            if entered.is_ok() {
                doors.leave(address(1));
            }
            entered
        };
        assert_eq!((0..10).filter(|_| come_and_go(NOW).is_ok()).count(), 3);
        assert_eq!(come_and_go(NOW), Err(Refusal::TooQuick));
        assert!(come_and_go(NOW + SECOND).is_ok() && come_and_go(NOW + SECOND).is_err());
    }

    #[test]
    fn a_customer_has_a_whole_network_of_ipv6_and_ipv4_is_the_same_in_both_ways_of_writing() {
        let mut doors = doors(100, 1, 9);
        let at = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(doors.enter(at("2001:db8:0:1::1"), NOW).is_ok());
        assert_eq!(doors.enter(at("2001:db8:0:1:ffff::2"), NOW), Err(Refusal::TooMany));
        assert!(doors.enter(at("2001:db8:0:2::1"), NOW).is_ok());
        assert!(doors.enter(at("::ffff:192.0.2.1"), NOW).is_ok());
        assert_eq!(doors.enter(address(1), NOW), Err(Refusal::TooMany));
    }

    #[test]
    fn those_who_left_are_forgotten_when_their_limit_is_whole_again() {
        let mut doors = doors(100_000, 1, 1);
        let far = |n: u32| IpAddr::from(n.to_be_bytes());
        for n in 0..50_000 {
            let now = NOW + Duration::from_millis(n.into());
            assert!(doors.enter(far(n), now).is_ok());
            doors.leave(far(n));
            assert!(doors.doors.len() <= 4 * SWEEP, "{}", doors.doors.len());
        }
        assert_eq!(doors.open, 0);
    }
}
