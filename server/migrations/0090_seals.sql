-- Since when a house has a key of its marks cannot be told; that it has one can, from the pictures that it marked.
INSERT INTO settings (name, value)
SELECT 'mark_key', '' WHERE EXISTS (SELECT 1 FROM viewing_frames)
ON CONFLICT (name) DO NOTHING;

-- 1: the secret is sealed with a key that is not in this database. The server seals the others when it starts.
ALTER TABLE totp ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
