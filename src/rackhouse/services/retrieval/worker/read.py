"""What the worker reads, by its media type."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from rackhouse.services.retrieval.model.chunking.blocks import Block, Blocks, of_text
from rackhouse.services.retrieval.model.chunking.html import of_html

_PAGES: Final = 5_000
_PIECE: Final = 8_000  # characters of a line
_SOME: Final = 200  # blocks of a line
_TEXT: Final = 32 * 2**20  # characters


def of_pdf(content: bytes) -> Blocks:
    """The text of all pages, an empty line between two. ValueError where there is none."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is encrypted")
    if len(reader.pages) > _PAGES:
        raise ValueError(f"it has {len(reader.pages):,} pages, and {_PAGES:,} are read")
    parts: list[str] = []
    size = 0
    for page in reader.pages:
        said = page.extract_text().encode("utf-8", "replace").decode().replace("\0", " ").strip()
        size += len(said)
        if size > _TEXT:
            raise ValueError(f"its text has more than {_TEXT:,} characters")
        parts += [said] if said else []
    if not parts:
        raise ValueError("no page has text: they are pictures, perhaps")
    return of_text("\n\n".join(parts))


def _html(content: bytes) -> Blocks:
    return of_html(content.decode("utf-8", "replace").replace("\0", "\ufffd"))


def lines(found: Blocks) -> Iterator[bytes]:
    """What is found as lines of JSON, none of them long: a text is a piece of the text, a list some
    blocks.
    """
    for at in range(0, len(found.text), _PIECE):
        yield msgspec.json.encode(found.text[at : at + _PIECE])
    for at in range(0, len(found.blocks), _SOME):
        yield msgspec.json.encode(found.blocks[at : at + _SOME])


def whole(said: Iterable[str]) -> Blocks:
    """The same again. ValueError."""
    text: list[str] = []
    blocks: list[Block] = []
    for line in said:
        if line.startswith("["):
            blocks += msgspec.json.decode(line, type=list[Block])
        else:
            text.append(msgspec.json.decode(line, type=str))
    return Blocks("".join(text), tuple(blocks))


READERS: Final[Mapping[str, Callable[[bytes], Blocks]]] = {"pdf": of_pdf, "html": _html}
