-- The other links of whoever comes in: asked for at every join. Without it each looks at all links there ever were.
CREATE INDEX links_person ON links (lower(email)) WHERE account_id IS NULL;
