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
from rackhouse.console.runs.state import blamed, busy
from rackhouse.console.runs.tail import Numbered, Tail
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.store.forge import OPEN, JobRow, RunRow

_LOOK = 0.2  # seconds between looks
_BATCH = 500  # lines in one event


async def follow(desk: Desk, number: int, *, first: int, after: int) -> AsyncGenerator[Event, None]:
    """`lines` with pieces, `changed` when the run or one of its jobs did, `end` when it has ended.
    Both of these name the steps that are `busy` and those that `failed`.

    Each event's id is the number of the last line that the reader then has.
    """
    sheet, show = Sheet(), Show(desk.templates, number)
    known: tuple[RunRow | None, tuple[JobRow, ...]] | None = None
    tail = await asyncio.to_thread(Tail, run_folder(desk.paths, number), first)
    while True:
        run = desk.forge.run(number)  # asked first: what it says before its end is read after that
        rows = tuple(desk.forge.jobs(number))
        batch = await asyncio.to_thread(tail.read, _BATCH)
        placed = [(it, sheet.add(it)) for it in batch]
        fresh = [(it, where) for it, where in placed if it.number > after]
        if fresh:
            yield Event(str(tail.number), "lines", {"pieces": pieces(show, fresh)})
        for _, where in placed:
            where.step.lines.clear()  # a reader costs no memory for what was sent
        if len(batch) == _BATCH:
            continue
        if run is None or run.status not in OPEN:
            yield Event(str(tail.number), "end", _steps(run, rows, sheet))
            return
        if (run, rows) != known:
            known = (run, rows)
            yield Event(str(max(after, tail.number)), "changed", _steps(run, rows, sheet))
        await asyncio.sleep(_LOOK)


def _steps(run: RunRow | None, rows: Sequence[JobRow], sheet: Sheet) -> dict[str, list[str]]:
    if run is None:
        return {"busy": [], "failed": []}
    return {
        "busy": sorted(busy(run, rows, sheet)),
        "failed": sorted(blamed(run, rows, sheet)),
    }


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
