-- Signed heads of the record (C2SP tlog-checkpoint). They follow from the record, so they are not recorded in it.
CREATE TABLE checkpoints (
    size      INTEGER PRIMARY KEY NOT NULL,  -- entries covered
    made_at   INTEGER NOT NULL,
    subtrees  BLOB NOT NULL,                 -- heads of the whole subtrees, from which the tree grows on
    note      TEXT NOT NULL,
    copied_at INTEGER
) STRICT;
CREATE INDEX checkpoints_uncopied ON checkpoints (size) WHERE copied_at IS NULL;

CREATE INDEX audit_actor ON audit (actor, sequence);
CREATE INDEX audit_action ON audit (action, sequence);
