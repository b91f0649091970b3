-- What people keep. Whose a row is stands in it; PostgreSQL itself filters by the person that a
-- transaction names, for the owner of the tables too. Where none is named nothing is seen.

CREATE TABLE study_conversations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject text NOT NULL CHECK (subject <> ''),
    title text NOT NULL,
    turns integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (subject, id)
);
CREATE INDEX study_conversations_latest ON study_conversations (subject, changed_at DESC);

-- `topic` is the last question that stands by itself: what follows on it is read with it.
CREATE TABLE study_turns (
    subject text NOT NULL,
    conversation uuid NOT NULL,
    number integer NOT NULL,
    question text NOT NULL,
    topic text NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation, number),
    FOREIGN KEY (subject, conversation)
        REFERENCES study_conversations (subject, id) ON DELETE CASCADE
);

-- What a person has said of themself, in which sentence of which conversation. It goes with it.
CREATE TABLE study_facts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject text NOT NULL CHECK (subject <> ''),
    text text NOT NULL,
    sentence text NOT NULL,
    conversation uuid,
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    UNIQUE (subject, text),
    FOREIGN KEY (subject, conversation)
        REFERENCES study_conversations (subject, id) ON DELETE CASCADE
);

-- A frozen copy that whoever has the link may read. Of the link its digest alone is kept.
CREATE TABLE study_shares (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject text NOT NULL CHECK (subject <> ''),
    digest bytea NOT NULL UNIQUE,
    title text NOT NULL,
    frozen jsonb NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE study_notes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject text NOT NULL CHECK (subject <> ''),
    first integer NOT NULL,
    last integer NOT NULL CHECK (last >= first),
    text text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX study_notes_by_verse ON study_notes (subject, first);

CREATE TABLE study_highlights (
    subject text NOT NULL CHECK (subject <> ''),
    verse integer NOT NULL,
    colour text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, verse)
);

-- With these a person's other programs ask (MCP). Known by their digest alone.
CREATE TABLE study_tokens (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject text NOT NULL CHECK (subject <> ''),
    digest bytea NOT NULL UNIQUE,
    name text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['conversations', 'turns', 'facts', 'shares', 'notes', 'highlights',
        'tokens']
    LOOP
        EXECUTE format('ALTER TABLE study_%s ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE study_%s FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own ON study_%s USING (subject = current_setting(''rackhouse.subject'', true))',
            name);
    END LOOP;
END $$;

-- Whoever shows the secret of a row may read that one row.
CREATE POLICY shown ON study_shares FOR SELECT
    USING (encode(digest, 'hex') = current_setting('rackhouse.secret', true));
CREATE POLICY shown ON study_tokens FOR SELECT
    USING (encode(digest, 'hex') = current_setting('rackhouse.secret', true));
