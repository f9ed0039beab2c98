-- Which source frames a viewing was shown: ranges, ends included. They may overlap.
CREATE TABLE viewing_frames (
    viewing_id  TEXT NOT NULL REFERENCES viewings (id),
    first_frame INTEGER NOT NULL,
    last_frame  INTEGER NOT NULL,
    PRIMARY KEY (viewing_id, first_frame)
) STRICT, WITHOUT ROWID;
