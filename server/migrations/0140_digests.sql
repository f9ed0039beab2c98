-- Who asked for the comments of a project by e-mail. What was not taken yet is in the next one, so nothing is kept but an instant.
CREATE TABLE digests (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES projects (id),
    email      TEXT NOT NULL,
    rhythm     TEXT NOT NULL,
    hour_utc   INTEGER NOT NULL CHECK (hour_utc BETWEEN 0 AND 23),
    asked_at   INTEGER NOT NULL,
    told_until INTEGER NOT NULL,           -- what changed before was sent
    next_at    INTEGER NOT NULL,           -- when it is next looked at
    tries      INTEGER NOT NULL DEFAULT 0, -- of the one that was not taken
    PRIMARY KEY (account_id, project_id)
) STRICT;
CREATE INDEX digests_due ON digests (next_at);
