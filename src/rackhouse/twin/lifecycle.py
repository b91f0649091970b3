"""A twin up and down: whole, or nothing of it."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from rackhouse.desired.network.fabric import fabric
from rackhouse.kit.errors import HostError, Refused
from rackhouse.kit.files import host_error, make_folder
from rackhouse.rack.model import Rack
from rackhouse.twin import able, cgroups, disk, node
from rackhouse.twin.cabling import lay, route
from rackhouse.twin.home import Home
from rackhouse.twin.namespaces import remove
from rackhouse.twin.plan import complete, layout
from rackhouse.twin.state import State, save
from rackhouse.twin.switch import machine, probe, switch
from rackhouse.twin.switch.model import Kind
from rackhouse.twin.tools import in_user_namespace, need, need_root


def up(
    home: Home,
    rack: Rack,
    rootfs: Path,
    *,
    systemd: Collection[str] = (),
    kind: Kind | None = None,
) -> State:
    """Make the rack's twin; when it returns, every node answers SSH. When it raises, nothing is
    left. `systemd` names the nodes that shall boot; `kind` the switch, else the best there is.

    Raises Refused where a twin is up, HostError where this machine lacks something.
    """
    need_root()
    need("ip", "nsenter", "unshare", "setpriv", "nft", "ethtool", "tc")
    if systemd:
        need("systemd-nspawn")
        if in_user_namespace():
            raise HostError(
                "nodes that boot systemd need root",
                fix="run the command with sudo, or leave --systemd out: nodes then run SSH alone",
            )
    whole = complete(rack)
    plan = layout(whole)
    boots = frozenset(plan.machine(name).name for name in systemd)
    speaks = whole.network.switch.system if whole.network.switch else ""
    chosen = probe(kind, speaks=speaks)
    state = State(layout=plan, switch=chosen, rootfs=rootfs, systemd=boots)
    with home.lock("rackhouse twin up"):
        if home.folder.exists() or home.namespaces():
            raise Refused("this rack has a twin, or what is left of one", fix="rackhouse twin down")
        try:
            _make(home, whole, state)
        except BaseException:
            _remove(home)
            raise
    return state


def down(home: Home) -> bool:
    """Remove the twin, and whatever a killed command left of one; answer whether there was any."""
    need_root()
    with home.lock("rackhouse twin down"):
        there = home.folder.exists() or bool(home.namespaces())
        _remove(home)
    return there


def _make(home: Home, rack: Rack, state: State) -> None:
    make_folder(home.folder)
    able.require(home.folder)
    save(home, state)
    public = disk.make_key(home.key)
    names = [machine.name for machine in state.layout.machines]
    for name in names:
        disk.prepare(home.node(name), state.rootfs, name, public)
    lay(home, state.layout, switch(state.switch), fabric(rack))
    started = {
        name: node.start(home, state.rootfs, name, systemd=name in state.systemd) for name in names
    }
    started |= machine.start(home, state, rack, public)
    route(home, state.layout, rack)
    node.wait(home, started)


def _remove(home: Home) -> None:
    while names := home.namespaces():  # again, for what a dying `ip` made in the meantime
        remove(names)
    for name in cgroups.found(home.prefix):
        cgroups.remove(name)
    try:
        if home.folder.exists():
            shutil.rmtree(home.folder)
    except OSError as error:
        raise host_error(error, home.folder) from error
