-- Who made a sender's key: it ends with their account. Unknown of keys made before.
ALTER TABLE publish_keys ADD COLUMN made_by TEXT REFERENCES accounts (id);
