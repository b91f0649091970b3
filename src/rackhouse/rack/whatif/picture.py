"""The pictures of a report: bars in SVG, each with its words beside it. Pure.

A bar is stretched to the width that there is, so that nothing of it is text: words are HTML, and
stay as large on a phone as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from rackhouse.rack.whatif.place import CACHE, POSTGRES, Part
from rackhouse.rack.whatif.report import Machine, Presence, Side
from rackhouse.rack.whatif.sentences import gib, sides

WIDTH = 1000
_KINDS = {"system": "system", POSTGRES: "postgres", CACHE: "cache"}
LEGEND = {"system": "system", **{kind: name for name, kind in _KINDS.items() if name != kind}}


def memory(before: Side, after: Side) -> str:
    """A row for each machine whose memory is known, and for each graphics card."""
    widest = max((each.memory for side in (before, after) for each in side.machines), default=0)
    cards = max((each.card for side in (before, after) for each in side.machines), default=0)
    old = {machine.name: machine for machine in before.machines}
    rows = []
    for new in after.machines:
        was = old.get(new.name)
        if new.memory:
            rows.append(_row(new, _bars(_main(was), _main(new), widest), _share(new)))
        if new.card or (was and was.card):
            card = _bars(_card(was), _card(new), cards)
            rows.append(_row(new, card, _card_share(new), card=True))
    return f'<ul class="machines">{"".join(rows)}</ul>' if rows else ""


def power(before: Side, after: Side) -> str:
    """A bar for the rack before and one after, a piece for each machine."""
    widest = max(before.capacity.watts, after.capacity.watts)
    rows = []
    for name, side in sides(before, after):
        pieces = [(hue(n), each.watts) for n, each in enumerate(side.machines)]
        said = ", ".join(f"{each.name} {each.watts:g} W" for each in side.machines if each.watts)
        watts = f"{side.capacity.watts:g} W"
        bar = _bar(pieces, 0, widest, f"{name}: {watts}: {said}")
        rows.append(f"<li><strong>{name}</strong>{bar}<span>{watts}</span></li>")
    return f'<ul class="machines power">{"".join(rows)}</ul>' if widest else ""


def hue(number: int) -> str:
    """The class that colours a machine, by its place among them."""
    return f"w{number % 4}"


_Held = tuple[int, tuple[Part, ...], str]  # memory, what is in it, what became of the machine


def _main(machine: Machine | None) -> _Held | None:
    return (machine.memory, machine.parts, machine.presence) if machine else None


def _card(machine: Machine | None) -> _Held | None:
    return (machine.card, machine.models, machine.presence) if machine else None


def _bars(was: _Held | None, now: _Held | None, widest: int) -> str:
    """The bar after, and that before where it was another."""
    shown = [("", now)] if was == now else [("before", was), ("after", now)]
    return "".join(_held(name, held, widest) for name, held in shown if held)


def _held(name: str, held: _Held, widest: int) -> str:
    room, parts, presence = held
    gone = presence in {Presence.GONE, Presence.CUT} or not room
    pieces = [] if gone else [(_KINDS.get(part.what, "model"), part.size) for part in parts]
    words = presence if gone and room else f"{_parts(parts)} of {gib(room)}" if room else "no card"
    label = ": ".join(filter(None, [name, words]))
    return _bar(pieces, room, widest, label, gone=gone)


def _bar(
    pieces: Sequence[tuple[str, float]], room: int, widest: float, label: str, *, gone: bool = False
) -> str:
    x, drawn = 0.0, []
    if room:
        frame = "frame gone" if gone else "frame"
        drawn.append(f'<rect class="{frame}" width="{_scaled(room, widest)}" height="20"/>')
    for kind, size in pieces:
        width = _scaled(size, widest)
        drawn.append(f'<rect class="{kind}" x="{x:.1f}" width="{width}" height="20"/>')
        x += size / widest * WIDTH
    return (
        f'<svg viewBox="0 0 {WIDTH} 20" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def _scaled(size: float, widest: float) -> str:
    return f"{max(size / widest * WIDTH, 2 if size else 0):.1f}"


def _row(machine: Machine, bars: str, words: str, *, card: bool = False) -> str:
    name = f"{escape(machine.name)}<small> card</small>" if card else escape(machine.name)
    state = machine.presence
    mark = "" if state is Presence.STAYS else f' <em class="{state.name.lower()}">{state}</em>'
    name = f"<strong>{name}{mark}</strong>"
    return f'<li>{name}<div class="bars">{bars}</div><span>{words}</span></li>'


def _share(machine: Machine) -> str:
    if machine.presence in {Presence.GONE, Presence.CUT}:
        return f"{gib(machine.memory)} lost"
    used = sum(part.size for part in machine.parts)
    return f"{gib(max(machine.memory - used, 0))} of {gib(machine.memory)} free"


def _card_share(machine: Machine) -> str:
    if machine.presence in {Presence.GONE, Presence.CUT} or not machine.card:
        return "lost"
    used = sum(part.size for part in machine.models)
    return f"{gib(max(machine.card - used, 0))} of {gib(machine.card)} free"


def _parts(parts: Iterable[Part]) -> str:
    return ", ".join(f"{part.what} {gib(part.size)}" for part in parts) or "nothing"
