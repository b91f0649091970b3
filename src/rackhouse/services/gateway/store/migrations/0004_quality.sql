-- What is known of quality, by day: counts that replicas add up. Nothing of what was said.

CREATE TABLE quality_answers (
    day date NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    upstream text NOT NULL,
    model text NOT NULL,
    asked float8 NOT NULL,
    judged float8 NOT NULL,
    good float8 NOT NULL,
    nanos float8 NOT NULL,
    PRIMARY KEY (day, name, kind, upstream, model)
);

CREATE TABLE quality_compared (
    day date NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    "local" text NOT NULL,
    outside text NOT NULL,
    n float8 NOT NULL,
    local_good float8 NOT NULL,
    local_nanos float8 NOT NULL,
    outside_good float8 NOT NULL,
    outside_nanos float8 NOT NULL,
    router_good float8 NOT NULL,
    router_nanos float8 NOT NULL,
    oracle_good float8 NOT NULL,
    oracle_nanos float8 NOT NULL,
    local_better float8 NOT NULL,
    outside_better float8 NOT NULL,
    PRIMARY KEY (day, name, kind, "local", outside)
);
