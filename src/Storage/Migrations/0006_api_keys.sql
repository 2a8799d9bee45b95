-- Who may ask. A key itself is nowhere: it is 32 random bytes, so that its SHA-256 is as good as a slow hash is for a password.
CREATE TABLE api_keys (
    key_id      uuid        PRIMARY KEY,
    name        text        NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    key_hash    bytea       NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    roles       text[]      NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['score', 'label', 'operate', 'admin']),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    revoked_at  timestamptz,
    -- When another key took this one's name over; it then works until it expires.
    replaced_at timestamptz
);

-- One current key a name.
CREATE UNIQUE INDEX api_keys_current ON api_keys (name) WHERE revoked_at IS NULL AND replaced_at IS NULL;
