"""RouterOS 7 (MikroTik): what would be said to a switch, and how its answers would be read. Pure.

NEVER RUN ON A DEVICE, and so in no table of targets: written from MikroTik's pages on bridge VLAN
filtering and the scheduler, and held against the examples there. Commands are lines for its own
console; what goes back by itself is a script of its scheduler, which one command takes away.

https://help.mikrotik.com/docs/spaces/ROS/pages/28606465/Bridge+VLAN+Table
https://help.mikrotik.com/docs/spaces/ROS/pages/40992881/Scheduler
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rackhouse.resources.switch import Port
from rackhouse.targets.switch.speech import Belongs, Sockets

BRIDGE = "rackhouse"
BACK = "rackhouse-back"  # the scheduler's entry
_VLAN = "/interface bridge vlan"
_TAGGED, _UNTAGGED = "admit-only-vlan-tagged", "admit-only-untagged-and-priority-tagged"
_PAIR = re.compile(r'([\w-]+)=("[^"]*"|\S+)')


@dataclass(frozen=True, slots=True)
class RouterOS:
    """See `Speech`. Sockets are the interfaces `ether1`, `ether2` ... of the bridge `rackhouse`."""

    @property
    def look(self) -> str:
        """Ports with their PVID, then the table of VLANs; a line each."""
        where = f"where bridge={BRIDGE}"
        return f"/interface bridge port print terse {where}\n{_VLAN} print terse {where}"

    def read(self, said: str) -> Sockets:
        """From `print terse`: rows of `key=value`. Rows that it made itself (D) say what is in
        force, ours say what is wanted of it: they are the state.
        """
        rows = [dict(_PAIR.findall(line)) for line in said.splitlines() if not _is_dynamic(line)]
        tagged = _tagged(row for row in rows if "vlan-ids" in row)
        found = {}
        for row in rows:
            if number := _number(row.get("interface", "")):
                mode = row.get("frame-types", "admit-all")
                untagged = 0 if mode == _TAGGED else int(row.get("pvid", "1"))
                found[number] = Belongs(untagged, tuple(sorted(tagged.get(number, ()))), mode)
        return found

    def wanted(self, port: Port) -> Belongs:
        """As `desired.network.routeros` has it."""
        mode = _UNTAGGED if port.untagged and not port.tagged else "admit-all"
        return Belongs(port.untagged, port.tagged, mode if port.untagged else _TAGGED)

    def move(self, now: Sockets, then: Sockets) -> str:
        """A line for each port, then who is in each VLAN that changes for one of them."""
        return "\n".join([*_ports(now, then), *_members(now, then)])

    def armed(self, back: str, seconds: int) -> str:
        """What is said before a change: in that time, `back` is run once, by itself."""
        script = back.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
        script = script.replace("\n", "\\r\\n")
        gone = f"/system scheduler remove [find name={BACK}]"
        return (
            f"{gone}\n"
            f"/system scheduler add name={BACK} interval={seconds}s"
            f' on-event="{script}\\r\\n{gone}"'
        )

    @property
    def confirmed(self) -> str:
        """What is said over a new connection. It prints nothing when that was too late."""
        return (
            f":if ([:len [/system scheduler find name={BACK}]] > 0) do={{"
            f"/system scheduler remove [find name={BACK}]; :put confirmed}}"
        )


def _ports(now: Sockets, then: Sockets) -> Iterator[str]:
    for number, belongs in sorted(then.items()):
        name = f"interface=ether{number}"
        if belongs == now[number]:
            continue
        if belongs is None:
            yield f"/interface bridge port remove [find {name}]"
            continue
        settings = f"pvid={belongs.untagged or 1} frame-types={belongs.mode} ingress-filtering=yes"
        if now[number] is None:
            yield f"/interface bridge port add bridge={BRIDGE} {name} {settings}"
        else:
            yield f"/interface bridge port set [find {name}] {settings}"


def _members(now: Sockets, then: Sockets) -> Iterator[str]:
    """Each VLAN's own row: a port is added to the list that the row has, or taken out of it."""
    for number, belongs in sorted(then.items()):
        was = now[number]
        before, after = set(was.tagged if was else ()), set(belongs.tagged if belongs else ())
        for id in sorted(after - before):
            row = f"[find bridge={BRIDGE} vlan-ids={id}]"
            made = f"{_VLAN} add bridge={BRIDGE} vlan-ids={id}"
            yield f":if ([:len [{_VLAN} {row[1:]}] = 0) do={{{made}}}"
            yield f"{_VLAN} set {row} tagged=([{_VLAN} get {row} tagged], ether{number})"
        for id in sorted(before - after):
            row = f"[find bridge={BRIDGE} vlan-ids={id}]"
            keep = f':if ($each != "ether{number}") do={{:set left ($left, $each)}}'
            every = f":foreach each in=[{_VLAN} get {row} tagged] do={{{keep}}}"
            yield f':local left [:toarray ""]; {every}; {_VLAN} set {row} tagged=$left'


def _tagged(rows: Iterator[dict[str, str]]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = {}
    for row in rows:
        ids = [id for part in row["vlan-ids"].split(",") for id in _span(part)]
        for name in row.get("tagged", "").strip('"').split(","):
            if number := _number(name):
                found.setdefault(number, set()).update(ids)
    return found


def _span(part: str) -> range:
    """`20`, or `20-22`."""
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


def _number(name: str) -> int:
    found = re.fullmatch(r"ether([1-9][0-9]*)", name)
    return int(found[1]) if found else 0


def _is_dynamic(line: str) -> bool:
    """Its flags stand between its number and its first key."""
    return re.match(r"\s*\d+\s+[A-Z]*D", line) is not None
