"""An engine's frames become the lines that were written, wherever they are cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.targets.docker.logs import logs


class Pieces:
    """An engine that answers these bytes, in pieces of `size`."""

    def __init__(self, content: bytes, size: int) -> None:
        self.content, self.size = content, size

    async def raw(self, path: str, *, query: Mapping[str, object]) -> AsyncIterator[bytes]:
        assert path == "/containers/hello/logs"
        assert query["tail"] == 100
        for start in range(0, len(self.content), self.size):
            yield self.content[start : start + self.size]


def _lines(content: bytes, size: int) -> list[str]:
    async def all_of_it() -> list[str]:
        return [line async for line in logs(Pieces(content, size), "hello")]  # type: ignore[arg-type]

    return asyncio.run(all_of_it())


def _frame(words: bytes) -> bytes:
    return b"\x01\0\0\0" + len(words).to_bytes(4, "big") + words


_LINES = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))


@given(lines=_LINES, cut=st.integers(1, 9), size=st.integers(1, 40))
def test_lines_are_whole_however_they_are_cut(lines: list[str], cut: int, size: int) -> None:
    written = "".join(f"{line}\n" for line in lines).encode()
    frames = b"".join(_frame(written[at : at + cut]) for at in range(0, len(written), cut))
    assert _lines(frames, size) == lines


def test_what_has_no_end_of_line_yet_is_a_line_too() -> None:
    assert _lines(_frame(b"one\ntw") + _frame(b"o"), 5) == ["one", "two"]


def test_what_is_not_text_is_shown_as_such() -> None:
    assert _lines(_frame(b"a\xffb\n"), 100) == ["a�b"]
