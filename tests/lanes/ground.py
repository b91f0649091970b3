"""A machine inside this one: a network, mounts and processes that go with the test's own process.

What a kubelet would write on the host (its sysctls, /run, /var/lib) it writes here. One bridge is
its only interface: the machine's address, and the pods' gateway.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lanes.processes import PATIENCE, Crew

ADDRESS, SUBNET, BRIDGE = "10.88.0.1", "10.88.0.0/24", "cni0"
# kubelet writes them, and every namespace of this machine would have them.
_SYSCTLS = (
    *("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"),
    *("kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes"),
)
_SCRIPT = f"""
set -e
ip link set lo up
ip link add {BRIDGE} type bridge
ip address add {ADDRESS}/24 dev {BRIDGE}
ip link set {BRIDGE} up
for it in {" ".join(_SYSCTLS)}; do
    copy=$1/$(basename $it)
    cat /proc/sys/$it >"$copy"
    mount --bind "$copy" /proc/sys/$it
done
for it in /run /var/lib /var/log; do mount -t tmpfs tmpfs $it; done
touch "$1/ready"
exec sleep infinity
"""


@dataclass(frozen=True)
class Ground:
    """A started one; `inside` is what to write before a command so that it runs there."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def inside(self) -> tuple[str, ...]:
        """nsenter, not `ip netns exec`, which would have mounts of its own."""
        names = Path(f"/proc/{self.process.pid}/ns")
        return (
            "nsenter",
            f"--net={names / 'net'}",
            f"--mount={names / 'mnt'}",
            f"--pid={names / 'pid_for_children'}",
        )

    @property
    def cgroup(self) -> str:
        """Where its pods' cgroups lie: removed at the end."""
        return f"rackhouse-test-{os.getpid()}-{self.folder.name}"

    def run(self, *argv: str) -> str:
        """What a command there says; it has to succeed."""
        done = subprocess.run([*self.inside, *argv], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """One that stands. AssertionError, with what was said, where the kernel does not let it."""
    held = folder / "ground"
    held.mkdir()
    with (folder / "ground.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "KILL"),
                *("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"),
                *("--mount-proc", "--propagation", "private"),
                *("sh", "-c", _SCRIPT, "ground", str(held)),
            ],
            stdout=log,
            stderr=log,
        )
    made = Ground(folder, process)
    try:
        end = time.monotonic() + PATIENCE
        while not (held / "ready").exists():
            assert process.poll() is None, (folder / "ground.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.02)
        yield made
    finally:
        process.kill()
        process.wait()
        _remove_cgroups(made.cgroup)


def forward(crew: Crew, port: int) -> int:
    """A port of this machine's loopback that leads to `port` of that one."""
    script = Path(__file__).with_name("forward.py")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here: int = listener.getsockname()[1]
        number = listener.fileno()
        argv = [sys.executable, str(script), str(number), ADDRESS, str(port)]
        crew.start("forward", argv, fds=[number])
    return here


def _remove_cgroups(name: str) -> None:
    """Of the first version, one in each hierarchy; of the second, one."""
    for top in [*Path("/sys/fs/cgroup").glob(f"*/{name}"), Path("/sys/fs/cgroup", name)]:
        for folder in [*sorted(top.glob("**/"), reverse=True), top]:
            with suppress(OSError):
                folder.rmdir()
