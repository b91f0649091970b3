"""The commands as their help describes them, and folders of every kind that are put live.

What changes a live application (variables, secrets, removal) is in test_owner.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from e2e.conftest import EXAMPLES, PROGRAM, Rack, end, eventually, new_rack

pytestmark = pytest.mark.xdist_group("rack")

BARE = "rack: test\ndata: {postgres: none, cache: none, objects: none}\n"
HELLO = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from " + os.environ.get("PLACE", "here").encode())

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Hello).serve_forever()
"""
SCORE = """
apiVersion: score.dev/v1b1
metadata:
  name: {name}
  annotations: {{{annotations}}}
containers:
  web:
    image: .
    command: [python3, main.py]
service:
  ports:
    web: {{port: 80, targetPort: 8080}}
resources:
  web: {{type: route, params: {{port: 80}}}}
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """A rack without data services, up, for applications of a test's own."""
    rack = new_rack(tmp_path_factory.mktemp("bare"))
    rack.file.write_text(BARE)
    try:
        rack.run("up", "--detach")
        yield rack
    finally:
        end(rack)


def _folder(rack: Rack, name: str, files: dict[str, str]) -> Path:
    folder = rack.file.parent / name
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def _hello(rack: Rack, name: str, annotations: str = "") -> Path:
    score = SCORE.format(name=name, annotations=annotations)
    return _folder(rack, name, {"score.yaml": score, "main.py": HELLO})


def _said(rack: Rack, *argv: str, code: int) -> str:
    done = rack.run(*argv, code=code)
    assert "error: " in done.stderr, done.stderr
    assert "fix: " in done.stderr
    return done.stderr


# Reading


def test_what_reads_answers_json_and_zero_when_all_is_well(rack: Rack) -> None:
    read = {
        name: json.loads(rack.run(name, "--json").stdout)
        for name in ("status", "plan", "journal", "version")
    }
    assert read["status"]["ready"] is True
    assert read["plan"]["steps"] == []
    assert read["journal"]
    assert "properties" in json.loads(rack.run("schema").stdout)
    lines = rack.run("logs", "-n", "3", "--json", "guestbook", "postgres").stdout.splitlines()
    assert {json.loads(line)["unit"].partition(".")[0] for line in lines} == {
        "guestbook",
        "postgres",
    }


def test_status_and_plan_say_by_their_exit_code_that_not_all_is_done(
    fresh: Callable[..., Rack],
) -> None:
    rack = fresh()
    rack.file.write_text(BARE)
    assert json.loads(rack.run("status", "--json", code=2).stdout)["ready"] is False
    assert json.loads(rack.run("plan", "--json", code=2).stdout)["steps"]


def test_doctor_measures(rack: Rack) -> None:
    done = rack.run("doctor", "--json", code=None)
    found = {each["rule"]: each for each in json.loads(done.stdout)}
    assert float(found["fsync-p99"]["what"].removesuffix(" ms")) > 0
    assert all(each["fix"] for each in found.values() if each["severity"] != "good")
    bad = any(each["severity"] == "error" for each in found.values())
    assert done.returncode == (7 if bad else 0)
    assert "fsync" in rack.run("doctor", code=None).stdout


def test_doctor_says_that_the_state_folder_cannot_be(rack: Rack) -> None:
    done = rack.run("--home", str(rack.file / "state"), "doctor", code=7)
    assert "cannot be written: not a directory" in done.stdout
    assert "--home" in done.stdout


def test_logs_follow_shows_what_comes(rack: Rack, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    with seen.open("w") as out:
        follower = subprocess.Popen(
            [PROGRAM, "logs", "-f", "-n", "1", "guestbook"], env=rack.environment(), stdout=out
        )
    try:
        eventually(lambda: seen.stat().st_size > 0)
        httpx.get(f"{rack.plain('guestbook')}/no-such-page-1234")
        eventually(lambda: "no-such-page-1234" in seen.read_text())
    finally:
        follower.terminate()
        follower.wait(10)


def test_open_prints_the_address_and_opens_nothing(rack: Rack) -> None:
    named = rack.run("open", "guestbook", "--print").stdout.strip()
    assert named == rack.app("guestbook")["url"]
    plain = rack.run("open", "guestbook", "--print", "--plain").stdout.strip()
    assert httpx.get(plain).status_code == 200
    console = rack.run("open", "--print", "--plain").stdout.strip()
    assert httpx.get(console, follow_redirects=False).status_code in {200, 302, 303}


def test_exec_is_where_and_what_the_application_is(rack: Rack) -> None:
    script = "import os, pathlib; print(os.environ['S3_BUCKET'], pathlib.Path('main.py').exists())"
    bucket, there = rack.run("exec", "guestbook", "--", "python", "-c", script).stdout.split()
    assert bucket
    assert there == "True"
    rack.run("exec", "guestbook", "--", "sh", "-c", "exit 9", code=9)
    assert "no-such-program" in _said(rack, "exec", "guestbook", "--", "no-such-program", code=7)


def test_the_data_shortcuts_are_the_application_and_no_one_else(rack: Rack) -> None:
    query = "SELECT current_user = current_database() OR current_database() <> 'postgres'"
    assert rack.run("psql", "guestbook", "--", "-At", "-c", query).stdout.strip() == "t"
    assert rack.run("psql", "--", "-At", "-c", "SHOW is_superuser").stdout.strip() == "on"
    assert "\nused_memory:" in rack.run("redis", "--", "INFO", "memory").stdout
    assert rack.run("redis", "--", "SET", "said", "so", "EX", "60").stdout == "OK\n"
    assert "guestbook" in _said(rack, "redis", "guestbook", "--", "GET", "another:key", code=4)
    note = rack.file.parent / "commands.txt"
    note.write_text("a note")
    copy = note.with_name("copy.txt")
    rack.run("s3", "put", "guestbook", str(note), "commands/a.txt")
    rack.run("s3", "get", "guestbook", "commands/a.txt", str(copy))
    rack.run("s3", "rm", "guestbook", "commands/a.txt")
    assert copy.read_text() == "a note"
    assert "commands" not in rack.run("s3", "ls", "guestbook").stdout
    assert "a.txt" in _said(rack, "s3", "get", "guestbook", "commands/a.txt", str(copy), code=5)
    assert "site has no s3" in _said(rack, "s3", "ls", "site", code=5)
    assert "visits" in _said(rack, "redis", "guestbook", "--need", "visit", code=5)
    assert "unknown command" in _said(rack, "redis", "--", "GTE", "a", code=64)


def test_no_secret_is_where_others_can_read_it(rack: Rack) -> None:
    env = rack.run("exec", "guestbook", "--", "env", "-0").stdout.split("\0")
    given = dict(pair.split("=", 1) for pair in env if "=" in pair)
    secrets = {
        given["S3_SECRET_KEY"],
        *(str(urlsplit(given[url]).password) for url in ("DATABASE_URL", "REDIS_URL")),
    }
    assert all(len(secret) >= 16 for secret in secrets)
    shown = [" ".join(process.cmdline()) for process in rack.processes()]
    shown += [
        rack.run(*argv, code=None).stdout
        for argv in (
            ("plan", "--json"),
            ("journal", "--json"),
            ("journal", "--steps"),
            ("status", "--json"),
            ("logs",),
        )
    ]
    shown.append((rack.home / "logs" / "supervisor.log").read_text())
    assert not [text[:200] for text in shown for secret in secrets if secret in text]


# Folders


def test_init_shows_what_a_folder_implies_and_writes_it_once(bare: Rack) -> None:
    folder = _folder(bare, "implied", {"index.html": "<p>hi"})
    shown = bare.run("init", str(folder)).stdout
    assert "score.dev/v1b1" in shown
    assert not (folder / "score.yaml").exists()
    bare.run("init", str(folder), "--write")
    assert (folder / "score.yaml").read_text().strip() == shown.strip()
    assert "exists" in _said(bare, "init", str(folder), "--write", code=4)
    empty = _folder(bare, "empty", {"notes.txt": ""})
    assert "nothing says how to start" in _said(bare, "init", str(empty), code=3)


def test_a_folder_with_a_page_alone_goes_live_and_the_same_again_is_said_to_be(bare: Rack) -> None:
    folder = _folder(bare, "page", {"index.html": "<p>just a page"})
    assert "page r1 is live" in bare.run("deploy", str(folder)).stdout
    assert "just a page" in httpx.get(bare.plain("page")).text
    assert "live already" in bare.run("deploy", str(folder)).stdout
    assert bare.app("page")["release"] == 1
    assert "r2" in bare.run("deploy", str(folder), "--force").stdout
    bare.run("remove", "page", "--purge", "--yes")


@pytest.mark.slow
def test_a_procfile_goes_live(bare: Rack) -> None:
    files = {"Procfile": "web: python3 main.py\n", "main.py": HELLO, "requirements.txt": ""}
    folder = _folder(bare, "proc", files)
    bare.run("deploy", str(folder))
    assert httpx.get(bare.plain("proc")).text == "hello from here"
    bare.run("env", "set", "proc", "PLACE=afar")
    assert httpx.get(bare.plain("proc")).text == "hello from afar"
    bare.run("env", "unset", "proc", "PLACE")
    assert httpx.get(bare.plain("proc")).text == "hello from here"
    bare.run("remove", "proc", "--purge", "--yes")


@pytest.mark.skipif(not shutil.which("npm"), reason="there is no Node on this machine")
def test_a_node_server_goes_live(bare: Rack) -> None:
    folder = bare.file.parent / "quotes"
    shutil.copytree(EXAMPLES / "quotes", folder)
    bare.run("deploy", str(folder))
    answer = httpx.get(bare.plain("quotes"))
    assert answer.status_code == 200
    assert re.search(r"\)\n[\w-]{21}\n$", answer.text)
    bare.run("remove", "quotes", "--purge", "--yes")


def test_an_experiment_that_has_expired_does_not_run(bare: Rack) -> None:
    yesterday = date.today() - timedelta(days=2)  # noqa: DTZ011  (the owner's own day)
    folder = _hello(bare, "fad", f'rackhouse.dev/expires: "{yesterday}"')
    assert f"expired on {yesterday}" in _said(bare, "deploy", str(folder), code=4)
    bare.file.write_text(f"{BARE}applications:\n  fad: {{folder: fad}}\n")
    bare.run("up", "--detach")
    assert not list((bare.home / "units").glob("fad.*"))
    assert bare.status()["ready"]
    bare.file.write_text(BARE)


# Exposure


@pytest.mark.slow
def test_a_door_to_the_network_asks_who_it_is_unless_it_is_public(bare: Rack) -> None:
    lan = "rackhouse.dev/exposure: lan"
    assert "without signing in" in _said(bare, "deploy", str(_hello(bare, "wide", lan)), code=3)
    bare.run("deploy", str(_hello(bare, "wide", f"{lan}, rackhouse.dev/access: signed-in")))
    bare.run("deploy", str(_hello(bare, "square", f'{lan}, rackhouse.dev/public: "true"')))
    bare.run("deploy", str(_hello(bare, "narrow")))
    here = _address()
    asked = httpx.get(f"http://{here}:{_port(bare, 'wide')}/", follow_redirects=False)
    assert asked.status_code in {302, 303, 401}
    assert "hello" not in asked.text
    assert httpx.get(f"http://{here}:{_port(bare, 'square')}/").text == "hello from here"
    for address in (link for link in _devices(bare, "square") if here in link):
        assert address == f"http://{here}:{_port(bare, 'square')}/"
    for ticket in (link for link in _devices(bare, "wide") if here in link):
        with httpx.Client(follow_redirects=True) as phone:
            assert phone.get(f"{ticket}&go=1").text == "hello from here"
        assert httpx.get(f"{ticket}&go=1").status_code == 403
    assert bool(_devices(bare, "wide")) == (here != "127.0.0.1"), "unless there is no network"
    assert _devices(bare, "narrow") == []
    assert _listens(bare, "wide") == {"0.0.0.0"}
    assert _listens(bare, "narrow") == {"127.0.0.1"}
    for name in ("wide", "square", "narrow"):
        bare.run("remove", name, "--purge", "--yes")


def _devices(rack: Rack, name: str) -> list[str]:
    """Where `open` says that another device reaches it."""
    found: list[str] = json.loads(rack.run("open", name, "--json").stdout)["devices"]
    return found


def _port(rack: Rack, name: str) -> int:
    return int(rack.plain(name).rpartition(":")[2])


def _listens(rack: Rack, name: str) -> set[str]:
    """The addresses at which the ingress has that application's door open."""
    ingress, port = psutil.Process(rack.pid("ingress")), _port(rack, name)
    found = ingress.net_connections("tcp")
    at = {c.laddr.ip for c in found if c.status == psutil.CONN_LISTEN and c.laddr.port == port}
    return {"0.0.0.0" if ip in {"::", "0.0.0.0"} else ip for ip in at}


def _address() -> str:
    """An address of this machine that others could dial, or loopback where there is none."""
    every = (a for found in psutil.net_if_addrs().values() for a in found)
    inet = (a.address for a in every if a.family is socket.AF_INET)
    return next((ip for ip in inet if not ip.startswith("127.")), "127.0.0.1")


# Leaving


@pytest.mark.slow
def test_what_is_purged_is_gone_from_every_part(fresh: Callable[..., Rack]) -> None:
    rack = fresh("guestbook")
    rack.run("up", "--detach")
    env = rack.run("exec", "guestbook", "--", "env").stdout
    bucket = re.search(r"^S3_BUCKET=(.*)$", env, re.MULTILINE)
    assert bucket is not None
    httpx.post(rack.plain("guestbook"), data={"name": "Ada", "message": "hello"})
    before = _left(rack)
    assert before["databases"]
    assert before["users"]
    rack.run("remove", "guestbook")
    assert _left(rack) | {"users": ""} == before | {"users": ""}
    rack.run("remove", "guestbook", "--purge", "-y")
    assert not any(_left(rack).values()), _left(rack)
    assert not (rack.home / "releases" / "guestbook").exists()
    assert not (rack.home / "homes" / "guestbook").exists()
    assert bucket[1] not in rack.run("plan", "--json", code=None).stdout


def _left(rack: Rack) -> dict[str, str]:
    """What the parts still have of the guestbook."""
    sql = "SELECT datname FROM pg_database WHERE datname ~ 'guestbook' UNION ALL "
    sql += "SELECT rolname FROM pg_roles WHERE rolname ~ 'guestbook'"
    users = rack.run("redis", "--", "ACL", "LIST").stdout.splitlines()
    keys = rack.run("redis", "--", "KEYS", "guestbook*").stdout.strip()
    return {
        "databases": rack.run("psql", "--", "-At", "-c", sql).stdout.strip(),
        "users": "\n".join(line for line in users if "guestbook" in line),
        "keys": "" if keys == "(empty)" else keys,
    }


def test_commands_answer_a_mistake_with_a_way_on(rack: Rack) -> None:
    assert "status" in _said(rack, "statsu", code=64)
    assert "--help" in _said(rack, "status", "--jsno", code=64)
    assert "guestbook" in _said(rack, "open", "gestbook", "--print", code=5)
    assert os.sep in _said(rack, "deploy", "/nowhere/at/all", code=64)
