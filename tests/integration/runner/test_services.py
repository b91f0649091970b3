"""`services:` of a workflow: real servers for one run, gone after it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .stage import Stage

PYTHON = sys.executable  # the job's own has no driver


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(root=tmp_path)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
    yield number
    with socket.socket() as after:
        after.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        after.bind(("127.0.0.1", number))  # nobody is left on it


def workflow(port: int, image: str, env: str) -> str:
    inside = 5432 if "postgres" in image else 6379
    return f"""
on: push
jobs:
  it:
    runs-on: ubuntu-latest
    services:
      store:
        image: {image}
        env: {env}
        ports: ["{port}:{inside}"]
        options: --health-cmd "true" --health-interval 10s
    steps:
      - uses: actions/checkout@v4
      - run: {PYTHON} it.py ${{{{ job.services.store.ports[{inside}] }}}}
        env: {{PASSWORD: "${{{{ secrets.DB }}}}"}}
"""


async def test_postgres_with_the_user_password_and_database_of_the_file(
    stage: Stage, port: int
) -> None:
    script = f"""
import os, psycopg, sys
assert sys.argv[1] == "{port}"
at = "host=localhost port={port} user=ada dbname=shop "
with psycopg.connect(at + "password=" + os.environ["PASSWORD"]) as it:
    it.execute("create extension vector")
    print("users", it.execute("select count(*) from pg_user").fetchone())
try:
    psycopg.connect(at + "password=wrong")
except psycopg.OperationalError:
    print("refused")
"""
    env = '{POSTGRES_USER: ada, POSTGRES_DB: shop, POSTGRES_PASSWORD: "${{ secrets.DB }}"}'
    text = workflow(port, "postgres:16", env)
    why = await stage.run({"ci": text}, {"it.py": script}, secrets={"DB": "a'b\"c$d"})
    assert why == ""
    assert "users (1,)" in stage.text
    assert "refused" in stage.text
    assert any("PostgreSQL 18" in line.text and "answers" in line.text for line in stage.lines)
    assert not list(stage.folder.glob("act.*"))


async def test_redis(stage: Stage, port: int) -> None:
    script = f"""
import redis
it = redis.Redis(port={port})
it.set("a", 1)
print("got", it.incr("a"))
"""
    text = workflow(port, "redis:7-alpine", "{}")
    assert await stage.run({"ci": text}, {"it.py": script}, secrets={"DB": "x" * 9}) == ""
    assert "got 2" in stage.text


async def test_a_port_that_is_taken_says_by_whom(stage: Stage) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        why = await stage.run({"ci": workflow(number, "redis", "{}")}, {"it.py": ""})
    assert f"wants port {number}, and it is taken by " in why
    assert "(pid " in why


async def test_postgres_without_a_password_is_refused_as_its_image_does(
    stage: Stage, port: int
) -> None:
    why = await stage.run({"ci": workflow(port, "postgres", "{}")}, {"it.py": ""})
    assert "has no password" in why


async def test_two_servers_on_one_port_are_refused(stage: Stage, port: int) -> None:
    one = workflow(port, "redis", "{}")
    two = one.replace("  it:", "  other:").partition("jobs:\n")[2].replace("redis", "postgres")
    two = two.replace("env: {}", "env: {POSTGRES_PASSWORD: x}").replace(":6379", ":5432")
    why = await stage.run({"ci": one + two}, {"it.py": ""})
    assert f"another service of this file is on port {port} too" in why


async def test_jobs_of_a_matrix_share_one_server_in_turn(stage: Stage, port: int) -> None:
    script = f"""
import redis, time
it = redis.Redis(port={port})
assert it.set("only", 1, nx=True), "two at once"
time.sleep(0.3)
it.delete("only")
"""
    text = workflow(port, "redis", "{}").replace(
        "runs-on: ubuntu-latest", "runs-on: ubuntu-latest\n    strategy: {matrix: {n: [1, 2, 3]}}"
    )
    assert await stage.run({"ci": text}, {"it.py": script}) == ""
