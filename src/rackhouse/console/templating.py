"""How templates write what they are given: sizes, times, states."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rackhouse import __version__
from rackhouse.console.code.links import Links
from rackhouse.console.code.words import shown
from rackhouse.console.picture.cards import sign, tone
from rackhouse.console.picture.svg import el
from rackhouse.console.runs.state import status
from rackhouse.kit.text import format_bytes, format_seconds, plural
from rackhouse.supervisor.unit import Phase

HERE = Path(__file__).parent


def templates() -> Environment:
    """The pages. Everything is escaped, and a name that is not given is an error."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"size": format_bytes, "state": state, "when": when, "tone": tone}
    environment.filters |= {"shown": shown, "status": status, "joined": joined}
    environment.filters |= {"told": told, "mark": mark}
    environment.globals |= {"plural": plural, "span": span, "ago": ago, "version": __version__}
    environment.globals["address_of"] = Links
    return environment


def state(phase: Phase) -> Markup:
    """A state as mark and word."""
    return told(tone(phase), phase.value)


def joined(tone: str) -> Markup:
    """Whether a machine has joined, and how the last apply there ended, as mark and word."""
    words = {"good": "joined", "bad": "the last apply failed", "off": "not joined"}
    return told(tone, words[tone])


def told(tone: str, words: str) -> Markup:
    """Any standing as mark and word."""
    return el("span", mark(tone), words, class_=f"state {tone}")


def mark(tone: str) -> Markup:
    """The mark alone, beside something that says the same."""
    picture = sign(tone, 11, 11)
    return el("svg", picture, viewBox="0 0 22 22", aria_hidden="true", class_=tone)


def when(seconds: float) -> Markup:
    """A moment, for people and for programs. The script writes it in the reader's own time."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return el("time", f"{moment:%Y-%m-%d %H:%M} UTC", datetime=moment.isoformat())


def span(seconds: float) -> str:
    """`7 min`; a clock that was put back makes no negative time."""
    return format_seconds(max(0.0, seconds))


def ago(then: float, now: float) -> str:
    """`7 min ago`; `in 4 min` for what is to come."""
    if then > now:
        return f"in {format_seconds(then - now)}"
    return "just now" if now - then < 2 else f"{format_seconds(now - then)} ago"
