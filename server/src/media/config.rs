//! `[media]` of the configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Where viewers' media leaves, and for how many the machine is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MediaConfig {
    /// UDP address for all viewers; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Addresses told to browsers; empty: the bound one. Needed when bound to 0.0.0.0 or behind a 1:1 NAT.
    pub public_addresses: Vec<IpAddr>,
    /// Viewers the machine's encoding power is shared out for. Fewer get no more than their share; more are admitted as
    /// long as anything is left.
    pub planned_viewers: u32,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_addresses: Vec::new(),
            planned_viewers: 2,
        }
    }
}
