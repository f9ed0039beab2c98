-- Passkeys (WebAuthn). Only public halves are here.
CREATE TABLE passkeys (
    id         TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    credential BLOB NOT NULL UNIQUE,     -- the authenticator's name for it
    public_key BLOB NOT NULL,            -- SubjectPublicKeyInfo, DER
    algorithm  INTEGER NOT NULL,         -- COSE number
    counter    INTEGER NOT NULL,         -- 0 for authenticators that do not count
    synced     INTEGER NOT NULL,         -- 1 when it is kept by more than one device
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX passkeys_account ON passkeys (account_id);
