"""What is written: each wanted thing that is not as it should be, unless it has to wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rackhouse.plan.scene import Scene
from rackhouse.plan.step import Step, Verb
from rackhouse.plan.verdict import verdict
from rackhouse.resources.core import Id, Resource

Writes = dict[Id, Step]
Waits = dict[Id, str]


def written(
    order: Sequence[Resource[Any]], scene: Scene, barred: Mapping[Id, str]
) -> tuple[Writes, Waits]:
    """The steps that write, in the order of `order` (providers first), and what waits, with why.

    A thing waits when its target is blind (the note is the target's, so its why is ""), when
    `barred` says so, or when it would be written and something that it stands on waits, also where
    what lies between them stays as it is: with one member of a chain away, no other may go.
    """
    writes: Writes = {}
    waits: Waits = {}
    beyond: dict[Id, Id] = {}  # of what waits: itself; of what stays: what it stands on that waits
    for resource in order:
        id = resource.id
        if id.target in scene.observed.blind:
            waits[id], beyond[id] = "", id
            continue
        why = _reason(resource, scene, writes)
        stands_on = resource.before | {
            each for each in resource.follows if each.target not in scene.observed.blind
        }
        provider = min((beyond[need] for need in stands_on if need in beyond), default=None)
        if why is not None and (id in barred or provider):
            waits[id], beyond[id] = barred.get(id) or f"waits for {provider}", id
        elif why is not None:
            writes[id] = _step(id, why, scene)
        elif provider:
            beyond[id] = provider
    return writes, waits


def _reason(resource: Resource[Any], scene: Scene, writes: Writes) -> str | None:
    if resource.id.target in scene.observed.later:
        return f"when {resource.id.target} opens"
    why = verdict(resource, scene.observed, scene.adopt)
    if why is not None or resource.once:  # a job that is done is done, whatever it was given
        return why
    provider = min((ref.to for ref in resource.refs if ref.to in writes), default=None)
    return None if provider is None else f"if {provider} changes"


def _step(id: Id, why: str, scene: Scene) -> Step:
    if id.target in scene.observed.later:
        return Step(verb=Verb.CREATE, id=id, why=why, expect=None)
    if stamp := scene.stamps.get(id):
        return Step(verb=Verb.UPDATE, id=id, why=why, expect=stamp.digest)
    return Step(verb=Verb.CREATE, id=id, why=why)
