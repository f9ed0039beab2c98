-- What stands between a link and the picture. Networks are CIDR ranges apart by spaces; none: any.
ALTER TABLE projects ADD COLUMN networks TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN networks TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN uses_limit INTEGER;
ALTER TABLE links ADD COLUMN waiting_room INTEGER NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN second_device TEXT NOT NULL DEFAULT 'refused';
-- 1 while somebody of the house has yet to let them in.
ALTER TABLE viewers ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
