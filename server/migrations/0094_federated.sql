-- 1: the second factor of this session was given to the house's identity provider, and none of the account's own is asked for.
ALTER TABLE account_sessions ADD COLUMN federated INTEGER NOT NULL DEFAULT 0;
