"""Packages by the real apt-get: from a repository of the test's own, on a copy of this machine.

The copy is an overlay whose upper layer lies in memory and ends with the channel; this machine's
own packages are not touched, and nothing is fetched from anywhere.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from integration.host.machines import host, make, take, want
from rackhouse.kit.errors import HostError, Missing, Unavailable
from rackhouse.resources.host import Packages
from rackhouse.targets.host import Host, sources
from rackhouse.transport.local import Local

pytestmark = pytest.mark.slow

# $1 the repository, $2 a folder to mount on
_ENTER = """
set -e
mount -t tmpfs tmpfs "$2"
mkdir "$2/up" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$2/up,workdir=$2/work" "$2/root"
cp -r "$1" "$2/root/rackhouse-repository"
cd "$2/root"
mount -t proc proc proc
mount --rbind /dev dev
rm -rf etc/apt/sources.list.d var/lib/apt/lists
echo 'deb [trusted=yes] file:/rackhouse-repository ./' > etc/apt/sources.list
shift 2
exec chroot . "$@"
"""


def package(repository: Path, name: str, *, fails: bool = False) -> None:
    """Put a small package into the repository."""
    tree = repository / name
    (tree / "DEBIAN").mkdir(parents=True)
    fields = {"Package": name, "Version": "1", "Architecture": "all", "Maintainer": "test"}
    control = "".join(f"{key}: {value}\n" for key, value in fields.items()) + "Description: test\n"
    (tree / "DEBIAN/control").write_text(control)
    if fails:
        (tree / "DEBIAN/postinst").write_text("#!/bin/sh\necho cannot be set up >&2\nexit 9\n")
        (tree / "DEBIAN/postinst").chmod(0o755)
    file = repository / f"{name}.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, file], check=True)
    shutil.rmtree(tree)
    data = file.read_bytes()
    row = (
        f"Filename: ./{file.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
    )
    with (repository / "Packages").open("a") as index:
        index.write(f"{control}{row}\n")


def _prefix(repository: Path, folder: Path) -> list[str]:
    namespaces = ("--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child")
    return ["unshare", *namespaces, "sh", "-c", _ENTER, "sh", str(repository), str(folder)]


def on_a_copy(repository: Path, folder: Path) -> Local:
    return Local(_prefix(repository, folder))


@pytest.fixture
async def debian(tmp_path: Path) -> AsyncIterator[Host]:
    if os.geteuid() != 0 or not shutil.which("apt-get") or not shutil.which("unshare"):
        pytest.skip("a copy of this machine takes root, unshare and a Debian")
    repository, disk = tmp_path / "repository", tmp_path / "disk"
    disk.mkdir()
    for name in ("rackhouse-one", "rackhouse-two", "rackhouse-bad"):
        package(repository, name, fails=name == "rackhouse-bad")
    probe = [*_prefix(repository, disk), "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this machine's root cannot lie under an overlay")
    target = host(disk, repository, on_a_copy)
    yield target
    await target.close()


async def test_what_is_lacking_is_installed_and_what_was_there_stays(debian: Host) -> None:
    said: list[str] = []
    both = want("packages", "it", Packages(("coreutils", "rackhouse-one", "rackhouse-two")))
    seen = await make(debian, both, said)
    assert seen.ready
    assert any(line.startswith("Setting up rackhouse-one") for line in said)
    said.clear()
    assert await make(debian, both, said) == seen
    assert said == []
    fewer = await make(debian, want("packages", "it", Packages(("coreutils", "rackhouse-two"))))
    check = await make(debian, want("packages", "check", Packages(("rackhouse-one",))), said)
    assert any(line.startswith("Setting up rackhouse-one") for line in said)  # it had gone
    assert check.ready
    said.clear()
    await take(debian, fewer)
    again = await make(debian, want("packages", "it", Packages(("coreutils",))), said)
    assert (again.ready, said) == (True, [])  # coreutils had stayed


async def test_what_cannot_be_had_is_said_with_its_command(debian: Host) -> None:
    with pytest.raises(Missing, match="apt knows no package rackhouse-none"):
        await make(debian, want("packages", "it", Packages(("rackhouse-none",))))
    with pytest.raises(
        HostError, match=r"apt-get .* install rackhouse-bad: exit code 100\n"
    ) as bad:
        await make(debian, want("packages", "it", Packages(("rackhouse-bad",))))
    assert "rackhouse-bad" in bad.value.what.splitlines()[-2]


# What another apt would do: take a lock that all of them share, say so, and keep it.
_HOLD = """
import fcntl, os, sys, time
os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(300)
"""
LOCKS = ("/var/lib/dpkg/lock-frontend", "/var/lib/apt/lists/lock")


@contextmanager
def locked(machine: Path, lock: str) -> Iterator[Callable[[], None]]:
    """The lock is really held inside of the machine whose disk is `machine`, until it is let go."""
    (agent,) = (each.name for each in Path("/proc").glob("[0-9]*") if _is_inside(each, machine))
    enter = ("nsenter", f"--target={agent}", "--mount", "--pid", "--root", "--wd=/")
    argv = [*enter, "python3", "-c", _HOLD, lock]
    holder = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True)
    with holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            yield partial(os.killpg, holder.pid, signal.SIGKILL)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(holder.pid, signal.SIGKILL)


def _is_inside(process: Path, machine: Path) -> bool:
    """Whether its root is the overlay above that folder."""
    try:
        rows = [row.split() for row in (process / "mountinfo").read_text().splitlines()]
    except OSError:
        return False
    return any(row[4] == "/" and f"upperdir={machine}/up," in row[-1] for row in rows)


@pytest.mark.parametrize("lock", LOCKS)
async def test_a_lock_that_is_held_is_waited_for_and_its_holder_named(
    debian: Host, tmp_path: Path, lock: str
) -> None:
    await debian.observe(None)
    with locked(tmp_path / "disk", lock) as let_go:

        class Said(list[str]):
            def append(self, line: str) -> None:
                super().append(line)
                if line.startswith("waiting for apt: "):
                    let_go()

        said = Said()
        seen = await make(debian, want("packages", "it", Packages(("rackhouse-one",))), said)
    assert seen.ready
    (waited,) = (line for line in said if "lock" in line)
    assert waited.startswith(f"waiting for apt: Could not get lock {lock}. It is held by process")
    assert "(python3)" in waited


async def test_a_lock_that_stays_held_is_an_error_after_a_while(
    debian: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = sources._sources()
    assert "PATIENCE = 180.0" in sent["packages"]
    hasty = sent["packages"].replace("PATIENCE = 180.0", "PATIENCE = 1.0")
    monkeypatch.setattr(sources, "_sources", lambda: {**sent, "packages": hasty})
    monkeypatch.setattr(sources, "program", sources.program.__wrapped__)
    await debian.observe(None)
    said = r"apt is locked: .*held by process \d+ \(python3\)"
    with locked(tmp_path / "disk", LOCKS[0]), pytest.raises(Unavailable, match=said) as held:
        await make(debian, want("packages", "it", Packages(("rackhouse-one",))))
    assert held.value.fix.startswith("wait until that process has ended")
