-- Who came through a link, also those who left: asked for the people of every room.
CREATE INDEX viewers_link ON viewers (link_id);
