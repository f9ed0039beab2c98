-- Instants are milliseconds since 1970 UTC; ids are UUIDs as text; hashes are bytes.

CREATE TABLE accounts (
    id            TEXT PRIMARY KEY NOT NULL,
    user          TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE account_sessions (
    token_hash BLOB PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE sign_in_tries (
    id   INTEGER PRIMARY KEY,
    user TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_tries_user ON sign_in_tries (user, at);

CREATE TABLE reviews (
    id                TEXT PRIMARY KEY NOT NULL,
    title             TEXT NOT NULL,
    host              TEXT NOT NULL,
    starts_at         INTEGER NOT NULL,
    ends_at           INTEGER NOT NULL,
    ended_at          INTEGER,
    source            TEXT NOT NULL,  -- JSON, without passphrase
    source_passphrase TEXT,           -- needed in clear to open an SRT feed; the data directory is 0700
    input_color       TEXT NOT NULL,
    look_cube         TEXT,
    look_name         TEXT,
    start_timecode    TEXT,
    drop_frame        INTEGER NOT NULL,
    created_at        INTEGER NOT NULL
) STRICT;

CREATE TABLE links (
    id              TEXT PRIMARY KEY NOT NULL,
    review_id       TEXT NOT NULL REFERENCES reviews (id),
    name            TEXT NOT NULL,
    email           TEXT NOT NULL,
    secret_hash     BLOB NOT NULL UNIQUE,
    passphrase_hash TEXT NOT NULL,
    expires_at      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    revoked_at      INTEGER,
    tries_used      INTEGER NOT NULL DEFAULT 0 CHECK (tries_used BETWEEN 0 AND 5),
    last_used_at    INTEGER
) STRICT;
CREATE INDEX links_review ON links (review_id);

CREATE TABLE viewers (
    id               TEXT PRIMARY KEY NOT NULL,
    review_id        TEXT NOT NULL REFERENCES reviews (id),
    link_id          TEXT NOT NULL REFERENCES links (id),
    token_hash       BLOB NOT NULL UNIQUE,
    ip               TEXT NOT NULL,
    browser          TEXT NOT NULL,
    session_code     TEXT NOT NULL UNIQUE,
    joined_at        INTEGER NOT NULL,
    seen_at          INTEGER NOT NULL,
    lease_expires_at INTEGER,
    ended_at         INTEGER,
    ended_reason     TEXT
) STRICT;
CREATE INDEX viewers_review ON viewers (review_id);
CREATE INDEX viewers_running ON viewers (link_id) WHERE ended_at IS NULL;

CREATE TABLE viewings (
    id           TEXT PRIMARY KEY NOT NULL,
    viewer_id    TEXT NOT NULL REFERENCES viewers (id),
    review_id    TEXT NOT NULL REFERENCES reviews (id),
    started_at   INTEGER NOT NULL,
    connected_at INTEGER,
    ended_at     INTEGER,
    ended_reason TEXT
) STRICT;
CREATE INDEX viewings_viewer ON viewings (viewer_id);
CREATE UNIQUE INDEX viewings_running ON viewings (viewer_id) WHERE ended_at IS NULL;

CREATE TABLE comments (
    id           TEXT PRIMARY KEY NOT NULL,
    review_id    TEXT NOT NULL REFERENCES reviews (id),
    viewer_id    TEXT NOT NULL REFERENCES viewers (id),
    viewing_id   TEXT NOT NULL REFERENCES viewings (id),
    author       TEXT NOT NULL,
    email        TEXT NOT NULL,
    text         TEXT NOT NULL,
    source_frame INTEGER NOT NULL,
    rate_num     INTEGER NOT NULL,
    rate_den     INTEGER NOT NULL,
    drop_frame   INTEGER NOT NULL,
    timecode     TEXT NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_review ON comments (review_id, source_frame);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;

-- The record. hash = SHA-256(0x00 || canonical JSON of the other columns), previous = hash of the entry before.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY NOT NULL,
    at_ms    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    network  TEXT,
    action   TEXT NOT NULL,
    object   TEXT NOT NULL,
    result   TEXT NOT NULL,
    review   TEXT,
    viewing  TEXT,
    detail   TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash     BLOB NOT NULL
) STRICT;
CREATE INDEX audit_review ON audit (review, sequence);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
