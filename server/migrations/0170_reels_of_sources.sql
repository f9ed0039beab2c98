-- The reel that a source's file names, as found when it was last on air; NULL where none does, or it never was.
ALTER TABLE review_sources ADD COLUMN reel TEXT;
