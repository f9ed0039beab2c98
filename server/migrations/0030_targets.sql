-- The colour in which the house wants a viewer's picture sent; NULL: what suits their display.
ALTER TABLE viewers ADD COLUMN target TEXT;
