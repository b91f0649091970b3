"""A module of scripture as a translation."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from rackhouse.kit.errors import HostError, RackhouseError, Refused
from rackhouse.services.scripture.model.canon.numbering import Place, numbering
from rackhouse.services.scripture.model.composing import cut, joined
from rackhouse.services.scripture.model.translation import About
from rackhouse.services.scripture.store.drafts import Draft, Taken
from rackhouse.services.scripture.store.markup.fragments import Fragments
from rackhouse.services.scripture.store.origin import Origin
from rackhouse.services.scripture.store.splits import mended
from rackhouse.services.scripture.store.sword import canon, licences, modules, verses
from rackhouse.services.scripture.store.sword.conf import Conf
from rackhouse.services.scripture.store.sword.editions import EDITIONS, Edition

_log = logging.getLogger(__name__)
_DRIVERS = frozenset({"ztext", "ztext4", "rawtext", "rawtext4"})
_FORMATS = frozenset({"", "PLAIN", "PLAINTEXT", "OSIS", "THML", "GBF"})
_NUMBERINGS = {
    "kjv": "english",
    "kjva": "english",
    "nrsv": "english",
    "nrsva": "english",
    "mt": "original",
    "leningrad": "original",
    "lxx": "septuagint",
    "vulg": "vulgate",
    "synodalprot": "synodal",
    "synodal": "orthodox",
}


def origins(folders: Iterable[Path]) -> Iterator[Origin]:
    """Of all that can be served. What cannot is said in the log."""
    order = list(EDITIONS)
    some = [it for it in modules.found(folders) if it.driver in _DRIVERS]
    some.sort(key=lambda it: (order.index(it.name) if it.name in order else len(order), it.name))
    for conf in some:
        try:
            yield _origin(conf)
        except (RackhouseError, OSError) as error:
            _log.warning("the module %s is not served: %s", conf.name, error)


def _origin(conf: Conf) -> Origin:
    known = EDITIONS.get(conf.name, Edition(id=conf.name.lower()))
    about = About(
        id=known.id,
        name=known.name or conf.get("Description") or conf.name,
        language=conf.get("Lang") or "en",
        licence=licences.licence(conf, known.terms, known.said),
    )
    said = _canon(conf)
    if (kind := conf.get("SourceType").upper()) not in _FORMATS:
        raise Refused(
            f"it is marked up as {kind[:20]}, which is not read here",
            where=conf.name,
            fix=f"install a module of {', '.join(sorted(it for it in _FORMATS if it))}",
        )
    if said not in _NUMBERINGS:
        raise Refused(
            f"its verses are counted as {said} does, and how those are ours is not known",
            where=conf.name,
            fix=f"install a module with one of: {', '.join(sorted(_NUMBERINGS))}",
        )
    return Origin(about=about, stamp=modules.stamp(conf), take=lambda: taken(conf, known))


def _canon(conf: Conf) -> str:
    return (conf.get("Versification") or "KJV").lower()


def taken(conf: Conf, known: Edition) -> Taken:
    """Its verses. HostError."""
    draft = Draft(numbering(known.numbering or _NUMBERINGS[_canon(conf)]))
    reads = Fragments(words=known.words, kind=conf.get("SourceType").upper())
    for place, last, content in _said(conf):
        parts = reads.read(content)
        whole = parts[0]
        for part in parts[1:]:
            whole = joined(whole, part)
        whole = mended(whole, place, known.splits)
        book, chapter, verse = place
        for by, piece in enumerate(cut(whole, known.runs_on.get(place, ()))):
            draft.add((book, chapter, verse + by), piece, 0 if by else last)
    if not len(draft):
        raise HostError("no verse of it can be read", where=conf.name, fix="install it anew")
    return draft.taken()


def _said(conf: Conf) -> Iterator[tuple[Place, int, str]]:
    """Each verse of our books, as it is marked up, and the last one that is linked to it."""
    encoding = "utf-8" if conf.get("Encoding").upper() == "UTF-8" else "cp1252"
    for testament in ("ot", "nt"):
        if not verses.there(conf, testament):
            continue
        places = list(canon.places(_canon(conf), testament))
        run: tuple[Place, int, verses.Slot, bytes] | None = None
        slots = verses.slots(conf, testament, len(places))
        for place, (slot, content) in zip(places, slots, strict=False):
            if run and content and slot == run[2] and place[:2] == run[0][:2]:
                run = (run[0], place[2], slot, content)
                continue
            if run:
                yield run[0], run[1], run[3].decode(encoding, "replace")
            wanted = place[0] and place[2] and content
            run = (place, place[2], slot, content) if wanted else None
        if run:
            yield run[0], run[1], run[3].decode(encoding, "replace")
