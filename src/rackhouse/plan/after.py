"""The order of steps: what each comes after.

Four layers. Each waits only for itself and for those before it, so the order cannot fail:

1. writes that no claim concerns, after what they need;
2. removals that free a claim, after the removals of their users;
3. writes that take such a claim, and what needs them;
4. every other removal, after the users that stop using it, and after all that its owner writes: an
   old release leaves when the whole new one is there.

One exception: a claim that passes between two things that both stay can make a cycle, and then
`ordered` refuses it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from rackhouse.plan.order import by_name, ordered
from rackhouse.plan.scene import Scene
from rackhouse.plan.step import Mark, Note, Step, Verb
from rackhouse.resources.core import Id, Resource

After = dict[Id, set[Id]]
Users = Mapping[Id, list[Id]]


class Handover(NamedTuple):
    """A claim that the thing of one step takes over from that of another."""

    taker: Id
    holder: Id
    claim: str


def arranged(
    steps: Mapping[Id, Step], order: Iterable[Resource[Any]], scene: Scene
) -> tuple[tuple[Step, ...], list[Note]]:
    """The steps in order, each with its `after`, and a note for each gap that a claim forces.

    `order` is all that is wanted, providers before users; `steps` holds the writes first, so too.
    """
    writes = [id for id, step in steps.items() if step.verb is not Verb.DELETE]
    removals = [id for id, step in steps.items() if step.verb is Verb.DELETE]
    handovers = _handovers(steps, writes, scene)
    after = _after_needs(order, steps)
    for taker, holder, _ in handovers:
        after[taker].add(holder)
    if removals:
        after |= _after_of_removals(writes, removals, handovers, after, scene)
    gaps = [
        Note(Mark.GAP, str(taker), f"starts only when {holder} is gone: both claim {claim}")
        for taker, holder, claim in handovers
        if steps[holder].verb is Verb.DELETE
    ]
    in_order = (
        replace(steps[id], after=tuple(sorted(after[id], key=by_name))) for id in ordered(after)
    )
    return tuple(in_order), gaps


def _after_needs(order: Iterable[Resource[Any]], steps: Mapping[Id, Step]) -> After:
    """Writes come after what they need, also where something between them stays as it is.

    A process is given a new password when the database has it, though the job between is done.
    """
    after: After = {}
    beyond: After = {}  # of what is not written: the writes that it stands on
    for resource in order:
        waits: set[Id] = set()
        for need in resource.before | resource.follows:
            if need in steps:
                waits.add(need)
            elif need in beyond:
                waits |= beyond[need]
        if resource.id in steps:
            after[resource.id] = waits
        elif waits:
            beyond[resource.id] = waits
    return after


def _handovers(steps: Mapping[Id, Step], writes: Iterable[Id], scene: Scene) -> list[Handover]:
    holders: dict[str, set[Id]] = defaultdict(set)
    for id, stamp in scene.stamps.items():
        for claim in stamp.holds:
            holders[claim].add(id)
    for claim, id in scene.observed.unseen_claims.items():
        holders[claim].add(id)
    return [
        Handover(taker, holder, claim)
        for taker in writes
        for claim in sorted(scene.want[taker].claims)
        for holder in sorted(holders.get(claim, ()))
        if holder != taker and holder in steps
    ]


def _after_of_removals(
    writes: list[Id], removals: list[Id], handovers: list[Handover], after: After, scene: Scene
) -> After:
    users: dict[Id, list[Id]] = defaultdict(list)
    for id in (*writes, *removals):
        if stamp := scene.stamps.get(id):
            for used in stamp.uses:
                users[used].append(id)
    late = _late(writes, handovers, after)
    early = {id: None for id in writes if id not in late}  # a set that keeps their order
    hurried = _hurried(removals, users, handovers, scene.want)
    result = _after_removals(removals, users)
    calm = [id for id in removals if id not in hurried]
    for ids, among in ((calm, writes), (hurried, early)):
        for id, waits in _after_writes(ids, among, users, scene).items():
            result[id] |= waits
    for id, needs in hurried.items():
        result[id] |= needs & early.keys()
    return result


def _after_removals(removals: list[Id], users: Users) -> After:
    """Users leave first. Old stamps may name each other in a circle; then by name."""
    leaving = set(removals)
    after = {id: leaving.intersection(users.get(id, ())) for id in removals}
    turn = {id: n for n, id in enumerate(ordered(after, through_cycles=True))}
    return {id: {u for u in among if turn[u] < turn[id]} for id, among in after.items()}


def _after_writes(
    removals: Iterable[Id], writes: Collection[Id], users: Users, scene: Scene
) -> After:
    """Removals come after the writes of their users, of what they use, and of their owner."""
    written = set(writes)
    last: dict[str, set[Id]] = defaultdict(set)  # of each owner: what no other write of its follows
    for id in writes:
        resource = scene.want[id]
        last[resource.owner] -= resource.before
        last[resource.owner].add(id)
    return {
        id: written.intersection(users.get(id, ()))
        | (written & scene.stamps[id].uses)
        | last[scene.stamps[id].owner]
        for id in removals
    }


def _late(writes: list[Id], handovers: list[Handover], after: After) -> set[Id]:
    """The writes that take a claim over, and all that come after one."""
    late = {handover.taker for handover in handovers}
    for id in writes:
        if not late.isdisjoint(after[id]):
            late.add(id)
    return late


def _hurried(
    removals: Collection[Id],
    users: Users,
    handovers: list[Handover],
    want: Mapping[Id, Resource[Any]],
) -> After:
    """The removals that free a claim, and those of their users: each with its takers' needs.

    What a taker needs is made first, so that the gap is short and a failed build costs nothing.
    """
    leaving = set(removals)
    hurried: After = {}
    for taker, holder, _ in handovers:
        met = {holder} & leaving
        pending = list(met)
        while pending:
            id = pending.pop()
            hurried.setdefault(id, set()).update(want[taker].before)
            more = leaving.intersection(users.get(id, ())) - met
            met |= more
            pending.extend(more)
    return hurried
