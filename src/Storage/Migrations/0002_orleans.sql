-- Orleans' clustering, reminders and grain storage. Orleans finds its statements in the table OrleansQuery by key and binds parameters by
-- name; tables and statements behind those names are ours.

CREATE TABLE OrleansQuery (
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

CREATE TABLE orleans_cluster (
    deployment_id text        PRIMARY KEY,
    version       integer     NOT NULL DEFAULT 0,
    changed_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orleans_silo (
    deployment_id   text        NOT NULL REFERENCES orleans_cluster,
    address         text        NOT NULL,
    port            integer     NOT NULL,
    generation      integer     NOT NULL,
    silo_name       text        NOT NULL,
    host_name       text        NOT NULL,
    status          integer     NOT NULL,
    proxy_port      integer,
    suspect_times   text,
    start_time      timestamptz NOT NULL,
    i_am_alive_time timestamptz NOT NULL,
    PRIMARY KEY (deployment_id, address, port, generation)
);

CREATE TABLE orleans_reminder (
    service_id    text        NOT NULL,
    grain_id      text        NOT NULL,
    reminder_name text        NOT NULL,
    start_time    timestamptz NOT NULL,
    period        bigint      NOT NULL,
    grain_hash    integer     NOT NULL,
    version       integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (service_id, grain_id, reminder_name)
);
CREATE INDEX orleans_reminder_by_hash ON orleans_reminder (service_id, grain_hash);

CREATE TABLE orleans_grain_state (
    service_id      text        NOT NULL,
    grain_type      text        NOT NULL,
    grain_type_hash integer     NOT NULL,
    id_hash         integer     NOT NULL,
    id_n0           bigint      NOT NULL,
    id_n1           bigint      NOT NULL,
    id_extension    text        NOT NULL DEFAULT '',
    payload         bytea,
    version         integer     NOT NULL,
    modified_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service_id, grain_type, id_n0, id_n1, id_extension)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES

-- Clustering. Every statement that changes membership answers with one row: 1 when it did, 0 when the version had moved on.
('InsertMembershipVersionKey', $$
WITH made AS (INSERT INTO orleans_cluster (deployment_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*)::int FROM made
$$),
('InsertMembershipKey', $$
WITH moved AS (
    UPDATE orleans_cluster c SET version = c.version + 1, changed_at = now()
    WHERE c.deployment_id = @DeploymentId AND c.version = @Version AND NOT EXISTS (
        SELECT 1 FROM orleans_silo s
        WHERE s.deployment_id = @DeploymentId AND s.address = @Address AND s.port = @Port AND s.generation = @Generation)
    RETURNING c.deployment_id),
added AS (
    INSERT INTO orleans_silo
        (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
    SELECT moved.deployment_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM moved
    RETURNING 1)
SELECT count(*)::int FROM added
$$),
('UpdateMembershipKey', $$
WITH moved AS (
    UPDATE orleans_cluster c SET version = c.version + 1, changed_at = now()
    WHERE c.deployment_id = @DeploymentId AND c.version = @Version AND EXISTS (
        SELECT 1 FROM orleans_silo s
        WHERE s.deployment_id = @DeploymentId AND s.address = @Address AND s.port = @Port AND s.generation = @Generation)
    RETURNING c.deployment_id),
changed AS (
    UPDATE orleans_silo s SET status = @Status, suspect_times = @SuspectTimes, i_am_alive_time = @IAmAliveTime
    FROM moved
    WHERE s.deployment_id = moved.deployment_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    RETURNING 1)
SELECT count(*)::int FROM changed
$$),
('UpdateIAmAlivetimeKey', $$
UPDATE orleans_silo SET i_am_alive_time = @IAmAliveTime
WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),
('MembershipReadRowKey', $$
SELECT c.deployment_id AS "DeploymentId", s.address AS "Address", s.port AS "Port", s.generation AS "Generation",
       s.silo_name AS "SiloName", s.host_name AS "HostName", s.status AS "Status", s.proxy_port AS "ProxyPort",
       s.suspect_times AS "SuspectTimes", s.start_time AS "StartTime", s.i_am_alive_time AS "IAmAliveTime", c.version AS "Version"
FROM orleans_cluster c
LEFT JOIN orleans_silo s
    ON s.deployment_id = c.deployment_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
WHERE c.deployment_id = @DeploymentId
$$),
('MembershipReadAllKey', $$
SELECT c.deployment_id AS "DeploymentId", s.address AS "Address", s.port AS "Port", s.generation AS "Generation",
       s.silo_name AS "SiloName", s.host_name AS "HostName", s.status AS "Status", s.proxy_port AS "ProxyPort",
       s.suspect_times AS "SuspectTimes", s.start_time AS "StartTime", s.i_am_alive_time AS "IAmAliveTime", c.version AS "Version"
FROM orleans_cluster c
LEFT JOIN orleans_silo s ON s.deployment_id = c.deployment_id
WHERE c.deployment_id = @DeploymentId
$$),
('DeleteMembershipTableEntriesKey', $$
WITH gone AS (DELETE FROM orleans_silo WHERE deployment_id = @DeploymentId RETURNING 1)
DELETE FROM orleans_cluster WHERE deployment_id = @DeploymentId AND (SELECT count(*) FROM gone) >= 0
$$),
('GatewaysQueryKey', $$
SELECT address AS "Address", proxy_port AS "ProxyPort", generation AS "Generation"
FROM orleans_silo
WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
$$),
-- 6 is Dead: a silo that is alive but has not said so lately is not ours to remove.
('CleanupDefunctSiloEntriesKey', $$
DELETE FROM orleans_silo WHERE deployment_id = @DeploymentId AND i_am_alive_time < @IAmAliveTime AND status = 6
$$),

-- Reminders.
('UpsertReminderRowKey', $$
INSERT INTO orleans_reminder AS r (service_id, grain_id, reminder_name, start_time, period, grain_hash)
VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash)
ON CONFLICT (service_id, grain_id, reminder_name) DO UPDATE
    SET start_time = excluded.start_time, period = excluded.period, grain_hash = excluded.grain_hash, version = r.version + 1
RETURNING version AS "Version"
$$),
('ReadReminderRowsKey', $$
SELECT grain_id AS "GrainId", reminder_name AS "ReminderName", start_time AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminder WHERE service_id = @ServiceId AND grain_id = @GrainId
$$),
('ReadReminderRowKey', $$
SELECT grain_id AS "GrainId", reminder_name AS "ReminderName", start_time AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminder WHERE service_id = @ServiceId AND grain_id = @GrainId AND reminder_name = @ReminderName
$$),
('ReadRangeRows1Key', $$
SELECT grain_id AS "GrainId", reminder_name AS "ReminderName", start_time AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminder WHERE service_id = @ServiceId AND grain_hash > @BeginHash AND grain_hash <= @EndHash
$$),
-- The range wraps around.
('ReadRangeRows2Key', $$
SELECT grain_id AS "GrainId", reminder_name AS "ReminderName", start_time AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminder WHERE service_id = @ServiceId AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)
$$),
('DeleteReminderRowKey', $$
WITH gone AS (
    DELETE FROM orleans_reminder
    WHERE service_id = @ServiceId AND grain_id = @GrainId AND reminder_name = @ReminderName AND version = @Version
    RETURNING 1)
SELECT count(*)::int FROM gone
$$),
('DeleteReminderRowsKey', $$
DELETE FROM orleans_reminder WHERE service_id = @ServiceId
$$),

-- Grain storage. An answer with the version that was asked with means: another activation was first.
('ReadFromStorageKey', $$
SELECT payload AS "PayloadBinary", NULL::text AS "PayloadXml", NULL::text AS "PayloadJson", version AS "Version"
FROM orleans_grain_state
WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
  AND id_extension = coalesce(@GrainIdExtensionString::text, '') AND grain_type_hash = @GrainTypeHash AND id_hash = @GrainIdHash
$$),
('WriteToStorageKey', $$
WITH changed AS (
    UPDATE orleans_grain_state SET payload = @PayloadBinary::bytea, version = version + 1, modified_at = now()
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
      AND id_extension = coalesce(@GrainIdExtensionString::text, '') AND version = @GrainStateVersion::int
    RETURNING version),
added AS (
    INSERT INTO orleans_grain_state (service_id, grain_type, grain_type_hash, id_hash, id_n0, id_n1, id_extension, payload, version)
    SELECT @ServiceId, @GrainTypeString, @GrainTypeHash, @GrainIdHash, @GrainIdN0, @GrainIdN1,
           coalesce(@GrainIdExtensionString::text, ''), @PayloadBinary::bytea, 1
    WHERE @GrainStateVersion::int IS NULL
    ON CONFLICT DO NOTHING
    RETURNING version)
SELECT coalesce((SELECT version FROM changed), (SELECT version FROM added), @GrainStateVersion::int) AS "NewGrainStateVersion"
$$),
('ClearStorageKey', $$
WITH changed AS (
    UPDATE orleans_grain_state SET payload = NULL, version = version + 1, modified_at = now()
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
      AND id_extension = coalesce(@GrainIdExtensionString::text, '') AND version = @GrainStateVersion::int
    RETURNING version)
SELECT coalesce((SELECT version FROM changed), @GrainStateVersion::int) AS "NewGrainStateVersion"
$$),
('DeleteStorageKey', $$
WITH gone AS (
    DELETE FROM orleans_grain_state
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
      AND id_extension = coalesce(@GrainIdExtensionString::text, '') AND version = @GrainStateVersion::int
    RETURNING version)
SELECT coalesce((SELECT version + 1 FROM gone), @GrainStateVersion::int) AS "NewGrainStateVersion"
$$);
