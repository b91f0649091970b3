"""Names and upstreams as a picture: what is asked for at the left, one's own in the middle, what is
outside at the right. A full line leads to who answers just now, a dotted one to who would.
Pure. The same is in words in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from rackhouse.console.picture.cards import Box, sign
from rackhouse.console.picture.svg import NOTHING, box, el, fit, path, text
from rackhouse.operations.models.seen import Health, Model, Upstream

_WIDTH, _TOP, _GAP = 980, 34, 14
_NAME, _CARD = 200, 320
_LEFT, _LOCAL, _OUTSIDE = 0, 300, 660
_NAME_HEIGHT, _CARD_HEIGHT = 48, 74
_SIGNS = {"well": "good", "trial": "busy", "paused": "busy", "waking": "busy", "ill": "bad"}


def tone(upstream: Upstream) -> str:
    """`good`, `busy` or `bad`."""
    return _SIGNS.get(upstream.standing, "off")


def standing(upstream: Upstream) -> str:
    """How it is, in a word or two."""
    words = {
        "well": "answers",
        "trial": "on trial",
        "ill": "does not answer",
        "waking": "waking up",
    }
    return words.get(upstream.standing, upstream.standing)


def load(upstream: Upstream) -> str:
    """`41 tokens/s, 2 answering, 3 waiting`."""
    told = [f"{upstream.tokens_per_second:.0f} tokens/s"] if upstream.tokens_per_second else []
    told += [f"{upstream.active} answering"] if upstream.active else []
    told += [f"{upstream.waiting} waiting"] if upstream.waiting else []
    told += ["in memory"] if upstream.loaded else []
    return ", ".join(told) or "idle"


def drawn(health: Health) -> Markup:
    """All of it; as high as its longest column."""
    local = [each for each in health.upstreams if each.local]
    outside = [each for each in health.upstreams if not each.local]
    names = _places([each.name for each in health.models], _LEFT, _NAME, _NAME_HEIGHT)
    cards = _places([each.name for each in local], _LOCAL, _CARD, _CARD_HEIGHT)
    cards |= _places([each.name for each in outside], _OUTSIDE, _CARD, _CARD_HEIGHT)
    bottom = max((each.y + each.height for each in (*names.values(), *cards.values())), default=0)
    return el(
        "svg",
        *_heads(bool(local), bool(outside)),
        *_wires(health, names, cards),
        *(_named(each, names[each.name]) for each in health.models),
        *(_card(each, cards[each.name]) for each in health.upstreams),
        viewBox=f"0 0 {_WIDTH} {bottom + 6:g}",
        role="img",
        aria_label="Which upstream answers for which model; the tables below say the same",
        class_="picture wide upstreams",
    )


def _places(names: Sequence[str], x: float, width: float, height: float) -> dict[str, Box]:
    return {
        name: Box(x, _TOP + row * (height + _GAP), width, height) for row, name in enumerate(names)
    }


def _heads(local: bool, outside: bool) -> Iterator[Markup]:
    yield text("asked for", _LEFT + 4, 20, "soft caption")
    if local:
        yield text("on this rack", _LOCAL + 4, 20, "soft caption")
    if outside:
        yield text("outside", _OUTSIDE + 4, 20, "soft caption")


def _wires(health: Health, names: dict[str, Box], cards: dict[str, Box]) -> Iterator[Markup]:
    for model in health.models:
        answering = health.answering(model)
        first = answering.name if answering else ""
        known = [name for name in model.upstreams if name in cards]
        for name in sorted(known, key=lambda each: each == first):  # the full line above the others
            kind = "wire live" if name == first else "wire off"
            yield _wire(names[model.name], cards[name], kind)


def _wire(start: Box, end: Box, kind: str) -> Markup:
    (x, y), (to_x, to_y) = start.right, end.left
    if end.x == _OUTSIDE:  # above the cards in the middle, never through them
        bend, high = _LOCAL - 40, _TOP - 6
        lane = f"M{x:g} {y:g}C{bend:g} {y:g} {bend:g} {high:g} {bend + 40:g} {high:g}"
        over = _OUTSIDE - 34
        return path(
            f"{lane}H{over:g}C{over + 24:g} {high:g} {over + 10:g} {to_y:g} {to_x:g} {to_y:g}", kind
        )
    middle = (x + to_x) / 2
    return path(f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}", kind)


def _named(model: Model, at: Box) -> Markup:
    return el(
        "g",
        box(at.x, at.y, at.width, at.height, "card"),
        text(fit(model.name, at.width - 28), at.x + 16, at.y + 30, "name"),
    )


def _card(upstream: Upstream, at: Box) -> Markup:
    room = at.width - 56
    kind = " \u00b7 ".join(filter(None, (upstream.kind, upstream.model, upstream.node)))
    told = standing(upstream) if not upstream.answers else load(upstream)
    why = f": {upstream.why}" if upstream.why and not upstream.answers else ""
    kind_of = tone(upstream)
    frame = f"card {kind_of}" if kind_of in ("bad", "busy") else "card"
    return el(
        "g",
        el("title", f"{upstream.name}: {standing(upstream)}{why}"),
        box(at.x, at.y, at.width, at.height, frame),
        sign(kind_of, at.x + 24, at.y + at.height / 2) if kind_of else NOTHING,
        text(fit(upstream.name, room), at.x + 44, at.y + 24, "name"),
        text(fit(kind, room, 12), at.x + 44, at.y + 42, "soft"),
        text(fit(told + why, room, 12), at.x + 44, at.y + 60, "number"),
    )
