"""Commentaries, lexicons and topics of SWORD, entry by entry."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from rackhouse.kit.errors import RackhouseError, Refused
from rackhouse.services.scripture.model.canon.books import BY_CODE
from rackhouse.services.scripture.model.translation import About
from rackhouse.services.scripture.model.work import Entry, Place
from rackhouse.services.scripture.store.markup import prose
from rackhouse.services.scripture.store.shelves import Bound
from rackhouse.services.scripture.store.sword import canon, lexicon, licences, modules, verses
from rackhouse.services.scripture.store.sword.conf import Conf

_log = logging.getLogger(__name__)
_COMMENTARIES = frozenset({"zcom", "zcom4", "rawcom", "rawcom4"})
# The ids and kinds of those that Debian has. Another lexicon is called as its module.
_KNOWN = {
    "MHCC": "mhcc",
    "TDavid": "treasury-of-david",
    "Nave": "naves",
    "StrongsGreek": "strongs-greek",
    "StrongsHebrew": "strongs-hebrew",
}
# It comments on every verse; those that its module leaves out belong to the comment before.
_WHOLE = frozenset({"MHCC"})
_STRONGS = {"GreekDef": "G", "HebrewDef": "H"}


def bound(folders: Iterable[Path]) -> Iterator[Bound]:
    """Of all that can be served. What cannot is said in the log."""
    for conf in modules.found(folders):
        if conf.driver not in _COMMENTARIES | lexicon.DRIVERS:
            continue
        try:
            yield _bound(conf)
        except (RackhouseError, OSError) as error:
            _log.warning("the module %s is not served: %s", conf.name, error)


def _bound(conf: Conf) -> Bound:
    about = About(
        id=_KNOWN.get(conf.name, conf.name.lower()),
        name=conf.get("Description") or conf.name,
        language=conf.get("Lang") or "en",
        licence=licences.licence(conf),
    )
    if conf.driver in lexicon.DRIVERS:
        topical = conf.name == "Nave" or "topic" in about.name.lower()
        kind = "topics" if topical else "lexicon"
        return Bound(about=about, kind=kind, stamp=modules.stamp(conf), take=lambda: _listed(conf))
    if conf.get("Versification", "KJV").lower() not in {"kjv", "kjva", "nrsv", "nrsva", ""}:
        raise Refused(
            f"its verses are counted as {conf.get('Versification')} does",
            where=conf.name,
            fix="install one that counts as KJV does",
        )
    return Bound(
        about=about, kind="commentary", stamp=modules.stamp(conf), take=lambda: _commented(conf)
    )


def _listed(conf: Conf) -> Iterator[Entry]:
    letter = _STRONGS.get(conf.get("Feature"), "")
    at = 0
    for key, content in lexicon.entries(conf):
        text, marks = prose.read(_decoded(conf, content))
        name = f"{letter}{int(key)}" if letter and key.isdecimal() else key
        if text:
            yield Entry(Place(at, name), text, marks)
            at += 1


def _commented(conf: Conf) -> Iterator[Entry]:
    """What is linked over several verses is one entry on all of them; what stands alone in a
    chapter, at its first verse, is on the whole of it.
    """
    at = 0
    runs = [*_slots(conf)]
    for here, ((code, chapter, verse), last, content) in enumerate(runs):
        text, marks = prose.read(_decoded(conf, content))
        if not text:
            continue
        book = BY_CODE[code]
        next_one = runs[here + 1][0] if here + 1 < len(runs) else ("", 0, 0)
        ends = next_one[:2] != (code, chapter)  # the last one of its chapter
        till = min(last or 1, book.verses[(chapter or 1) - 1])
        if verse and (conf.name in _WHOLE or (verse == 1 and ends)):
            till = book.verses[chapter - 1] if ends else next_one[2] - 1
        first = book.first(chapter or 1, verse or 1)
        yield Entry(Place(at, "", first, max(first, book.first(chapter or 1, till))), text, marks)
        at += 1


def _slots(conf: Conf) -> Iterator[tuple[canon.Place, int, bytes]]:
    """Each place with the last verse that is linked to it."""
    said = (conf.get("Versification") or "KJV").lower()
    for testament in ("ot", "nt"):
        if not verses.there(conf, testament):
            continue
        places = list(canon.places(said, testament))
        run: tuple[canon.Place, int, verses.Slot, bytes] | None = None
        for place, (slot, content) in zip(
            places, verses.slots(conf, testament, len(places)), strict=False
        ):
            if not (place[0] and content):
                continue
            if run and run[2] == slot and run[0][:2] == place[:2]:
                run = (run[0], place[2], slot, run[3])
                continue
            if run:
                yield run[0], run[1], run[3]
            run = (place, place[2], slot, content)
        if run:
            yield run[0], run[1], run[3]


def _decoded(conf: Conf, content: bytes) -> str:
    encoding = "utf-8" if conf.get("Encoding").upper() == "UTF-8" else "cp1252"
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(encoding, "replace")
