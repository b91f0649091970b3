"""Addresses of the pages of one repository. Pure.

Paths and branches are in the query: there a slash, a percent sign, `..` and a byte that is no UTF-8
come through browsers and proxies as they are.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

_FIELDS = 16


@dataclass(frozen=True, slots=True)
class Links:
    """`at`: the branch, tag or commit that is looked at; "" for the default branch."""

    repository: str
    at: str = ""

    @property
    def home(self) -> str:
        """The repository's own page."""
        return f"/repositories/{_quoted(self.repository)}"

    def files(self, path: str = "", *, source: bool = False) -> str:
        """A file or a folder; `source`: as it was written, where it would be shown as it reads."""
        return self._address("files", at=self.at, path=path, source="1" if source else "")

    def raw(self, path: str) -> str:
        """A file as it is."""
        return self._address("raw", at=self.at, path=path)

    def commits(self, path: str = "", page: int = 1) -> str:
        """The commits that lead here."""
        return self._address("commits", at=self.at, path=path, page="" if page == 1 else str(page))

    def commit(self, sha: str) -> str:
        """One commit."""
        return self._address(f"commits/{_quoted(sha)}")

    def branches(self) -> str:
        """Branches and tags."""
        return self._address("branches")

    def compare(self, base: str, to: str) -> str:
        """What `to` has that `base` has not."""
        return self._address("compare", base=base, to=to)

    def of(self, at: str) -> Links:
        """The same at another branch, tag or commit."""
        return Links(self.repository, at)

    def _address(self, place: str, **words: str) -> str:
        query = "&".join(f"{key}={_quoted(word)}" for key, word in words.items() if word)
        return f"{self.home}/{place}?{query}" if query else f"{self.home}/{place}"


def read_query(query: bytes) -> dict[str, str]:
    """The words of a query; bytes that are no UTF-8 come as surrogates. ValueError for too many."""
    text = query.decode(errors="surrogateescape")
    pairs = parse_qsl(
        text, keep_blank_values=True, errors="surrogateescape", max_num_fields=_FIELDS
    )
    return dict(pairs)


def resolve(folder: str, path: str) -> str | None:
    """What a relative path in a folder of the repository means; None when it leads out of it."""
    found = posixpath.normpath(posixpath.join(folder, path))
    if posixpath.isabs(found) or found.partition("/")[0] == "..":
        return None
    return "" if found == "." else found


def _quoted(word: str) -> str:
    return quote(word, safe="/", errors="surrogateescape")
