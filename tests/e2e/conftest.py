"""A real rack for the end-to-end tests: brought up by the command line, from the examples.

One rack per worker, since bringing one up costs seconds; `--dist loadgroup` keeps these tests on
one worker. Everything goes over the command line, HTTP and a browser, as it does for a person.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "apps"
PROGRAM = str(Path(sys.executable).with_name("rackhouse"))
OFFLINE = {"UV_OFFLINE": "1", "npm_config_offline": "true"}
APPLICATIONS = ("guestbook", "site", "postcards", "chat", "heartbeat", "datasette", "radicale")


@dataclass(frozen=True)
class Rack:
    """A rack's state folder and file, and the command line on it."""

    home: Path
    file: Path

    def run(
        self, *argv: str, code: int | None = 0, stdin: str | None = None, timeout: float = 170
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; fail the test, showing what it said, unless it ends with `code`."""
        done = subprocess.run(
            [PROGRAM, *argv],
            env=self.environment(),
            cwd=self.file.parent,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        if code is not None:
            assert done.returncode == code, (
                f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    def environment(self) -> dict[str, str]:
        """What commands on this rack are started with."""
        own = {"RACKHOUSE_HOME": str(self.home), "RACKHOUSE_FILE": str(self.file)}
        return {**os.environ, **OFFLINE, **own}

    def status(self) -> dict[str, Any]:
        """What `status --json` says."""
        answer: dict[str, Any] = json.loads(self.run("status", "--json", code=None).stdout)
        return answer

    def app(self, name: str) -> dict[str, Any]:
        """One application of it."""
        found: dict[str, Any] = next(a for a in self.status()["applications"] if a["name"] == name)
        return found

    def plain(self, name: str) -> str:
        """The application's plain door, without a slash at its end."""
        return str(self.app(name)["plain"]).rstrip("/")

    def pid(self, unit: str) -> int:
        """The process of a unit, as the supervisor wrote it down."""
        return int(json.loads((self.home / "states" / f"{unit}.json").read_text())["pid"])

    def processes(self) -> list[psutil.Process]:
        """Every process that belongs to this rack: the supervisor and all below its units."""
        pids = [json.loads(f.read_text())["pid"] for f in (self.home / "states").glob("[!.]*.json")]
        lock = self.home / "supervisor.lock"
        found = []
        for pid in [*pids, *([int(lock.read_text().split()[0])] if lock.exists() else [])]:
            try:
                process = psutil.Process(pid)
                family = [process, *process.children(recursive=True)]
                # Where nobody reaps orphans, what has ended stays in the table.
                found += [p for p in family if p.status() != psutil.STATUS_ZOMBIE]
            except psutil.NoSuchProcess:
                continue
        return found


def eventually(check: Callable[[], Any], timeout: float = 30) -> Any:
    """What `check` answers once it answers something true; its last error when it never does."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            if answer := check():
                return answer
        except (AssertionError, OSError, httpx.HTTPError, StopIteration, KeyError, ValueError):
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, f"not so within {timeout} s"
        time.sleep(0.1)


def new_rack(folder: Path, applications: tuple[str, ...] = ()) -> Rack:
    """A rack that is not up yet, with copies of those examples."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["rack: test", "applications:" if applications else ""]
    for name in applications:
        shutil.copytree(EXAMPLES / name, folder / "apps" / name)
        lines.append(f"  {name}: {{folder: apps/{name}}}")
    file = folder / "rack.yaml"
    file.write_text("\n".join(lines) + "\n")
    return Rack(home=folder / "home", file=file)


def end(rack: Rack) -> None:
    """Stop a rack whatever state it is in, and leave no process of it."""
    rack.run("down", "--timeout", "30", code=None)
    for process in rack.processes():
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue


@pytest.fixture(scope="session")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """A rack with every example up. Tests leave it as they found it."""
    rack = new_rack(tmp_path_factory.mktemp("rack"), APPLICATIONS)
    try:
        rack.run("up", "--detach")
        yield rack
    finally:
        end(rack)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Rack]]:
    """Makes racks of a test's own, and ends them."""
    racks: list[Rack] = []

    def make(*applications: str) -> Rack:
        racks.append(new_rack(tmp_path / f"rack{len(racks)}", applications))
        return racks[-1]

    yield make
    for rack in racks:
        end(rack)
