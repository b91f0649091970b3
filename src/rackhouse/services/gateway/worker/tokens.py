"""Texts to token ids, as the model was trained: lower case, word pieces, at most 256 of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

# Of a text without end no more is looked at: tokenizing costs memory by the character, and 256
# word pieces of any script that people write come to a twentieth of this.
_LOOKED_AT = 65_536  # characters


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one text. `cut`: it went on."""

    ids: list[int]
    cut: bool


class Tokens:
    """Reads texts."""

    def __init__(self, file: Path, longest: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)

    def read(self, texts: Iterable[str]) -> Iterator[Read]:
        """One after the other, each with the marks of its beginning and end."""
        for text in texts:
            encoding = self._tokenizer.encode(text[:_LOOKED_AT])
            yield Read(encoding.ids, bool(encoding.overflowing) or len(text) > _LOOKED_AT)
