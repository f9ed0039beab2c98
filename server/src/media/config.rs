//! `[media]` of the configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use pipelines::spec::color::Drill;
use serde::{Deserialize, Serialize};

/// Where viewers' media leaves, and for how many the machine is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MediaConfig {
    /// Address for all viewers' media, UDP and TCP; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Addresses told to browsers; empty: the bound one. Needed when bound to 0.0.0.0 or behind a 1:1 NAT.
    pub public_addresses: Vec<IpAddr>,
    /// Whether the same port also takes TCP, for networks that let no UDP out.
    pub tcp: bool,
    /// Whether senders (WHIP) may encrypt with AES-128 and show an RSA certificate, as GStreamer does. Viewers never get less
    /// than AES-256, whatever this says.
    pub publish_aes_128: bool,
    /// Viewers the machine's encoding power is shared out for. Fewer get no more than their share; more are admitted as
    /// long as anything is left.
    pub planned_viewers: u32,
    /// The fault that pictures are tagged with; in no file, for `vitrine demo` alone.
    #[serde(skip)]
    pub drill: Option<Drill>,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_addresses: Vec::new(),
            tcp: true,
            publish_aes_128: false,
            planned_viewers: 2,
            drill: None,
        }
    }
}
