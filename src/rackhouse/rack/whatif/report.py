"""The whole answer: before and after, side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rackhouse.rack.capacity import Capacity, capacity
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.rules import findings
from rackhouse.rack.whatif.measure import Measure, measures
from rackhouse.rack.whatif.money import BreakEven, Draw, Shopping, break_even, draws, shopping
from rackhouse.rack.whatif.place import Part, models_on, place
from rackhouse.rack.whatif.situation import Change, Situation, servers
from rackhouse.rack.whatif.standing import Standing, State, standings
from rackhouse.rack.whatif.wear import Wear, wear

_LATER = {"node-without-address"}  # an address is chosen when there is something to give it to


class Presence(StrEnum):
    """What became of a machine."""

    STAYS = "stays"
    GONE = "gone"
    CUT = "cut off"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine, and what its memory is asked for. Bytes; a `memory` of 0 is unknown."""

    name: str
    presence: Presence
    memory: int
    parts: tuple[Part, ...]
    card: int  # memory of its graphics card
    models: tuple[Part, ...]  # on it
    watts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The rack at one time."""

    capacity: Capacity
    measures: tuple[Measure, ...]
    standings: tuple[Standing, ...]
    left_over: tuple[Part, ...]  # no machine has room for it
    machines: tuple[Machine, ...]
    draws: tuple[Draw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A rack, a change, and what comes of it."""

    rack: str
    change: Change
    before: Side
    after: Side
    problems: tuple[str, ...]  # what the rack file would be refused for then
    shopping: Shopping
    break_even: tuple[BreakEven, ...]
    wear: tuple[Wear, ...]

    @property
    def worse(self) -> tuple[Standing, ...]:
        """What stands worse than before, worst first."""
        return _worse(self.before.standings, self.after.standings)

    @property
    def measures(self) -> tuple[tuple[Measure, Measure], ...]:
        """Each measure before and after."""
        old = {measure.what: measure for measure in self.before.measures}
        return tuple((old.get(new.what, new), new) for new in self.after.measures)


@dataclass(frozen=True, slots=True)
class Servers:
    """How many servers of a cluster are left, still together, of how many."""

    cluster: str
    has: int
    had: int


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is lost, the servers that are left, and what then stands worse; nothing when
    all goes on.
    """

    name: str
    servers: tuple[Servers, ...]
    worse: tuple[Standing, ...]


def report(rack: Rack, change: Change | None = None) -> Report:
    """What that change does to a rack that `load` answered."""
    change = change or Change()
    situation = change.of(rack)
    known = set(findings(rack))
    new = [each for each in findings(situation.rack) if each not in known]
    return Report(
        rack=rack.name,
        change=change,
        before=_side(situation.before),
        after=_side(situation),
        problems=tuple(f"{f.path}: {f.what}; {f.fix}" for rule, f in new if rule not in _LATER),
        shopping=shopping(situation.rack, change.added),
        break_even=break_even(situation.rack),
        wear=wear(situation.rack),
    )


def losses(rack: Rack) -> tuple[Loss, ...]:
    """What the loss of each machine alone, and of the switch, would stop."""
    before = standings(Change().of(rack))
    return tuple(_loss(name, before, change.of(rack)) for name, change in _each(rack))


def _loss(name: str, before: tuple[Standing, ...], situation: Situation) -> Loss:
    left = tuple(
        Servers(each.name, len(servers(situation.together(each))), situation.had_servers(each))
        for each in situation.clusters
    )
    return Loss(name, left, _worse(before, standings(situation)))


def _each(rack: Rack) -> Iterator[tuple[str, Change]]:
    for node in rack.nodes:
        yield node.name, Change(nodes=frozenset({node.name}))
    ports = frozenset(node.port for node in rack.nodes if node.port)
    if (switch := rack.network.switch) and ports:
        yield switch.name, Change(ports=ports | ({switch.uplink} if switch.uplink else set()))


def _worse(before: tuple[Standing, ...], after: tuple[Standing, ...]) -> tuple[Standing, ...]:
    had = {each.what: each.state for each in before}
    fell = [each for each in after if each.state.rank > had.get(each.what, State.GOES_ON).rank]
    return tuple(sorted(fell, key=lambda each: -each.state.rank))


def _side(situation: Situation) -> Side:
    placement = place(situation)
    return Side(
        capacity=capacity(situation.rack),
        measures=measures(situation),
        standings=standings(situation),
        left_over=placement.left_over,
        machines=tuple(
            _machine(situation, node, placement.on.get(node.name, ())) for node in _nodes(situation)
        ),
        draws=draws(situation.rack),
    )


def _nodes(situation: Situation) -> list[Node]:
    was = {node.name for node in situation.was.nodes}
    now = {node.name: node for node in situation.rack.nodes}
    new = [node for name, node in now.items() if name not in was]
    return [now.get(node.name, node) for node in situation.was.nodes] + new


def _machine(situation: Situation, node: Node, parts: tuple[Part, ...]) -> Machine:
    presence = _presence(situation, node)
    there = presence in {Presence.STAYS, Presence.NEW}
    return Machine(
        name=node.name,
        presence=presence,
        memory=node.memory,
        parts=parts,
        card=node.gpu.memory if node.gpu else 0,
        models=tuple(models_on(situation.was, node)) if node.gpu and there else (),
        watts=0 if presence is Presence.GONE else node.watts,
    )


def _presence(situation: Situation, node: Node) -> Presence:
    if all(node.name != each.name for each in situation.rack.nodes):
        return Presence.GONE
    if node.port in situation.cut:
        return Presence.CUT
    known = any(node.name == each.name for each in situation.was.nodes)
    return Presence.STAYS if known else Presence.NEW
