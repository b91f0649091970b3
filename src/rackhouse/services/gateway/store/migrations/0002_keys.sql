-- People's keys, known by their digest alone; and budgets that were changed while the gateway ran.

CREATE TABLE gateway_keys (
    name text PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    person text NOT NULL DEFAULT '',
    application text NOT NULL DEFAULT '',
    models text[] NOT NULL DEFAULT '{}',
    limits jsonb NOT NULL DEFAULT '[]',
    requests_per_minute integer NOT NULL DEFAULT 0,
    tokens_per_minute bigint NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
);

CREATE TABLE gateway_limits (
    scope text NOT NULL,
    name text NOT NULL,
    limits jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, name)
);
