"""Writes one row a minute: the time, and how busy this machine is. Keeps a week of them."""

import os

import psycopg

with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS beat"
        " (at timestamptz PRIMARY KEY DEFAULT now(), load real NOT NULL)"
    )
    connection.execute("INSERT INTO beat (load) VALUES (%s)", (os.getloadavg()[0],))
    connection.execute("DELETE FROM beat WHERE at < now() - interval '7 days'")
    count = connection.execute("SELECT count(*) FROM beat").fetchone()
print(f"{count[0]} beats kept")
