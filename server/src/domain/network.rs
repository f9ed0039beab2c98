//! Networks from which a link may be opened.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

use super::invalid::Invalid;

/// Most networks that can be named at once.
pub const NETWORKS_MOST: usize = 64;

/// The address that tries are counted by: one household has a /64 of IPv6 addresses.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// The networks that an address lies in, the nearest first: its household, then what a provider gives a customer (/48 of IPv6,
/// /24 of IPv4), then what a region has (/32, /16).
pub fn neighbourhoods(address: IpAddr) -> [IpNet; 3] {
    let address = address.to_canonical();
    let lengths = if address.is_ipv4() { [32, 24, 16] } else { [64, 48, 32] };
    lengths.map(|length| IpNet::new(address, length).map_or(IpNet::from(address), |network| network.trunc()))
}

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

/// Whether an address is one of the Internet's, by the special-purpose registries of IANA: not of this machine, of a private
/// or shared network, of a link, of documentation, of a group, or one that carries another address inside.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            let special = matches!((a, b, c), (0 | 10 | 127 | 224.., ..))
                || matches!((a, b, c), (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _))
                || matches!(
                    (a, b, c),
                    (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113)
                );
            !special
        }
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            let global = a & 0xe000 == 0x2000;
            let special = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || a == 0x2002 || a & 0xfff0 == 0x3ff0;
            global && !special
        }
    }
}
