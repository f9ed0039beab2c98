//! `[http]` of the configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How browsers reach the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// TCP address of HTTPS.
    pub bind: SocketAddr,
    /// Names (or addresses) under which browsers may call; the first is the one printed in links.
    pub names: Vec<String>,
    /// Port in links, when it is not the bound one.
    pub public_port: Option<u16>,
    /// Certificate chain in PEM. Without it the server makes a certificate by its own local CA.
    pub tls_certificate: Option<PathBuf>,
    /// Its key in PEM, readable by its owner only.
    pub tls_key: Option<PathBuf>,
    /// Connections at once, in all.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_per_address: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443),
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()],
            public_port: None,
            tls_certificate: None,
            tls_key: None,
            connections: 1_024,
            connections_per_address: 128,
        }
    }
}
