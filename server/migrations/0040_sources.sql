-- The sources of a review, of which one is on air. What is on air stands in the review itself, from where it goes back into
-- its row here when another takes its place.
CREATE TABLE review_sources (
    id                TEXT PRIMARY KEY NOT NULL,
    review_id         TEXT NOT NULL REFERENCES reviews (id),
    name              TEXT NOT NULL,
    source            TEXT NOT NULL,  -- JSON, without passphrase
    source_passphrase TEXT,
    input_color       TEXT NOT NULL,
    look              TEXT,
    lut_id            TEXT REFERENCES luts (id),
    wipe_lut_id       TEXT REFERENCES luts (id),
    look_cube         TEXT,
    look_name         TEXT,
    start_timecode    TEXT,
    drop_frame        INTEGER NOT NULL,
    added_at          INTEGER NOT NULL,
    removed_at        INTEGER
) STRICT;
CREATE INDEX review_sources_review ON review_sources (review_id);

-- The first source of a review that had only one bears the review's id.
INSERT INTO review_sources
SELECT id, id, 'Source 1', source, source_passphrase, input_color, look, lut_id, wipe_lut_id, look_cube, look_name,
       start_timecode, drop_frame, created_at, NULL
FROM reviews;
ALTER TABLE reviews ADD COLUMN source_id TEXT REFERENCES review_sources (id) DEFERRABLE INITIALLY DEFERRED;
UPDATE reviews SET source_id = id;
CREATE TRIGGER reviews_have_a_source BEFORE INSERT ON reviews WHEN NEW.source_id IS NULL
BEGIN
    SELECT RAISE(ABORT, 'a review has a source');
END;

-- Which source a comment was made on: frame numbers count in it.
ALTER TABLE comments ADD COLUMN source_id TEXT REFERENCES review_sources (id);
UPDATE comments SET source_id = review_id;
