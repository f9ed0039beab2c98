-- The house looks at its own review as a viewer does, with its own mark: through a link of the account that nobody else can
-- open, for as long as the session lasts.
ALTER TABLE links ADD COLUMN account_id TEXT;
ALTER TABLE viewers ADD COLUMN session_id TEXT;
CREATE INDEX links_of_accounts ON links (review_id, account_id) WHERE account_id IS NOT NULL;
