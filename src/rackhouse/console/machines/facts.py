"""What was measured on a machine when it joined, in words, and what speaks against it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.desired.k3s.facts import HostFacts, Known
from rackhouse.desired.k3s.preflight import preflight
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.text import plural
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.verdict import Finding, Severity
from rackhouse.rack.whatif.sentences import gib

_SLOW = 10.0  # milliseconds of an fsync, above which etcd complains
_TELLING = {Severity.WARNING, Severity.ERROR}
_CLOCK = 1.0  # seconds that nobody minds

Said = tuple[str, str]


def read(measured: Mapping[str, Mapping[str, Any]]) -> Mapping[str, HostFacts]:
    """The facts by node; without those that an older or newer Rackhouse wrote otherwise."""
    found = {}
    for node, body in measured.items():
        try:
            found[node] = HostFacts.of(body)
        except RackhouseError:
            continue
    return found


def speaks(rack: Rack, facts: Mapping[str, HostFacts]) -> Mapping[str, tuple[Finding, ...]]:
    """What speaks against K3s on the machines that were measured, by node."""
    findings = preflight(rack, Known(hosts=facts)) if facts else ()
    telling = [each for each in findings if each.severity in _TELLING]
    return {node: tuple(f for f in telling if f.node == node) for node in facts}


def words(facts: HostFacts, node: Node) -> tuple[Said, ...]:
    """Each fact that a person asks for, with its name."""
    return tuple(_words(facts, node))


def _words(facts: HostFacts, node: Node) -> Iterator[Said]:
    system = " ".join(filter(None, (facts.os, facts.os_version, facts.arch)))
    yield from (("System", system),) if system else ()
    if facts.model:
        yield "Board", facts.model
    if facts.memory:
        cores = plural(facts.cpus, "core") if facts.cpus else ""
        yield "Has", ", ".join(filter(None, (gib(facts.memory) + _short(facts, node), cores)))
    if facts.disk or facts.fsync_ms is not None:
        yield "Disk", ", ".join(filter(None, (facts.disk, _fsync(facts.fsync_ms))))
    if facts.clock_offset is not None and abs(facts.clock_offset) >= _CLOCK:
        yield "Clock", f"{facts.clock_offset:+.0f} s off"


def _short(facts: HostFacts, node: Node) -> str:
    """Boards keep some for themselves; a quarter is no rounding."""
    much_less = facts.memory and node.memory and facts.memory < node.memory * 0.75
    return f" (the rack file says {gib(node.memory)})" if much_less else ""


def _fsync(milliseconds: float | None) -> str:
    if milliseconds is None:
        return ""
    slow = ": slow for a server" if milliseconds > _SLOW else ""
    return f"fsync {milliseconds:.1f} ms{slow}"
