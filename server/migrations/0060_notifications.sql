-- What somebody should be told of, written in the transaction of what happened. A row follows from an entry of the record
-- and is no part of it.
CREATE TABLE notifications (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    occasion TEXT NOT NULL,
    target   TEXT,           -- a test goes to this one only
    review   TEXT,
    link     TEXT,
    network  TEXT,
    facts    TEXT NOT NULL   -- JSON object of texts
) STRICT;
CREATE INDEX notifications_link ON notifications (link, occasion) WHERE link IS NOT NULL;

-- Where the running server sends to, and up to which notification each is done with.
CREATE TABLE notification_targets (
    name TEXT PRIMARY KEY NOT NULL,
    done INTEGER NOT NULL
) STRICT;

-- What became of a notification at a target; without a row nothing was tried yet.
CREATE TABLE deliveries (
    target       TEXT NOT NULL,
    notification INTEGER NOT NULL REFERENCES notifications (sequence),
    state        TEXT NOT NULL,
    tries        INTEGER NOT NULL,
    tried_at     INTEGER NOT NULL,
    next_at      INTEGER,        -- of one that waits
    error        TEXT,
    PRIMARY KEY (target, notification)
) STRICT;
CREATE INDEX deliveries_notification ON deliveries (notification);

-- Whether it was recorded that a link's time is over. Of those before this version nobody is told.
ALTER TABLE links ADD COLUMN expiry_recorded INTEGER NOT NULL DEFAULT 0;
UPDATE links SET expiry_recorded = 1 WHERE expires_at <= unixepoch() * 1000;
CREATE INDEX links_expiring ON links (expires_at) WHERE expiry_recorded = 0;
