"""An explanation as lines of text, for a terminal or a page. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from rackhouse.app.model import Kind
from rackhouse.desired.explain import words
from rackhouse.desired.explain.model import (
    Edge,
    Explanation,
    Line,
    Origin,
    Size,
    Spot,
    Story,
    Target,
)

WIDTH = 100

_KINDS = {
    Kind.WEB: "a web application",
    Kind.WORKER: "a worker",
    Kind.STATIC: "a static site",
    Kind.SCHEDULE: "a scheduled program",
}
_TITLES = {Target.EMBEDDED: "On this machine", Target.KUBE: "On a cluster"}


def lines(it: Explanation) -> Iterator[str]:
    """All of it, no line wider than `WIDTH` but for a word that is."""
    live = words.LIVE.format(where=it.live) if it.live else words.NOT_LIVE
    yield f"{it.application} {it.release}: {_KINDS[it.kind]} of the rack {it.rack}, {live}"
    for story in it.stories:
        yield from _story(story, it.application)
    for target, why in it.refused:
        yield from ("", f"{_TITLES[target]}: it cannot run there", *why.splitlines())


def title(it: Story) -> str:
    """`On a cluster`."""
    return _TITLES[it.target]


def _story(it: Story, application: str) -> Iterator[str]:
    yield from ("", f"{title(it)}: {it.place}", "")
    for origin in it.origins:
        yield from _origin(origin, application)
    for name, items in sections(it):
        yield from ("", f"  {name}")
        for item in items:
            yield from _wrapped("    ", item, gap="")


def sections(it: Story) -> Iterator[tuple[str, list[str]]]:
    """What is told after the lines: titles, each with its sentences. None is empty."""
    found: dict[str, Iterable[str]] = {
        "Who may open it": it.doors,
        "Who reaches whom": map(_edge, it.edges),
        "Closed to it, both ways": it.closed,
        "Where it may run": map(_spot, it.spots),
        "What it asks for": _sizes(it),
        "When it is released": it.life.released,
        "When it is rolled back": it.life.rolled_back,
        "When it is removed": it.life.removed,
    }
    told = ((name, list(items)) for name, items in found.items())
    yield from ((name, items) for name, items in told if items)


def said(it: Line) -> str:
    """A line as it is written, or that it is not."""
    return it.text or words.NOT_WRITTEN.format(path=it.path)


def _origin(it: Origin, application: str) -> Iterator[str]:
    yield from _wrapped(f"  {it.line}", said(it.line))
    for thing in it.things:
        sign = "+" if thing.made else "~"
        yield from _wrapped(f"    {sign} {words.named(thing.id, application)}", thing.what)


def _wrapped(before: str, after: str, gap: str = "  ") -> Iterator[str]:
    first = f"{before}{gap if after else ''}"
    rest = "      " if before.strip() else before
    yield from textwrap.wrap(
        first + after,
        WIDTH,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )


def _edge(it: Edge) -> str:
    port = f" at {it.port}" if it.port else ""
    return f"{it.source} -> {it.target}{port}  ({it.why})"


def _spot(it: Spot) -> str:
    return f"{it.node}: {'yes' if it.fits else 'no'}, {it.why}" if it.node else it.why


def _sizes(it: Story) -> Iterator[str]:
    low, high = it.copies
    if high > 1:
        yield words.EACH.format(copies=f"{low} to {high}" if high > low else low)
    yield from map(_size, it.sizes)


def _size(it: Size) -> str:
    if not it.memory_request:
        bound = f"{it.memory} of memory at most" if it.memory else "no limit of its own"
        return f"{it.container}: {bound}  ({it.why})"
    return (
        f"{it.container}: {it.memory_request} of memory and {it.cpu_request} of processor; "
        f"at most {it.memory} and {it.cpu}  ({it.why})"
    )
