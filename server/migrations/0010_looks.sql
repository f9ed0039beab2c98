-- LUT files by their content. Those with a date of listing are the house's library; the others came with a review.
CREATE TABLE luts (
    id        TEXT PRIMARY KEY NOT NULL,
    sha256    TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    data      BLOB NOT NULL,
    listed_at INTEGER
) STRICT;

-- What is done to a source's colour beside what it is declared to be; JSON, the LUTs apart.
-- Without one, look_cube and look_name are still meant.
ALTER TABLE reviews ADD COLUMN look TEXT;
ALTER TABLE reviews ADD COLUMN lut_id TEXT REFERENCES luts (id);
ALTER TABLE reviews ADD COLUMN wipe_lut_id TEXT REFERENCES luts (id);
