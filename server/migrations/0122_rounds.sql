-- A review may be the next round of another: a new version of the same work.
ALTER TABLE reviews ADD COLUMN previous_id TEXT REFERENCES reviews (id);
ALTER TABLE reviews ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
