//! A limit of tries to sign in, or with links, tickets, leases and keys that there are not, for each address, in memory: a flood
//! costs neither Argon2id nor a row of the record each.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ipnet::IpNet;

use super::{Error, Services};
use crate::domain::audit::Event;
use crate::domain::link::LinkRefusal;
use crate::domain::network::neighbourhoods;

/// Tries of one address within [`WINDOW`]; a whole house may sit behind one.
pub const ADDRESS_TRIES: u32 = 60;
/// How long tries are held against an address.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Networks remembered of each size. Where there are more, the next larger one is counted: whoever has a million addresses
/// closes the gate to their own neighbourhood.
const NETWORKS: usize = 10_000;

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

/// Tries by network, for each size of network.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate(Arc<Mutex<[HashMap<IpNet, Tries>; 3]>>);

impl Gate {
    /// Counts a try of an address.
    pub fn pass(&self, address: IpAddr) -> Passage {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted = None;
        for (seen, network) in sizes.iter_mut().zip(neighbourhoods(address)) {
            if seen.len() >= NETWORKS {
                seen.retain(|_, tries| tries.since.elapsed() < WINDOW);
            }
            if seen.len() < NETWORKS || seen.contains_key(&network) {
                counted = Some(seen.entry(network).or_insert(Tries { since: Instant::now(), count: 0 }));
                break;
            }
        }
        // Ten thousand regions at once: whoever is of none of them waits.
        let Some(tries) = counted else { return Passage::Closed(WINDOW) };
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

impl Services {
    /// A refusal of somebody at the door as it is recorded: an address that is refused again and again is not recorded each time.
    ///
    /// # Errors
    /// [`Error::Refused`] when it is not recorded any more.
    pub(super) fn refusal(&self, ip: IpAddr, refusal: LinkRefusal) -> Result<LinkRefusal, Error> {
        match self.strangers.pass(ip) {
            Passage::Open => Ok(refusal),
            Passage::Closing(_) => Ok(LinkRefusal::AddressThrottled),
            Passage::Closed(_) => Err(Error::Refused),
        }
    }

    /// Records what was refused to somebody unknown; of an address that is refused again and again the first sixty in a quarter of
    /// an hour, and that it went on.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn record_refusal(&self, ip: IpAddr, event: Event) -> Result<(), Error> {
        match self.strangers.pass(ip) {
            Passage::Open => self.record(&event).await,
            Passage::Closing(_) => self.record(&event.with("then", LinkRefusal::AddressThrottled)).await,
            Passage::Closed(_) => Ok(()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn whoever_has_a_million_addresses_closes_the_gate_to_their_own_neighbourhood() {
        let gate = Gate::default();
        for n in 0..NETWORKS {
            assert_eq!(gate.pass(at(&format!("2001:db8:0:{n:x}::1"))), Passage::Open);
        }
        let more = (NETWORKS..NETWORKS + 70).map(|n| gate.pass(at(&format!("2001:db8:0:{n:x}::1"))));
        assert_eq!(more.filter(|passage| *passage == Passage::Open).count(), ADDRESS_TRIES as usize);
        for neighbour in ["2001:db8:1::1", "2a02::1", "192.0.2.1"] {
            assert_eq!(gate.pass(at(neighbour)), Passage::Open, "{neighbour}");
        }
        assert_eq!(gate.pass(at("2001:db8:0:5::9")), Passage::Open, "known before, and counted by itself");
    }
}
