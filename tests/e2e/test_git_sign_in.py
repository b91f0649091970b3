"""Git as the owner uses it: by name over TLS, signed in once, the token on no command line."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from e2e.conftest import Rack, end, new_rack

pytestmark = pytest.mark.xdist_group("push")

BARE = "rack: test\ndata: {postgres: none, cache: none, objects: none}\n"


@pytest.fixture
def rack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rack]:
    """A rack whose owner has a home of their own."""
    (tmp_path / "me").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    for name in ("GIT_SSL_CAINFO", "GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    made = new_rack(tmp_path / "rack")
    made.file.write_text(BARE)
    try:
        made.run("up", "--detach")
        made.run("trust")
        yield made
    finally:
        end(made)


def git(folder: Path, *words: str, code: int = 0) -> str:
    who = {f"GIT_{k}_{v}": "ada@a.test" for k in ("AUTHOR", "COMMITTER") for v in ("NAME", "EMAIL")}
    env = {**os.environ, **who, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == code, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def work(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number in range(3):
        (folder / f"{number}.bin").write_bytes(os.urandom(8_000_000))
    for number in range(120):
        (folder / f"{number}.txt").write_text(f"{number}\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=first")
    return folder


class CommandLines:
    """Every command line that any process of this machine had while it looked."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._ends.wait(0.01):
            for process in psutil.process_iter():
                try:
                    self.seen.add(" ".join(process.cmdline()))
                except psutil.Error:
                    continue

    def __enter__(self) -> set[str]:
        self._thread.start()
        return self.seen

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()


def test_create_sign_in_push_clone_and_sign_out(rack: Rack, tmp_path: Path) -> None:
    said = rack.run("repository", "create", "hello", "--git").stdout
    (remote,) = [line.split()[-1] for line in said.splitlines() if line.startswith("git remote")]
    assert remote.startswith("https://git.rack.localhost:")
    credentials = rack.home / "git-credentials"
    assert credentials.stat().st_mode & 0o777 == 0o600
    token = credentials.read_text().partition("owner:")[2].partition("@")[0]
    folder = work(tmp_path / "work")
    git(folder, "remote", "add", "rack", remote)
    with CommandLines() as seen:
        git(folder, "push", "rack", "main")
        git(tmp_path, "clone", "--quiet", remote, "copy")
    assert any("http-backend" in line for line in seen)
    assert not [line for line in seen if token in line]
    assert (tmp_path / "copy" / "2.bin").read_bytes() == (folder / "2.bin").read_bytes()
    assert "hello" in rack.run("repository", "list").stdout

    assert "git on this machine" in rack.run("token", "list").stdout
    rack.run("token", "git")  # again: a new one in place of the old
    assert rack.run("token", "list").stdout.count("git on this machine") == 1
    assert token not in credentials.read_text()
    git(folder, "ls-remote", "rack")

    rack.run("token", "git", "--forget")
    assert rack.run("token", "list").stdout == ""
    assert "terminal prompts disabled" in git(folder, "ls-remote", "rack", code=128)
    assert "credential" not in (tmp_path / "me" / ".gitconfig").read_text()


def test_tokens_and_repositories_by_command(rack: Rack, tmp_path: Path) -> None:
    token = rack.run("token", "create", "ci", "--scope", "read", "--for", "web-*").stdout.strip()
    assert token.startswith("rh_")
    listed = rack.run("token", "list").stdout
    assert "ci" in listed
    assert token not in listed
    rack.run("token", "revoke", listed.split()[0])
    assert "ci" not in rack.run("token", "list").stdout
    assert "soon" in rack.run("token", "create", "x", "--expires", "soon", code=64).stderr
    rack.run("token", "revoke", "99", code=5)

    rack.run("repository", "create", "hello")
    rack.run("repository", "create", "hello", code=4)
    assert "cannot be the name" in rack.run("repository", "create", "../x", code=64).stderr
    changed = rack.run("repository", "set", "hello", "--protect", "main", "--quota", "5Mi").stdout
    assert "5.2 MB" in changed
    assert "protected: main" in changed
    assert "protected" not in rack.run("repository", "set", "hello", "--unprotect").stdout
    rack.run("repository", "set", "helo", code=5)
    rack.run("repository", "remove", "hello", "--yes")
    assert rack.run("repository", "list").stdout == ""
