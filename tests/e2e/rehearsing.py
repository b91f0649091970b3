"""A small rack and its twin, whose nodes systemd booted, for tests that kill and break.

What runs as K3s is the fake of `tests/fakes/k3s`. Nodes are read from outside, by the upper layers
of their disks, so that looking changes nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.conftest import PROGRAM, Rack
from fakes.k3s.release import release
from rackhouse.kit.errors import HostError
from rackhouse.twin import able, disk, faults, rootfs, state
from rackhouse.twin.home import Home
from rackhouse.twin.namespaces import pids
from rackhouse.twin.switch import probe
from rackhouse.twin.switch.model import Kind

FOUND = rootfs.find()  # here, before a test's clean environment forgets RACKHOUSE_ROOTFS
PATIENCE = 240.0  # seconds for one apply on a busy machine
Goals = dict[str, frozenset[str]]  # by the id of a step: results in the journal to wait for
FIRST, NEXT = "v1.34.1+k3s1", "v1.34.2+k3s1"
_FILE = """\
rack: kills
network: {{vlans: {{cluster: {{id: 20, subnet: 10.20.20.0/24}}}}}}
nodes:
{nodes}
clusters:
  home:
    nodes: [{names}]
    k3s:
      version: {version}
      datastore: etcd
      source: {source}
      sums: {{arm64: {{program: {digest}}}}}
"""  # etcd also for one server: a copy of SQLite's takes more of Python than a node of a twin has
_DESK = "  desk: {role: dev, address: 10.20.20.40}"
# What differs from one twin to another, or from one moment to the next: by nobody's will.
_PASSING = re.compile(
    r"(var/log|var/cache|var/lib/(systemd|dbus|private|rancher/k3s/(server/db|agent/node-pass))"
    r"|run|tmp|etc/ssh/ssh_host|etc/machine-id|etc/(group|passwd|shadow)?-|etc/\.pwd\.lock)"
)
_SECRET = re.compile(
    r"etc/rancher/(k3s/(agent-)?token|node/password)|var/lib/rackhouse/stamps/|home/pi/\.ssh/"
)


@dataclass(frozen=True)
class Rehearsal(Rack):
    """The rack, its twin, and what a test does to both."""

    roles: tuple[str, ...]
    desk: bool = False  # whether there is one, from which the machines are then reached

    def environment(self) -> dict[str, str]:
        """With the root file system that was found before a test's clean environment."""
        return {**super().environment(), "RACKHOUSE_ROOTFS": str(FOUND)}

    @property
    def names(self) -> tuple[str, ...]:
        """Of the nodes: pi-1, the founder, and so on."""
        return tuple(f"pi-{n}" for n, _ in enumerate(self.roles, start=1))

    @property
    def twin(self) -> Home:
        """Where the twin lives."""
        return Home(self.home)

    def write(self, version: str = FIRST, names: tuple[str, ...] = (), disk: str = "nvme") -> None:
        """The rack file; `names` are the cluster's nodes in their order, else all, and `disk` is
        what the second one has: another is a restart of its K3s, and of no other's.
        """
        source = self.file.parent / "releases"
        rows = (
            f"  {name}: {{role: {role}, board: rpi5-8gb, "
            f"disk: {disk if n == 2 else 'nvme'}, address: 10.20.20.1{n}}}"
            for n, (name, role) in enumerate(zip(self.names, self.roles, strict=True), start=1)
        )
        text = _FILE.format(
            nodes="\n".join([*rows, *([_DESK] if self.desk else [])]),
            names=", ".join(names or self.names),
            version=version,
            source=source,
            digest=_released(source, version),
        )
        self.file.write_text(text)

    def up(self) -> None:
        """A fresh twin."""
        self.run("twin", "up", "--systemd", "all")

    def down(self) -> None:
        """Nothing is left of it."""
        self.run("twin", "down", code=None)
        assert self.twin.namespaces() == []

    def apply(self, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """An apply of the twin, to its end."""
        return self.run("apply", "--only", "twin", "--yes", code=code, timeout=PATIENCE)

    @contextlib.contextmanager
    def begun(self, goals: Goals) -> Iterator[subprocess.Popen[str]]:
        """An apply that has come to one of these steps; killed at the end if it still runs."""
        command = self.begin()
        try:
            assert until(command, self, goals), command.communicate()
            yield command
        finally:
            kill(command)

    def begin(self) -> subprocess.Popen[str]:
        """An apply of the twin, in a process group of its own."""
        return subprocess.Popen(
            [PROGRAM, "apply", "--only", "twin", "--yes"],
            env=self.environment(),
            cwd=self.file.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def plan(self) -> tuple[list[str], list[str]]:
        """The ids that a plan would change, and its notes."""
        said = json.loads(self.run("plan", "--only", "twin", "--json", code=None).stdout)
        return [step["id"] for step in said["steps"]], said["notes"]

    def on(self, node: str, *argv: str) -> str:
        """What a command says on a node, as root."""
        return self.run("twin", "run", node, "--", *argv).stdout.strip()

    def lose(self, node: str) -> None:
        """Its power is cut at once."""
        faults.lose(self.twin, state.load(self.twin), node)

    def start(self, node: str) -> None:
        """And given back."""
        faults.start(self.twin, state.load(self.twin), node)

    def renew(self, node: str) -> None:
        """Another machine in its place, as new: an empty disk, and a host key of its own."""
        self.lose(node)
        shutil.rmtree(self.twin.node(node))
        public = self.twin.key.with_suffix(".pub").read_text().strip()
        disk.prepare(self.twin.node(node), state.load(self.twin).rootfs, node, public)
        self.start(node)

    def forget(self, node: str) -> None:
        """`hosts forget`, in the state folder of the rehearsal; a twin's nodes join by themselves
        when they are next looked at, which stands for `hosts add`.
        """
        inner = Rack(self.twin.folder / "rehearsal", self.file)
        inner.run("hosts", "forget", node)

    def nodes(self, node: str = "pi-1") -> dict[str, tuple[str, str]]:
        """State and version of each node, as the cluster has it."""
        rows = self.on(node, "k3s", "kubectl", "get", "nodes").splitlines()
        return {row.split()[0]: (row.split()[1], row.split()[-1]) for row in rows}

    def disk(self, node: str) -> Path:
        """All that was written on a node: the upper layer of its disk."""
        return self.twin.node(node) / "up"

    def agents(self, node: str) -> list[int]:
        """The processes that work for an apply on a node."""
        name = self.twin.namespace(node)
        return [pid for pid in pids([name])[name] if _is_agent(pid)]

    def kill_agents(self, node: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send them a signal."""
        for pid in self.agents(node):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)


# --- the journal ---------------------------------------------------------------------------------


def journal(rack: Rehearsal) -> dict[str, str]:
    """The steps of the last apply by id, each with its result; "" before it has begun."""
    path = rack.twin.folder / "rehearsal" / "store.db"
    query = (
        "SELECT step, coalesce(result, '') FROM step"
        " WHERE apply = (SELECT max(number) FROM apply WHERE ended IS NULL)"
    )
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            rows = store.execute(query).fetchall()
    except sqlite3.OperationalError:
        return {}  # there is none yet
    return {step.split(": ")[0].split(" ", 1)[1]: result for step, result in rows}


def until(command: subprocess.Popen[str], rack: Rehearsal, goals: Goals) -> str:
    """The first of these steps that is so far, while the command runs; "" when it ended before."""
    deadline = time.monotonic() + PATIENCE
    while command.poll() is None:
        rows = journal(rack)
        if found := next((id for id, at in goals.items() if rows.get(id) in at), ""):
            return found
        assert time.monotonic() < deadline, "it does not come to its end"
        time.sleep(0.003)
    return ""


def kill(command: subprocess.Popen[str]) -> None:
    """`kill -9` of its whole process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(command.pid, signal.SIGKILL)
    command.communicate()


# --- what is there -------------------------------------------------------------------------------


def picture(rack: Rehearsal, node: str) -> dict[str, str]:
    """Each file and link that was written on a node: mode, owner, digest.

    Of what holds a secret or the time, all but the content. A draft that was left would be here.
    """
    upper = rack.disk(node)
    found = {}
    for path in sorted(upper.rglob("*")):
        name = str(path.relative_to(upper))
        there = path.lstat()
        if not _PASSING.match(name) and not stat.S_ISDIR(there.st_mode):
            found[name] = f"{there.st_mode:o} {there.st_uid}:{there.st_gid} {_content(path, name)}"
    return found


def drafts(rack: Rehearsal) -> list[str]:
    """What an apply keeps on a node for a moment alone, and should not be there after one."""
    found = []
    for node in rack.names:
        upper = rack.disk(node)
        found += [f"{node}: {each}" for each in upper.rglob(".*.rackhouse")]
        found += [f"{node}: {each}" for each in upper.glob("var/lib/rackhouse/incoming/*")]
    return found


def absences(rack: Rehearsal, node: str) -> list[tuple[float, float]]:
    """From when to when K3s was away on a node, after it had come up for the first time.

    By the node's journal; all nodes of a twin have one clock. Seconds.
    """
    log = rack.on(node, "journalctl", "-u", "k3s*", "-o", "short-unix", "--no-pager", "-q")
    found: list[tuple[float, float]] = []
    came, left = False, None
    for line in log.splitlines():
        when = float(line.split()[0])
        if "k3s is up and running" in line or line.endswith("agent ready"):
            if left is not None:
                found.append((left, when))
            came, left = True, None
        elif came and left is None and ": Stopping k3s" in line:
            left = when
    return [*found, *([(left, time.time())] if left is not None else [])]


def together(rack: Rehearsal) -> list[tuple[str, str]]:
    """The pairs of nodes that were away at one moment."""
    away = [(node, *each) for node in rack.names for each in absences(rack, node)]
    return [
        (a, b)
        for a, begin, end in away
        for b, other, last in away
        if a < b
        if other < end > begin
        if begin < last
    ]


def _content(path: Path, name: str) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    if _SECRET.match(name) or not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _released(source: Path, version: str) -> str:
    place = source / version / "k3s"
    if not place.exists():
        return release(source, version)
    return hashlib.sha256(place.read_bytes()).hexdigest()


def _is_agent(pid: int) -> bool:
    try:
        return b"zlib.decompress" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def require_twin(folder: Path, kind: Kind | None = Kind.OPENVSWITCH) -> None:
    """Skip where no twin can lie in that folder, or none with that kind of switch."""
    if os.geteuid() != 0 or FOUND is None:
        pytest.skip("a twin needs root, and a root file system: scripts/prefetch-slow")
    try:
        able.require(folder)
        probe(kind)
    except HostError as error:
        pytest.skip(error.what)


@contextlib.contextmanager
def rehearsing(folder: Path, *roles: str, desk: bool = False) -> Iterator[Rehearsal]:
    """A rack of those roles, its file written and its twin not up yet. Skips where none can be."""
    require_twin(folder)
    rack = Rehearsal(folder / "home", folder / "rack.yaml", roles, desk)
    rack.write()
    try:
        yield rack
    finally:
        rack.down()
