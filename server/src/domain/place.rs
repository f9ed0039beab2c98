//! Where people are, as far as addresses tell.

use std::fmt;
use std::net::IpAddr;

/// A country or territory, by its two letters (ISO 3166-1 alpha-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// A country by its letters; none where they are not two capital letters.
    pub fn from_code(code: &str) -> Option<Self> {
        let letters: [u8; 2] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// An address, and the country it is in where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address.
    pub address: IpAddr,
    /// Its country.
    pub country: Option<Country>,
}

impl Place {
    /// Whether two places are in two countries, both of them known.
    pub fn abroad_of(&self, other: &Self) -> bool {
        matches!((self.country, other.country), (Some(one), Some(other)) if one != other)
    }

    /// Whether nobody is at both: they are in two countries or, where one is not known, in different networks.
    pub fn far_from(&self, other: &Self) -> bool {
        match (self.country, other.country) {
            (Some(one), Some(other)) => one != other,
            _ => apart(self.address, other.address),
        }
    }
}

/// As it is recorded and told: the address, and the country in brackets.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address.to_canonical())?;
        self.country.map_or(Ok(()), |country| write!(f, " ({country})"))
    }
}

/// Whether two addresses are in networks of different regions: another /16 of IPv4, another /32 of IPv6. One of each family may be
/// the same place.
fn apart(one: IpAddr, other: IpAddr) -> bool {
    match (one.to_canonical(), other.to_canonical()) {
        (IpAddr::V4(one), IpAddr::V4(other)) => one.octets().get(..2) != other.octets().get(..2),
        (IpAddr::V6(one), IpAddr::V6(other)) => one.segments().get(..2) != other.segments().get(..2),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn place(address: &str, country: &str) -> Place {
        Place { address: address.parse().unwrap(), country: Country::from_code(country) }
    }

    #[test]
    fn countries_decide_where_both_are_known() {
        assert!(place("192.0.2.1", "NO").far_from(&place("192.0.2.2", "JP")), "also in one network");
        assert!(!place("192.0.2.1", "NO").far_from(&place("198.51.100.1", "NO")), "also in two networks");
        assert!(place("192.0.2.1", "NO").far_from(&place("2001:db8::1", "JP")), "also of two families");
    }

    #[test]
    fn networks_decide_where_a_country_is_not_known() {
        assert!(place("192.0.2.1", "NO").far_from(&place("198.51.100.1", "")));
        assert!(!place("192.0.2.1", "").far_from(&place("192.0.77.1", "")));
        assert!(!place("192.0.2.1", "").far_from(&place("2001:db8::1", "")));
        assert!(place("2001:db8::1", "").far_from(&place("2001:db9::1", "")));
    }

    #[test]
    fn abroad_is_what_is_known_to_be() {
        assert!(place("192.0.2.1", "NO").abroad_of(&place("192.0.2.2", "JP")));
        assert!(!place("192.0.2.1", "NO").abroad_of(&place("198.51.100.1", "")));
    }

    #[test]
    fn a_country_is_two_capital_letters() {
        assert_eq!(Country::from_code("NO").unwrap().to_string(), "NO");
        assert!(["", "N", "no", "NOR", "Å"].into_iter().all(|code| Country::from_code(code).is_none()));
    }
}
