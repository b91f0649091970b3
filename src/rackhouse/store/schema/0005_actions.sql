-- Whether the jobs of a repository may fetch actions from the Internet.
ALTER TABLE repository ADD COLUMN real_actions INTEGER NOT NULL DEFAULT 0
