"""XML as a stream of elements: no entity is declared, none is fetched, and depth has an end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Protocol
from xml.parsers import expat

from rackhouse.services.scripture.store.markup.collecting import Collector

_DEEPEST = 200
_CHUNK = 2**16
_LONGEST = 2**20  # bytes of one tag or comment, which is held as a whole


class Handler(Protocol):
    """What elements mean."""

    def begins(self, name: str, has: Mapping[str, str]) -> None:
        """An element."""

    def ends(self, name: str) -> None:
        """It does."""

    def text(self, said: str) -> None:
        """Between them."""


class _Stop(Exception):
    """Nothing more can be read."""


def read(file: IO[bytes], to: Collector, handler: Handler) -> None:
    """A file, said to the handler; what is wrong, to the collector."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = 0

    def begins(name: str, has: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _Stop(f"elements stand {_DEEPEST} deep")
        handler.begins(name.rpartition(":")[2], has)

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.ends(name.rpartition(":")[2])

    def declares(*_: object) -> None:
        raise _Stop("it declares an entity, and none is read")

    def said(what: Callable[..., None]) -> Callable[..., None]:
        def then(*args: object) -> None:
            to.line = parser.CurrentLineNumber
            what(*args)

        return then

    parser.StartElementHandler = said(begins)
    parser.EndElementHandler = said(ends)
    parser.CharacterDataHandler = said(handler.text)
    parser.EntityDeclHandler = said(declares)
    try:
        _feed(parser, file)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        to.line = error.lineno
        to.fault(f"is no XML: {expat.ErrorString(error.code)}", "save it as its program writes it")
    except _Stop as error:
        to.fault(str(error), "save it as its program writes it")
    to.close()


def _feed(parser: expat.XMLParserType, file: IO[bytes]) -> None:
    fed = 0
    while chunk := file.read(_CHUNK):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > _LONGEST:
            raise _Stop("a tag has more than a million characters")
