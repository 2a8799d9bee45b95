-- What a row said when it was written (RowDigest), so that parity finds a row of any age that was changed since. Null in rows from before.
ALTER TABLE transactions ADD COLUMN digest bigint;
ALTER TABLE labels ADD COLUMN digest bigint;

-- The Parquet files of trainings, named by their SHA-256, in parts of a few MiB: what a version was trained on lasts as long as the database.
CREATE TABLE data_sets (
    sha256  text        PRIMARY KEY,
    bytes   bigint      NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE data_set_parts (
    sha256  text    NOT NULL REFERENCES data_sets ON DELETE CASCADE,
    part    integer NOT NULL,
    content bytea   NOT NULL,
    PRIMARY KEY (sha256, part)
);
-- Parquet is compressed already.
ALTER TABLE data_set_parts ALTER COLUMN content SET STORAGE EXTERNAL;
