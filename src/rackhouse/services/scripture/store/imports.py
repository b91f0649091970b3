"""The import: out of the packages, once, into the one file."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from rackhouse.kit.errors import HostError, RackhouseError
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import package, texts
from rackhouse.services.scripture.store.sources import SOURCES, Source

_log = logging.getLogger(__name__)


def kept(folder: Path, sources: Iterable[Source] = SOURCES) -> tuple[Translation, ...]:
    """The texts of the folder; imported first where they are not there, are damaged, or are not
    those of the sources.
    """
    sources = tuple(sources)
    try:
        held = texts.read(folder)
    except RackhouseError as error:
        _log.info("the texts are imported: %s", error)
    else:
        if [(each.about, each.digest) for each in held] == [
            (it.about, it.digest) for it in sources
        ]:
            return held
    made = tuple(taken(each) for each in sources)
    texts.write(folder, made)
    return texts.read(folder)


def taken(source: Source) -> Translation:
    """A translation out of its package. HostError where its words are not those that are pinned."""
    made = Translation(source.about, package.verses_of(source.package))
    if made.digest != source.digest:
        raise HostError(
            f"the package has other words than were pinned: {made.digest}",
            where=source.package,
            fix="install the version that requirements.lock names",
        )
    return made
