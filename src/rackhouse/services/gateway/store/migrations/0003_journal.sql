-- The request log, a partition for each day, and accounts, which add up. A batch writes both.

CREATE TABLE request_log (
    number bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    id text NOT NULL,
    line jsonb NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX request_log_number ON request_log (number);
CREATE INDEX request_log_id ON request_log (id);

-- Batches that were written, so that none is counted twice. Kept for a day.
CREATE TABLE journal_batch (
    id text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE account (
    day date NOT NULL,
    key text NOT NULL,
    application text NOT NULL,
    person text NOT NULL,
    model text NOT NULL,
    upstream text NOT NULL,
    local boolean NOT NULL,
    requests bigint NOT NULL,
    refused bigint NOT NULL,
    failed bigint NOT NULL,
    fallbacks bigint NOT NULL,
    again bigint NOT NULL,
    input bigint NOT NULL,
    output bigint NOT NULL,
    cached bigint NOT NULL,
    nanos bigint NOT NULL,
    unlogged bigint NOT NULL,
    PRIMARY KEY (day, key, application, person, model, upstream, local)
);

-- Makes the partition of a day. Two replicas at once make one.
CREATE FUNCTION request_log_begin(day date) RETURNS void LANGUAGE plpgsql SET timezone = 'UTC' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rackhouse request_log'));
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS %I PARTITION OF request_log FOR VALUES FROM (%L) TO (%L)',
        'request_log_' || to_char(day, 'YYYYMMDD'), day, day + 1
    );
END $$;

-- Drops the partitions of days before that one, and old batches.
CREATE FUNCTION request_log_forget(kept_from date) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    old text;
    dropped integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rackhouse request_log'));
    FOR old IN
        SELECT child.relname FROM pg_inherits
        JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'request_log'::regclass
        AND child.relname < 'request_log_' || to_char(kept_from, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE %I', old);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM journal_batch WHERE at < now() - interval '1 day';
    RETURN dropped;
END $$;
