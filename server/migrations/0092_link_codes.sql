-- Codes sent by e-mail to whoever gave a link's right passphrase. What is kept opens nothing: the code is hashed together with
-- a ticket that only the browser has.
ALTER TABLE links ADD COLUMN email_code INTEGER NOT NULL DEFAULT 0;
CREATE TABLE link_codes (
    ticket_hash BLOB PRIMARY KEY NOT NULL,
    link_id     TEXT NOT NULL REFERENCES links (id),
    code_hash   BLOB NOT NULL,
    sent_at     INTEGER NOT NULL,
    tries_used  INTEGER NOT NULL DEFAULT 0 CHECK (tries_used BETWEEN 0 AND 5),
    used_at     INTEGER
) STRICT;
CREATE INDEX link_codes_link ON link_codes (link_id, sent_at);
