-- Comments become a log: each change to a review's comments has the next revision of that review, so that a page can ask
-- for what it has missed. What the house says has no viewer, link or viewing.
CREATE TABLE comments_as_log (
    id              TEXT PRIMARY KEY NOT NULL,
    review_id       TEXT NOT NULL REFERENCES reviews (id),
    revision        INTEGER NOT NULL,
    parent_id       TEXT REFERENCES comments_as_log (id),
    viewer_id       TEXT REFERENCES viewers (id),
    link_id         TEXT REFERENCES links (id),
    viewing_id      TEXT REFERENCES viewings (id),
    account_id      TEXT,                       -- no reference: the fact outlives the account
    author          TEXT NOT NULL,
    email           TEXT NOT NULL,
    text            TEXT NOT NULL,
    source_frame    INTEGER NOT NULL,
    duration_frames INTEGER NOT NULL CHECK (duration_frames >= 1),
    rate_num        INTEGER NOT NULL,
    rate_den        INTEGER NOT NULL,
    drop_frame      INTEGER NOT NULL,
    timecode        TEXT NOT NULL,
    category        TEXT,
    priority        TEXT NOT NULL,
    mentions        TEXT NOT NULL,              -- ids of links apart by spaces
    drawing         TEXT,                       -- JSON
    created_at      INTEGER NOT NULL,
    edited_at       INTEGER,
    resolved_at     INTEGER,
    resolved_by     TEXT,
    deleted_at      INTEGER,
    source_id       TEXT NOT NULL REFERENCES review_sources (id)
) STRICT;
INSERT INTO comments_as_log
SELECT c.id, c.review_id, row_number() OVER (PARTITION BY c.review_id ORDER BY c.created_at, c.id), NULL, c.viewer_id, v.link_id,
       c.viewing_id, NULL, c.author, c.email, c.text, c.source_frame, 1, c.rate_num, c.rate_den, c.drop_frame, c.timecode,
       NULL, 'normal', '', NULL, c.created_at, NULL, NULL, NULL, NULL, c.source_id
FROM comments c JOIN viewers v ON v.id = c.viewer_id;
DROP TABLE comments;
ALTER TABLE comments_as_log RENAME TO comments;
CREATE UNIQUE INDEX comments_log ON comments (review_id, revision);

-- What a comment said before it was changed.
CREATE TABLE comment_wordings (
    comment_id  TEXT NOT NULL REFERENCES comments (id),
    revision    INTEGER NOT NULL,
    text        TEXT NOT NULL,
    drawing     TEXT,
    replaced_at INTEGER NOT NULL,
    PRIMARY KEY (comment_id, revision)
) STRICT;
CREATE TRIGGER wordings_are_not_changed BEFORE UPDATE ON comment_wordings
BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;
CREATE TRIGGER wordings_are_not_removed BEFORE DELETE ON comment_wordings
BEGIN SELECT RAISE(ABORT, 'what was said stays said'); END;
