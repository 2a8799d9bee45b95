-- Files of history, each import with a number; nothing is written where an import found nothing new.
CREATE TABLE imports (
    import_number integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what          text        NOT NULL,
    started_at    timestamptz NOT NULL,
    -- Null while it runs, and for ever when it was killed: the next import completes it.
    finished_at   timestamptz,
    added         bigint
);
ALTER TABLE transactions ADD COLUMN import_number integer;

-- From which version on a merchant's state holds the rows of an import and all before it; null while it does not.
CREATE TABLE merchant_imports (
    merchant_id   bigint  NOT NULL,
    import_number integer NOT NULL REFERENCES imports,
    version       bigint,
    PRIMARY KEY (merchant_id, import_number)
);
CREATE INDEX merchant_imports_pending ON merchant_imports (merchant_id) WHERE version IS NULL;

-- What a prediction knew of its merchant, to the record: how far it had come on each partition (OffsetVector.ToPositionBytes), and the version of its
-- state, which says which labels it had folded: those of this version or an earlier one.
ALTER TABLE predictions ADD COLUMN merchant_version bigint;
ALTER TABLE predictions ADD COLUMN merchant_offsets bytea;
ALTER TABLE labels ADD COLUMN merchant_version bigint;
UPDATE labels SET merchant_version = 0 WHERE merchant_sequence IS NOT NULL;
