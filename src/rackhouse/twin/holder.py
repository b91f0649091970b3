"""A twin without root: a user namespace in which an ordinary account is root over what is its own.

A holder process keeps it: users, mounts, network, processes. Commands enter it, and find there what
root finds outside. It is the first of its processes, so whatever ends it ends all of the twin but
files, some of which belong to accounts of the nodes (/etc/subuid): those too are removed inside.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import make_folder, read_text
from rackhouse.kit.process import run_sync, spawn
from rackhouse.supervisor.table import Entry, boot, look, parse, scan, send
from rackhouse.twin.allowed import Owned, require

_RECORD, _READY, _LOG = "twin.holder", "twin.ready", "twin.holder.log"
_PATIENCE = 10.0  # seconds
_PAUSE = 0.01
# It is nobody until its starter has said, with newuidmap, whose names its accounts have; then it is
# root. A starter that is killed before says nothing. /run is its own, since `ip netns` writes
# there. $1: where it says that all is made.
_HOLD = """
for _ in $(seq 1000); do
    read -r mapped </proc/self/uid_map && break
    sleep 0.01
done 2>/dev/null
[ -n "$mapped" ] || exit 1
exec unshare --mount --net --pid --fork --kill-child --mount-proc sh -c '
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 run /run
mkdir /run/netns
: >"$1"
while :; do sleep 3600; done
' sh "$1"
"""


def enter(root: Path) -> tuple[str, ...] | None:
    """What to put before a command so that it runs in the namespace of the twin of that state
    folder: nothing for root, who needs none. None where no namespace is held.
    """
    if os.geteuid() == 0:
        return ()
    holder = _holder(root)
    first = _first(holder) if holder and (root / _READY).exists() else None
    return None if first is None else _into(first.pid)


def hold(root: Path) -> tuple[str, ...]:
    """`enter`; where none is held, one is made and held from now on, until `release`.

    HostError says what the machine forbids, and what to change.
    """
    if (found := enter(root)) is not None:
        return found
    owned = require()
    make_folder(root)
    release(root)  # of what a killed command left half made
    argv = ["unshare", "--user", "sh", "-c", _HOLD, "sh", str(root / _READY)]
    env = {"PATH": os.environ.get("PATH", os.defpath)}
    # Written down before it begins, so that it is found again whenever we are killed.
    pid = spawn(argv, env=env, folder=root, log=root / _LOG, record=root / _RECORD, tag=boot())
    try:
        _until(lambda: _users(pid) not in (0, _users(os.getpid())), pid, root)
        _name(pid, owned)
        _until((root / _READY).exists, pid, root)
    except BaseException:
        release(root)
        raise
    found = enter(root)
    assert found is not None, "it has just said so"
    return found


def release(root: Path) -> None:
    """End it, and with it every process, mount and namespace of the twin. None for root."""
    if (holder := _holder(root)) is not None:
        both = [each for each in (_first(holder), holder) if each]
        for each in both:
            send(each, signal.SIGKILL)
        deadline = time.monotonic() + _PATIENCE
        while any(look(each.pid) for each in both) and time.monotonic() < deadline:
            time.sleep(_PAUSE)
    for name in (_RECORD, _READY, _LOG):
        (root / name).unlink(missing_ok=True)


def _into(pid: int) -> tuple[str, ...]:
    """What is started in there ends when whoever started it does."""
    target = ("nsenter", f"--target={pid}", "--user", "--mount", "--net", "--pid", "--")
    return (*target, "setpriv", "--pdeathsig", "KILL", "--")


def _holder(root: Path) -> Entry | None:
    """The process that was written down, while it lives."""
    lines = (read_text(root / _RECORD) or "").splitlines()
    then = parse(lines[2].encode()) if len(lines) == 3 and lines[1] == boot() else None
    now = look(then.pid) if then else None
    return now if now and then and now.born == then.born else None


def _first(holder: Entry) -> Entry | None:
    """The first process of the namespaces, which is its child."""
    return next((each for each in scan().values() if each.parent == holder.pid), None)


def _users(pid: int) -> int:
    """Which user namespace a process is in; 0: it is gone."""
    try:
        return Path(f"/proc/{pid}/ns/user").stat().st_ino
    except OSError:
        return 0


def _name(pid: int, owned: Owned) -> None:
    """Root inside is us, its other accounts are those that we own."""
    for program, us, its in (
        ("newgidmap", os.getegid(), owned.groups),  # first: root inside begins with the other
        ("newuidmap", os.geteuid(), owned.users),
    ):
        spans = (0, us, 1, 1, its.first, its.count - 1)
        done = run_sync([program, str(pid), *map(str, spans)], timeout=10)
        if done.code != 0:
            raise HostError(
                f"{program} failed: {done.last}", fix="look at /etc/subuid and /etc/subgid"
            )


def _until(is_so: Callable[[], bool], pid: int, root: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        if look(pid) is None or time.monotonic() > deadline:
            said = (read_text(root / _LOG) or "").strip().splitlines()
            raise HostError(
                f"no namespace can be made for the twin: {said[-1] if said else 'it took long'}",
                fix="run it as root: sudo rackhouse twin up",
            )
        time.sleep(_PAUSE)
