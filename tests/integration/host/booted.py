"""A Debian that systemd booted, in namespaces of the test's own, reached over its own sshd."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integration.host.sshd import make_key
from rackhouse.transport import ssh

# $1 the lower file system, $2 the test's folder. With --keep-unit a restart is the starter's work:
# 133 asks for it.
_BOOT = """
set -e
mount --make-rprivate /
mkdir -p "$2/work" "$2/root"
echo pi-1 > "$2/up/etc/hostname"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/up,workdir=$2/work" "$2/root"
mount -t tmpfs tmpfs /run
set +e
code=133
while [ $code = 133 ]; do
    systemd-nspawn --quiet --directory="$2/root" --machine=pi-1 --boot --register=no \
        --keep-unit --link-journal=no --private-network --console=pipe
    code=$?
done
exit $code
"""


class Booted:
    """The machine; `enter` is a way in, as root, to whatever runs there now."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder

    async def enter(self) -> ssh.Ssh:
        """By way of a program in its network, which is another one after each start."""
        network = f"--net=/proc/{self.first()}/ns/net"
        relay = (sys.executable, "-m", "rackhouse.twin.connect", "127.0.0.1", "22")
        return await ssh.connect(
            ssh.Address(
                host="127.0.0.1",
                key=str(self._folder / "client"),
                host_key=" ".join((self._folder / "host.pub").read_text().split()[:2]),
                proxy=("nsenter", network, *relay),
            )
        )

    def first(self) -> int | None:
        """The machine's pid 1, as this one counts."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and self._is_first(entry):
                return int(entry.name)
        return None

    def _is_first(self, entry: Path) -> bool:
        try:
            rows = dict(r.split(":", 1) for r in (entry / "status").read_text().splitlines())
        except (OSError, ValueError):
            return False
        ids = rows.get("NSpid", "").split()
        return len(ids) > 1 and ids[-1] == "1" and self._process.pid in _parents(int(rows["PPid"]))


def _parents(pid: int) -> list[int]:
    """A process, and its parent."""
    try:
        rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []
    return [pid, *(int(row.split()[1]) for row in rows if row.startswith("PPid:"))]


@contextmanager
def booted(lower: Path, folder: Path) -> Iterator[Booted]:
    """Skips where systemd cannot be booted."""
    if shutil.which("systemd-nspawn") is None:
        pytest.skip("booting systemd takes systemd-nspawn: apt install systemd-container")
    _let_in(folder)
    argv = ["unshare", "--mount", "sh", "-c", _BOOT, "sh", str(lower), str(folder)]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    machine = Booted(process, folder)
    try:
        _wait(machine, process, log)
        yield machine
    finally:
        first = machine.first()
        process.kill()  # the shell, or it would start it again
        if first:
            os.kill(first, signal.SIGKILL)
        process.wait(20)


def _let_in(folder: Path) -> None:
    for name, place in (("host", "etc/ssh/ssh_host_ed25519_key"), ("client.pub", "root/.ssh")):
        make_key(folder / name.removesuffix(".pub"))
        path = folder / "up" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == "host":
            shutil.copy(folder / name, path)
        else:
            path.mkdir(mode=0o700)
            shutil.copy(folder / name, path / "authorized_keys")


def _wait(machine: Booted, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.skip(f"systemd cannot be booted here: {log.read_text()[-300:]}")
        if _listens(machine.first()):
            return
        time.sleep(0.1)
    pytest.skip(f"systemd does not start here within 40 s: {log.read_text()[-300:]}")


def _listens(first: int | None) -> bool:
    """Whether its sshd does: state 0A at port 0016, as /proc has it."""
    try:
        rows = Path(f"/proc/{first}/net/tcp").read_text().splitlines()[1:]
    except OSError:
        return False
    return any(r.split()[1].endswith(":0016") and r.split()[3] == "0A" for r in rows)
