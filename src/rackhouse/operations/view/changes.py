"""What was changed last, and what is still to be brought to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from rackhouse.apply.applied import is_changed
from rackhouse.operations.view.house import House
from rackhouse.operations.view.model import ApplyView
from rackhouse.store.lock import is_held
from rackhouse.store.protocol import ApplyRow, Result


def last_apply(house: House) -> ApplyView | None:
    """The newest that the journal tells of."""
    row = _newest(house)
    if row is None:
        return None
    return ApplyView(
        number=row.number,
        who=row.who,
        what=row.what,
        began=row.began,
        ended=row.ended or 0.0,
        steps=len(row.steps),
        failed=sum(step.result is Result.FAILED for step in row.steps),
        interrupted=_is_interrupted(row, house),
    )


def hints(house: House, last: ApplyView | None) -> Iterator[str]:
    """What a person should do, though everything may serve."""
    if last is not None and last.interrupted:
        when = datetime.fromtimestamp(last.began, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        yield f"an apply was interrupted at {when} ({last.what}): {_remedy(last.what)}"
    if is_changed(house.store, house.rack):
        yield "the rack file has changed since it was last applied: run `rackhouse up`"


def _remedy(what: str) -> str:
    """A release that was not reached when its deploy was killed is dropped by the next apply."""
    if what.partition(":")[0] in {"up", "apply"} or what.startswith("remove "):
        return "run `rackhouse up` to complete it"
    return "run `rackhouse up`; what is not live then is to be done again"


def _is_interrupted(row: ApplyRow, house: House) -> bool:
    """Whether it was begun, has not ended, and nobody is at it. Asked in this order, and the
    journal once more, since it may end between two questions.
    """
    return row.ended is None and not is_held(house.paths.lock) and _newest(house) == row


def _newest(house: House) -> ApplyRow | None:
    return next(iter(house.store.journal(1)), None)
