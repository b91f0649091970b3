-- Why a release failed, in the words of what failed.
ALTER TABLE release ADD COLUMN why TEXT NOT NULL DEFAULT ''
