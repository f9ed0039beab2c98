-- Keys that let a sender publish to a source (WHIP), and the senders that did.
CREATE TABLE publish_keys (
    id        TEXT PRIMARY KEY NOT NULL,
    source_id TEXT NOT NULL REFERENCES review_sources (id),
    key_hash  BLOB NOT NULL UNIQUE,
    made_at   INTEGER NOT NULL,
    ended_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX publish_keys_source ON publish_keys (source_id) WHERE ended_at IS NULL;

CREATE TABLE publishings (
    id           TEXT PRIMARY KEY NOT NULL,
    source_id    TEXT NOT NULL REFERENCES review_sources (id),
    review_id    TEXT NOT NULL REFERENCES reviews (id),
    key_id       TEXT NOT NULL REFERENCES publish_keys (id),
    network      TEXT NOT NULL,
    started_at   INTEGER NOT NULL,
    connected_at INTEGER,
    cipher       TEXT,
    ended_at     INTEGER,
    ended_reason TEXT
) STRICT;
CREATE UNIQUE INDEX publishings_running ON publishings (source_id) WHERE ended_at IS NULL;
