-- What a schedule or a person set going: one workflow file, and what it was given, as JSON.
ALTER TABLE run ADD COLUMN workflow TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN given TEXT NOT NULL DEFAULT '{}'
