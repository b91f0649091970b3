"""What a run says while it says it, as pieces of its page and where each belongs.

The reader has seen the log from line `first` to line `after`; the same lines are sorted again here,
so that what comes next goes to the jobs and steps that its page has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from rackhouse.console.desk import Desk
from rackhouse.console.feed import Event
from rackhouse.console.runs.sheet import Placed, Sheet
from rackhouse.console.runs.show import Show
from rackhouse.console.runs.tail import Numbered, Tail
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.store.forge import OPEN

_LOOK = 0.2  # seconds between looks
_BATCH = 500  # lines in one event


async def follow(desk: Desk, number: int, *, first: int, after: int) -> AsyncGenerator[Event, None]:
    """`lines` with pieces, `changed` when the run or one of its jobs did, `end` when it has ended.

    Each event's id is the number of the last line that the reader then has.
    """
    sheet, show, known = Sheet(), Show(desk.templates, number), None
    tail = await asyncio.to_thread(Tail, run_folder(desk.paths, number), first)
    while True:
        run = desk.forge.run(number)  # asked first: what it says before its end is read after that
        now = run, tuple(desk.forge.jobs(number))
        batch = await asyncio.to_thread(tail.read, _BATCH)
        placed = [(it, sheet.add(it)) for it in batch]
        fresh = [(it, where) for it, where in placed if it.number > after]
        if fresh:
            yield Event(str(tail.number), "lines", {"pieces": pieces(show, fresh)})
        if now != known:
            known = now
            yield Event(str(max(after, tail.number)), "changed", {})
        if len(batch) < _BATCH:
            if run is None or run.status not in OPEN:
                yield Event(str(tail.number), "end", {})
                return
            await asyncio.sleep(_LOOK)


def pieces(show: Show, fresh: Sequence[tuple[Numbered, Placed]]) -> list[dict[str, str]]:
    """`into`: the id of the element at whose end `html` belongs; `fold`: that of a step before."""
    found: list[dict[str, str]] = []
    for it, where in fresh:
        block, step = where.block, where.step
        if where.new_block:
            found.append({"into": "run-log", "html": show.block(block)})
        if where.new_step:
            before = block.steps[block.steps.index(step) - 1].id if len(block.steps) > 1 else ""
            found.append({"into": block.id, "html": show.step(block, step), "fold": before})
        if where.spoken:
            into, html = f"{step.id}-lines", show.line(it)
            if found and found[-1]["into"] == into:
                found[-1]["html"] += html
            else:
                found.append({"into": into, "html": html})
    return found
