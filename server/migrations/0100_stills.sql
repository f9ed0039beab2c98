-- The picture that its author saw when they began a comment, as their browser showed it, with both marks.
CREATE TABLE stills (
    comment_id TEXT PRIMARY KEY NOT NULL REFERENCES comments (id),
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    jpeg       BLOB NOT NULL,
    made_at    INTEGER NOT NULL
) STRICT;
