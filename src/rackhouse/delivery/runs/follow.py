"""Following runs while they happen: for the terminal of whoever pushed, and for `logs --run`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from rackhouse.delivery.runs.log import Kind, Line, read_log
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import OPEN, Forge, RunStatus

_LOOK = 0.03  # seconds: a person sees no step between


async def follow(forge: Forge, paths: Paths, runs: Sequence[int]) -> AsyncIterator[str]:
    """The lines of these runs as a person reads them, one run after the other, until all ended."""
    for number in runs:
        async for line in lines(forge, paths, number):
            yield shown(line)
        row = forge.run(number)
        if row is not None and row.status is RunStatus.SUPERSEDED:
            yield f"run {number}: {row.why}"


async def lines(forge: Forge, paths: Paths, number: int, offset: int = 0) -> AsyncIterator[Line]:
    """What a run says from byte `offset` of its log on, until it has ended."""
    folder, open_ = run_folder(paths, number), True
    while open_:
        row = forge.run(number)  # asked first: what it said before it ended is read after that
        open_ = row is not None and row.status in OPEN
        for line, behind in read_log(folder, offset):
            offset = behind
            yield line
        if open_:
            await asyncio.sleep(_LOOK)


def shown(line: Line) -> str:
    """One line for a terminal: steps stand out, what programs say is set in."""
    if line.kind is Kind.GROUP:
        job = f"{line.job}: " if line.job != line.text else ""
        return f"── {job}{line.text}"
    return f"   {line.text}" if line.kind is Kind.TEXT else line.text
