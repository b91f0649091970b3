"""Data of every kind that a rack can hold, written as programs write it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from e2e.conftest import Rack
from integration.operations.conftest import keys, login, postgres, storage

ODD_ROWS = """
CREATE SCHEMA "Odd ""schema";
SET search_path = "Odd ""schema", public;
CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TYPE mood AS ENUM ('good', 'so-so');
CREATE TYPE pair AS (a int, b text);
CREATE TABLE "T t" (
    t int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "a""b" text DEFAULT 'x',
    m mood, p pair, j jsonb, b bytea, f float8, n numeric, r int4range, ts timestamptz,
    a text[], v vector(3), i interval, ip inet, c "char", x xml, mon money, bits bit varying,
    g int GENERATED ALWAYS AS (1 + 1) STORED
);
INSERT INTO "T t" (m, p, j, b, f, n, r, ts, a, v, i, ip, c, mon, bits) VALUES
    ('good', (1, 'é"\\'), '{"a": [1, null, "ü"]}', '\\x00ff00', 'NaN', 'NaN', '[1,5)', 'infinity',
     '{"a b",NULL,"\\"q\\""}', '[1,2.5,-3]', '1 mon -2 days', '::1/64', 'z', 12.34, '1010'),
    (NULL, NULL, NULL, NULL, '-Infinity', 1e300, 'empty', '-infinity', '{}', NULL, NULL, NULL,
     NULL, NULL, NULL),
    ('so-so', (NULL, ''), '""', '', 0.1, -0.000000000000000000001, '(,)', '0044-03-15 BC', NULL,
     '[0,0,0]', '178000000 years', '10.0.0.0/8', NULL, -1, '');
CREATE SEQUENCE "Odd seq" START 41 INCREMENT 7; SELECT nextval('"Odd seq"'), nextval('"Odd seq"');
CREATE SEQUENCE untouched;
CREATE TABLE part (k int, v text) PARTITION BY RANGE (k);
CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (10) TO (20);
INSERT INTO part SELECT k, repeat('x', k * 1000) FROM generate_series(0, 19) k;
CREATE TABLE parent (k int); CREATE TABLE child () INHERITS (parent);
INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2);
CREATE TABLE nothing ();
CREATE UNLOGGED TABLE fleeting AS SELECT 1 AS one;
CREATE TABLE big AS SELECT k, md5(k::text) AS v FROM generate_series(1, 20000) k;
CREATE INDEX ON big USING gin (v gin_trgm_ops);
CREATE MATERIALIZED VIEW stale AS SELECT count(*) AS n FROM big;
INSERT INTO big VALUES (0, 'after the view');
CREATE FUNCTION twice(k int) RETURNS int LANGUAGE sql AS 'SELECT 2 * k';
CREATE TABLE secret (who text); ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
INSERT INTO secret VALUES ('nobody may see me');
SELECT lo_from_bytea(0, '\\xdeadbeef');
COMMENT ON TABLE "T t" IS 'it''s odd';
"""

METADATA = {
    "content-type": "text/x-odd; charset=utf-8",
    "content-encoding": "gzip",
    "content-disposition": 'attachment; filename="a b.txt"',
    "cache-control": "max-age=5",
    "x-amz-meta-who": "Ada",
    "x-amz-meta-how": "grün",
    "x-amz-tagging": "colour=light%20blue&size=9",
}
ODD_KEYS = (
    *("plain", "a/b/c", "ü ñ/日本", "a b+c%20d", "q?x=1&y#frag", "tab\tnl\nz", "~t*'()!$@,;:="),
    *(".hidden", '<xml>&amp;"', "emoji😀", "%25", "sp ace ", "con\x01trol", "plain/below", "dir/"),
)
CORS = (
    "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://a.example"
    "</AllowedOrigin></CORSRule></CORSConfiguration>"
)


def rows(rack: Rack) -> None:
    """In an application's database, one of the owner's own, and the administrator's."""
    owner, app = login(rack), login(rack, "guestbook")
    with postgres(owner, app.scope) as db:
        db.execute(ODD_ROWS)
    with postgres(app) as db:
        db.execute("CREATE TABLE mine AS SELECT 'the application''s own' AS words")
    with postgres(owner) as db:
        db.execute("CREATE TABLE note AS SELECT 'kept beside everything' AS words")
        db.execute('CREATE DATABASE "The owner\'s/own"')
        db.execute("CREATE ROLE reader; GRANT reader TO rackhouse; ALTER ROLE reader SET a.b = 'c'")
    with postgres(owner, "The owner's/own") as db:
        db.execute("CREATE TABLE t AS SELECT 1 AS one; CREATE EXTENSION hstore")


def redis_keys(rack: Rack) -> None:
    """Each type, binary names and values, keys that end, another database, a function."""
    with keys(rack) as client:
        client.set(b"bin\x00\xff", bytes(range(256)))
        client.set("empty", "")
        client.set("soon gone", "x", px=1)
        client.set("for an hour", "y", ex=3600)
        client.set("gone before the restore", "z", ex=15)
        client.set("n", 41)
        client.rpush("list", *range(300), "ü")
        client.sadd("set", *(f"m{n}" for n in range(1000)))
        client.sadd("ints", 3, 1, 2)
        client.hset("hash", mapping={f"f{n}": n for n in range(600)} | {"ü": "\0"})
        client.zadd("zset", {"a": 1, "b": -0.1, "c": float("inf"), "d": 1})
        client.pfadd("hll", *range(1000))
        client.setbit("bits", 77, 1)
        client.geoadd("geo", (13.4, 52.5, "Berlin"))
        for n in range(50):
            client.xadd("stream", {"n": n, "b": b"\xff"})
        client.xgroup_create("stream", "group", id="0")
        client.xreadgroup("group", "reader", {"stream": ">"}, count=7)
        client.function_load(
            "#!lua name=own\nredis.register_function('f', function() return 7 end)"
        )
    with keys(rack, db=3) as client:
        client.set("elsewhere", "too")


def objects(rack: Rack, scratch: Path) -> None:
    """Odd keys, metadata and tags, nothing, much, a bucket's settings."""
    file = scratch / "object"
    with storage(rack) as s3:
        bucket = "odd-bucket"
        s3.make(bucket)
        for key in ODD_KEYS:
            file.write_bytes(b"" if key.endswith("/") else key.encode())
            s3.put(bucket, key, file, METADATA)
        file.write_bytes(b"")
        s3.put(bucket, "empty", file, {})
        file.write_bytes(os.urandom(9_000_000))
        s3.put(bucket, "much", file, {"content-type": "application/octet-stream"})
        s3.make("bare-bucket")
        s3.put_setting(bucket, "cors", CORS)


def repository(rack: Rack, scratch: Path) -> str:
    """A repository with a commit that was pushed; the token that git pushed it with."""
    work, token = scratch / "code", rack.run("token", "create", "laptop").stdout.strip()
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.test")
    for words in (
        ("init", "--quiet", str(work)),
        ("-C", str(work), *who, "commit", "--quiet", "--allow-empty", "--message=first"),
        ("-C", str(work), "push", "--quiet", git_url(rack, token, "code"), "HEAD:refs/heads/main"),
    ):
        subprocess.run(["git", *words], check=True)
    return token


def git_url(rack: Rack, token: str, name: str) -> str:
    """Where git finds a repository, without TLS."""
    port = json.loads((rack.home / "units" / "forge.json").read_text())["env"][
        "RACKHOUSE_FORGE_PORT"
    ]
    return f"http://owner:{token}@127.0.0.1:{port}/{name}.git"


def volume(folder: Path) -> None:
    """Names, modes, links, emptiness, databases."""
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "nothing in it").mkdir(mode=0o750)
    (folder / "name\n with 'all' \"of\" it ü").write_bytes(b"1")
    (folder / os.fsdecode(b"not utf-8 \xff")).write_bytes(b"2")
    (folder / "-rf").write_text("")
    (folder / "deep" / "er" / "script").write_text("#!/bin/sh\n")
    (folder / "deep" / "er" / "script").chmod(0o755)
    (folder / "link").symlink_to("deep/./er")
    (folder / "dangling").symlink_to("/nowhere/at/all")
    (folder / "much").write_bytes(os.urandom(3_000_000))
    (folder / "no database").write_bytes(b"SQLite format 3\0 but only so it seems")
    (folder / "old").write_text("old")
    os.utime(folder / "old", (1_000_000_000, 1_000_000_000))
    os.mkfifo(folder / "pipe")


@contextmanager
def writers(rack: Rack, folder: Path) -> Iterator[None]:
    """Programs that write all the time: two SQLite databases, rows, keys, a queue, a log."""
    stop = threading.Event()
    work = [
        lambda n: _sqlite(folder / "wal.db", "WAL", n),
        lambda n: _sqlite(folder / "delete.db", "DELETE", n),
        _logged(folder / "growing.log"),
        _rows(login(rack, "guestbook")),
        _keys(keys(rack)),
    ]
    threads = [threading.Thread(target=_again, args=(stop, each)) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _again(stop: threading.Event, work: Callable[[int], object]) -> None:
    n = 0
    while not stop.wait(0.001):
        work(n)
        n += 1


def _sqlite(file: Path, mode: str, n: int) -> None:
    db = sqlite3.connect(file, timeout=30)
    db.execute(f"PRAGMA journal_mode = {mode}")
    with db:  # two tables that must always agree
        db.execute("CREATE TABLE IF NOT EXISTS a (n INTEGER, filler TEXT)")
        db.execute("CREATE TABLE IF NOT EXISTS b (n INTEGER)")
        db.execute("INSERT INTO a VALUES (?, ?)", (n, "x" * 500))
        db.execute("INSERT INTO b VALUES (?)", (n,))
    db.close()


def _logged(file: Path) -> Callable[[int], object]:
    def write(n: int) -> None:
        with file.open("a") as out:
            out.write(f"line {n}\n" * 20)

    return write


def _rows(who: object) -> Callable[[int], object]:
    db: psycopg.Connection = postgres(who)  # type: ignore[arg-type]
    db.execute("CREATE TABLE IF NOT EXISTS busy (id serial, n int)")
    return lambda n: db.execute("INSERT INTO busy (n) VALUES (%s)", [n])


def _keys(client: redis.Redis) -> Callable[[int], object]:
    def write(n: int) -> None:
        client.incr("busy")
        client.delete("changing")
        client.execute_command(*([*("SET", "changing", n)] if n % 2 else ["SADD", "changing", n]))

    return write
