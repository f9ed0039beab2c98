//! The only SQL. Reads take any connection; effects go through [`Write`], which commits only together with its record.

pub mod account;
pub mod audit;
pub mod chat;
pub mod checkpoint;
pub mod clean_hold;
mod columns;
pub mod comment;
pub mod digest;
pub mod display;
pub mod factor;
pub mod floor;
pub mod inside;
pub mod link;
pub mod link_code;
pub mod link_failure;
pub mod log;
pub mod lut;
pub mod mark;
pub mod notification;
pub mod passkey;
pub mod probe;
pub mod project;
pub mod proof;
pub mod publishing;
pub mod retention;
pub mod review;
pub mod session;
pub mod setting;
pub mod source;
pub mod still;
pub mod viewer;
pub mod viewing;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use self::audit::Head;
use crate::domain::audit::Event;

/// How long a write waits for another process's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections to read with.
const READERS: u32 = 5;
/// How long a read waits for a connection.
const READ_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a write waits for its turn.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite said no.
    #[error("the database refused: {0}")]
    Sql(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A column holds what no version of this program writes.
    #[error("column {column} of the database holds {value:?}, which is not understood")]
    Corrupt {
        /// Name of the column.
        column: &'static str,
        /// What it holds.
        value: String,
    },
    /// JSON that could not be written or read.
    #[error("JSON in the database: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    readers: SqlitePool,
    /// One connection, so that writes take turns and each finds the pages of the last in its cache.
    writer: SqlitePool,
    head: LastEntry,
}

/// A transaction that holds the one right to write. Dropped without [`Write::commit`], it changes nothing.
#[derive(Debug)]
pub struct Write {
    transaction: Transaction<'static, Sqlite>,
    /// What is to be recorded with it.
    events: Vec<Event>,
    head: LastEntry,
}

/// The record's last entry as this process knows it: only what has been committed, so that a wrong one is at worst too old.
#[derive(Clone, Debug, Default)]
struct LastEntry(Arc<Mutex<Option<Head>>>);

impl LastEntry {
    fn take(&self) -> Option<Head> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, head: Head) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }
}

impl Store {
    /// Opens (and makes, if missing) the database and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or its schema cannot be brought up to date.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted or overwritten is not left in free pages.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY_TIMEOUT);
        let pool = |connections, timeout| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(timeout)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1, WRITE_TIMEOUT).connect_with(options.clone()).await?;
        sqlx::migrate!("./migrations").run(&writer).await?;
        let readers = pool(READERS, READ_TIMEOUT).connect_with(options).await?;
        Ok(Self { readers, writer, head: LastEntry::default() })
    }

    /// A connection to read with.
    ///
    /// # Errors
    /// When none is free in time.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<Sqlite>, Error> {
        Ok(self.readers.acquire().await?)
    }

    /// Waits for the right to write and begins a transaction.
    ///
    /// # Errors
    /// When another process, or those before in this one, hold the right for too long.
    pub async fn write(&self) -> Result<Write, Error> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Write { transaction, events: Vec::new(), head: self.head.clone() })
    }

    /// Brings the journal into the database and empties it, so that nothing overwritten is left in it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn empty_journal(&self) -> Result<(), Error> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *self.read().await?).await?;
        Ok(())
    }

    /// Closes the database; waits for what is under way.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Makes the file before SQLite does, readable by its owner only; SQLite gives its journals the same mode.
fn private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true).mode(0o600).open(path).map_err(sqlx::Error::Io)?;
    Ok(())
}

impl Write {
    /// The connection of this transaction.
    pub fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// Adds an entry to the record, in this transaction: written, with those before it, when it is committed.
    pub fn record(&mut self, event: &Event) {
        self.events.push(event.clone());
    }

    /// Records the event and makes everything in this transaction last.
    ///
    /// # Errors
    /// When the record or the commit fails; then nothing has happened.
    pub async fn commit(mut self, event: &Event) -> Result<(), Error> {
        self.record(event);
        self.finish().await
    }

    /// Makes bookkeeping last that is no effect (when a session was last used, a counter of tries), with whatever was recorded.
    ///
    /// # Errors
    /// When the commit fails.
    pub async fn commit_bookkeeping(self) -> Result<(), Error> {
        self.finish().await
    }

    async fn finish(mut self) -> Result<(), Error> {
        if self.events.is_empty() {
            return Ok(self.transaction.commit().await?);
        }
        let known = self.head.take();
        let head = match known {
            Some(known) => match audit::append(&mut self.transaction, &self.events, known).await {
                Err(error) if error.is_unique_violation() => self.append_after_last().await?,
                other => other?,
            },
            None => self.append_after_last().await?,
        };
        self.transaction.commit().await?;
        self.head.put(head);
        Ok(())
    }

    /// Appends after what stands last in the database: another process may have written meanwhile.
    async fn append_after_last(&mut self) -> Result<Head, Error> {
        let last = audit::head(&mut self.transaction).await?;
        audit::append(&mut self.transaction, &self.events, last).await
    }
}
