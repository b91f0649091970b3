-- When a person erased everything: an answer that was under way then is not kept. Of the person it
-- has a digest alone.

CREATE TABLE study_forgotten (
    whose bytea PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE study_forgotten ENABLE ROW LEVEL SECURITY;
ALTER TABLE study_forgotten FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON study_forgotten
    USING (whose = sha256(convert_to(current_setting('rackhouse.subject', true), 'UTF8')));
