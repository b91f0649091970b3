-- The index of nearness of a large collection, as it stands. It answers while its state is `serving`,
-- which is written once it was compared with exact search; no key to `collections`: the index of one
-- that was removed is dropped by who finds its row here.
CREATE TABLE indexes (
    tenant text NOT NULL,
    collection text NOT NULL,
    model text NOT NULL,
    dimension integer NOT NULL,
    state text NOT NULL,
    vectors bigint NOT NULL DEFAULT 0,  -- that there were when it was compared
    recall real,  -- the share of the ten nearest that it finds
    breadth integer,  -- hnsw.ef_search that it was compared with
    said text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, collection)
);
CREATE POLICY own ON indexes USING (tenant = current_setting('rackhouse.tenant', true));
ALTER TABLE indexes ENABLE ROW LEVEL SECURITY;
ALTER TABLE indexes FORCE ROW LEVEL SECURITY;
