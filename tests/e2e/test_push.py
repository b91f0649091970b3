"""Push to live, by git itself: what is pushed is tested and serves, what is broken leaves the old.

A rack without data services and small applications of the standard library, so that a test takes
seconds. What the forge does on bad days is in tests/integration/forge.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from e2e.conftest import Rack, end, eventually, new_rack
from rackhouse.delivery.access import create_token
from rackhouse.store.forge import Scope
from rackhouse.store.sqlite_forge import SqliteForge

pytestmark = pytest.mark.xdist_group("push")

BARE = "rack: test\ndata: {postgres: none, cache: none, objects: none}\n"
SERVER = """
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from words import greeting

class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        body = greeting().encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Hello).serve_forever()
"""
TEST = """
import unittest
from words import greeting

class Words(unittest.TestCase):
    def test_greeting(self):
        self.assertTrue(greeting().startswith("hello"))
"""


@dataclass
class Desk:
    """A person's working folder, whose remote is a repository of the rack."""

    rack: Rack
    folder: Path

    def git(self, *words: str, code: int = 0) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.test",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.test",
        }
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        assert done.returncode == code, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.folder / name.replace("__", ".")).write_text(text)

    def push(self, message: str, branch: str = "main", **files: str) -> str:
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("push", "rack", f"HEAD:{branch}")


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    rack = new_rack(tmp_path_factory.mktemp("push"))
    rack.file.write_text(BARE)
    try:
        rack.run("up", "--detach")
        yield rack
    finally:
        end(rack)


@pytest.fixture
def desk(rack: Rack, tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    """A working folder for a repository that nobody else has, with an application in it."""
    name = f"t{zlib.crc32(request.node.name.encode()):08x}"
    return working(rack, tmp_path / name)


def working(rack: Rack, folder: Path) -> Desk:
    forge = SqliteForge(rack.home / "store.db")
    _, token = create_token(forge, title="desk", scope=Scope.ADMIN, now=time.time())
    forge.close()
    port = rack_port(rack)
    desk = Desk(rack, folder)
    folder.mkdir()
    desk.write(
        words__py='def greeting():\n    return "hello one"\n',
        test_words__py=TEST,
        server__py=SERVER,
        Procfile="web: python server.py\n",
    )
    desk.git("init", "--quiet", "-b", "main")
    url = f"http://owner:{token.reveal()}@127.0.0.1:{port}/{folder.name}.git"
    desk.git("remote", "add", "rack", url)
    return desk


def rack_port(rack: Rack) -> int:
    """The forge's plain door."""
    unit = json.loads((rack.home / "units" / "forge.json").read_text())
    return int(unit["env"]["RACKHOUSE_FORGE_PORT"])


def greeting(said: str) -> dict[str, str]:
    return {"words__py": f'def greeting():\n    return "{said}"\n'}


def served(desk: Desk, name: str | None = None) -> str:
    return httpx.get(desk.rack.plain(name or desk.folder.name)).text


def test_push_change_break_mend(desk: Desk) -> None:
    """A day: the first push is live, a change is, what breaks a test is not, and the old serves."""
    said = desk.push("one")
    assert "LIVE: " in said
    assert f"https://{desk.folder.name}.rack.localhost:" in said
    assert served(desk) == "hello one"
    assert "LIVE: " in desk.push("two", **greeting("hello two"))
    assert served(desk) == "hello two"
    said = desk.push("three", **greeting("bye"))
    assert "FAIL: test_greeting" in said, "the pusher sees the last lines"
    assert f"NOT LIVE: unittest failed; {desk.folder.name} r2 serves on" in said
    assert served(desk) == "hello two"
    assert "LIVE: " in desk.push("four", **greeting("hello four"))
    desk.rack.run("rollback", desk.folder.name)
    assert served(desk) == "hello two"
    releases = json.loads(desk.rack.run("releases", desk.folder.name, "--json").stdout)
    sha = desk.git("rev-parse", "HEAD~2").strip()
    assert next(r["commit"] for r in releases if r["status"] == "live") == sha


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"Procfile": "web: python -c 'raise SystemExit(3)'\n"}, "ended"),
        pytest.param(
            {"score__yaml": "apiVersion: score.dev/v1b1\nmetadata: {}\n"},
            "problem",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"Procfile": "web: python server.py\nrelease: false\n"}, "", marks=pytest.mark.slow
        ),
    ],
    ids=["it does not start", "its file is wrong", "its migration fails"],
)
def test_what_cannot_be_released_leaves_the_old(
    desk: Desk, files: dict[str, str], why: str
) -> None:
    assert "LIVE: " in desk.push("one")
    said = desk.push("broken", **files)
    assert "NOT LIVE: " in said
    assert why in said
    assert served(desk) == "hello one"
    runs = json.loads(desk.rack.run("runs", "list", desk.folder.name, "--json").stdout)
    assert [run["status"] for run in runs] == ["failed", "passed"]


@pytest.mark.slow
def test_preview_of_a_branch(desk: Desk) -> None:
    """A branch has an application of its own, until it is deleted; what it serves can go live."""
    name = desk.folder.name
    desk.push("one")
    said = desk.push("two", branch="blue", **greeting("hello blue"))
    assert f"LIVE: blue--{name}" in said
    assert served(desk, f"blue--{name}") == "hello blue"
    assert served(desk) == "hello one"
    assert f"{name} r2 is live" in desk.rack.run("promote", f"blue--{name}").stdout
    assert served(desk) == "hello blue"
    desk.git("push", "rack", ":blue")
    names = lambda: [a["name"] for a in desk.rack.status()["applications"]]  # noqa: E731
    eventually(lambda: f"blue--{name}" not in names(), timeout=60)
    assert name in names()


@pytest.mark.slow
def test_another_name_for_a_repository(desk: Desk) -> None:
    """What was live serves on; what is pushed now goes live under the new name."""
    name, new = desk.folder.name, f"n{desk.folder.name[1:]}"
    desk.push("one")
    assert f"write `{name}: {{repository: {new}}}`" in (
        desk.rack.run("repository", "rename", name, new).stdout
    )
    url = desk.git("remote", "get-url", "rack").strip()
    desk.git("remote", "set-url", "rack", url.replace(name, new))
    assert f"LIVE: {new} r1" in desk.push("two", **greeting("hello two"))
    assert (served(desk), served(desk, new)) == ("hello one", "hello two")
    rows = json.loads(desk.rack.run("repository", "list", "--json").stdout)
    (row,) = (row for row in rows if row["name"] == new)
    assert 0 < row["size"] < row["quota"]
    tokens = desk.rack.run("token", "list", "--json").stdout
    assert "digest" not in tokens
    assert {row["title"] for row in json.loads(tokens)} == {"desk"}
    desk.rack.run("remove", new, "--purge", "--yes")


def test_nothing_to_run_is_tested_and_not_released(desk: Desk) -> None:
    for file in ("Procfile", "server.py"):
        (desk.folder / file).unlink()
    said = desk.push("a library")
    assert "nothing here says how to start" in said
    assert "passed, " in said


@pytest.mark.slow
def test_two_pushes_at_once_end_with_the_newer(desk: Desk) -> None:
    desk.push("one")
    env = {"PATH": os.environ["PATH"], "HOME": str(desk.folder.parent)}
    desk.write(
        test_words__py=TEST.replace("import unittest", "import time, unittest\ntime.sleep(2)")
    )
    desk.git("commit", "-qam", "slow")
    slow = subprocess.Popen(
        ["git", "push", "rack", "main"],
        cwd=desk.folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    eventually(lambda: statuses(desk)[0] == "running")
    assert "LIVE: " in desk.push("newest", test_words__py=TEST, **greeting("hello newest"))
    said, _ = slow.communicate(timeout=120)
    assert "LIVE: " in said
    assert served(desk) == "hello newest"


def test_cancelled_by_hand(desk: Desk) -> None:
    desk.push("one")
    desk.write(
        test_words__py=TEST.replace("import unittest", "import time, unittest\ntime.sleep(60)")
    )
    desk.git("commit", "-qam", "for ever")
    push = subprocess.Popen(["git", "push", "-q", "rack", "main"], cwd=desk.folder)
    eventually(lambda: statuses(desk)[0] == "running")
    number = runs(desk)[0]["number"]
    desk.rack.run("runs", "cancel", str(number))
    assert push.wait(60) == 0
    eventually(lambda: statuses(desk)[0] == "cancelled")
    assert served(desk) == "hello one"
    assert "cancelled" in desk.rack.run("logs", "--run", str(number)).stdout


@pytest.mark.parametrize(
    "who",
    ["worker", *(pytest.param(it, marks=pytest.mark.slow) for it in ("forge", "supervisor"))],
)
def test_killed_in_the_middle_it_is_run_once_more(desk: Desk, who: str) -> None:
    desk.push("one")
    desk.write(
        test_words__py=TEST.replace("import unittest", "import time, unittest\ntime.sleep(3)"),
        **greeting("hello again"),
    )
    desk.git("commit", "-qam", "slow")
    push = subprocess.Popen(["git", "push", "-q", "rack", "main"], cwd=desk.folder)
    eventually(lambda: statuses(desk)[0] == "running")
    os.kill(pid_of(desk, who), signal.SIGKILL)
    eventually(lambda: served(desk) == "hello again", timeout=120)
    eventually(lambda: statuses(desk)[0] == "passed", timeout=60)
    assert runs(desk)[0]["attempt"] == (1 if who == "supervisor" else 2)
    push.wait(60)


def pid_of(desk: Desk, who: str) -> int:
    home = desk.rack.home
    if who == "forge":
        return desk.rack.pid("forge")
    if who == "supervisor":
        return int((home / "supervisor.lock").read_text().split()[0])
    return int((home / "runs" / str(runs(desk)[0]["number"]) / "lock").read_text())


def runs(desk: Desk) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        desk.rack.run("runs", "list", desk.folder.name, "--json").stdout
    )
    return found


def statuses(desk: Desk) -> list[object]:
    return [run["status"] for run in runs(desk)] or [""]


def test_the_rack_is_a_repository(rack: Rack, tmp_path: Path) -> None:
    """A branch is answered with the plan, the default branch is applied, a wrong file refused."""
    desk = working(rack, tmp_path / "rack")
    (desk.folder / "hi").mkdir()
    for file in ("words.py", "test_words.py", "server.py", "Procfile"):
        (desk.folder / file).rename(desk.folder / "hi" / file)
    assert "the rack is what this commit says" in desk.push("as it is", rack__yaml=BARE)
    desk.write(rack__yaml=BARE + "applications: {hi: {folder: hi}}\n")
    said = desk.push("plan", branch="plan")
    assert "+ machine/process/hi.web@r1" in said
    assert "hi" not in [a["name"] for a in rack.status()["applications"]]
    desk.write(rack__yaml=BARE + "applications: {hi: {folder: 3, name: 4}}\nnodes: 7\n")
    desk.git("commit", "-qam", "wrong")
    said = desk.git("push", "rack", "HEAD:main", code=1)
    assert "applications.hi" in said
    assert "nodes" in said, "all errors at once"
    desk.git("reset", "-q", "--hard", "HEAD~1")
    assert "the rack is what this commit says" in desk.git("push", "rack", "HEAD:main")
    assert served(desk, "hi") == "hello one"
    file = str(rack.home / "rack" / "current" / "rack.yaml")
    assert json.loads(rack.run("-f", file, "plan", "--json").stdout)["steps"] == []
    desk.push("gone", rack__yaml=BARE)
    assert "hi" not in [a["name"] for a in rack.status()["applications"]]


def test_a_workflow_file_that_is_wrong_is_refused_with_all_its_errors(desk: Desk) -> None:
    assert "LIVE: " in desk.push("one")
    folder = desk.folder / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yaml").write_text(
        "on: push\njobs:\n  test:\n    runs-on: solaris\n    steps: [{uses: someone/odd@v1}]\n"
    )
    (folder / "odd.yaml").write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, stepz: []}}\n")
    said = desk.push("with workflows")
    assert "solaris" in said
    assert "someone/odd" in said
    assert "stepz" in said
    assert "NOT LIVE: " in said
    assert served(desk) == "hello one"


WORKFLOW = """
on:
  push:
  workflow_dispatch:
    inputs: {word: {type: choice, options: [hi, bye], default: hi}}
jobs:
  test:
    runs-on: ubuntu-latest
    strategy: {matrix: {letter: [a, b]}}
    steps:
      - uses: actions/checkout@v4
        with: {fetch-depth: 0}
      - run: python3 -m unittest && git log --oneline | wc -l
      - run: echo "the key is ${{ secrets.KEY }}" | tee word-${{ matrix.letter }}
      - uses: actions/upload-artifact@v4
        with: {name: "words-${{ matrix.letter }}", path: "word-*"}
  after:
    needs: test
    runs-on: ubuntu-latest
    steps: [{run: 'echo "word ${{ inputs.word }}"'}]
"""


def test_a_workflow_says_what_is_tested(desk: Desk) -> None:
    """Its jobs make a push green or red; by hand it runs with inputs, and releases nothing."""
    name = desk.folder.name
    desk.rack.run("repository", "create", name)
    desk.rack.run("secret", "set", "--runs", name, "KEY", stdin="open-sesame")
    folder = desk.folder / ".gitea" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yaml").write_text(WORKFLOW)
    said = desk.push("one")
    assert "LIVE: " in said
    assert "the key is ***" in said
    assert "open-sesame" not in said
    first = runs(desk)[0]["number"]
    artifact = desk.rack.home / "runs" / str(first) / "artifacts" / "words-a" / "word-a"
    assert artifact.read_text() == "the key is open-sesame\n", "what a job keeps is its own"
    said = desk.push("two", **greeting("bye"))
    assert "NOT LIVE: job test (a): step 'python3 -m unittest" in said
    assert f"{name} r1 serves on" in said
    assert served(desk) == "hello one"
    wrong = desk.rack.run("runs", "start", name, "--input", "word=no", code=64)
    assert "hi, bye" in wrong.stderr
    said = desk.rack.run("runs", "start", name, "--input", "word=bye", code=1).stdout
    assert "failed" in said
    desk.push("three", **greeting("hello three"))
    said = desk.rack.run("runs", "start", name, "ci.yaml", "--input", "word=bye").stdout
    assert "word bye" in said
    assert [run["release"] for run in runs(desk)] == [0, 2, 0, 0, 1]
