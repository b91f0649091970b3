"""The schema, step by step. Run before each release starts; a step that was made is not made again.

The old release serves on until the new one answers: a step must leave what the old one needs.
"""

import os

import psycopg

STEPS = [
    """CREATE TABLE note (
        id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        text    text NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
        written timestamptz NOT NULL DEFAULT now()
    )""",
]


def migrate(connection: psycopg.Connection) -> int:
    """Make the steps that are missing, all or none; how many there are now."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(1)")  # two releases at once: one waits
        connection.execute("CREATE TABLE IF NOT EXISTS step (number int PRIMARY KEY)")
        done = connection.execute("SELECT count(*) FROM step").fetchone()[0]
        for number, step in list(enumerate(STEPS))[done:]:
            connection.execute(step)
            connection.execute("INSERT INTO step VALUES (%s)", (number,))
    return len(STEPS)


if __name__ == "__main__":
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        print(f"the schema is at step {migrate(connection)}")
