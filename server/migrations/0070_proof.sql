-- What viewers' browsers measured of the picture that reached them: each change of state, and a sample every ten seconds.
CREATE TABLE proofs (
    id               INTEGER PRIMARY KEY,
    viewing_id       TEXT NOT NULL REFERENCES viewings (id),
    at               INTEGER NOT NULL,
    change           INTEGER NOT NULL,  -- whether it changed the state; then the record has it too
    report           TEXT NOT NULL,     -- JSON
    frames_checked   INTEGER NOT NULL,  -- since the report before
    frames_disagreed INTEGER NOT NULL
) STRICT;
CREATE INDEX proofs_viewing ON proofs (viewing_id, id);

-- The worst state and its reasons, as words, and all frames whose number was compared with RTP's.
ALTER TABLE viewings ADD COLUMN proof_worst TEXT;
ALTER TABLE viewings ADD COLUMN frames_checked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE viewings ADD COLUMN frames_disagreed INTEGER NOT NULL DEFAULT 0;

-- In which state of their author's picture a comment and its drawing were made. Without a viewing there is none.
ALTER TABLE comments ADD COLUMN proof TEXT;
ALTER TABLE comments ADD COLUMN drawing_proof TEXT;
ALTER TABLE comments ADD COLUMN frame_witness TEXT;
ALTER TABLE comment_wordings ADD COLUMN drawing_proof TEXT;

-- What a probe measured on a viewer's display; the last file of each. That there were earlier ones stands in the record.
CREATE TABLE probes (
    viewer_id TEXT PRIMARY KEY NOT NULL REFERENCES viewers (id),
    result    TEXT NOT NULL,  -- JSON
    file      TEXT NOT NULL,  -- as it was sent
    made_at   INTEGER NOT NULL
) STRICT;
