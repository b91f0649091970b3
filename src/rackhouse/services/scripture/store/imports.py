"""The import: out of packages, modules and files, once, into the one file."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from rackhouse.kit.errors import HostError, RackhouseError
from rackhouse.services.scripture.model.annotations import NOTHING
from rackhouse.services.scripture.model.canon.books import book_of, place_of
from rackhouse.services.scripture.model.composing import Composed
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import package, packing, texts
from rackhouse.services.scripture.store.drafts import Taken
from rackhouse.services.scripture.store.origin import Origin
from rackhouse.services.scripture.store.sources import SOURCES, Source
from rackhouse.services.scripture.store.splits import mended
from rackhouse.services.scripture.store.texts import Kept, Wanted

_log = logging.getLogger(__name__)


def kept(folder: Path, origins: Iterable[Origin]) -> tuple[Translation, ...]:
    """The texts of the folder. What is not there, is damaged, or was made of another source is
    imported first; what is there stays as it is.
    """
    wanted = [Wanted(it.about.id, it.made_of, partial(_taken, it)) for it in _apart(origins)]
    some = texts.gathered(folder, wanted)
    try:
        return texts.opened(folder, some)
    except RackhouseError as error:
        _log.warning("the texts are imported: %s", error)
    some = [it for it in (each.take() for each in wanted) if it]
    texts.write(folder, some)
    return texts.opened(folder, some)


def there(folder: Path, origins: Iterable[Origin]) -> tuple[Translation, ...]:
    """Those that are imported already, and nothing else: nothing is written. None of them where
    the first is not there yet.
    """
    wanted = {(it.about.id, it.made_of): None for it in origins}
    try:
        some = [it for it in texts.read(folder) if (it.id, it.stamp) in wanted]
        held = texts.opened(folder, some)
    except RackhouseError:
        return ()
    first = next(iter(wanted), ("", ""))
    return held if held and held[0].about.id == first[0] else ()


def _taken(origin: Origin) -> Kept | None:
    """One translation as it goes into the file; None where it cannot be, and need not."""
    about = origin.about
    began = time.monotonic()
    try:
        taken = origin.take()
        if not taken.verses:
            raise HostError("has no verse of ours", where=about.name, fix="look at its files")
    except RackhouseError as error:
        if origin.needed:
            raise
        _log.warning("%s (%s) is not served: %s", about.id, about.name, error)
        return None
    except Exception:
        if origin.needed:
            raise
        # A module or a file that nobody has thought of takes no other text with it.
        _log.exception("%s (%s) is not served", about.id, about.name)
        return None
    _log.info(
        "imported %s (%s): %s verses in %.1f s",
        *(about.id, about.name, f"{len(taken.verses):,}", time.monotonic() - began),
    )
    if taken.unplaced:
        _log.info(
            "%s: %d verses have no number of ours, and are not served: %s",
            *(about.id, len(taken.unplaced), ", ".join(taken.unplaced[:20])),
        )
    return Kept(about.id, origin.made_of, packing.packed(about, taken))


def _apart(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """Each id once: who comes later is left out."""
    some: dict[str, Origin] = {}
    for each in origins:
        if each.about.id in some:
            other = some[each.about.id].about.name
            _log.warning("%s is not served: %s has its id already", each.about.name, other)
        some.setdefault(each.about.id, each)
    return tuple(some.values())


def packages() -> tuple[Origin, ...]:
    """Those that every machine has."""
    return tuple(map(packaged, SOURCES))


def packaged(source: Source) -> Origin:
    """Of a package."""
    return Origin(
        about=source.about,
        stamp=source.digest,
        take=lambda: Taken({each.id: each.text for each in taken(source)}),
        needed=True,
    )


def taken(source: Source) -> Translation:
    """A translation out of its package. HostError where its words are not those that are pinned."""
    told = package.verses_of(source.package)
    made = Translation(source.about, {id: _mended(source, id, it) for id, it in told.items()})
    if made.digest != source.digest:
        raise HostError(
            f"the package has other words than were pinned: {made.digest}",
            where=source.package,
            fix="install the version that requirements.lock names",
        )
    return made


def _mended(source: Source, id: int, text: str) -> str:
    place = (book_of(id).code, *place_of(id))
    return mended(Composed(text, NOTHING), place, source.splits).text
