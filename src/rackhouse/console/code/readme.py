"""Markdown of others as HTML that does nothing: no script, no style, no request to anywhere else.

Links and pictures lead into the repository or, links alone, to another site. Runs in the process
`paint`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import escape
from pygments.token import STANDARD_TYPES

from rackhouse.console.code.links import Links, resolve
from rackhouse.console.code.paint import paint_block

PREFIX = "readme-"  # of every id: none may be taken for one of the page's own
_UNDER = 2  # the page's own headings are over those of the README
_LOWEST = 6
_WORDS = """
a abbr b blockquote br code dd del details div dl dt em h3 h4 h5 h6 hr i img ins kbd li ol p pre q
s samp small span strong sub summary sup table tbody td tfoot th thead tr tt u ul var
"""
_TAGS = set(_WORDS.split())
_ATTRIBUTES = {
    "a": {"href", "title", "id", "class", "aria-label"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "span": {"class", "id"},
    "details": {"open"},
    **{tag: {"align", "colspan", "rowspan"} for tag in ("td", "th")},
    **{tag: {"align", "id"} for tag in ("div", "p", "h3", "h4", "h5", "h6")},
}
_SCHEMES = {"http", "https", "mailto"}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HEADING = re.compile(r"(</?h)([1-6])\b", re.IGNORECASE)
_COLOURS = frozenset(STANDARD_TYPES.values())


def render(text: str, repository: str, at: str, folder: str) -> str:
    """The HTML of a README that lies in `folder`."""
    markdown = MarkdownIt("commonmark", {"html": True, "highlight": _highlight})
    markdown.enable(["table", "strikethrough"])
    tokens = markdown.parse(text)
    _prepare(tokens)
    links = Links(repository, at)

    def attribute(tag: str, name: str, value: str) -> str | None:
        match name:
            case "href":
                return _reference(value, links, folder)
            case "src":
                path = _inside(value, folder)
                return None if path is None else links.raw(path)
            case "id":
                return PREFIX + value
            case "class":
                allowed = {"anchor"} if tag == "a" else _COLOURS
                return value if value in allowed else None
        return value

    return nh3.clean(
        markdown.renderer.render(tokens, markdown.options, {}),
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes=_SCHEMES,
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
    )


def _prepare(tokens: Sequence[Token]) -> None:
    """Headings below the page's own, each with an anchor; columns that say how they stand."""
    taken: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _lower(token.tag)
        if token.type == "heading_open":
            _anchor(token, tokens[at + 1], taken)
        if token.type == "html_block":
            token.content = _lowered(token.content)
        for child in token.children or ():
            if child.type == "html_inline":
                child.content = _lowered(child.content)
        if style := str(token.attrs.pop("style", "")):  # of a table's cell, and of nothing else
            token.attrSet("align", style.removeprefix("text-align:"))


def _anchor(heading: Token, inline: Token, taken: dict[str, int]) -> None:
    children = inline.children or []
    words = "".join(c.content for c in children if c.type in {"text", "code_inline"})
    slug = re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-") or "section"
    taken[slug] = taken.get(slug, -1) + 1
    name = f"{slug}-{taken[slug]}" if taken[slug] else slug
    heading.attrSet("id", name)
    mark = Token("html_inline", "", 0)
    label = escape(f"Link to: {words}")
    mark.content = f' <a class="anchor" href="#{escape(name)}" aria-label="{label}">#</a>'
    inline.children = [*children, mark]


def _lower(tag: str) -> str:
    return f"h{min(_LOWEST, int(tag[1:]) + _UNDER)}"


def _lowered(html: str) -> str:
    return _HEADING.sub(lambda found: f"{found[1][:-1]}{_lower('h' + found[2])}", html)


def _highlight(text: str, language: str, _: str) -> str:
    return paint_block(language, text) or str(escape(text))


def _reference(value: str, links: Links, folder: str) -> str | None:
    """Where a link leads: within the README, into the repository, or to another site."""
    value = value.strip()
    if value.startswith("#"):
        return f"#{PREFIX}{value[1:]}"
    if scheme := _SCHEME.match(value):
        return value if scheme[1].lower() in _SCHEMES else None
    path = _inside(value, folder)
    return None if path is None else links.files(path)


def _inside(value: str, folder: str) -> str | None:
    """The path in the repository that a relative address means; None when it leads out of it."""
    value = value.strip()
    if value.startswith("//") or _SCHEME.match(value):
        return None
    words = unquote(re.split(r"[?#]", value, maxsplit=1)[0], errors="surrogateescape")
    return resolve("" if words.startswith("/") else folder, words.lstrip("/"))
