"""Logs for a terminal: of this machine and of clusters, one after the other or as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.kit.errors import RackhouseError
    from rackhouse.operations.logs import Line


def show(
    house: OpenRack,
    names: Sequence[str],
    count: int,
    *,
    follow: bool,
    previous: bool,
    line: Callable[[Line], None],
) -> None:
    """Hand each line to `line`. Missing where nothing of a name has a log; UsageError: what runs
    here has no log of its own from before.
    """
    from rackhouse.kit.errors import UsageError
    from rackhouse.operations.cluster.whereabouts import cluster_of, whereabouts

    named = {name: cluster for name in names if (cluster := cluster_of(house, name))}
    there = named if names else whereabouts(house)
    here = [name for name in names if name not in named]
    if previous and (follow or here or not there):
        fix = "on this machine one log goes on over restarts: leave --previous out"
        raise UsageError("--previous is the log of what ended on a cluster", fix=fix)
    # Whoever names nothing wants everything; that nothing ran here matters where there is no more.
    all_here = not names and not previous and (not there or any(house.paths.logs.glob("*.log")))
    chosen = here if here or all_here else None
    # And has what can be had: one that is away is said, and left out.
    some = not names and (chosen is not None or len(set(there.values())) > 1)
    if follow:
        streams = _streams(house, chosen, there, count)
        asyncio.run(_follow([_without_silent(it) for it in streams] if some else streams, line))
    else:
        trouble = _left_out if some else None
        _show_last(house, chosen, there, count, previous=previous, line=line, trouble=trouble)


def _show_last(
    house: OpenRack,
    here: Sequence[str] | None,
    there: Mapping[str, str],
    count: int,
    *,
    previous: bool,
    line: Callable[[Line], None],
    trouble: Callable[[RackhouseError], None] | None,
) -> None:
    from rackhouse.operations.logs import tail

    for each in () if here is None else tail(house.paths, here, count):
        line(each)
    if not there:
        return
    from rackhouse.operations.cluster import logs as clusters

    found = asyncio.run(clusters.tail(house, there, count, previous=previous, trouble=trouble))
    for each in found:
        line(each)
    if not found and not trouble:
        what = "nothing of it ended before" if previous else "it has said nothing yet"
        click.echo(f"{', '.join(there)}: {what}; `rackhouse status` says how it is", err=True)


def _streams(
    house: OpenRack, here: Sequence[str] | None, there: Mapping[str, str], count: int
) -> list[AsyncGenerator[Line, None]]:
    from rackhouse.operations.logs import follow

    found = [] if here is None else [follow(house.paths, here, count)]
    if there:
        from rackhouse.operations.cluster import logs as clusters

        found += [clusters.follow(house, it, count, _say) for it in clusters.by_cluster(there)]
    return found


async def _follow(
    streams: Sequence[AsyncGenerator[Line, None]], line: Callable[[Line], None]
) -> None:
    """All of them at once; the first error ends it."""

    async def read(stream: AsyncGenerator[Line, None]) -> None:
        async for each in stream:
            line(each)

    tasks = [asyncio.create_task(read(it)) for it in streams]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _without_silent(stream: AsyncGenerator[Line, None]) -> AsyncGenerator[Line, None]:
    """Until what it is about cannot be reached: whoever asked for everything has the rest."""
    from rackhouse.kit.errors import Unavailable

    try:
        async for each in stream:
            yield each
    except Unavailable as error:
        _left_out(error)


def _left_out(error: RackhouseError) -> None:
    click.echo(f"{error}\n  the rest is shown without it", err=True)


def _say(error: RackhouseError) -> None:
    click.echo(f"{error}\n  it is asked again until it answers", err=True)
