"""A plan as a comment on a pull request: each step, what changes in it, and no secret. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.text import plural
from rackhouse.plan.diff import Change
from rackhouse.plan.step import Plan, Verb
from rackhouse.resources.core import Id
from rackhouse.resources.place import Wanted

Changes = Mapping[Id, tuple[Change, ...] | None]
Mask = Callable[[str], str]

LINES, WIDTH = 300, 200  # of a comment: what nobody reads, nobody agrees to
_FEW = 8  # fields of one thing
_FENCE = "~~~~"


def steps(plan: Plan, wanted: Wanted) -> tuple[str, ...]:
    """A digest of each step, with what the thing becomes: the same step is the same digest."""
    return tuple(sorted(_digest(step.verb, step.id, wanted) for step in plan.steps))


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
    return _text(title, _lines(plan, changes), mask)


def held_text(plan: Plan, changes: Changes, sha: str, mask: Mask) -> str:
    """The plan of a commit that was merged and is not applied, since another one was shown."""
    title = (
        f"**{sha[:7]} is not applied:** what it does now is not what was shown here. "
        "`rackhouse cluster follow --agree` applies it."
    )
    return _text(title, _lines(plan, changes), mask)


def wrong_text(error: RackhouseError, head: str, mask: Mask) -> str:
    """Why there is no plan."""
    return _text(f"**{head[:7]} cannot be planned:**", str(error).splitlines(), mask)


def tally(plan: Plan) -> str:
    """`3 to make, 1 to change, 2 to remove`."""
    counts = {verb: sum(step.verb is verb for step in plan.steps) for verb in Verb}
    words = {Verb.CREATE: "to make", Verb.UPDATE: "to change", Verb.DELETE: "to remove"}
    found = [f"{count} {words[verb]}" for verb, count in counts.items() if count]
    return ", ".join(found) or "nothing"


def _lines(plan: Plan, changes: Changes) -> Iterator[str]:
    for step in plan.steps:
        yield str(step)
        fields = changes.get(step.id) or ()
        yield from (f"    {each}" for each in fields[:_FEW])
        if len(fields) > _FEW:
            yield f"    and {plural(len(fields) - _FEW, 'more field')}"
    yield from plan.news
    if not plan.steps:
        yield "nothing to do"


def _text(title: str, lines: Collection[str] | Iterator[str], mask: Mask) -> str:
    """Masked before anything else: half a secret is not known by the whole."""
    whole = mask("\n".join(lines)).replace(_FENCE, "~~~ ~").splitlines()
    cut = [f"{line[:WIDTH]}..." if len(line) > WIDTH else line for line in whole[:LINES]]
    if len(whole) > LINES:
        cut.append(f"and {plural(len(whole) - LINES, 'more line')}: `rackhouse plan`")
    return "\n".join([mask(title), "", _FENCE, *cut, _FENCE])
