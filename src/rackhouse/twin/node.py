"""A running node: a process tree in namespaces of its own, above its disk. Starts and finds it.

Two kinds: one whose first process is the SSH server, up in a moment; and one that systemd boots.
Settings of the real machine cannot be changed from either: /proc/sys is read-only but for `net`,
and modules, the clock and the power switch are out of reach.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from rackhouse.kit.errors import HostError, NotReady
from rackhouse.kit.process import spawn
from rackhouse.twin import cgroups
from rackhouse.twin.home import Home
from rackhouse.twin.namespaces import pids
from rackhouse.twin.tools import inside, overlay_options

_PATIENCE = 90.0  # seconds until a node answers; systemd on a busy machine takes a few
_PAUSE = 0.02
_SILENT = "it said nothing"
_WATCHES = "fs.inotify.max_user_instances"  # 128 by default, of which a systemd takes about five
_LISTENS = "0A"  # TCP_LISTEN in /proc/net/tcp
_SSH = "0016"  # 22, as /proc/net/tcp has it

# $1 the node's folder, $2 the root file system, $3 its name, $4 what it may not do, $5 more options
# of its disk. ethtool: Open vSwitch's own datapath does not fill in checksums that the sender left
# to its network card. Devices are not made, since in a user namespace nobody may.
_DISK = """
set -e
mount --make-rprivate /
ethtool -K eth0 tx off >/dev/null 2>&1 || :
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/up,workdir=$1/work$5" "$1/root"
"""
_SSHD = """
cd "$1/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 dev dev
for each in null zero full random urandom tty; do
    : >dev/$each
    mount --bind /dev/$each dev/$each
done
mkdir dev/pts dev/shm
chmod 1777 dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
mkdir run/sshd run/old
hostname "$(cat etc/hostname)"
eval "$TWIN_MORE"
pivot_root . run/old
cd /
umount -l run/old
rmdir run/old
exec setpriv --bounding-set "$4" /usr/sbin/sshd -D -e -o UsePAM=no -o PidFile=none
"""
# $6 and more: its control groups. What systemd-nspawn notes down about machines is hidden from
# other twins, whose machines may have the same names.
_SYSTEMD = """
disk=$1/root name=$3
shift 5
mkdir -p /run/systemd/nspawn
mount -t tmpfs nspawn /run/systemd/nspawn
for group in "$@"; do mkdir "$group"; done
boot() (
    for group in "$@"; do echo 0 >"$group/cgroup.procs"; done
    exec systemd-nspawn --quiet --directory="$disk" --machine="$name" --boot --console=pipe \
        --capability=CAP_NET_ADMIN \
        --register=no --keep-unit --link-journal=no --network-namespace-path=/proc/self/ns/net
)
code=133  # by which systemd-nspawn says that it was told to reboot
while [ $code = 133 ]; do
    code=0
    boot "$@" || code=$?
done
"""
_WITHOUT = "-sys_module,-sys_time,-sys_boot"  # what belongs to the real machine
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ENV = {"PATH": _PATH, "LANG": "C.UTF-8"}
_NSPAWN = {"SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"}  # of /proc/sys, `net` alone


def start(home: Home, rootfs: Path, name: str, *, systemd: bool, more: str = "") -> int:
    """Start a node whose disk is prepared and whose namespace is there; `wait` for it.

    Answers the process that holds it. `more`: what is done in its root first, by a shell.
    """
    folder = home.node(name)
    namespaces = ("--mount",) if systemd else ("--mount", "--pid", "--uts", "--ipc", "--fork")
    kills = () if systemd else ("--kill-child",)
    script = _DISK + (_SYSTEMD if systemd else _SSHD)
    own = home.namespace(name)
    cgroups.remove(own)  # of its last life
    words = [str(folder), _escaped(rootfs), name, _WITHOUT, overlay_options()]
    words += map(str, cgroups.groups(own)) if systemd else ()
    argv = inside(own, "unshare", *namespaces, *kills, "sh", "-c", script, "sh", *words)
    return spawn(
        argv, env={**_ENV, **_NSPAWN, "TWIN_MORE": more}, folder=folder, log=folder / "log"
    )


def wait(home: Home, started: Mapping[str, int]) -> None:
    """Until all of them listen for SSH; `started` has what `start` answered for each.

    HostError when one ended, NotReady when one takes long.
    """
    deadline = time.monotonic() + _PATIENCE
    left = set(started)
    while left:
        running = pids(home.namespace(name) for name in left)
        for name in sorted(left):
            found = running[home.namespace(name)]
            if found and _listens(found[0]):
                left.discard(name)
            elif _has_ended(started[name]):
                raise HostError(f"node {name} ended: {_last(home, name)}", fix=_fix(home, name))
        if left and time.monotonic() > deadline:
            name = min(left)
            what = f"node {name} did not answer within {_PATIENCE:g} s: {_last(home, name)}"
            raise NotReady(what, fix=_fix(home, name))
        time.sleep(_PAUSE)


def enter(home: Home, name: str, argv: Iterable[str]) -> list[str]:
    """`argv`, run as root inside a running node. NotReady where it does not run."""
    for pid in pids([home.namespace(name)])[home.namespace(name)]:
        if _is_first(pid):
            target = ("nsenter", f"--target={pid}", "--mount", "--uts", "--ipc", "--net", "--pid")
            return [*target, "--", "setpriv", "--bounding-set", _WITHOUT, "--", *argv]
    raise NotReady(f"node {name} does not run", fix=f"start it again: rackhouse twin start {name}")


def runs(found: Iterable[int]) -> bool:
    """Whether these processes of a namespace are a node: one of them is its first."""
    return any(_is_first(pid) for pid in found)


def environment() -> Mapping[str, str]:
    """What a program inside a node is given, and nothing of ours."""
    return {**_ENV, "HOME": "/root", "TERM": os.environ.get("TERM", "dumb")}


def _is_first(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    (ids,) = (line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
    return len(ids) > 1 and ids[-1] == "1"


def _has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


def _listens(pid: int) -> bool:
    try:
        rows = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    except OSError:
        return False
    fields = (row.split() for row in rows)
    return any(f[3] == _LISTENS and f[1].endswith(f":{_SSH}") for f in fields)


def _escaped(path: Path) -> str:
    """For overlayfs, whose options are separated by commas and whose layers by colons."""
    return str(path).replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,")


def _last(home: Home, name: str) -> str:
    log = home.node(name) / "log"
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), _SILENT)


def _fix(home: Home, name: str) -> str:
    if _last(home, name) == _SILENT:  # as systemd ends where it cannot watch its files
        return f"`sysctl {_WATCHES}=1024` where many nodes boot systemd, then `rackhouse twin down`"
    return f"read {home.node(name) / 'log'}, then `rackhouse twin down`"
