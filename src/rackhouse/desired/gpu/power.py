"""What a GPU machine draws: its card's power cap, waking by a packet, sleeping when unused."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from rackhouse.desired.gpu.idle import Idle
from rackhouse.rack.model import Node
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import File, Packages, Unit

_UNITS = "/etc/systemd/system"
_SCRIPT = "/usr/local/lib/rackhouse/sleep"


def power(node: Node) -> Iterator[Resource[Any]]:
    """All that the rack file says of it."""
    if node.gpu and node.gpu.power_cap:
        yield from _unit(node, "power-cap.service", {}, _CAP.format(watts=node.gpu.power_cap))
    if node.wake:
        path = "/etc/systemd/network/10-rackhouse-wake.link"
        yield _file(node, "wake", path, _LINK.format(mac=node.wake))


def sleep(node: Node, stands_on: frozenset[Id]) -> Iterator[Resource[Any]]:
    """What puts it to sleep; `stands_on` counts who asks its models."""
    place = f"host.{node.name}"
    script = Idle(minutes=ceil(node.sleep_after / 60), mac=node.wake).text
    tools = Id(place, "packages", "sleep")
    yield Resource(id=tools, spec=Packages(("ethtool", "iproute2")))
    files = {
        "sleep": (_SCRIPT, script, 0o755),
        "sleep.service": (
            f"{_UNITS}/rackhouse-sleep.service",
            _SLEEP.format(script=_SCRIPT),
            0o644,
        ),
    }
    yield from _unit(node, "sleep.timer", files, _TIMER, stands_on | {tools})


def _unit(
    node: Node,
    name: str,
    files: dict[str, tuple[str, str, int]],
    text: str,
    needs: frozenset[Id] = frozenset(),
) -> Iterator[Resource[Any]]:
    every = {**files, name: (f"{_UNITS}/rackhouse-{name}", text, 0o644)}
    made = [_file(node, key, *rest) for key, rest in every.items()]
    yield from made
    digests = tuple(Text.of(each.id.ref("digest")) for each in made)
    id = Id(f"host.{node.name}", "unit", name.partition(".")[0])
    yield Resource(id=id, spec=Unit(f"rackhouse-{name}", files=digests), needs=needs)


def _file(node: Node, name: str, path: str, text: str, mode: int = 0o644) -> Resource[File]:
    return Resource(id=Id(f"host.{node.name}", "file", name), spec=File(path, Text.of(text), mode))


# Persistence mode: a driver that nobody uses is unloaded, and forgets the cap.
_CAP = """\
# Rackhouse
[Unit]
Description=Power cap of the graphics card

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=nvidia-smi --persistence-mode=1
ExecStart=nvidia-smi --power-limit={watts}

[Install]
WantedBy=multi-user.target
"""
# In place of 99-default.link, whose other lines these are: one file alone counts for a card.
_LINK = """\
# Rackhouse. In force from the next start on.
[Match]
PermanentMACAddress={mac}

[Link]
NamePolicy=keep kernel database onboard slot path
AlternativeNamesPolicy=database onboard slot path
MACAddressPolicy=persistent
WakeOnLan=magic
"""
_SLEEP = """\
# Rackhouse
[Unit]
Description=Sleep when nobody uses this machine

[Service]
Type=oneshot
ExecStart={script}
"""
_TIMER = """\
# Rackhouse
[Unit]
Description=See each minute whether anybody uses this machine

[Timer]
OnActiveSec=60
OnUnitActiveSec=60
AccuracySec=5

[Install]
WantedBy=timers.target
"""
