"""An explanation as a picture: who comes in at the top, the application, what it uses below. Pure.

Every card says which line of which file it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.explain.model import Edge, Explanation, Origin, Story, Target, Thing
from rackhouse.desired.explain.sheet import Sheet
from rackhouse.desired.explain.text import lines, title
from rackhouse.desired.explain.words import named
from rackhouse.desired.kube.pods import BEFORE
from rackhouse.resources.core import Id

# What is drawn as a card, in the order in which a request passes; the rest is a list.
_PASSED = (
    *("route", "Ingress", "Service", "job", "process", "timer"),
    *("Deployment", "StatefulSet", "CronJob"),
)
_RUNNING = frozenset({"process", "timer", "Deployment", "StatefulSet", "CronJob"})
_HELD = frozenset({"database", "Database", "user", "bucket"})
_MOST = 14  # rows of a list


def picture(it: Explanation) -> str:
    """SVG, one target below the other."""
    sheet = Sheet()
    sheet.space(14)
    sheet.words(f"{it.application} {it.release}", "head")
    for story in it.stories:
        sheet.space(16)
        sheet.words(title(story), "title")
        sheet.words(story.place, "soft")
        sheet.space()
        _story(sheet, story, it.application)
    told = " ".join(line.strip() for line in lines(it))
    return sheet.svg(f"What {it.application} becomes", told)


def _story(sheet: Sheet, it: Story, name: str) -> None:
    callers = [
        sheet.card(edge.source, "opens connections to it", str(edge.why))
        for edge in it.edges
        if edge.target == name
    ]
    for door in it.doors:
        sheet.words(f"Opened {door}", "soft")
    sheet.space()
    first, last = _own(sheet, it, name)
    for middle in callers:
        sheet.arrow(middle, first, left=False)
    for edge in it.edges:
        if edge.source == name:
            sheet.arrow(last, sheet.card(edge.target, _used(it, edge), str(edge.why)), left=True)
    if it.closed:
        sheet.card("Closed, both ways", ", ".join(it.closed), style="shut")
    _nodes(sheet, it)


def _own(sheet: Sheet, it: Story, name: str) -> tuple[float, float]:
    """The application itself in a frame: the middle of the card where requests come in, and of
    the one that speaks to others.
    """
    top = sheet.y
    sheet.space()
    middles: list[float] = []
    speaks = 0.0
    for origin, thing in _cards(it):
        middle = sheet.card(named(thing.id, name), _below(it, thing), str(origin.line))
        middles.append(middle)
        if Id.parse(thing.id).kind in _RUNNING:
            speaks = middle
    rows = list(_rows(it, name))
    for origin, thing in rows[:_MOST]:
        sheet.row("+", named(thing.id, name), str(origin.line))
    if len(rows) > _MOST:
        sheet.row("", f"and {len(rows) - _MOST} more, which the text tells of")
    sheet.space(14)
    sheet.frame(top)
    sheet.space(14)
    return middles[0], speaks or middles[-1]


def _cards(it: Story) -> list[tuple[Origin, Thing]]:
    found = [(origin, thing) for origin, thing in _made(it) if _kind(thing) in _PASSED]
    return sorted(found, key=lambda pair: _PASSED.index(_kind(pair[1])))


def _rows(it: Story, name: str) -> Iterator[tuple[Origin, Thing]]:
    return (
        (origin, thing)
        for origin, thing in _made(it)
        if _kind(thing) not in _PASSED and _inside(thing, name)
    )


def _inside(thing: Thing, name: str) -> bool:
    """Whether it is in the application's own namespace, or among the things of this machine."""
    id = Id.parse(thing.id)
    return id.target == "machine" or (
        id.target.startswith("kube.") and id.name.partition(".")[0] == name
    )


def _used(it: Story, edge: Edge) -> str:
    """What it has there: `at 5432, database hello_db`."""
    found = [f"at {edge.port}"] if edge.port else []
    for origin, thing in _made(it):
        if origin.line == edge.why and _kind(thing) in _HELD:
            found.append(f"{_kind(thing).lower()} {Id.parse(thing.id).name.removeprefix('data.')}")
    return ", ".join(found) or "at a port that the rack chooses"


def _made(it: Story) -> Iterator[tuple[Origin, Thing]]:
    """Each thing once, with the first line that makes it."""
    seen: set[str] = set()
    for origin in it.origins:
        for thing in origin.things:
            if thing.made and thing.id not in seen:
                seen.add(thing.id)
                yield origin, thing


def _kind(thing: Thing) -> str:
    return Id.parse(thing.id).kind


def _below(it: Story, thing: Thing) -> str:
    """What is said below the name: how many there are, and what they may use."""
    if it.target is not Target.KUBE or _kind(thing) not in _RUNNING:
        return thing.what
    low, high = it.copies
    pods = f"{low} to {high} pods" if high > low else f"{low} pod" + "s" * (low > 1)
    lasting = (size for size in it.sizes if size.container != BEFORE)
    sizes = ", ".join(f"{size.container} {size.memory}" for size in lasting)
    return f"{pods}, at most: {sizes}"


def _nodes(sheet: Sheet, it: Story) -> None:
    sheet.space()
    sheet.words("Where it may run", "title")
    for spot in it.spots:
        if spot.node:
            sheet.row("\u2713" if spot.fits else "\u2717", f"{spot.node}: {spot.why}")
        else:
            sheet.words(spot.why)
    sheet.space()
