-- Projects and who works on them. Reviews made before belong to the first project.
CREATE TABLE projects (
    id             TEXT PRIMARY KEY NOT NULL,
    name           TEXT NOT NULL UNIQUE,
    classification TEXT NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;
INSERT INTO projects (id, name, classification, created_at)
VALUES ('019aa000-0000-7000-8000-000000000001', 'House', 'internal', unixepoch() * 1000);

CREATE TABLE memberships (
    project_id TEXT NOT NULL REFERENCES projects (id),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (project_id, account_id)
) STRICT;
CREATE INDEX memberships_account ON memberships (account_id);

-- SQLite adds a column with a reference only when it may be NULL; the trigger says that it may not.
ALTER TABLE reviews ADD COLUMN project_id TEXT REFERENCES projects (id);
UPDATE reviews SET project_id = '019aa000-0000-7000-8000-000000000001';
CREATE INDEX reviews_project ON reviews (project_id);
CREATE TRIGGER reviews_have_a_project BEFORE INSERT ON reviews WHEN NEW.project_id IS NULL
BEGIN SELECT RAISE(ABORT, 'a review belongs to a project'); END;

-- Which account planned or invited; NULL for the command line. No reference: the fact outlives the account.
ALTER TABLE reviews ADD COLUMN created_by TEXT;
ALTER TABLE links ADD COLUMN created_by TEXT;
CREATE INDEX links_created_by ON links (created_by) WHERE revoked_at IS NULL;

-- ends_at: from then on the account is over; offboarded_at: when that was carried out.
ALTER TABLE accounts ADD COLUMN password_set_at INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET password_set_at = created_at;
ALTER TABLE accounts ADD COLUMN ends_at INTEGER;
ALTER TABLE accounts ADD COLUMN offboarded_at INTEGER;

-- Sessions are listed, so they have a name that is not their secret. Everybody signs in anew.
DROP TABLE account_sessions;
CREATE TABLE account_sessions (
    id         TEXT PRIMARY KEY NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    proven_at  INTEGER,
    ip         TEXT NOT NULL,
    browser    TEXT NOT NULL
) STRICT;
CREATE INDEX account_sessions_account ON account_sessions (account_id);

-- Second factors. A TOTP secret is needed in clear to check a code; the data directory is 0700.
CREATE TABLE totp (
    account_id   TEXT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    secret       BLOB NOT NULL,
    confirmed_at INTEGER,
    last_step    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE recovery_codes (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash  BLOB NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (account_id, code_hash)
) STRICT;
