"""An explanation as lines of text, for a terminal or a page. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from rackhouse.app.model import Kind
from rackhouse.desired.explain import words
from rackhouse.desired.explain.model import Edge, Explanation, Origin, Size, Story, Target

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
    yield f"{it.application} {it.release}: {_KINDS[it.kind]} of the rack {it.rack}"
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
    yield from _part("Who may open it", it.doors)
    yield from _part("Who reaches whom", map(_edge, it.edges))
    yield from _part("Closed to it, both ways", it.closed)
    spots = (f"{s.node}: {'yes' if s.fits else 'no'}, {s.why}" if s.node else s.why
             for s in it.spots)  # fmt: skip
    yield from _part("Where it may run", spots)
    yield from _part("What it asks for", map(_size, it.sizes))
    yield from _part("When it is released", it.life.released)
    yield from _part("When it is rolled back", it.life.rolled_back)
    yield from _part("When it is removed", it.life.removed)


def _origin(it: Origin, application: str) -> Iterator[str]:
    said = it.line.text or words.NOT_WRITTEN.format(path=it.line.path)
    yield from _wrapped(f"  {it.line}", said)
    for thing in it.things:
        sign = "+" if thing.made else "~"
        yield from _wrapped(f"    {sign} {words.named(thing.id, application)}", thing.what)


def _part(title: str, items: Iterable[str]) -> Iterator[str]:
    found = list(items)
    if found:
        yield from ("", f"  {title}")
        for item in found:
            yield from _wrapped("    ", item, gap="")


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


def _size(it: Size) -> str:
    if not it.memory_request:
        bound = f"{it.memory} of memory at most" if it.memory else "no limit of its own"
        return f"{it.container}: {bound}  ({it.why})"
    return (
        f"{it.container}: {it.memory_request} of memory and {it.cpu_request} of processor; "
        f"at most {it.memory} and {it.cpu}  ({it.why})"
    )
