"""The fabric as Open vSwitch commands. Pure: argument lists, which somebody else runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rackhouse.desired.network.fabric import Fabric, SwitchPort, Use

Arguments = tuple[str, ...]


def render(
    fabric: Fabric,
    bridge: str,
    names: Mapping[int, str],
    gateways: Mapping[int, str] | None = None,
    datapath: str = "system",
) -> tuple[Arguments, ...]:
    """What to call `ovs-vsctl` with, in order; each may be repeated and then changes nothing.

    `names` has the interface of each switch port by its number: ports without one are left out.
    `gateways` has, by VLAN id, an interface that is made for the router where it cannot use tags.
    `datapath` is `system` (the kernel's) or `netdev` (Open vSwitch's own).
    """
    made = ("--may-exist", "add-br", bridge, "--", "set", "bridge", bridge)
    lines: list[Arguments] = [(*made, f"datapath_type={datapath}")]
    lines += [_port(bridge, names[p.number], p) for p in fabric.ports if p.number in names]
    lines += [
        _access(bridge, name, id, ("--", "set", "interface", name, "type=internal"))
        for id, name in sorted((gateways or {}).items())
    ]
    return tuple(lines)


def _port(bridge: str, name: str, port: SwitchPort) -> Arguments:
    if port.use is not Use.TRUNK:
        return _access(bridge, name, port.untagged)
    # Without a tag of its own, a trunk drops frames that have none.
    trunks = ",".join(map(str, port.tagged))
    return (*_added(bridge, name), "vlan_mode=trunk", f"trunks={trunks}", "tag=[]")


def _access(bridge: str, name: str, id: int, more: Arguments = ()) -> Arguments:
    return (*_added(bridge, name), "vlan_mode=access", f"tag={id}", "trunks=[]", *more)


def _added(bridge: str, name: str) -> Arguments:
    return ("--may-exist", "add-port", bridge, name, "--", "set", "port", name)


def commands(fabric: Fabric, bridge: str, names: Mapping[int, str]) -> Iterator[str]:
    """The same as lines of a shell script."""
    for line in render(fabric, bridge, names):
        yield " ".join(("ovs-vsctl", *line))
