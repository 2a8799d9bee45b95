-- Requests that were answered, by caller and Idempotency-Key: written with what they stored, so that whoever repeats one, at whatever process, changes nothing.
CREATE TABLE idempotency_keys (
    caller    text        NOT NULL,
    key       text        NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    body_hash bytea       NOT NULL CHECK (octet_length(body_hash) = 32),
    used_at   timestamptz NOT NULL,
    added     integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (used_at);
