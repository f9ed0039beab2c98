-- What viewers found when they checked their display; the last check of each. Earlier ones stand in the record.
CREATE TABLE displays (
    viewer_id  TEXT PRIMARY KEY NOT NULL REFERENCES viewers (id),
    viewing_id TEXT REFERENCES viewings (id),
    findings   TEXT NOT NULL,  -- JSON
    made_at    INTEGER NOT NULL
) STRICT;
