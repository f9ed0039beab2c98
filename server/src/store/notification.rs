//! Notifications: the outbox, and what became of each at each target.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use super::columns::Columns;
use super::{Error, Write};
use crate::domain::instant::UtcInstant;
use crate::domain::notification::{DeliveryState, Notification, Occasion};

/// A notification as it is kept.
#[derive(Clone, Debug)]
pub struct NotificationRecord {
    /// 1, 2, 3 ...
    pub sequence: i64,
    /// What it says.
    pub notification: Notification,
}

/// What became of a notification at a target.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// Which notification.
    pub notification: i64,
    /// Where to.
    pub target: String,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was last tried.
    pub tried_at: UtcInstant,
    /// When it is tried again.
    pub next_at: Option<UtcInstant>,
    /// What went wrong the last time.
    pub error: Option<String>,
}

/// A notification whose turn it is at a target.
#[derive(Clone, Debug)]
pub struct Due {
    /// It.
    pub record: NotificationRecord,
    /// How often it was tried.
    pub tries: u32,
}

impl Write {
    /// Puts a notification into the outbox, in this transaction.
    ///
    /// # Errors
    /// When the database refuses; the transaction is then of no use.
    pub async fn notify(&mut self, notification: &Notification) -> Result<(), Error> {
        let Notification { at, occasion, target, review, link, network, facts } = notification;
        sqlx::query(
            "INSERT INTO notifications (at, occasion, target, review, link, network, facts) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(at.as_ms())
        .bind(occasion.as_str())
        .bind(target)
        .bind(review.map(|id| id.to_string()))
        .bind(link.map(|id| id.to_string()))
        .bind(network)
        .bind(serde_json::to_string(facts)?)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn notification(row: &SqliteRow) -> Result<NotificationRecord, Error> {
    let columns = Columns(row);
    let notification = Notification {
        at: columns.instant("at")?,
        occasion: columns.parsed("occasion")?,
        target: columns.text_or_null("target")?,
        review: columns.id_or_null("review")?,
        link: columns.id_or_null("link")?,
        network: columns.text_or_null("network")?,
        facts: serde_json::from_str(&columns.text("facts")?)?,
    };
    Ok(NotificationRecord { sequence: columns.integer("sequence")?, notification })
}

fn delivery(row: &SqliteRow) -> Result<DeliveryRecord, Error> {
    let columns = Columns(row);
    Ok(DeliveryRecord {
        notification: columns.integer("notification")?,
        target: columns.text("target")?,
        state: columns.parsed("state")?,
        tries: columns.count("tries")?,
        tried_at: columns.instant("tried_at")?,
        next_at: columns.instant_or_null("next_at")?,
        error: columns.text_or_null("error")?,
    })
}

/// Says which targets there are. One that is new is told of what happens from now on.
///
/// # Errors
/// When the database refuses.
pub async fn set_targets(connection: &mut SqliteConnection, names: &[String]) -> Result<(), Error> {
    let known = targets(&mut *connection).await?;
    for (gone, _) in known.iter().filter(|(name, _)| !names.contains(name)) {
        sqlx::query("DELETE FROM notification_targets WHERE name = ?").bind(gone).execute(&mut *connection).await?;
    }
    for name in names {
        sqlx::query(
            "INSERT OR IGNORE INTO notification_targets (name, done)
             VALUES (?, (SELECT COALESCE(MAX(sequence), 0) FROM notifications))",
        )
        .bind(name)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Targets by name, with the last notification each is done with.
///
/// # Errors
/// When the database refuses.
pub async fn targets(connection: &mut SqliteConnection) -> Result<Vec<(String, i64)>, Error> {
    Ok(sqlx::query_as("SELECT name, done FROM notification_targets ORDER BY name").fetch_all(connection).await?)
}

/// The one notification whose turn it is at a target: the first it is not done with, unless that has to wait.
///
/// # Errors
/// When the database refuses.
pub async fn due(
    connection: &mut SqliteConnection,
    target: &str,
    occasions: &[Occasion],
    now: UtcInstant,
) -> Result<Option<Due>, Error> {
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
        "SELECT n.*, COALESCE(d.tries, 0) AS tries, d.next_at FROM notification_targets t
         JOIN notifications n ON n.sequence > t.done
         LEFT JOIN deliveries d ON d.notification = n.sequence AND d.target = t.name WHERE t.name = ",
    );
    query
        .push_bind(target)
        .push(" AND (n.target = ")
        .push_bind(target)
        .push(" OR n.target IS NULL AND n.occasion IN (");
    let mut words = query.separated(", ");
    occasions.iter().for_each(|occasion| {
        words.push_bind(occasion.as_str());
    });
    query.push(")) ORDER BY n.sequence LIMIT 1");
    let Some(row) = query.build().fetch_optional(connection).await? else { return Ok(None) };
    if Columns(&row).instant_or_null("next_at")?.is_some_and(|next_at| next_at > now) {
        return Ok(None);
    }
    Ok(Some(Due { record: notification(&row)?, tries: Columns(&row).count("tries")? }))
}

/// Notes what became of a notification at a target. With one that does not wait, the target is done.
///
/// # Errors
/// When the database refuses.
pub async fn set_delivery(connection: &mut SqliteConnection, delivery: &DeliveryRecord) -> Result<(), Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO deliveries (target, notification, state, tries, tried_at, next_at, error)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&delivery.target)
    .bind(delivery.notification)
    .bind(delivery.state.as_str())
    .bind(delivery.tries)
    .bind(delivery.tried_at.as_ms())
    .bind(delivery.next_at.map(UtcInstant::as_ms))
    .bind(&delivery.error)
    .execute(&mut *connection)
    .await?;
    if delivery.state != DeliveryState::Waiting {
        sqlx::query("UPDATE notification_targets SET done = MAX(done, ?) WHERE name = ?")
            .bind(delivery.notification)
            .bind(&delivery.target)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// The newest notifications first, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub async fn newest(connection: &mut SqliteConnection, limit: u32) -> Result<Vec<NotificationRecord>, Error> {
    let rows = sqlx::query("SELECT * FROM notifications ORDER BY sequence DESC LIMIT ?").bind(limit);
    rows.fetch_all(connection).await?.iter().map(notification).collect()
}

/// What became of the notifications from `first` on.
///
/// # Errors
/// When the database refuses.
pub async fn deliveries(connection: &mut SqliteConnection, first: i64) -> Result<Vec<DeliveryRecord>, Error> {
    let rows =
        sqlx::query("SELECT * FROM deliveries WHERE notification >= ? ORDER BY notification, target").bind(first);
    rows.fetch_all(connection).await?.iter().map(delivery).collect()
}

/// Whether a notification of this occasion, about this review (or none) and this network (or none), was made since.
///
/// # Errors
/// When the database refuses.
pub async fn told_since(
    connection: &mut SqliteConnection,
    occasion: Occasion,
    review: Option<Uuid>,
    network: Option<&str>,
    since: UtcInstant,
) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM notifications
                              WHERE occasion = ? AND at >= ? AND review IS ? AND network IS ?)";
    let told: i64 = sqlx::query_scalar(sql)
        .bind(occasion.as_str())
        .bind(since.as_ms())
        .bind(review.map(|id| id.to_string()))
        .bind(network)
        .fetch_one(connection)
        .await?;
    Ok(told != 0)
}

/// Whether a notification of this occasion, about this link and from this network, was made before.
///
/// # Errors
/// When the database refuses.
pub async fn told(
    connection: &mut SqliteConnection,
    occasion: Occasion,
    link: Uuid,
    network: &str,
) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM notifications WHERE link = ? AND occasion = ? AND network = ?)";
    let told: i64 = sqlx::query_scalar(sql)
        .bind(link.to_string())
        .bind(occasion.as_str())
        .bind(network)
        .fetch_one(connection)
        .await?;
    Ok(told != 0)
}
