"""Where the memory goes: the data services and models, put on the machines that are left. Pure.

The answer is one way in which the most of them fit, so that with fewer machines never more does.
A copy of PostgreSQL needs a machine of its own and its disk. Applications are not placed: a rack
file does not say what they take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from rackhouse.rack.capacity import SYSTEM
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.rules.models import STAYS, memory_of
from rackhouse.rack.whatif.situation import Situation
from rackhouse.rack.words import Engine


@dataclass(frozen=True, slots=True)
class Part:
    """Something that takes memory."""

    what: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Placement:
    """What lies where, by node; and what no machine has room for."""

    on: Mapping[str, tuple[Part, ...]]
    left_over: tuple[Part, ...]

    def count(self, what: str) -> int:
        """How many of that name have a place."""
        return sum(part.what == what for parts in self.on.values() for part in parts)


POSTGRES, CACHE = "PostgreSQL", "Valkey"


def place(situation: Situation) -> Placement:
    """The memory of every machine that is reached, given out."""
    rack = situation.was
    on = {node.name: list(_own(rack, node)) for node in situation.reached}
    workers = list(situation.has(situation.clusters[0])) if situation.clusters else []
    free = {node.name: _free(node, on[node.name]) for node in workers}
    left: list[Part] = []
    for part, name in _spread(situation, workers, free):
        on[name].append(part) if name else left.append(part)
    return Placement({name: tuple(parts) for name, parts in on.items()}, tuple(left))


def models_on(rack: Rack, node: Node) -> list[Part]:
    """What the models of a machine hold at once: Ollama unloads what it does not use, so of its
    models the largest counts.
    """
    placed = {
        (local.engine, local.model): memory_of(local)
        for model in rack.models
        for local in model.prefer
        if local.node == node.name and local.engine != Engine.BUILTIN
    }
    held = [Part(name, size) for (engine, name), size in placed.items() if engine in STAYS]
    turns = [Part(name, size) for (engine, name), size in placed.items() if engine not in STAYS]
    return held + sorted(turns, key=lambda part: -part.size)[:1]


def _own(rack: Rack, node: Node) -> Iterator[Part]:
    """What a machine holds that could lie nowhere else."""
    yield Part("system", SYSTEM)
    if node.gpu is None and not _had_card(rack, node):
        yield from models_on(rack, node)


def _had_card(rack: Rack, node: Node) -> bool:
    """A card that is gone takes its models with it: they do not move into the main memory."""
    return any(each.gpu for each in rack.nodes if each.name == node.name)


def _free(node: Node, parts: list[Part]) -> float:
    return node.memory - sum(part.size for part in parts) if node.memory else inf


def _spread(
    situation: Situation, workers: list[Node], free: dict[str, float]
) -> Iterator[tuple[Part, str]]:
    """Each copy of the data services with its node, or "". The cache first, where it takes no
    copy's place: that is how the most fit.
    """
    data = situation.was.data
    copy = data.postgres.memory if data.postgres else 0
    disk = data.postgres.storage if data.postgres else 0
    roomy = {node.name for node in workers if not 0 < node.storage < disk}  # 0 is unknown
    if data.cache and situation.clusters:
        size = data.cache.memory
        fits = [name for name in free if free[name] >= size]
        harmless = [n for n in fits if n not in roomy or not size + copy > free[n] >= copy]
        name = max(harmless or fits, key=lambda name: free[name], default="")
        if name:
            free[name] -= size
        yield Part(CACHE, size), name
    if data.postgres and situation.clusters:
        room = sorted((n for n in roomy if free[n] >= copy), key=lambda n: (-free[n], n))
        for number in range(data.postgres.instances):
            yield Part(POSTGRES, copy), room[number] if number < len(room) else ""
