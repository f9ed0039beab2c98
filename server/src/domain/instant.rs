//! Instants in UTC, to the millisecond.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// An instant in UTC in milliseconds since 1970; RFC 3339 on the wire (`2026-11-21T20:15:07.123Z`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcInstant(i64);

/// A text that is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an instant like 2026-11-21T20:15:07Z")]
pub struct NotAnInstant(pub String);

/// Last instant that can be written with four digits of year.
const LATEST_MS: i64 = 253_402_300_799_999;

impl UtcInstant {
    /// From milliseconds since 1970; values that cannot be written are clamped.
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(0, LATEST_MS))
    }

    /// Milliseconds since 1970.
    pub fn as_ms(self) -> i64 {
        self.0
    }

    /// Reads the clock of this machine.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self::from_ms(i64::try_from(since.as_millis()).unwrap_or(LATEST_MS))
    }

    /// This instant, `duration` later.
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_ms(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(LATEST_MS)))
    }

    /// This instant, `duration` earlier.
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_ms(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(LATEST_MS)))
    }

    fn to_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for UtcInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        f.write_str(&self.to_time().format(format).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for UtcInstant {
    type Err = NotAnInstant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAnInstant(text.to_owned());
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| wrong())?;
        let ms = i64::try_from(time.unix_timestamp_nanos() / 1_000_000).map_err(|_| wrong())?;
        if (0..=LATEST_MS).contains(&ms) { Ok(Self(ms)) } else { Err(wrong()) }
    }
}

impl Serialize for UtcInstant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcInstant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for UtcInstant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339 in UTC with milliseconds"))
            .into()
    }
}

impl utoipa::ToSchema for UtcInstant {}
