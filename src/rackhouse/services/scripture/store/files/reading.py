"""A text of one's own as a translation, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

from rackhouse.kit.errors import HostError
from rackhouse.services.scripture.model.canon.books import BY_CODE
from rackhouse.services.scripture.model.canon.numbering import NAMES, Place, numbering
from rackhouse.services.scripture.model.composing import Composed
from rackhouse.services.scripture.store.drafts import Draft, Taken
from rackhouse.services.scripture.store.files.members import Files, Member
from rackhouse.services.scripture.store.markup import osisfile, usfm, usx
from rackhouse.services.scripture.store.markup.collecting import MOST_FAULTS, Collector, Fault

_LONGEST_USFM = 32 * 2**20  # bytes: it is read as a whole
_MOST_VERSES = 60_000  # of one text, with all books that any canon has
_MOST_UNPLACED = 20  # verses of our books that have no number of ours
_Reads = Callable[[IO[bytes], Collector], None]


def taken(path: Path, how: str) -> Taken:
    """All verses of its files, counted as `how` says. HostError with every fault."""
    files = Files(path)
    try:
        return _Text(files, how).taken()
    finally:
        files.close()


class _Text:
    def __init__(self, files: Files, how: str) -> None:
        self._files, self._how = files, how
        self._draft = Draft(numbering(how))
        self._seen: dict[Place, str] = {}  # in which file
        self._twice: set[tuple[str, str]] = set()  # books that are in two files
        self._name = ""  # of the file that is read
        self._before: Place | None = None
        self._collector = Collector(self._put)
        self._faults: list[str] = []

    def taken(self) -> Taken:
        """HostError."""
        members = self._files.members()
        for each in members:
            self._collector, self._name = Collector(self._put), each.name
            self._member(each)
            self._faults += [_said(each.name, it) for it in self._collector.faults]
        if not members:
            self._faults.append("it has no file of USFM, USX or OSIS")
        elif not len(self._draft) and not self._faults:
            self._faults.append("no verse of our books is in its files")
        lost = [it for it in self._draft.unplaced if it[:3] in BY_CODE]
        if len(lost) > _MOST_UNPLACED:
            self._faults.append(
                f"{len(lost)} verses are counted otherwise than {self._how!r} does:"
                f" {', '.join(lost[:5])}\n    fix: say another numbering in about.toml,"
                f" of {', '.join(NAMES)}"
            )
        if self._faults:
            more = len(self._faults) - MOST_FAULTS
            told = self._faults[:MOST_FAULTS] + ([f"and {more} more"] if more > 0 else [])
            raise HostError(
                "cannot be read:\n  " + "\n  ".join(told),
                where=str(self._files.path),
                fix="mend its files, or fetch them anew; nothing of it is served before",
            )
        return self._draft.taken()

    def _member(self, member: Member) -> None:
        if member.kind == "usfm":
            content = self._files.content(member.name, _LONGEST_USFM)
            try:
                encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
                usfm.read(content.decode(encoding), self._collector)
            except UnicodeDecodeError as error:
                self._collector.line = 1 + content.count(b"\n", 0, error.start)
                self._collector.fault("is not UTF-8", "save it as UTF-8")
            return
        if reads := self._xml(member):
            with self._files.opened(member.name) as file:
                reads(file, self._collector)

    def _xml(self, member: Member) -> _Reads | None:
        """A file that ends with .xml is what it begins as; others than texts are passed by."""
        if member.kind != "xml":
            return usx.read if member.kind == "usx" else osisfile.read
        with self._files.opened(member.name) as file:
            begins = file.read(2_000)
        if b"<osis" in begins:
            return osisfile.read
        return usx.read if b"<usx" in begins or b"<usfm" in begins else None

    def _put(self, place: Place, last: int, composed: Composed) -> None:
        # One that stands in two parts, as 1a and 1b, is one verse.
        if place in self._seen and place != self._before and place[0] in BY_CODE:
            self._again(place)
        self._before = place
        if len(self._seen) > _MOST_VERSES:
            raise HostError(
                f"has more than {_MOST_VERSES:,} verses",
                where=str(self._files.path),
                fix="give each translation a folder or a zip of its own",
            )
        self._seen.setdefault(place, self._name)
        self._draft.add(place, composed, last)

    def _again(self, place: Place) -> None:
        """A book that is in two files is one fault, not a thousand."""
        at, other = f"{place[0]} {place[1]}:{place[2]}", self._seen[place]
        if other == self._name:
            self._collector.fault(f"{at} is there twice", "leave one of them out")
        elif (place[0], self._name) not in self._twice:
            self._twice.add((place[0], self._name))
            self._collector.fault(f"{at} is in {other} too", "leave one of both files out")


def _said(name: str, fault: Fault) -> str:
    return f"{name}, line {fault.line}: {fault.what}\n    fix: {fault.fix}"
