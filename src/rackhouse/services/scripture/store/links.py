"""The cross-references of OpenBible.info, out of the file that one can fetch there."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.services.scripture.model.links import Link, Links
from rackhouse.services.scripture.model.translation import Licence
from rackhouse.services.scripture.store.osis import referred

NAME = "cross_references.txt"
_MOST = 2_000_000  # lines; there are about 345,000
_LONGEST = 200  # characters of one
_WRONG = 0.1  # of all lines: with more of them it is another file
_log = logging.getLogger(__name__)
_LICENCE = Licence(
    name="Creative Commons Attribution (CC BY)",
    attribution="Cross-references by OpenBible.info, from public-domain sources and votes.",
)


def held(folder: Path | None) -> Links | None:
    """Of the folder of one's own texts. None where there is no such file, or it is not read: then
    the log says why.
    """
    if folder is None or not (folder / NAME).is_file():
        return None
    try:
        with (folder / NAME).open(encoding="utf-8-sig", errors="replace") as file:
            return read(file, str(folder / NAME))
    except (HostError, OSError) as error:
        _log.warning("no cross-references are served: %s", error)
        return None


def read(lines: Iterable[str], where: str) -> Links:
    """Verse, passage and votes, apart by tabs; the first line is a heading. HostError."""
    links: list[Link] = []
    wrong: list[int] = []
    for number, line in _numbered(lines):
        link = _link(line)
        if link:
            links.append(link)
        else:
            wrong.append(number)
    if not links or len(wrong) > _WRONG * (len(links) + len(wrong)):
        raise HostError(
            f"is no file of cross-references: {len(wrong)} lines are none",
            where=f"{where}:{wrong[0]}" if wrong else where,
            fix="put the one of OpenBible.info there: lines as `Gen.1.1<tab>John.1.1<tab>320`",
        )
    if wrong:
        _log.info(
            "%s: %d lines are no cross-reference, the first is %d", where, len(wrong), wrong[0]
        )
    return Links("OpenBible.info", _LICENCE, links)


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Without what says nothing; from the second line on where the first is a heading."""
    for number, line in enumerate(islice(lines, _MOST), 1):
        heading = number == 1 and line.lower().startswith("from")
        if line.strip() and not line.startswith("#") and not heading:
            yield number, line[:_LONGEST].rstrip("\n")


def _link(line: str) -> Link | None:
    parts = line.split("\t")
    if len(parts) < 3:
        return None
    of, to = referred(parts[0]), referred(parts[1])
    votes = parts[2].strip()
    if of is None or to is None or not votes.lstrip("-").isdecimal() or len(votes) > 6:
        return None
    return Link(of.first, to, int(votes))
