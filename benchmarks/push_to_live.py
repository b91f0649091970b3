"""From `git push` to the new version answering: Rackhouse and piku, with the same application.

python benchmarks/push_to_live.py [PEER]

PEER is a folder beside the project that holds the peer: its `piku.py`, fetched from its repository,
and `env`, a virtual environment with `uwsgi`, `click`, `virtualenv` and `setuptools`. Without it,
ours alone is measured. Piku gets the push by a path, which is faster than by SSH as it is meant;
Rackhouse by HTTP, with a token. Piku runs no test and asks nothing whether it answers.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from racks import rack, table

ROUNDS = 7
FILES = {
    "Procfile": "web: uvicorn main:app --host 127.0.0.1 --port $PORT\n",
    "requirements.txt": "starlette==1.10.0\nuvicorn==0.54.0\n",
    "main.py": """\
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

VERSION = "0"


async def version(_):
    return PlainTextResponse(VERSION)


app = Starlette(routes=[Route("/", version)])
""",
    "test_main.py": """\
import unittest

import main


class Version(unittest.TestCase):
    def test_it_is_a_number(self):
        self.assertTrue(main.VERSION.isdigit())
""",
}


class Work:
    """A working folder whose `remote` is where it is pushed to."""

    def __init__(self, folder: Path, remote: str) -> None:
        self.folder, self.remote, self.version = folder, remote, 0
        folder.mkdir(parents=True)
        for name, text in FILES.items():
            (folder / name).write_text(text)
        self.git("init", "--quiet", "-b", "main")

    def git(self, *words: str) -> str:
        """Run git here; what it said."""
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.test")
        done = subprocess.run(
            ["git", *who, *words], cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"git {words[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def change(self) -> None:
        """One line, committed."""
        self.version += 1
        file = self.folder / "main.py"
        file.write_text(re.sub(r'VERSION = "\d+"', f'VERSION = "{self.version}"', file.read_text()))
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", f"Version {self.version}")

    def push(self, url: str) -> float:
        """Seconds until the new version answers at `url`; "" for: until git has ended."""
        seen: list[float] = []
        began = time.perf_counter()
        watching = threading.Thread(target=_wait_for, args=(url, str(self.version), seen))
        watching.start()
        said = self.git("push", "--quiet", self.remote, "main:main")
        ended = time.perf_counter()
        watching.join()
        if url and not seen:
            raise SystemExit(f"version {self.version} never answered:\n{said}")
        return (seen[0] if seen else ended) - began


def _wait_for(url: str, version: str, seen: list[float]) -> None:
    until = time.perf_counter() + 120
    while url and time.perf_counter() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(url) as answer:
            if answer.read().decode() == version:
                seen.append(time.perf_counter())
                return
        time.sleep(0.01)


def _changes(work: Work, url: str) -> float:
    """The median of some changes, each pushed when the one before has settled."""
    found = []
    for _ in range(ROUNDS):
        time.sleep(1.0)
        work.change()
        found.append(work.push(url))
    return statistics.median(found)


def ours() -> tuple[float, float]:
    """Seconds of the first push, and of a change, on a rack without data services."""
    with rack() as it:
        it.file.write_text("rack: bench\ndata: {postgres: none, cache: none, objects: none}\n")
        it.run("up", "--detach")
        token = it.run("token", "create", "bench", "--scope", "write").split()[-1]
        unit = json.loads((it.home / "units" / "forge.json").read_text())
        port = unit["env"]["RACKHOUSE_FORGE_PORT"]
        work = Work(it.file.parent / "hello", f"http://owner:{token}@127.0.0.1:{port}/hello.git")
        work.change()
        first = work.push("")  # its address is known when it is live, which git waits for
        return first, _changes(work, it.run("open", "hello", "--print", "--plain").strip())


def theirs(peer: Path) -> tuple[float, float]:
    """The same of piku, which names its port beforehand."""
    port = _free_port()
    with piku(peer) as bare:
        work = Work(bare.parents[2] / "work", str(bare))
        (work.folder / "ENV").write_text(f"PORT={port}\n")
        work.change()
        url = f"http://127.0.0.1:{port}/"
        return work.push(url), _changes(work, url)


@contextlib.contextmanager
def piku(peer: Path) -> Iterator[Path]:
    """Piku in a folder of its own, with its emperor running; the bare repository to push to."""
    folder = Path(tempfile.mkdtemp(prefix="rackhouse-bench-"))
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    path = f"{peer / 'env' / 'bin'}:{os.environ['PATH']}"
    env = {**kept, "HOME": str(folder), "USER": getpass.getuser(), "PATH": path}
    script = folder / "piku.py"
    shutil.copy(peer / "piku.py", script)
    python = str(peer / "env" / "bin" / "python")
    subprocess.run([python, str(script), "setup"], env=env, check=True, capture_output=True)
    uwsgi = subprocess.Popen(
        [str(peer / "env/bin/uwsgi"), "--ini", str(folder / ".piku/uwsgi/uwsgi.ini")],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    bare = folder / ".piku" / "repos" / "hello"
    subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], check=True)
    hook = bare / "hooks" / "post-receive"
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in env.items())
    hook.write_text(f"#!/bin/sh\n{exports}exec {python} {script} git-hook hello\n")
    hook.chmod(0o755)
    try:
        yield bare
    finally:
        os.killpg(uwsgi.pid, signal.SIGKILL)
        uwsgi.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as there:
        there.bind(("127.0.0.1", 0))
        return int(there.getsockname()[1])


def main() -> None:
    """Measure both, and print the ratio."""
    first, change = ours()
    rows = [
        ("Rackhouse, the first push", f"{first:.2f} s", "goal: 6 s"),
        ("Rackhouse, a change of one line", f"{change:.2f} s", "goal: 3 s"),
    ]
    if len(sys.argv) > 1:
        their_first, their_change = theirs(Path(sys.argv[1]).absolute())
        rows += [
            ("piku, the first push", f"{their_first:.2f} s", f"{first / their_first:.2f} of it"),
            (
                "piku, a change of one line",
                f"{their_change:.2f} s",
                f"{change / their_change:.2f} of it",
            ),
        ]
    table(rows, (f"git push until it answers, median of {ROUNDS}", "measured", ""))
    if len(sys.argv) == 1:
        print("the peer: give the folder that the first lines of this file describe")


if __name__ == "__main__":
    main()
