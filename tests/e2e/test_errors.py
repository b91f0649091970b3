"""What is wrong is said in a clear sentence, with its place, its fix and its exit code."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.conftest import Rack
from rackhouse.store.sqlite import SqliteStore

pytestmark = pytest.mark.xdist_group("rack")

SCORE = """
apiVersion: score.dev/v1b1
metadata:
  name: {name}
containers:
  web:
    image: .
    command: [python3, -m, http.server]
service:
  ports:
    web: {{port: 80, targetPort: 8080}}
resources:
{resources}
"""


def _application(rack: Rack, name: str, resources: str) -> None:
    folder = rack.file.parent / name
    folder.mkdir()
    (folder / "score.yaml").write_text(SCORE.format(name=name, resources=resources))
    text = rack.file.read_text()
    if "applications:" not in text:
        text += "applications:\n"
    rack.file.write_text(f"{text}  {name}: {{folder: {name}}}\n")


def _said(rack: Rack, *argv: str, code: int) -> str:
    done = rack.run(*argv, code=code)
    assert "error: " in done.stderr, done.stderr
    assert "fix: " in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rack: home\n  bad: [", "line 2"),
        ("rack: home\nnoeds: {}\n", "Did you mean 'nodes'?"),
        ("rack: home\nrack: other\n", "duplicate-key"),
        ("rack: &a home\ndomain: *a\n", "yaml-anchor"),
        ("data: {postgres: {storage: many}}\n", "data.postgres.storage"),
    ],
)
def test_a_wrong_rack_file(fresh: Callable[..., Rack], text: str, said: str) -> None:
    rack = fresh()
    rack.file.write_text(text)
    assert said in _said(rack, "plan", code=3)


def test_every_problem_of_a_file_at_once(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    rack.file.write_text("noeds: {}\nexposure: everywhere\ningress: {http: 99999}\n")
    said = _said(rack, "status", code=3)
    assert [f"line {n}" in said for n in (1, 2, 3)] == [True, True, True]


def test_an_application_file_is_judged_before_anything_is_changed(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    _application(rack, "shop", "  db: {type: mysql}")
    said = _said(rack, "deploy", str(rack.file.parent / "shop"), code=3)
    assert "mysql" in said
    assert "postgres" in said


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("  way: {type: route, params: {port: 80, host: a.rack.localhost}}",) * 2
        + ("a.rack.localhost",),
        (
            "  way: {type: route, params: {port: 80, host: shop.example.com}}",
            None,
            "shop.example.com",
        ),
        ("  key: {type: secret}", None, "rackhouse secret set one key"),
        ("  two: {type: service}", "  one: {type: service}", "one"),
    ],
)
def test_applications_that_cannot_be(
    fresh: Callable[..., Rack], first: str, second: str | None, said: str
) -> None:
    rack = fresh()
    _application(rack, "one", first)
    if second:
        _application(rack, "two", second)
    assert said in _said(rack, "up", "--detach", code=3)
    assert not (rack.home / "units").exists(), "a part was begun before the files were judged"


def test_a_port_in_use_is_said_with_who_uses_it(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        rack.file.write_text(f"rack: test\ningress: {{http: {port}}}\n")
        said = _said(rack, "up", "--detach", code=7)
    assert str(port) in said
    assert "pid" in said


def test_a_state_folder_that_cannot_be_one(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    rack.home.write_text("a file is in the way")
    _said(rack, "up", "--detach", code=7)
    assert rack.home.read_text() == "a file is in the way"


def test_a_store_of_a_newer_rackhouse_is_left_alone(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    rack.home.mkdir(mode=0o700)
    SqliteStore(rack.home / "store.db").close()
    with sqlite3.connect(rack.home / "store.db") as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    assert "newer Rackhouse" in _said(rack, "status", code=4)


def test_what_is_not_there(fresh: Callable[..., Rack], tmp_path: Path) -> None:
    rack = fresh()
    assert "nothing has run here yet" in _said(rack, "logs", "ghost", code=5)
    for argv in (("rollback", "ghost"), ("remove", "ghost"), ("exec", "ghost")):
        assert "ghost" in _said(rack, *argv, code=5)
    rack.file.unlink()
    assert "rack.yaml" in _said(rack, "status", code=5)
