-- Who was let in through a link is asked for at every join, of everybody in the room: answered from the index alone.
DROP INDEX viewers_link;
CREATE INDEX viewers_link ON viewers (link_id, waits);
