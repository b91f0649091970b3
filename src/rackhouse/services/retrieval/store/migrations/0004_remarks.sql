-- What is about other passages of its collection, by their ids, is a remark: they are found by what it
-- says, and it never.
ALTER TABLE passages ADD COLUMN about text[] NOT NULL DEFAULT '{}';
