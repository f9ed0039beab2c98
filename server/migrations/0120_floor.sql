-- What is said in a room beside its comments, and what the house says over everybody's picture.
CREATE TABLE chat_lines (
    id         TEXT PRIMARY KEY NOT NULL,
    review_id  TEXT NOT NULL REFERENCES reviews (id),
    number     INTEGER NOT NULL,               -- 1, 2, 3 ... in each review, without gaps
    viewer_id  TEXT REFERENCES viewers (id),
    link_id    TEXT REFERENCES links (id),
    account_id TEXT,                           -- no reference: the fact outlives the account
    author     TEXT NOT NULL,
    text       TEXT NOT NULL,
    said_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX chat_lines_in_order ON chat_lines (review_id, number);
CREATE TRIGGER chat_is_not_changed BEFORE UPDATE ON chat_lines
BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;
CREATE TRIGGER chat_is_not_removed BEFORE DELETE ON chat_lines
BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;

-- A review without a row has pointers and says nothing.
CREATE TABLE floors (
    review_id TEXT PRIMARY KEY NOT NULL REFERENCES reviews (id),
    pointers  INTEGER NOT NULL,
    talkback  TEXT
) STRICT;

-- Muting is of a person, so it stays with their link however often they come.
ALTER TABLE links ADD COLUMN muted_at INTEGER;
