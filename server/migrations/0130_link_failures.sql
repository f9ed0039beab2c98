-- Wrong tries at links of the last minutes, to see one address at many links, and many tries at one review. Older rows go when
-- the next is written; those of a link go when its passphrase is given from the same address after all.
CREATE TABLE link_failures (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    network   TEXT NOT NULL,    -- an address of IPv4, a /64 of IPv6
    link_id   TEXT,             -- NULL: of no link there is
    review_id TEXT
) STRICT;
CREATE INDEX link_failures_at ON link_failures (at);
CREATE INDEX link_failures_network ON link_failures (network);
CREATE INDEX link_failures_review ON link_failures (review_id) WHERE review_id IS NOT NULL;
CREATE INDEX notifications_occasion ON notifications (occasion, at);
