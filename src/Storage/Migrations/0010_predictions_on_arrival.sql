-- What was scored on arrival is a row of transactions, so the log does not say it again: request is what a client asked, and null otherwise.
ALTER TABLE predictions ALTER COLUMN request DROP NOT NULL;

-- Rows come nearly in the order of their times, so ranges of pages find a period as well as a tree does, and cost next to nothing to keep.
DROP INDEX predictions_by_time;
CREATE INDEX predictions_by_time ON predictions USING brin (event_time) WITH (autosummarize = on);
