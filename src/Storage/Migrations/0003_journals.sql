-- A commit appends what it changed to a journal instead of writing a grain's whole state again; once the journal has grown to the size of
-- the state, the state is written as a new snapshot and the journal of the key is empty again.
ALTER TABLE customer_state ADD COLUMN snapshot_version bigint;
UPDATE customer_state SET snapshot_version = version;
ALTER TABLE customer_state ALTER COLUMN snapshot_version SET NOT NULL;
ALTER TABLE merchant_state ADD COLUMN snapshot_version bigint;
UPDATE merchant_state SET snapshot_version = version;
ALTER TABLE merchant_state ALTER COLUMN snapshot_version SET NOT NULL;

-- Snapshots are mostly random ids: compressing them costs much and gains little.
ALTER TABLE customer_state ALTER COLUMN state SET STORAGE EXTERNAL;
ALTER TABLE merchant_state ALTER COLUMN state SET STORAGE EXTERNAL;
ALTER TABLE customer_state SET (fillfactor = 70);
ALTER TABLE merchant_state SET (fillfactor = 70);

-- version is that of the state's row after the change; from snapshot_version + 1 to version without a gap.
CREATE TABLE customer_journal (
    customer_id bigint NOT NULL,
    version     bigint NOT NULL,
    delta       bytea  NOT NULL,
    PRIMARY KEY (customer_id, version)
);
CREATE TABLE merchant_journal (
    merchant_id bigint NOT NULL,
    version     bigint NOT NULL,
    delta       bytea  NOT NULL,
    PRIMARY KEY (merchant_id, version)
);
