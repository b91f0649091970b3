"""A real forge process, and real git against it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from integration.parts.starter import free_ports
from rackhouse.delivery.access import create_token
from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import Scope
from rackhouse.store.sqlite_forge import SqliteForge

STARTER = Path(__file__).with_name("starter.py")
CONSOLE = "http://localhost:1"


@dataclass
class Client:
    """A person with git. What it runs sees no configuration but its own."""

    folder: Path
    url: str
    token: str

    def env(self, **more: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.test",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.test",
            "LC_ALL": "C",
            **more,
        }

    def address(self, name: str) -> str:
        return self.url.replace("://", f"://ada:{self.token}@") + f"/{name}"

    def start(self, *words: str, folder: Path | None = None, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["git", *words],
            cwd=folder or self.folder,
            env=self.env(**env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def git(self, *words: str, code: int | None = 0, folder: Path | None = None, **env: str) -> str:
        process = self.start(*words, folder=folder, **env)
        said, _ = process.communicate(timeout=200)
        if code is not None:
            assert process.returncode == code, f"git {words}: {process.returncode}\n{said}"
        return said

    def work(self, name: str, content: str = "hello\n") -> Path:
        """A working folder with one commit, whose remote is the repository of that name."""
        folder = self.folder / name
        self.git("init", "--quiet", "--initial-branch=main", str(folder))
        self.git("remote", "add", "origin", self.address(f"{name}.git"), folder=folder)
        self.commit(folder, content)
        return folder

    def commit(self, folder: Path, content: str, file: str = "file") -> str:
        (folder / file).write_text(content)
        self.git("add", "--all", folder=folder)
        self.git("commit", "--quiet", "--message=a change", folder=folder)
        return self.git("rev-parse", "HEAD", folder=folder).strip()


@dataclass
class Running:
    """A forge that listens."""

    root: Path
    port: int
    store: SqliteForge
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def paths(self) -> Paths:
        return Paths(self.root)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.root / "forge.log"

    def token(self, scope: Scope = Scope.WRITE, *repositories: str, **more: float) -> str:
        made = create_token(
            self.store,
            title="test",
            scope=scope,
            repositories=repositories or ("*",),
            now=time.time(),
            **more,
        )
        return made[1].reveal()

    def client(self, folder: Path, scope: Scope = Scope.WRITE, *repositories: str) -> Client:
        folder.mkdir(exist_ok=True)
        return Client(folder, self.url, self.token(scope, *repositories))

    def git(self, name: str) -> Git:
        return Git(folder_of(self.paths, name))

    def start(self) -> None:
        environment = {
            "RACKHOUSE_FORGE_PORT": str(self.port),
            "RACKHOUSE_CONSOLE_PLAIN": CONSOLE,
            "PATH": os.environ["PATH"],
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(STARTER), str(self.root)],
                env=environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/healthz", trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.01)
        raise AssertionError("the forge does not answer")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(60)


@contextmanager
def serving(root: Path) -> Iterator[Running]:
    """A forge over an empty folder while the block runs; what it says at its end is no error."""
    root.mkdir()
    store = SqliteForge(root / "store.db")
    made = Running(root, free_ports(1), store)
    made.start()
    try:
        yield made
    finally:
        made.stop(signal.SIGKILL)
        store.close()
    assert "Traceback" not in made.log.read_text(), made.log.read_text()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path / "rack") as made:
        yield made


@pytest.fixture
def ada(running: Running, tmp_path: Path) -> Client:
    return running.client(tmp_path / "ada")
