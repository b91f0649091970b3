"""Clusters in a terminal: a line for each, and what does not serve there. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.operations.cluster.standings import Row


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each cluster, and what is to be said of each application on it: its address, or
    why it does not serve.
    """
    for row in rows:
        if not row.joined:
            yield f"{row.cluster:<12} has not joined: rackhouse cluster add {row.cluster}"
            continue
        there = f"{row.version}  {row.ready}/{row.nodes} nodes ready  {row.objects} objects of ours"
        state = {True: there, False: "silent", None: ""}[row.answers]
        yield f"{row.cluster:<12} {row.server}  {state}".rstrip()
        if row.wrong:
            yield f"{'':<13}{row.wrong}"
        for each in row.applications:
            if each.why:
                yield f"{'':<13}{each.application}: {each.why}"
            elif each.url:
                yield f"{'':<13}{each.application}: {each.url}"
        for shown in row.previews:
            yield f"{'':<13}{shown.preview}: a preview, until {shown.until}"


def serves(row: Row) -> bool:
    """Whether nothing is amiss with a cluster; one that has not joined is nobody's concern."""
    return not row.joined or (
        row.answers is not False and not any(each.why for each in row.applications)
    )
