-- Repositories; their content is a bare git repository beside the store.
CREATE TABLE repository (
    name           TEXT PRIMARY KEY,
    default_branch TEXT NOT NULL,
    description    TEXT NOT NULL,
    protected      TEXT NOT NULL,
    quota          INTEGER NOT NULL,
    trusted        INTEGER NOT NULL,
    previews       INTEGER NOT NULL,
    made           REAL NOT NULL,
    made_by        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    name TEXT PRIMARY KEY,
    made REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Access tokens: only the digest is known here.
CREATE TABLE token (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    person       TEXT NOT NULL REFERENCES person (name) ON DELETE CASCADE,
    title        TEXT NOT NULL,
    digest       TEXT NOT NULL UNIQUE,
    scope        TEXT NOT NULL,
    repositories TEXT NOT NULL,
    made         REAL NOT NULL,
    expires      REAL,
    used         REAL
) STRICT;

CREATE TABLE run (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    repository  TEXT NOT NULL,
    ref         TEXT NOT NULL,
    sha         TEXT NOT NULL,
    before      TEXT NOT NULL,
    event       TEXT NOT NULL,
    who         TEXT NOT NULL,
    status      TEXT NOT NULL,
    attempt     INTEGER NOT NULL,
    made        REAL NOT NULL,
    began       REAL,
    ended       REAL,
    why         TEXT NOT NULL,
    application TEXT NOT NULL,
    release     INTEGER NOT NULL,
    detail      TEXT NOT NULL
) STRICT;
CREATE INDEX run_of ON run (repository, ref, number);
CREATE INDEX run_open ON run (status) WHERE status IN ('waiting', 'running');

CREATE TABLE job (
    run      INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    workflow TEXT NOT NULL,
    name     TEXT NOT NULL,
    title    TEXT NOT NULL,
    needs    TEXT NOT NULL,
    status   TEXT NOT NULL,
    began    REAL,
    ended    REAL,
    why      TEXT NOT NULL,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

-- Applications that live as long as a branch, and not for ever.
CREATE TABLE preview (
    application TEXT PRIMARY KEY,
    repository  TEXT NOT NULL,
    ref         TEXT NOT NULL,
    parent      TEXT NOT NULL,
    made        REAL NOT NULL,
    expires     REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what: pushes, tokens, releases, rollbacks, variables. Never a value that is secret.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at     REAL NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    thing  TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of ON audit (thing, number);
