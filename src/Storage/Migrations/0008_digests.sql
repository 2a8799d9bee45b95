-- What a row said when it was written (RowDigest), so that parity finds a row of any age that was changed since. Null in rows from before.
ALTER TABLE transactions ADD COLUMN digest bigint;
ALTER TABLE labels ADD COLUMN digest bigint;
