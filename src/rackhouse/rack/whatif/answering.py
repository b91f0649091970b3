"""Which of a model's places answers: the first that is there, is reached and has room. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.rack.model import Node
from rackhouse.rack.models import Local, Outside
from rackhouse.rack.rules.finding import node_named
from rackhouse.rack.rules.models import memory_of
from rackhouse.rack.whatif.situation import Situation
from rackhouse.rack.words import Engine, Role

_COMPUTE = {Role.SERVER, Role.AGENT, Role.GPU}


@dataclass(frozen=True, slots=True)
class Answer:
    """The place's number in the model's order, from 0, and who it is in words."""

    number: int
    who: str


def model(situation: Situation, name: str) -> Answer | None:
    """Who answers for that model; None when nobody does."""
    (found,) = [each for each in situation.was.models if each.name == name]
    for number, local in enumerate(found.prefer):
        if (where := _where(situation, local)) is not None:
            return Answer(number, f"{local.model} on {where}")
    for number, outside in enumerate(found.fall_back):
        if situation.routed:
            return Answer(len(found.prefer) + number, _outside(outside))
    return None


def _where(situation: Situation, local: Local) -> str | None:
    if local.engine == Engine.BUILTIN and not local.node:
        clusters = situation.clusters
        alive = not clusters or any(situation.has(cluster) for cluster in clusters)
        return "the cluster" if clusters and alive else "this machine" if alive else None
    if not situation.was.nodes:
        return "this machine"
    nodes = [node for node in situation.rack.nodes if _meant(local, node)]
    able = [node for node in nodes if situation.answers(node) and _fits(situation, local, node)]
    return able[0].name if able else None


def _meant(local: Local, node: Node) -> bool:
    return local.node == node.name or (not local.node and node.role in _COMPUTE)


def _fits(situation: Situation, local: Local, node: Node) -> bool:
    """Whether it has a place on that machine. What ran on a card does not move to the processor."""
    was = node_named(situation.was, node.name)
    if node.gpu is None and was and was.gpu:
        return False
    room = node.gpu.memory if node.gpu else node.memory
    if local.engine == Engine.VLLM and node.gpu is None:
        return False
    return not room or memory_of(local) <= room


def _outside(outside: Outside) -> str:
    budget = f", at most {outside.budget}" if outside.budget else ""
    return f"{outside.model} of {outside.provider}, outside{budget}"
