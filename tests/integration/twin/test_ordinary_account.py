"""A twin without root: by an account that this machine knows for as long as a command lasts.

The account, and what it owns, are in files that are put over /etc/passwd and its like in a mount
namespace of each command's own; its home is put over /mnt there. A Python that only we may run
(pyenv's in /root) is all that it sees of the folder that is closed to it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from integration.twin.conftest import EXAMPLE
from rackhouse.kit.process import Finished, run_sync

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
COUNT = 65536
# Tests beside these have accounts of their own: gw0, gw1 ...
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
UID, FIRST = 47110 + _WORKER, 1_400_000_000 + _WORKER * COUNT
RACKHOUSE = Path(sys.executable).with_name("rackhouse")
OURS = (str(RACKHOUSE), "-f", str(EXAMPLE), "--home", "/mnt/rack")
FILES = {
    "passwd": f"ada:x:{UID}:{UID}::/mnt:/bin/sh",
    "group": f"ada:x:{UID}:",
    "subuid": f"ada:{FIRST}:{COUNT}",
    "subgid": f"ada:{FIRST}:{COUNT}",
}
_AS = """
set -e
mount --make-rprivate /
mount --bind "$1/home" /mnt
if [ -n "$2" ]; then
    cd "$3"
    mount -t tmpfs -o mode=755 shown "$2"
    mkdir -p "$3"
    mount --no-canonicalize --bind /proc/self/cwd "$3"
fi
shift 3
for each in passwd group subuid subgid; do mount --bind "/mnt/etc/$each" "/etc/$each"; done
cd /mnt
exec setpriv --reuid "$0" --regid "$0" --clear-groups -- "$@"
"""
# What this kernel and this disk have to allow.
_TRY = "mkdir l u w r && mount -t overlay try -o lowerdir=l,upperdir=u,workdir=w,userxattr r"


class Account:
    """Its folder, and commands by it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {"PATH": os.environ["PATH"], "HOME": "/mnt", "LANG": "C.UTF-8"}
        self.home = folder / "home"
        (self.home / "etc").mkdir(parents=True)
        for name, line in FILES.items():
            there = Path("/etc") / name
            text = there.read_text() if there.exists() else ""
            (self.home / "etc" / name).write_text(f"{text.rstrip()}\n{line}\n".lstrip())
        os.chown(self.home, UID, UID)

    def run(self, *argv: str) -> Finished:
        return run_sync(self.words(*argv), env=self.env, timeout=120)

    def rackhouse(self, *words: str) -> Finished:
        return self.run(*OURS, *words)

    def words(self, *argv: str) -> list[str]:
        """A command by it: one process, which becomes that."""
        shown = (str(self.folder), closed(Path(sys.base_prefix)), sys.base_prefix)
        return ["unshare", "--mount", "sh", "-c", _AS, str(UID), *shown, *argv]


def closed(folder: Path) -> str:
    """The outermost folder on the way there that other accounts may not enter; "" without one."""
    way = reversed([folder, *folder.parents])
    return next((str(each) for each in way if not each.stat().st_mode & stat.S_IXOTH), "")


def processes() -> Mapping[int, str]:
    """What the account, and the accounts that it owns, run."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            lines = (path / "status").read_text().splitlines()
            words = (path / "cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue  # it has ended
        uid = next(int(line.split()[1]) for line in lines if line.startswith("Uid:"))
        if words and (uid == UID or FIRST <= uid < FIRST + COUNT):
            found[int(path.name)] = words
    return found


def ended() -> bool:
    """Whether that is nothing, in a moment."""
    deadline = time.monotonic() + 20
    while processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes()


@pytest.fixture(scope="module")
def account(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One with the root file system unpacked; skips where there can be none."""
    if shutil.which("newuidmap") is None:
        pytest.skip("a twin without root needs newuidmap: scripts/system-packages slow")
    found = Account(tmp_path_factory.mktemp("account"))
    # By a shell: what setpriv itself starts is still found with root's rights.
    readable = found.run("sh", "-c", '"$0" version && test -r "$1"', str(RACKHOUSE), str(EXAMPLE))
    if readable.code != 0:
        pytest.skip("this checkout lies in a folder that other accounts may not read")
    allowed = found.run("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _TRY)
    if allowed.code != 0:
        pytest.skip(f"ordinary accounts make no namespaces or disks here: {allowed.last}")
    archive = found.home / "root.tar"
    left_out = [f"--exclude=./{name}/*" for name in ("usr/share", "var/cache", "var/lib/apt")]
    argv = ["tar", "-cf", archive, "--numeric-owner", *left_out, "-C", root, "."]
    subprocess.run(argv, check=True)
    try:
        done = found.rackhouse("twin", "root", "--from", "root.tar")
        assert done.code == 0, done.err
        archive.unlink()
        yield found
        assert found.rackhouse("twin", "root", "--remove").out == "gone\n"
        assert not list((found.home / ".cache" / "rackhouse").glob("root-*"))
    finally:
        for pid in processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_an_ordinary_account_has_a_twin(account: Account) -> None:
    up = account.rackhouse("twin", "up")
    assert (up.code, up.err) == (0, "")
    assert up.out.startswith("7 nodes are up; switch: ")
    assert account.rackhouse("twin", "status").code == 0
    assert account.rackhouse("twin", "up").code == 4  # there is one
    found = json.loads(account.rackhouse("twin", "matrix", "--json").out)
    assert (found["wrong"], found["findings"]) == (0, [])

    who = account.rackhouse("twin", "run", "pi-1", "--", "sh", "-c", "id -u; su pi -c 'sudo id -u'")
    assert (who.code, who.out) == (0, "0\n0\n")
    shown = account.rackhouse("twin", "run", "pi-1", "--", "sh", "-c", "rm /etc/motd; ls /etc")
    assert "motd" not in shown.out.split()  # a file of the layer below can go
    assert account.rackhouse("twin", "lose", "pi-2").code == 0
    assert account.rackhouse("twin", "status").code == 2
    assert account.rackhouse("twin", "start", "pi-2").code == 0
    assert account.rackhouse("twin", "status").code == 0

    plan = account.rackhouse("plan", "--only", "twin", "--json")
    assert plan.code == 2, plan.err
    assert "host.pi-1/hostname/self" in plan.out or "host.pi-1/file/journald" in plan.out

    assert account.rackhouse("twin", "down").out == "gone\n"
    assert processes() == {}
    left = {path.name for path in (account.home / "rack").iterdir()}
    assert not {"twin", "twin.holder", "twin.holder.log", "twin.ready"} & left


def test_an_up_that_is_interrupted_leaves_nothing(account: Account) -> None:
    with subprocess.Popen(account.words(*OURS, "twin", "up"), env=account.env) as victim:
        deadline = time.monotonic() + 60
        while not (account.home / "rack/twin/nodes").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        victim.send_signal(signal.SIGINT)
        assert victim.wait(60) == 130
    assert processes() == {}
    assert {path.name for path in (account.home / "rack").iterdir()} == {"twin.lock"}


def test_all_of_it_ends_with_its_holder_and_down_removes_the_rest(account: Account) -> None:
    booted = account.rackhouse("twin", "up", "--systemd", "all")
    assert (booted.code, "need root" in booted.err) == (7, True)
    assert processes() == {}  # nothing is held for a twin that is not there
    assert account.rackhouse("twin", "up").code == 0
    os.kill(int((account.home / "rack" / "twin.holder").read_text().split()[0]), signal.SIGKILL)
    assert ended(), processes()
    gone = account.rackhouse("twin", "status")
    assert (gone.code, "rackhouse twin up" in gone.err) == (5, True)
    assert account.rackhouse("twin", "down").out == "gone\n"
    assert not (account.home / "rack" / "twin").exists()
    assert processes() == {}
