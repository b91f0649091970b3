"""What an owner does with a live application: look, reach in, change, remove, purge."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from e2e.conftest import Rack, eventually

pytestmark = pytest.mark.xdist_group("rack")


@pytest.fixture
def rack(fresh: Callable[..., Rack]) -> Iterator[Rack]:
    """A rack with the guestbook alone."""
    rack = fresh("guestbook")
    rack.run("up", "--detach")
    return rack


def _write(rack: Rack, message: str) -> None:
    fields = {"name": "Ada", "message": message}
    assert httpx.post(rack.plain("guestbook"), data=fields).status_code == 303


def _count(rack: Rack) -> int:
    query = ["psql", "guestbook", "--", "-At", "-c", "SELECT count(*) FROM entry"]
    return int(rack.run(*query).stdout)


def test_reaching_in(rack: Rack) -> None:
    _write(rack, "hello")
    assert _count(rack) == 1
    visits = rack.run("redis", "guestbook", "--", "GET", "guestbook.visits:visits", code=None)
    assert visits.returncode == 0
    note = rack.file.parent / "note.txt"
    note.write_text("a note")
    rack.run("s3", "put", "guestbook", str(note), "notes/a.txt")
    assert "notes/a.txt" in rack.run("s3", "ls", "guestbook").stdout
    link = rack.run("s3", "sign", "guestbook", "notes/a.txt").stdout.strip()
    assert httpx.get(link).text == "a note"
    rack.run("s3", "rm", "guestbook", "notes/a.txt")
    assert httpx.get(link).status_code == 404
    shown = rack.run("exec", "guestbook", "--", "python", "-c", "import os; print(os.getcwd())")
    assert re.search(r"releases/guestbook/r\d+$", shown.stdout.strip())
    assert "GET" in rack.run("logs", "guestbook").stdout or rack.run("logs", "guestbook").stdout
    assert rack.run("open", "guestbook", "--print", "--plain").stdout.startswith("http://127.0.0.1")


@pytest.mark.slow
def test_variables_make_releases_and_are_seen(rack: Rack) -> None:
    rack.run("env", "set", "guestbook", "GREETING=hello there")
    asked = ["exec", "guestbook", "--", "sh", "-c", "echo $GREETING"]
    assert rack.run(*asked).stdout.strip() == "hello there"
    assert rack.app("guestbook")["release"] == 2
    assert "GREETING=hello there" in rack.run("env", "list", "guestbook").stdout
    rack.run("env", "unset", "guestbook", "GREETING")
    assert rack.run(*asked).stdout.strip() == ""


def test_a_secret_is_given_and_never_shown(rack: Rack) -> None:
    hush = "a-very-secret-word"
    rack.run("secret", "set", "guestbook", "stripe", stdin=hush)
    assert "guestbook.stripe" in rack.run("secret", "list").stdout
    file = rack.file.parent / "apps" / "guestbook" / "score.yaml"
    text = file.read_text().replace("resources:\n", "resources:\n  stripe: {type: secret}\n")
    text = text.replace(
        "    variables:\n", "    variables:\n      KEY: ${resources.stripe.value}\n"
    )
    file.write_text(text)
    rack.run("deploy", str(file.parent))
    assert rack.run("exec", "guestbook", "--", "sh", "-c", "echo $KEY").stdout.strip() == hush
    rack.run("secret", "unset", "guestbook", "stripe", code=4)
    for argv in (("plan",), ("journal", "--steps"), ("status", "--json"), ("logs",)):
        assert hush not in rack.run(*argv, code=None).stdout
    for process in rack.processes():
        assert hush not in " ".join(process.cmdline())


@pytest.mark.slow
def test_what_is_removed_keeps_its_data_until_it_is_purged(rack: Rack) -> None:
    _write(rack, "kept")
    folder = str(rack.file.parent / "apps" / "guestbook")
    assert "stay" in rack.run("remove", "guestbook").stdout
    assert not [a for a in rack.status()["applications"] if a["release"]]
    rack.run("deploy", folder)
    assert _count(rack) == 1
    rack.run("remove", "guestbook", "--purge", "--yes")
    rack.run("deploy", folder)
    assert eventually(lambda: rack.app("guestbook")["release"]) >= 1
    assert _count(rack) == 0


def test_reading_commands_answer_json(rack: Rack) -> None:
    for argv in (("status",), ("plan",), ("journal",), ("version",), ("doctor",)):
        json.loads(rack.run(*argv, "--json", code=None).stdout)
    json.loads(rack.run("schema").stdout)
    for line in rack.run("logs", "--json", "guestbook").stdout.splitlines():
        assert json.loads(line)["unit"].startswith("guestbook.")
    for shell in ("bash", "zsh", "fish"):
        assert "_RACKHOUSE_COMPLETE" in rack.run("completion", shell).stdout
