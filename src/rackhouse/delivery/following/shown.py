"""A plan as a comment on a pull request: each step, what changes in it, and no secret. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.text import plural
from rackhouse.plan.diff import Change
from rackhouse.plan.step import Plan, Step, Verb
from rackhouse.resources.core import Id
from rackhouse.resources.place import Wanted

Changes = Mapping[Id, tuple[Change, ...] | None]
Mask = Callable[[str], str]

LINES, WIDTH = 300, 500  # of a comment; two images with their digests have room in a line
_FEW = 8  # fields of one thing
_FENCE = "~~~~"


def steps(plan: Plan, wanted: Wanted) -> tuple[str, ...]:
    """A digest of each step, with what the thing becomes: the same step is the same digest."""
    return tuple(sorted(_digest(step.verb, step.id, wanted) for step in plan.steps))


def legible(plan: Plan, changes: Changes, mask: Mask) -> Plan:
    """The steps that its comment has whole: what nobody could read, nobody has agreed to."""
    found, left = [], LINES
    for step in _in_order(plan):
        lines = _about(step, changes, mask)
        left -= len(lines)
        if left >= 0 and all(len(line) <= WIDTH for line in lines):
            found.append(step)
    return Plan(tuple(found))


def within(plan: Plan, agreed: Collection[str]) -> bool:
    """Whether it removes nothing else than what was agreed to. What it makes and changes until the
    applications are there is no step of what was shown, and ends as what was.
    """
    return {_gone(id) for id in plan.removals} <= set(agreed)


def _digest(verb: Verb, id: Id, wanted: Wanted) -> str:
    """Whether a thing is made or changed is no matter: it becomes the same."""
    return _gone(id) if verb is Verb.DELETE else _hash(id, wanted.resources[id].digest)


def _gone(id: Id) -> str:
    return _hash(id, "gone")


def _hash(id: Id, text: str) -> str:
    return hashlib.sha256(f"{id} {text}".encode()).hexdigest()[:16]


def plan_text(plan: Plan, changes: Changes, head: str, rack: str, mask: Mask) -> str:
    """The plan of a commit."""
    title = f"**What merging {head[:7]} does to `{rack}`:** {tally(plan)}"
    return _text(mask(title), _lines(plan, changes, mask))


def held_text(plan: Plan, changes: Changes, sha: str, mask: Mask) -> str:
    """The plan of a commit that was merged and is not applied, since another one was shown."""
    title = (
        f"**{sha[:7]} is not applied:** what it does now is not what was shown here. "
        "`rackhouse cluster follow --agree` applies it."
    )
    return _text(mask(title), _lines(plan, changes, mask))


def wrong_text(error: RackhouseError, head: str, mask: Mask) -> str:
    """Why there is no plan."""
    return _text(mask(f"**{head[:7]} cannot be planned:**"), _masked(str(error), mask))


def tally(plan: Plan) -> str:
    """`3 to make, 1 to change, 2 to remove`."""
    counts = {verb: sum(step.verb is verb for step in plan.steps) for verb in Verb}
    words = {Verb.CREATE: "to make", Verb.UPDATE: "to change", Verb.DELETE: "to remove"}
    found = [f"{count} {words[verb]}" for verb, count in counts.items() if count]
    return ", ".join(found) or "nothing"


def _lines(plan: Plan, changes: Changes, mask: Mask) -> list[str]:
    found = [line for step in _in_order(plan) for line in _about(step, changes, mask)]
    found += _masked("\n".join(plan.news), mask)
    return found if plan.steps else [*found, "nothing to do"]


def _in_order(plan: Plan) -> list[Step]:
    """What it removes first: of that nothing shall be overlooked, and nothing cut."""
    return sorted(plan.steps, key=lambda step: step.verb is not Verb.DELETE)


def _about(step: Step, changes: Changes, mask: Mask) -> list[str]:
    fields = changes.get(step.id) or ()
    found = [str(step), *(f"    {each}" for each in fields[:_FEW])]
    if len(fields) > _FEW:
        found.append(f"    and {plural(len(fields) - _FEW, 'more field')}")
    return _masked("\n".join(found), mask)


def _masked(text: str, mask: Mask) -> list[str]:
    """Before anything else is done with it: half a secret is not known by the whole."""
    return mask(text).replace(_FENCE, "~~~ ~").splitlines()


def _text(title: str, lines: Sequence[str]) -> str:
    cut = [f"{line[:WIDTH]}..." if len(line) > WIDTH else line for line in lines[:LINES]]
    if len(lines) > LINES:
        more = plural(len(lines) - LINES, "more line")
        cut.append(f"and {more}, to which merging does not agree: `rackhouse plan`")
    return "\n".join([title, "", _FENCE, *cut, _FENCE])
