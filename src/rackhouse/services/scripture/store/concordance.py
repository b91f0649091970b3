"""Where each of Strong's numbers stands, and what renders it there: made once, at the import."""

from __future__ import annotations

import zlib
from sys import intern

import msgspec

from rackhouse.services.scripture.model.annotations import Word

_decoder = msgspec.msgpack.Decoder(dict[int, tuple[str, ...]])


class Concordance:
    """By number, verse and then words, one after the other."""

    def __init__(self) -> None:
        self._said: dict[str, list[int | str]] = {}

    def add(self, verse: int, text: str, words: tuple[Word, ...]) -> None:
        """A verse. Single words of one number that follow each other are one rendering."""
        for number, start, end in _runs(text, words):
            self._said.setdefault(number, []).extend((verse, intern(text[start:end])))

    def packed(self) -> dict[str, bytes]:
        """Each number's. The concordance is empty after that."""
        made = {}
        while self._said:
            number, said = self._said.popitem()
            by: dict[int, list[str]] = {}
            for verse, words in zip(said[::2], said[1::2], strict=True):
                by.setdefault(int(verse), []).append(str(words))
            made[number] = zlib.compress(msgspec.msgpack.encode(by), 6)
        return dict(sorted(made.items()))


def read(said: bytes) -> dict[int, tuple[str, ...]]:
    """What was packed of one number."""
    return _decoder.decode(said)


def _runs(text: str, words: tuple[Word, ...]) -> list[tuple[str, int, int]]:
    runs: list[tuple[str, int, int]] = []
    before: tuple[str, ...] = ()
    for word in words:
        single = " " not in text[word.start : word.end]
        if single and word.strongs == before and word.start - runs[-1][2] <= 1:
            for at in range(1, len(before) + 1):
                runs[-at] = (runs[-at][0], runs[-at][1], word.end)
        else:
            runs += [(number, word.start, word.end) for number in word.strongs]
        before = word.strongs if single else ()
    return runs
