"""Numbers in addresses: which page of a list, which line. What is no number is passed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

_DIGITS = 9
_PAGES = 250  # a list is read from its beginning: nobody turns more pages than these

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pages:
    """The addresses of the pages before and after this one; "" for none."""

    newer: str
    older: str


def number(request: Request, name: str, default: int) -> int:
    """The number of that name in the address."""
    return parse(request.query_params.get(name, ""), default)


def parse(word: str, default: int) -> int:
    """The number that somebody wrote; `default` where it is none, or longer than any of ours."""
    good = word.isascii() and word.isdecimal() and len(word) <= _DIGITS
    return int(word) if good else default


def paged(
    request: Request, each: int, read: Callable[[int], Sequence[T]]
) -> tuple[Sequence[T], Pages]:
    """One page of a list, `each` rows long, whose first rows `read` answers."""
    page = min(max(1, number(request, "page", 1)), _PAGES)
    rows = read(page * each + 1)[(page - 1) * each :]
    words = {key: word for key, word in request.query_params.items() if word}
    newer = _address(words, page - 1) if page > 1 else ""
    older = _address(words, page + 1) if len(rows) > each and page < _PAGES else ""
    return rows[:each], Pages(newer, older)


def _address(words: Mapping[str, str], page: int) -> str:
    return "?" + urlencode({**words, "page": page})
