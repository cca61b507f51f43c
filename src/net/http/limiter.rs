//! How many connections an address may hold open, and all of them together.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts what is open, by address.
#[derive(Clone)]
pub struct ConnectionLimiter {
    open: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    each: usize,
    all: usize,
}

/// One open connection; dropping it frees its place.
pub struct Permit {
    limiter: ConnectionLimiter,
    address: IpAddr,
}

impl ConnectionLimiter {
    /// At most `each` from one address, and `all` together.
    pub fn new(each: usize, all: usize) -> ConnectionLimiter {
        ConnectionLimiter { open: Arc::default(), each, all }
    }

    /// One more from this address; none when it has enough.
    pub fn acquire(&self, address: IpAddr) -> Option<Permit> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.values().sum::<usize>() >= self.all {
            return None;
        }
        let count = open.entry(address).or_insert(0);
        if *count >= self.each {
            return None;
        }
        *count += 1;
        Some(Permit { limiter: self.clone(), address })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.limiter.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_so_many_and_all_together_so_many() {
        let limiter = ConnectionLimiter::new(2, 3);
        let (a, b) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let first = limiter.acquire(a).expect("the first");
        let _second = limiter.acquire(a).expect("the second");
        assert!(limiter.acquire(a).is_none());
        let _other = limiter.acquire(b).expect("another address");
        assert!(limiter.acquire(b).is_none(), "three are all");
        drop(first);
        assert!(limiter.acquire(a).is_some());
    }
}
