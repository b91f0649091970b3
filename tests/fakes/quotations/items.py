"""One sentence with a quotation in it, and what is known of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def split(text: str) -> list[str]:
    """Its words as they stand there. A reading of its own: not the guard's."""
    return _WORD.findall(text)


def plain(text: str) -> list[str]:
    return [word.lower().replace("'", "").replace("\u2019", "") for word in split(text)]


@dataclass(frozen=True)
class Item:
    """`text` is what the model says, in one sentence or several. `wrong`: runs of words, any one of
    which must not leave as plain text; `verse` is what `reference` names, 0 where there is none.
    """

    kind: str
    frame: str
    text: str
    said: str
    wrong: tuple[tuple[str, ...], ...] = ()
    reference: str = ""
    verse: int = 0


@dataclass(frozen=True)
class Changed:
    """Words that were a verse's, and where the change is: from `first` up to `last`. `unmarked`:
    they are false without any mark too.
    """

    words: tuple[str, ...]
    first: int
    last: int
    verse: int
    unmarked: bool = True

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def wrong(self) -> tuple[tuple[str, ...], ...]:
        """The change with two words on both sides."""
        told = self.words[max(self.first - 2, 0) : self.last + 2]
        return (tuple(plain(" ".join(told))),)
