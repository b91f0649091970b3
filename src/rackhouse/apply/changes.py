"""What a plan would change in what is there, field by field: old texts come from the store."""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.plan.diff import Change, difference
from rackhouse.plan.step import Plan, Verb
from rackhouse.resources.core import Id, Resource
from rackhouse.store.protocol import Store


def changes(
    plan: Plan, want: Mapping[Id, Resource[object]], store: Store
) -> dict[Id, tuple[Change, ...] | None]:
    """The changes of each thing that is updated because its files changed.

    None where what it was is not known: another store wrote it.
    """
    found: dict[Id, tuple[Change, ...] | None] = {}
    for step in plan.steps:
        if step.verb is Verb.UPDATE and step.expect and step.expect != want[step.id].digest:
            old = store.text_of(step.expect)
            found[step.id] = None if old is None else difference(old, want[step.id].text)
    return found
