-- The words of a collection, each with its vector: a word of a query that stands nowhere is taken for
-- those that mean nearly the same. Written with the vectors of the texts that they stand in; their own
-- follow, so `vector` is null for a while.
CREATE TABLE words (
    tenant text NOT NULL,
    collection text NOT NULL,
    model text NOT NULL,
    word text NOT NULL,
    vector halfvec,
    PRIMARY KEY (tenant, collection, model, word),
    FOREIGN KEY (tenant, collection) REFERENCES collections ON DELETE CASCADE
);
CREATE INDEX words_lacking ON words (tenant, collection, model, word) WHERE vector IS NULL;
CREATE POLICY own ON words USING (tenant = current_setting('rackhouse.tenant', true));
ALTER TABLE words ENABLE ROW LEVEL SECURITY;
ALTER TABLE words FORCE ROW LEVEL SECURITY;
