-- Entries older than the house keeps them lose what is personal in them; their hashes stay, so that the record can still be
-- verified. Nothing else about an entry changes, and never back.
ALTER TABLE audit ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX audit_redacted ON audit (sequence) WHERE redacted = 1;

DROP TRIGGER audit_is_not_changed;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
WHEN NOT (
    OLD.redacted = 0 AND NEW.redacted = 1 AND NEW.sequence = OLD.sequence AND NEW.at_ms = OLD.at_ms
    AND NEW.action = OLD.action AND NEW.result = OLD.result AND NEW.review IS OLD.review
    AND NEW.previous = OLD.previous AND NEW.hash = OLD.hash
    AND NEW.actor = 'redacted' AND NEW.object = 'redacted' AND NEW.detail = '{}'
    AND NEW.network IS NULL AND NEW.viewing IS NULL
)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- Which checkpoint a target was last sent.
CREATE TABLE checkpoint_sends (
    target  TEXT PRIMARY KEY NOT NULL,
    size    INTEGER NOT NULL,
    sent_at INTEGER NOT NULL
) STRICT;
