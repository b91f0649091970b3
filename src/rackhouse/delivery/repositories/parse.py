"""What git prints about commits, trees and refs, as values. Pure; names may hold anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.delivery.repositories.names import is_commit

# Each field ends with a NUL, the one byte that no name and no message can hold.
COMMIT_FORMAT = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s%x00%b%x00"
REF_FORMAT = (
    "--format=%(refname:lstrip=2)%00%(objectname)%00%(*objectname)%00%(creatordate:unix)"
    "%00%(subject)%00"
)
TOUCH_FORMAT = "--format=%x00%H%x00%ct%x00%s%x00"  # an empty field first: no name is empty
_LINK = 0o120000
_YEAR_3900 = 60_904_000_000.0
_COMMIT_FIELDS, _REF_FIELDS = 8, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit. `written` and `committed` are Unix seconds, as its author's clock had them."""

    sha: str
    parents: tuple[str, ...]
    author: str
    email: str
    written: float
    committed: float
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch or a tag: its name without `refs/heads/`, and its commit."""

    name: str
    sha: str
    at: float
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a folder. `kind`: `tree`, `blob`, or `commit` for a submodule."""

    name: str
    kind: str
    mode: int
    sha: str
    size: int = 0  # bytes, of a file

    @property
    def link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == _LINK


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """The commit that last changed a file or something in a folder."""

    sha: str
    at: float
    subject: str


def commits(out: bytes) -> list[Commit]:
    """What COMMIT_FORMAT printed."""
    return [_commit(record) for record in _records(out, _COMMIT_FIELDS)]


def refs(out: bytes) -> list[Branch]:
    """What REF_FORMAT printed. The commit of an annotated tag is what it points at."""
    found = []
    for name, sha, peeled, at, subject in _records(out, _REF_FIELDS):
        found.append(Branch(name=name, sha=peeled or sha, at=_number(at), subject=subject))
    return found


def entries(out: bytes) -> list[Entry]:
    """What `ls-tree -z --long` printed, folders first, each kind by name."""
    found = []
    for line in out.split(b"\0"):
        about, tab, name = line.decode(errors="surrogateescape").partition("\t")
        if tab:
            mode, kind, sha, size = about.split()
            number = int(size) if size.isdecimal() else 0
            found.append(Entry(name=name, kind=kind, mode=int(mode, 8), sha=sha, size=number))
    return sorted(found, key=lambda entry: (entry.kind != "tree", entry.name))


def touches(out: bytes, folder: str) -> dict[str, Touch]:
    """What `log -z --name-only` printed in TOUCH_FORMAT, for the things right in `folder`.

    A commit's first name comes after an empty field and a newline, which no id begins with.
    """
    fields = out.decode(errors="surrogateescape").split("\0")
    found: dict[str, Touch] = {}
    touch, at = None, 0
    while at < len(fields):
        header = fields[at + 1 : at + 4]
        if not fields[at] and len(header) == 3 and is_commit(header[0]):
            touch = Touch(sha=header[0], at=_number(header[1]), subject=header[2])
            at += 4
            continue
        name = fields[at] if fields[at - 1] else fields[at].removeprefix("\n")
        if touch and name and name.startswith(folder):
            found.setdefault(name.removeprefix(folder).partition("/")[0], touch)
        at += 1
    return found


def _commit(fields: Sequence[str]) -> Commit:
    sha, parents, author, email, written, committed, subject, body = fields
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author=author,
        email=email,
        written=_number(written),
        committed=_number(committed),
        subject=subject,
        body=body.strip(),
    )


def _records(out: bytes, size: int) -> list[Sequence[str]]:
    """The fields, so many at a time; between two records git puts a newline."""
    fields = out.decode(errors="replace").split("\0")
    whole = len(fields) // size * size
    return [[fields[at].lstrip("\n"), *fields[at + 1 : at + size]] for at in range(0, whole, size)]


def _number(text: str) -> float:
    """A date; 0 where it is none, or none of a calendar, as in a commit that was made by hand."""
    number = float(text) if text.removeprefix("-").isdecimal() else 0.0
    return number if abs(number) < _YEAR_3900 else 0.0
