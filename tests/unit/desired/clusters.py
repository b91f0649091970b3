"""Racks with a cluster of K3s, for tests: as text, and any that a person might have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from rackhouse.desired.k3s import HostFacts, Known, k3s
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource

Want = dict[Id, Resource[Any]]
SUM = "0123456789abcdef" * 4


def rack(
    servers: int = 1, agents: int = 0, *, version: str = "v1.34.1+k3s1", more: str = ""
) -> Rack:
    """Servers s-1, s-2, ... and agents a-1, a-2, ... in one subnet; `more` are lines of `k3s`."""
    names = [f"s-{n}" for n in range(1, servers + 1)] + [f"a-{n}" for n in range(1, agents + 1)]
    roles = {"s": "server", "a": "agent"}
    return of({name: roles[name[0]] for name in names}, version=version, more=more)


def of(roles: Mapping[str, str], *, version: str = "v1.34.1+k3s1", more: str = "") -> Rack:
    """Nodes of any name, each with its role. The address says which it is."""
    nodes = [
        f"  {name}: {{role: {role}, board: rpi5-8gb, disk: nvme, address: {address(name)}}}"
        for name, role in roles.items()
    ]
    text = _FILE.format(
        nodes="\n".join(nodes), names=", ".join(roles), version=version, sum=SUM, more=more
    )
    return load(text)


def address(name: str) -> str:
    """`s-2` is 10.1.0.2, `a-2` is 10.2.0.2."""
    letter, _, number = name.partition("-")
    return f"10.{'-sa'.index(letter)}.0.{number}"


def known(rack: Rack) -> Known:
    """All of its nodes have joined, and nothing was measured."""
    return Known(hosts={node.name: HostFacts() for node in rack.nodes})


def want(rack: Rack, facts: Known | None = None) -> Want:
    return by_id(k3s(rack, facts or known(rack)))


def by_id(resources: tuple[Resource[Any], ...]) -> Want:
    found = {resource.id: resource for resource in resources}
    assert len(found) == len(resources), "two resources of one name"
    return found


def facts(body: Mapping[str, Any]) -> Known:
    """From a scenario: `hosts`, each with what was measured on it, and the rack's `authority`."""
    hosts = {name: HostFacts.of(each or {}) for name, each in body["hosts"].items()}
    return Known(hosts=hosts, authority=body.get("authority", ""))


def shapes() -> st.SearchStrategy[tuple[int, int]]:
    """How many servers and agents."""
    return st.tuples(st.sampled_from([1, 3, 5]), st.integers(0, 4))


_FILE = """
nodes:
{nodes}
clusters:
  home:
    nodes: [{names}]
    k3s:
      version: {version}
      source: /srv/k3s
      sums: {{arm64: {{program: {sum}}}}}
      {more}
"""
