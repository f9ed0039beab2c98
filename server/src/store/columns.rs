//! Columns of a row as the types of the domain.

use std::str::FromStr;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::Error;
use crate::domain::instant::UtcInstant;

/// A row read column by column.
pub(super) struct Columns<'r>(pub &'r SqliteRow);

impl Columns<'_> {
    pub fn text(&self, column: &'static str) -> Result<String, Error> {
        Ok(self.0.try_get(column)?)
    }

    pub fn text_or_null(&self, column: &'static str) -> Result<Option<String>, Error> {
        Ok(self.0.try_get(column)?)
    }

    pub fn bytes(&self, column: &'static str) -> Result<Vec<u8>, Error> {
        Ok(self.0.try_get(column)?)
    }

    pub fn integer(&self, column: &'static str) -> Result<i64, Error> {
        Ok(self.0.try_get(column)?)
    }

    pub fn whole(&self, column: &'static str) -> Result<u64, Error> {
        let value = self.integer(column)?;
        u64::try_from(value).map_err(|_| Error::Corrupt { column, value: value.to_string() })
    }

    pub fn flag(&self, column: &'static str) -> Result<bool, Error> {
        Ok(self.integer(column)? != 0)
    }

    pub fn count(&self, column: &'static str) -> Result<u32, Error> {
        let value = self.integer(column)?;
        u32::try_from(value).map_err(|_| Error::Corrupt { column, value: value.to_string() })
    }

    pub fn count_or_null(&self, column: &'static str) -> Result<Option<u32>, Error> {
        let value: Option<i64> = self.0.try_get(column)?;
        value
            .map(|value| u32::try_from(value).map_err(|_| Error::Corrupt { column, value: value.to_string() }))
            .transpose()
    }

    pub fn instant(&self, column: &'static str) -> Result<UtcInstant, Error> {
        Ok(UtcInstant::from_ms(self.integer(column)?))
    }

    pub fn instant_or_null(&self, column: &'static str) -> Result<Option<UtcInstant>, Error> {
        Ok(self.0.try_get::<Option<i64>, _>(column)?.map(UtcInstant::from_ms))
    }

    pub fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, Error> {
        let value = self.text(column)?;
        value.parse().map_err(|_| Error::Corrupt { column, value })
    }

    pub fn parsed_or_null<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, Error> {
        match self.text_or_null(column)? {
            None => Ok(None),
            Some(value) => value.parse().map(Some).map_err(|_| Error::Corrupt { column, value }),
        }
    }

    pub fn id(&self, column: &'static str) -> Result<Uuid, Error> {
        self.parsed(column)
    }

    pub fn id_or_null(&self, column: &'static str) -> Result<Option<Uuid>, Error> {
        self.parsed_or_null(column)
    }
}
