//! The names this server answers to, and the pages that may call it.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;

use super::config::HttpConfig;
use crate::domain::passkey::RelyingParty;

/// The authorities (`name:port`) that are this server.
#[derive(Clone, Debug)]
pub struct Names {
    authorities: Vec<String>,
    public_url: String,
    /// The first name.
    host: String,
}

impl Names {
    /// Names of a configuration; `port` is the one that was bound.
    pub fn new(config: &HttpConfig, port: u16) -> Self {
        let public_port = config.public_port.unwrap_or(port);
        let mut authorities = Vec::new();
        for name in &config.names {
            let name = name.to_ascii_lowercase();
            for port in [public_port, port] {
                authorities.push(format!("{name}:{port}"));
                if port == 443 {
                    authorities.push(name.clone());
                }
            }
        }
        let first = config.names.first().map_or("localhost", String::as_str).to_ascii_lowercase();
        let public_url =
            if public_port == 443 { format!("https://{first}") } else { format!("https://{first}:{public_port}") };
        Self { authorities, public_url, host: first }
    }

    /// Where links point.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// For whom passkeys are made: the first name, on every port it is answered at. Browsers bind passkeys to host names, so
    /// there are none where the first name is an address.
    pub fn relying_party(&self) -> Option<RelyingParty> {
        if self.host.parse::<IpAddr>().is_ok() || self.host.starts_with('[') {
            return None;
        }
        let ours = |authority: &&String| authority.split(':').next() == Some(self.host.as_str());
        let origins = self.authorities.iter().filter(ours).map(|authority| format!("https://{authority}")).collect();
        Some(RelyingParty { id: self.host.clone(), origins })
    }

    /// The authority a request was made to, if it is one of ours.
    pub fn authority(&self, request: &Parts) -> Option<&str> {
        let asked = match request.uri.authority() {
            Some(authority) => authority.as_str(),
            None => request.headers.get(HOST)?.to_str().ok()?,
        };
        self.authorities.iter().map(String::as_str).find(|known| known.eq_ignore_ascii_case(asked))
    }

    /// Whether a request comes from a page of the very authority it was made to.
    pub fn own_origin(&self, request: &Parts) -> bool {
        let Some(authority) = self.authority(request) else { return false };
        let mut origins = request.headers.get_all(ORIGIN).iter();
        let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
        let origin = origin.to_str().unwrap_or_default();
        origin.strip_prefix("https://").is_some_and(|rest| rest.eq_ignore_ascii_case(authority))
    }
}
