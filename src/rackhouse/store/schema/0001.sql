-- Stamps of things that cannot carry their own, by id.
CREATE TABLE stamp (
    id     TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    stamp  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stamp_target ON stamp (target);

-- Values chosen once: passwords, keys, ports, doors. One row per id, its outputs as a JSON object.
CREATE TABLE chosen (
    id      TEXT PRIMARY KEY,
    target  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    outputs TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX chosen_kind ON chosen (target, kind);

-- The specification behind a digest: references by name, never a value.
CREATE TABLE specification (
    digest TEXT PRIMARY KEY,
    text   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE application (
    name    TEXT PRIMARY KEY,
    uid     TEXT NOT NULL,
    removed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE release (
    application TEXT NOT NULL,
    number      INTEGER NOT NULL,
    status      TEXT NOT NULL,
    digest      TEXT NOT NULL,
    app         TEXT NOT NULL,
    made        REAL NOT NULL,
    by          TEXT NOT NULL,
    PRIMARY KEY (application, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX release_live ON release (application) WHERE status = 'live';

-- The highest number an application ever had, so that none is given twice.
CREATE TABLE numbering (
    application TEXT PRIMARY KEY,
    last        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE apply (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    began  REAL NOT NULL,
    ended  REAL
) STRICT;

CREATE TABLE step (
    apply    INTEGER NOT NULL REFERENCES apply (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    step     TEXT NOT NULL,
    result   TEXT,
    began    REAL,
    ended    REAL,
    why      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (apply, position)
) STRICT, WITHOUT ROWID;
