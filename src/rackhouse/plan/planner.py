"""The planner: what is written, what leaves, and in which order. Linear in what it is given.

What runs is named by its release and what holds data by its role, so the new is made beside the old
and the old leaves last. Who decides what: `writing` the first, `leaving` the second, `after` the
order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.kit.errors import Missing, Refused
from rackhouse.plan.after import arranged
from rackhouse.plan.leaving import claims_held, leavers, notes_of_stayers
from rackhouse.plan.order import ordered
from rackhouse.plan.scene import Scene
from rackhouse.plan.step import Mark, Note, Plan, Step, Verb
from rackhouse.plan.writing import written
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Observed


def plan(
    want: Mapping[Id, Resource[Any]],
    observed: Observed,
    purge: frozenset[Id] = frozenset(),
    adopt: frozenset[Id] = frozenset(),
) -> Plan:
    """The steps from what is `observed` to what is wanted, with notes.

    `purge` names kept data that may leave now; `adopt` names data of an earlier application that
    passes to the one of its name. Raises NotOurs and Refused (see `verdict`), Refused for a cycle
    and for a claim of two wanted things, Missing for a need that nothing provides.
    """
    _check_claims(want)
    _check_needs(want)
    scene = Scene(want, observed, purge, adopt)
    order = [want[id] for id in ordered({id: r.before | r.follows for id, r in want.items()})]
    barred: dict[Id, str] = {}
    while True:
        writes, waits = written(order, scene, barred)
        leaving = leavers(scene, writes.keys(), {want[id].owner for id in waits})
        held = claims_held(scene, writes.keys(), leaving)
        if not held:
            break
        barred |= held  # so there is at least one write fewer each time round

    steps, gaps = arranged(writes | _removals(scene, leaving), order, scene)
    blind = [Note(Mark.WAITS, place, why) for place, why in sorted(observed.blind.items())]
    waiting = [Note(Mark.WAITS, str(id), why) for id, why in waits.items() if why]
    stayers = notes_of_stayers(scene, writes.keys(), leaving)
    return Plan(steps, (*blind, *waiting, *gaps, *stayers))


def _removals(scene: Scene, leaving: set[Id]) -> dict[Id, Step]:
    return {
        id: Step(verb=Verb.DELETE, id=id, why="no longer in the files", expect=stamp.digest)
        for id, stamp in scene.stamps.items()
        if id in leaving
    }


def _check_claims(want: Mapping[Id, Resource[Any]]) -> None:
    holders: dict[str, Id] = {}
    for resource in want.values():
        for claim in resource.claims:
            other = holders.setdefault(claim, resource.id)
            if other != resource.id:
                first, second = sorted((other, resource.id))
                raise Refused(
                    f"{first} and {second} both claim {claim}, which only one can hold",
                    fix="take it from one of them in the files",
                )


def _check_needs(want: Mapping[Id, Resource[Any]]) -> None:
    for resource in want.values():
        for need in resource.before:
            if need not in want:
                raise Missing(f"{resource.id} needs {need}, which nothing provides")
