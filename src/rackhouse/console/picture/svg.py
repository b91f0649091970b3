"""Elements of SVG as escaped text. Knows no rack."""

from __future__ import annotations

from markupsafe import Markup, escape

NOTHING = Markup()


def el(name: str, *children: str, **attributes: str | float) -> Markup:
    """One element. `class_` is `class`, `text_anchor` is `text-anchor`; text is escaped."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    return Markup(f"<{name}{given}>{escape(NOTHING.join(children))}</{name}>")  # noqa: S704 -- all of it is escaped above


def text(words: str, x: float, y: float, class_: str = "", anchor: str = "") -> Markup:
    """A line of text whose baseline begins at (x, y)."""
    return el("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def box(
    x: float, y: float, width: float, height: float, class_: str, *, radius: float = 8
) -> Markup:
    """A rectangle with round corners."""
    return el("rect", x=x, y=y, width=width, height=height, rx=radius, class_=class_)


def path(d: str, class_: str) -> Markup:
    """A line."""
    return el("path", d=d, class_=class_)


def link(href: str, title: str, *children: str, class_: str = "") -> Markup:
    """A link that says where it leads, to the eye and to a screen reader."""
    return el("a", el("title", title), *children, href=href, class_=class_, aria_label=title)


def fit(words: str, width: float, size: float = 15) -> str:
    """`words`, cut to what about fits `width` at a font of `size`."""
    most = int(width / (size * 0.55))
    return words if len(words) <= most else words[: max(1, most - 1)] + "\u2026"


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
