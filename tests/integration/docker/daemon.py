"""A real container engine of a test's own: Debian's dockerd in namespaces that die with it.

Its network, mounts, processes and /run are its own, its data lies in a folder of the test. When
the test's process dies, even by SIGKILL, all of it goes: the kernel kills the first process of the
namespace, and with it the others.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from integration.docker.images import BUSYBOX

DOCKERD = "/usr/sbin/dockerd"
_TOOLS = ("setpriv", "unshare", "nsenter", "ip")
_PATIENCE = 30.0  # seconds until it answers
REGISTRY_PORT = 5000

# vfs: the folder may lie on an overlay already, and not every kernel stacks them.
_START = """
root=$1 cgroup=$2 network=$3
shift 3
set -- "$0" --storage-driver vfs --cgroup-parent "/$cgroup" \
    --data-root "$root/data" --exec-root "$root/exec" -p "$root/pid" \
    -H "unix://$root/docker.sock" "$@"
if [ -z "$network" ]; then
    ip link set lo up && mount -t tmpfs tmpfs /run && exec "$@"
    exit
fi
# The first process of the namespace stays outside of their network: it is none of theirs.
exec 9<"$network" && mount -t tmpfs tmpfs /run
nsenter --net=/proc/self/fd/9 -- "$@"
exit
"""


def why_not() -> str:
    """Why there can be no engine here; nothing when there can."""
    if os.geteuid() != 0:
        return "a container engine needs root"
    lacking = [tool for tool in _TOOLS if not shutil.which(tool)]
    if not Path(DOCKERD).exists():
        lacking.append("dockerd (docker.io)")
    if not BUSYBOX.exists() or b"ld-linux" in BUSYBOX.read_bytes()[:4096]:
        lacking.append("busybox (busybox-static)")
    return f"these are missing: {', '.join(lacking)}" if lacking else ""


@dataclass(frozen=True)
class Daemon:
    """A started engine: its socket, and a way to run things in its network."""

    root: Path
    process: subprocess.Popen[bytes]
    network: Path

    @property
    def socket(self) -> str:
        return str(self.root / "docker.sock")

    @property
    def inside(self) -> list[str]:
        """What to write before a command so that it runs in the engine's network."""
        return ["nsenter", f"--net={self.network}"]

    @property
    def last_words(self) -> str:
        return (self.root / "log").read_text(errors="replace").strip().rpartition("\n")[2]

    @asynccontextmanager
    async def forwarded(self, host: str, port: int) -> AsyncIterator[int]:
        """A port of this machine that leads to one in the engine's network, as SSH forwards one."""

        async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            argv = [*self.inside, "busybox", "nc", host, str(port)]
            other = await asyncio.create_subprocess_exec(
                *argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert other.stdin
            assert other.stdout
            other.stdin.write(await reader.readuntil(b"\r\n\r\n"))
            await other.stdin.drain()
            while piece := await other.stdout.read(65536):
                writer.write(piece)
            writer.close()
            await other.wait()

        server = await asyncio.start_server(pipe, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    @contextmanager
    def registry(self, folder: Path) -> Iterator[str]:
        """A registry in the engine's network that serves what `images.publish` laid in `folder`."""
        script = Path(__file__).with_name("registry.py")
        argv = [*self.inside, sys.executable, str(script), str(folder), str(REGISTRY_PORT)]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE)
        try:
            assert process.stdout
            assert process.stdout.readline()  # it listens
            yield f"127.0.0.1:{REGISTRY_PORT}"
        finally:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()


@contextmanager
def started(
    root: Path, *more: str, network: Path | None = None, path: Path | None = None
) -> Iterator[Daemon | str]:
    """An engine whose data lies in `root`, and is deleted; or why it did not start.

    `more` are its further arguments. It has the `network` of somebody else, or one of its own, and
    finds programs in `path` first.
    """
    cgroup = f"rackhouse-test-{os.getpid()}-{root.parent.name}-{root.name}"
    own = () if network else ("--net",)
    search = [str(path), os.environ["PATH"]] if path else [os.environ["PATH"]]
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "KILL"),
                *("unshare", *own, "--mount", "--pid", "--fork", "--kill-child"),
                *("--mount-proc", "--propagation", "private"),
                *("sh", "-c", _START, DOCKERD, str(root), cgroup, str(network or ""), *more),
            ],
            env={**os.environ, "PATH": ":".join(search)},
            stdout=log,
            stderr=log,
        )
    daemon = Daemon(root, process, network or Path(f"/proc/{process.pid}/ns/net"))
    try:
        yield daemon if _answers(daemon) else f"dockerd does not start here: {daemon.last_words}"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(root, ignore_errors=True)
        _remove_cgroups(cgroup)


def _answers(daemon: Daemon) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and daemon.process.poll() is None:
        if "API listen on" in (daemon.root / "log").read_text(errors="replace"):
            return True
        time.sleep(0.05)
    return False


def _remove_cgroups(name: str) -> None:
    """Of the first version, one in each hierarchy; of the second, one."""
    for parent in [*Path("/sys/fs/cgroup").glob(f"*/{name}"), Path("/sys/fs/cgroup", name)]:
        for folder in [*sorted(parent.glob("*/"), reverse=True), parent]:
            with suppress(OSError):
                folder.rmdir()
