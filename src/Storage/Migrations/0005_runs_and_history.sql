-- Runs have a beginning, an end and files; a rollback is told from a promotion; "what was live when" is one query.
ALTER TABLE runs
    ADD COLUMN status   text NOT NULL DEFAULT 'finished' CHECK (status IN ('running', 'finished', 'failed')),
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN error    text;
ALTER TABLE runs ALTER COLUMN status DROP DEFAULT;

CREATE TABLE run_artifacts (
    run_id  uuid  NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    name    text  NOT NULL,
    content bytea NOT NULL,
    sha256  text  NOT NULL,
    PRIMARY KEY (run_id, name)
);

-- True for both halves of a rollback: the version that it brings back and the one that it takes out of production.
ALTER TABLE stage_transitions ADD COLUMN is_rollback boolean NOT NULL DEFAULT false;

-- The periods in which a version was in production, from the history alone. live_until is null while it still is.
CREATE VIEW production_periods AS
SELECT version, at AS live_from, left_at AS live_until, who, why
FROM (
    SELECT version, to_stage, at, who, why, lead(at) OVER (PARTITION BY version ORDER BY id) AS left_at
    FROM stage_transitions) t
WHERE to_stage = 'Production';
