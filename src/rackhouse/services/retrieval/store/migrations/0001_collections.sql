-- Every row says whose it is, and row-level security filters by it, for the owner of the tables too.
-- `rackhouse.tenant` and `rackhouse.owner` are set for a transaction; unset they match nothing.
-- The owner `*` is the service itself, which reads a collection for all of its tenant.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE FUNCTION retrieval_shown(owner text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT owner IS NULL OR current_setting('rackhouse.owner', true) IN (owner, '*')
$$;

-- `wanted` is the model that it is changing to: its vectors are filled beside those of `model`.
-- A version is never used again, by a later collection of that name either: it begins with the time.
CREATE TABLE collections (
    tenant text NOT NULL CHECK (tenant <> ''),
    name text NOT NULL,
    model text NOT NULL,
    wanted text,
    resolver text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT '',
    codes text[] NOT NULL DEFAULT '{}',  -- renderings that are no text: nothing is embedded of them
    version bigint NOT NULL DEFAULT extract(epoch FROM clock_timestamp()) * 1e6,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, name)
);

CREATE TABLE documents (
    tenant text NOT NULL,
    collection text NOT NULL,
    id text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    owner text CHECK (owner NOT IN ('', '*')),
    media text NOT NULL,
    title text NOT NULL,
    source text NOT NULL,
    licence text NOT NULL,
    attributes jsonb NOT NULL,
    content text,  -- what spans are counted in; null where passages were given
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, collection, id),
    FOREIGN KEY (tenant, collection) REFERENCES collections ON DELETE CASCADE
);

CREATE TABLE passages (
    tenant text NOT NULL,
    collection text NOT NULL,
    document text NOT NULL,
    id text NOT NULL,
    owner text,
    ordinal integer NOT NULL,
    spans jsonb NOT NULL,
    headings jsonb NOT NULL,
    attributes jsonb NOT NULL,
    PRIMARY KEY (tenant, collection, document, id),
    FOREIGN KEY (tenant, collection, document) REFERENCES documents ON DELETE CASCADE
);

CREATE TABLE texts (
    tenant text NOT NULL,
    collection text NOT NULL,
    document text NOT NULL,
    passage text NOT NULL,
    rendering text NOT NULL,
    owner text,
    text text NOT NULL,
    sha256 bytea NOT NULL,
    PRIMARY KEY (tenant, collection, document, passage, rendering),
    FOREIGN KEY (tenant, collection, document, passage) REFERENCES passages ON DELETE CASCADE
);
CREATE INDEX texts_sha256 ON texts (tenant, collection, sha256);

-- By the hash of the text they are of: what was embedded once is not asked for again.
CREATE TABLE vectors (
    tenant text NOT NULL,
    collection text NOT NULL,
    model text NOT NULL,
    sha256 bytea NOT NULL,
    dimension integer NOT NULL CHECK (dimension = vector_dims(vector)),
    vector halfvec NOT NULL,
    PRIMARY KEY (tenant, collection, model, sha256),
    FOREIGN KEY (tenant, collection) REFERENCES collections ON DELETE CASCADE
);

CREATE TABLE jobs (
    tenant text NOT NULL,
    id uuid NOT NULL,
    collection text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,  -- the order in which they are worked at
    state text NOT NULL DEFAULT 'waiting',
    documents integer NOT NULL DEFAULT 0,
    read integer NOT NULL DEFAULT 0,
    passages integer NOT NULL DEFAULT 0,
    texts integer NOT NULL DEFAULT 0,
    embedded integer NOT NULL DEFAULT 0,
    asked integer NOT NULL DEFAULT 0,
    said text NOT NULL DEFAULT '',
    event bigint NOT NULL DEFAULT 1,
    holder text,
    lease timestamptz,
    at timestamptz NOT NULL DEFAULT now(),
    begun timestamptz,
    ended timestamptz,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, collection) REFERENCES collections ON DELETE CASCADE
);
CREATE INDEX jobs_open ON jobs (tenant, collection, number) WHERE ended IS NULL;

CREATE TABLE job_items (
    tenant text NOT NULL,
    job uuid NOT NULL,
    ordinal integer NOT NULL,
    document text NOT NULL,
    body bytea,  -- as it was sent; null when it was read
    problem text,
    PRIMARY KEY (tenant, job, ordinal),
    FOREIGN KEY (tenant, job) REFERENCES jobs ON DELETE CASCADE
);

DO $$
DECLARE
    name text;
    mine CONSTANT text := 'tenant = current_setting(''rackhouse.tenant'', true)';
BEGIN
    FOREACH name IN ARRAY ARRAY['collections', 'vectors', 'jobs', 'job_items'] LOOP
        EXECUTE format('CREATE POLICY own ON %I USING (%s)', name, mine);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['documents', 'passages', 'texts'] LOOP
        EXECUTE format('CREATE POLICY own ON %I USING (%s AND retrieval_shown(owner))', name, mine);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['collections', 'documents', 'passages', 'texts', 'vectors', 'jobs',
        'job_items'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
