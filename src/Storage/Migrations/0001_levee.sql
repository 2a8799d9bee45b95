-- Levee's own tables. Times are timestamptz (UTC), money is numeric, states are the versioned binary form of the windows.

CREATE TABLE transactions (
    transaction_id    uuid           NOT NULL,
    customer_id       bigint         NOT NULL,
    merchant_id       bigint         NOT NULL,
    amount            numeric(12, 2) NOT NULL,
    currency          text           NOT NULL,
    base_amount       numeric(12, 2) NOT NULL,
    event_time        timestamptz    NOT NULL,
    card_last_4       text,
    is_fraud          boolean,
    country           text,
    device_type       text,
    is_late           boolean        NOT NULL,
    -- Where the record came from; null for imported and simulated history.
    epoch             integer,
    kafka_partition   integer,
    kafka_offset      bigint,
    customer_sequence bigint         NOT NULL,
    ingested_at       timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT transactions_once UNIQUE (transaction_id, event_time)
);
CREATE INDEX transactions_by_customer ON transactions (customer_id, event_time);
CREATE INDEX transactions_by_merchant ON transactions (merchant_id, event_time);
CREATE INDEX transactions_by_time ON transactions (event_time);

-- Tumbling 1-minute windows by event time, one row a customer and minute with transactions on time; written once.
CREATE TABLE features (
    customer_id       bigint           NOT NULL,
    window_start      timestamptz      NOT NULL,
    window_end        timestamptz      NOT NULL,
    transaction_count integer          NOT NULL,
    avg_amount        double precision NOT NULL,
    max_amount        double precision NOT NULL,
    fraud_count       integer          NOT NULL,
    amount_std        double precision,
    computed_at       timestamptz      NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, window_start)
);

CREATE TABLE training_features (
    transaction_id  uuid        NOT NULL,
    event_time      timestamptz NOT NULL,
    customer_id     bigint      NOT NULL,
    is_fraud        boolean     NOT NULL,
    features        real[]      NOT NULL,
    feature_hash    text        NOT NULL,
    materialized_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (feature_hash, transaction_id)
);

CREATE TABLE predictions (
    prediction_id     uuid             PRIMARY KEY,
    transaction_id    uuid,
    customer_id       bigint           NOT NULL,
    merchant_id       bigint           NOT NULL,
    event_time        timestamptz      NOT NULL,
    scored_at         timestamptz      NOT NULL,
    request           jsonb            NOT NULL,
    fraud_probability double precision NOT NULL,
    is_fraud          boolean          NOT NULL,
    model_version     text             NOT NULL,
    features          real[]           NOT NULL,
    feature_hash      text             NOT NULL,
    customer_sequence bigint           NOT NULL,
    merchant_sequence bigint           NOT NULL,
    degraded          boolean          NOT NULL,
    latency_ms        double precision NOT NULL,
    -- True when a client asked, false when the transaction was scored as it arrived.
    served            boolean          NOT NULL
);
CREATE INDEX predictions_by_time ON predictions (event_time);
CREATE INDEX predictions_by_transaction ON predictions (transaction_id);

-- Observations of labels: a correction is a further row. merchant_sequence is set in the commit that folds the row into its merchant.
CREATE TABLE labels (
    transaction_id    uuid        NOT NULL,
    is_fraud          boolean     NOT NULL,
    source            text        NOT NULL,
    observed_at       timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL,
    merchant_sequence bigint,
    PRIMARY KEY (transaction_id, observed_at, source)
);
CREATE INDEX labels_pending ON labels (transaction_id) WHERE merchant_sequence IS NULL;

CREATE TABLE model_versions (
    number          integer     PRIMARY KEY,
    version         text        GENERATED ALWAYS AS ('v' || number) STORED UNIQUE,
    stage           text        NOT NULL CHECK (stage IN ('None', 'Staging', 'Production', 'Archived')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    run_id          uuid        NOT NULL UNIQUE,
    feature_hash    text        NOT NULL,
    artifact        bytea       NOT NULL,
    artifact_sha256 text        NOT NULL,
    metrics         jsonb       NOT NULL
);
CREATE UNIQUE INDEX model_versions_one_production ON model_versions (stage) WHERE stage = 'Production';

CREATE TABLE runs (
    run_id     uuid        PRIMARY KEY,
    kind       text        NOT NULL,
    who        text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    parameters jsonb       NOT NULL,
    metrics    jsonb       NOT NULL
);

-- What was live when: append-only.
CREATE TABLE stage_transitions (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version    text        NOT NULL REFERENCES model_versions (version),
    from_stage text        NOT NULL,
    to_stage   text        NOT NULL,
    -- Not the start of the transaction, which may have waited for an earlier change.
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    who        text        NOT NULL,
    why        text        NOT NULL,
    metrics    jsonb       NOT NULL
);

CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stage_transitions is append-only';
END $$;
CREATE TRIGGER stage_transitions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stage_transitions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();

-- commit_id tells a commit whose answer was lost in a broken connection from one that another activation made.
CREATE TABLE customer_state (
    customer_id     bigint      PRIMARY KEY,
    state           bytea       NOT NULL,
    version         bigint      NOT NULL,
    sequence        bigint      NOT NULL,
    offsets         jsonb       NOT NULL,
    commit_id       uuid        NOT NULL,
    kafka_partition integer,
    open_minute_end timestamptz,
    updated_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customer_state_open_minutes ON customer_state (kafka_partition, open_minute_end) WHERE open_minute_end IS NOT NULL;

CREATE TABLE merchant_state (
    merchant_id bigint      PRIMARY KEY,
    state       bytea       NOT NULL,
    version     bigint      NOT NULL,
    sequence    bigint      NOT NULL,
    offsets     jsonb       NOT NULL,
    commit_id   uuid        NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- Which log offsets belong to: a new epoch begins when a topic's source changes or its log starts over.
CREATE TABLE stream_epochs (
    topic    text        NOT NULL,
    epoch    integer     NOT NULL,
    source   text        NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, epoch)
);

CREATE TABLE stream_checkpoints (
    topic           text        NOT NULL,
    epoch           integer     NOT NULL,
    kafka_partition integer     NOT NULL,
    next_offset     bigint      NOT NULL,
    -- Microseconds since the Unix epoch; the smallest bigint before the first event.
    watermark       bigint      NOT NULL,
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, epoch, kafka_partition)
);
