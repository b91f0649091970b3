"""Nave's Topical Bible, out of its SWORD module."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Collection, Iterable, Iterator

from rackhouse.kit.errors import RackhouseError
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.topics import Line, Topic, Topics, id_of
from rackhouse.services.scripture.store.osis import referred
from rackhouse.services.scripture.store.sword.conf import Conf
from rackhouse.services.scripture.store.sword.lexicon import Entries
from rackhouse.services.scripture.store.sword.licences import licence

MODULE = "Nave"
_log = logging.getLogger(__name__)
_OSIS = re.compile(r'osisRef="([^"]{1,200})"')
_SEE = re.compile(r'<ref target="[^":]*:([^"]{1,100})"')
_REF = re.compile(r"<ref osisRef=[^>]*>[^<]*</ref>")
_LINE = re.compile(r"<(lb|item)\b[^>]*>")
_REST = re.compile(r"(?<!\w):[0-9]+(?:[-,][0-9]+)*")  # of a reference of which a part is marked
_TAG = re.compile(r"<[^>]*>")
_LOOSE = re.compile(r"\s*(?:[;,]\s*)+(?=[;,.]|$)|\s+(?=[;,.])")


def held(modules: Collection[Conf]) -> Topics | None:
    """Of the modules that there are. None where it is not read: then the log says why."""
    conf = next((each for each in modules if each.name == MODULE), None)
    if conf is None:
        return None
    try:
        return _opened(conf)
    except (RackhouseError, OSError) as error:
        _log.warning("no topics are served: %s", error)
        return None


def _opened(conf: Conf) -> Topics:
    """Its markup stays packed, as it lies in the module."""
    told = Entries(conf)
    places = {name: at for at, name, _ in told}

    def read(name: str) -> Topic:
        held = told.entry(places[name])
        return topic(name, _text(held[1]) if held else "")

    named = _named((name, said) for at, name, said in told if places[name] == at)
    return Topics(conf.get("Description") or conf.name, licence(conf), places, read, named)


def topic(name: str, markup: str) -> Topic:
    """One subject, out of its markup."""
    return Topic(
        id=id_of(name),
        name=name,
        lines=tuple(_lines(markup)),
        see=tuple(dict.fromkeys(map(html.unescape, _SEE.findall(markup)))),
    )


def _lines(markup: str) -> Iterator[Line]:
    """`<lb/>` begins a line, and `<item>` one that belongs to it."""
    parts = _LINE.split(markup)
    for kind, said in zip(["lb", *parts[1::2]], parts[::2], strict=False):
        verses = tuple(_ranges(said))
        bare = html.unescape(_TAG.sub("", _REF.sub("", said)))
        bare = _REST.sub("", bare).replace("\u2192", " ")
        text = _LOOSE.sub("", " ".join(bare.split())).strip(" ;,")
        if text or verses:
            yield Line(text, verses, int(kind == "item"))


def _ranges(said: str) -> Iterator[Range]:
    for each in _OSIS.findall(said):
        for part in each.split():
            if verses := referred(part):
                yield verses


def _named(told: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Range]]:
    for name, said in told:
        for verses in _ranges(_text(said)):
            yield name, verses


def _text(said: bytes) -> str:
    return said.decode(errors="replace")
