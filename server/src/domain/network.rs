//! Networks from which a link may be opened.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use super::invalid::Invalid;

/// Most networks that can be named at once.
pub const NETWORKS_MOST: usize = 64;

/// Named networks; none named: any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Networks as people write them: `192.0.2.0/24`, `2001:db8::/32`, or an address alone.
    ///
    /// # Errors
    /// When one is neither, or there are more than [`NETWORKS_MOST`].
    pub fn named<S: AsRef<str>>(texts: &[S]) -> Result<Self, Invalid> {
        let refused = |reason| Invalid::Field { field: "networks", reason };
        if texts.len() > NETWORKS_MOST {
            return Err(refused(format!("{} networks were named; at most {NETWORKS_MOST} are allowed", texts.len())));
        }
        let read = |text: &S| {
            let text = text.as_ref().trim();
            let alone = || text.parse::<IpAddr>().ok().map(IpNet::from);
            let network = text.parse::<IpNet>().ok().or_else(alone).map(|network| network.trunc());
            network.ok_or_else(|| refused(format!("{text:?} is not a network such as 192.0.2.0/24 or 2001:db8::/32")))
        };
        texts.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is in one of them; with none named, every address is.
    pub fn allow(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.is_empty() || self.0.iter().any(|network| network.contains(&address))
    }

    /// Each as text.
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(IpNet::to_string).collect()
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().join(" "))
    }
}

impl FromStr for Networks {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::named(&text.split_whitespace().collect::<Vec<_>>())
    }
}

/// From where a link may be opened and watched: what it says itself and what its project says; both must allow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// The link's own.
    pub link: Networks,
    /// Its project's.
    pub project: Networks,
}

impl Origins {
    /// Whether any network is named at all.
    pub fn named(&self) -> bool {
        !(self.link.is_empty() && self.project.is_empty())
    }

    /// Whether an address may. Where networks must be named and none is, none may.
    pub fn allow(&self, address: IpAddr, must_be_named: bool) -> bool {
        (self.named() || !must_be_named) && self.link.allow(address) && self.project.allow(address)
    }
}
