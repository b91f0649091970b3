"""What a twin was made as: written before anything is made, read by every later command."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import Missing
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.twin.home import Home
from rackhouse.twin.plan import Gateway, Layout, Machine
from rackhouse.twin.switch.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A twin as it was asked for."""

    layout: Layout
    switch: Kind
    rootfs: Path
    systemd: frozenset[str]  # the nodes that systemd boots


def save(home: Home, state: State) -> None:
    """Write it. Worthless after a reboot, so not to the platter."""
    fields = {
        "layout": dataclasses.asdict(state.layout),
        "switch": str(state.switch),
        "rootfs": str(state.rootfs),
        "systemd": sorted(state.systemd),
    }
    write_atomic(home.state, json.dumps(fields, indent=1), sync=False)


def load(home: Home) -> State:
    """Read it. Missing when there is no twin."""
    text = read_text(home.state)
    if text is None:
        raise Missing("this rack has no twin just now", fix="rackhouse twin up")
    fields = json.loads(text)
    layout = fields["layout"]
    machines = tuple(Machine(**each) for each in layout.pop("machines"))
    gateways = tuple(Gateway(**each) for each in layout.pop("gateways"))
    return State(
        layout=Layout(machines=machines, gateways=gateways, **layout),
        switch=Kind(fields["switch"]),
        rootfs=Path(fields["rootfs"]),
        systemd=frozenset(fields["systemd"]),
    )
