//! A limit of tries to sign in, or with links that there are not, for each address, in memory: a flood costs neither Argon2id
//! nor a row of the record each.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::network::household;

/// Tries of one address within [`WINDOW`]; a whole house may sit behind one.
pub const ADDRESS_TRIES: u32 = 60;
/// How long tries are held against an address.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Addresses remembered; more share one entry.
const ADDRESSES: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Tries {
    since: Instant,
    count: u32,
}

/// What becomes of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// It is evaluated.
    Open,
    /// It is not, and it is the first one: this is recorded.
    Closing(Duration),
    /// It is not, like those before it.
    Closed(Duration),
}

/// Tries by address.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate(Arc<Mutex<HashMap<IpAddr, Tries>>>);

impl Gate {
    /// Counts a try of an address.
    pub fn pass(&self, address: IpAddr) -> Passage {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES {
            seen.retain(|_, tries| tries.since.elapsed() < WINDOW);
        }
        let mut key = household(address);
        if seen.len() >= ADDRESSES && !seen.contains_key(&key) {
            key = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        }
        let tries = seen.entry(key).or_insert(Tries { since: Instant::now(), count: 0 });
        if tries.since.elapsed() >= WINDOW {
            *tries = Tries { since: Instant::now(), count: 0 };
        }
        tries.count = tries.count.saturating_add(1);
        let left = WINDOW.saturating_sub(tries.since.elapsed());
        match tries.count {
            ..=ADDRESS_TRIES => Passage::Open,
            count if count == ADDRESS_TRIES + 1 => Passage::Closing(left),
            _ => Passage::Closed(left),
        }
    }
}
