"""A real ovsdb-server with Open vSwitch's tables and nobody who makes packets of them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.resources.switch import Port
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.switch.line import Line
from rackhouse.targets.switch.openvswitch import OpenVSwitch
from rackhouse.targets.switch.target import Switch
from rackhouse.transport.channel import Connect
from rackhouse.transport.local import Local
from unit.host import watchers

SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
NAME = "switch.sw1"


class Database:
    """Where it is, and how it is spoken to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # --no-wait: there is no daemon that would follow.
        self.program = ("ovs-vsctl", f"--db=unix:{folder / 'db'}", "--timeout=10", "--no-wait")

    def vsctl(self, *words: str) -> str:
        done = subprocess.run([*self.program, *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def clear(self) -> None:
        self.vsctl("--if-exists", "del-br", "switch0")

    def port(self, number: int) -> tuple[str, str, str]:
        """Mode, tag and trunks of a socket."""
        mode, tag, trunks = (
            self.vsctl("get", "port", f"lan{number}", column)
            for column in ("vlan_mode", "tag", "trunks")
        )
        return mode, tag, trunks


@contextmanager
def database() -> Iterator[Database]:
    """Skips where there is none. In a folder of a short name: a socket's path has 107 letters."""
    if not all(map(shutil.which, ("ovs-vsctl", "ovsdb-server", "ovsdb-tool"))):
        pytest.skip("there is no Open vSwitch: apt install openvswitch-switch")
    with tempfile.TemporaryDirectory(prefix="ovs-") as name:
        folder = Path(name)
        subprocess.run(["ovsdb-tool", "create", folder / "conf", SCHEMA], check=True)
        argv = ["ovsdb-server", folder / "conf", f"--remote=punix:{folder / 'db'}"]
        argv += [f"--unixctl={folder / 'ctl'}", "-vfile:off", "-vconsole:off"]
        server = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
        try:
            made = Database(folder)
            deadline = time.monotonic() + 10
            while not (folder / "db").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            made.vsctl("init")
            yield made
        finally:
            watchers.end(folder)
            server.terminate()
            server.wait(10)


async def _local() -> Local:
    return Local()


def switch(
    made: Database,
    store: MemoryStore,
    confirm: float = 10.0,
    connect: Connect = _local,
) -> Switch:
    return Switch(
        NAME,
        Line(connect),
        OpenVSwitch(made.program),
        store=store,
        fingerprint=Fingerprint(store),
        confirm=confirm,
        folder=str(made.folder / "trials"),
    )


def want(number: int, spec: Port) -> Resource[Port]:
    return Resource(id=Id(NAME, "port", str(number)), spec=spec)


async def make(target: Switch, resource: Resource[Port], said: list[str] | None = None) -> Seen:
    stamp = Stamp(rack="test", digest=resource.digest)
    return await target.ensure(resource, stamp, {}, (said if said is not None else []).append)
