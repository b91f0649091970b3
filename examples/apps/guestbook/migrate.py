"""Run once per release, before it starts. Safe to run again: it was cut short, or runs twice."""

import os

import psycopg

SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    message text NOT NULL CHECK (length(message) BETWEEN 1 AND 1000),
    picture text,
    written timestamptz NOT NULL DEFAULT now()
);
"""

if __name__ == "__main__":
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(SCHEMA)
    print("the schema is as this release wants it")
