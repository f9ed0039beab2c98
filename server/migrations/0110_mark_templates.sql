-- What the visible marks of a project say and how they look, as JSON; NULL: as every house begins. And whether the mark
-- may be lifted for moments, where the policy allows that.
ALTER TABLE projects ADD COLUMN mark TEXT;
ALTER TABLE projects ADD COLUMN clean_hold INTEGER NOT NULL DEFAULT 0;

-- The last clean hold of each review: until when the visible mark is lifted at most, and when it came back.
CREATE TABLE clean_holds (
    review_id  TEXT PRIMARY KEY NOT NULL REFERENCES reviews (id),
    started_at INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;
