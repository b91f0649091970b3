"""What is sent, read and checked at once: after this it is as it should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request

from rackhouse.kit.web.problem import BadRequest, NotFound, TooLarge
from rackhouse.services.retrieval.api import shapes
from rackhouse.services.retrieval.model.documents import Document, Media
from rackhouse.services.retrieval.model.passage import Attribute

T = TypeVar("T")
BODY: Final = 64 * 2**20  # bytes
_PASSAGES: Final = 20_000  # of a document
_TEXT: Final = 20_000  # characters of a given passage
_ABOUT: Final = 1_000  # passages
_ID: Final = 200
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_PATH: Final = re.compile(r" - at `\$\.?(.*)`$")


async def body(request: Request, type: type[T]) -> T:  # noqa: A002 (msgspec calls it so)
    """What was sent, as that type. BadRequest, TooLarge."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY:
            raise TooLarge(
                f"the body has more than {BODY >> 20} MB", fix="send it in several requests"
            )
        parts.append(part)
    try:
        return msgspec.json.decode(b"".join(parts), type=type)
    except (ValueError, RecursionError) as error:
        where = _PATH.search(str(error))
        raise BadRequest(
            f"the body is not as it should be: {_PATH.sub('', str(error))}",
            fix="see GET /openapi.json",
            param=where[1] if where else "",
        ) from error


def name(said: str) -> str:
    """Of a collection. BadRequest."""
    if not _NAME.fullmatch(said):
        raise BadRequest(
            f"{said[:80]!r} is no name of a collection",
            fix="write it with small letters, digits, dots and dashes: at most 64",
            param="name",
        )
    return said


def job(said: str) -> UUID:
    """NotFound where it can be none."""
    try:
        return UUID(said)
    except ValueError as error:
        raise NotFound(
            f"there is no job {said[:40]!r}",
            fix="POST .../documents answers its id",
            param="id",
        ) from error


def documents(sent: shapes.Documents) -> tuple[Document, ...]:
    """Each fit to be kept. BadRequest."""
    known: set[str] = set()
    for at, each in enumerate(sent.documents):
        where = f"documents[{at}]"
        _id(each.id, f"{where}.id")
        if each.id in known:
            raise BadRequest(f"{each.id!r} is there twice", fix="send it once", param=f"{where}.id")
        known.add(each.id)
        _content(each, where)
        _attributes(each.attributes, where)
        for value, field in ((each.title, "title"), (each.source, "source")):
            _plain(value, f"{where}.{field}", 2_000)
        _plain(each.licence, f"{where}.licence", 2_000)
        if each.owner is not None:
            _id(each.owner, f"{where}.owner")
            if each.owner == "*":
                raise BadRequest("nobody is called '*'", fix="name one", param=f"{where}.owner")
    return sent.documents


def _content(document: Document, where: str) -> None:
    """One of the ways of sending it, and the one that its media type has."""
    ways = (bool(document.passages), document.content is not None)
    given, packed = document.media is Media.PASSAGES, document.content_base64 is not None
    binary = document.media is Media.PDF
    wrong = sum((*ways, packed)) != 1 or given is not ways[0] or (binary and not packed)
    if wrong:
        raise BadRequest(
            f"the document {document.id!r} says its content in no way, or in several",
            fix="send `passages` for the media type passages, `content_base64` for pdf, and one of"
            " `content` and `content_base64` for others",
            param=where,
        )
    known: set[str] = set()
    if len(document.passages) > _PASSAGES:
        raise BadRequest(
            f"{document.id!r} has {len(document.passages):,} passages, and {_PASSAGES:,} are read",
            fix="make several documents of it",
            param=f"{where}.passages",
        )
    for at, each in enumerate(document.passages):
        place = f"{where}.passages[{at}]"
        _id(each.id, f"{place}.id")
        if each.id in known:
            raise BadRequest(f"{each.id!r} is there twice", fix="send it once", param=f"{place}.id")
        known.add(each.id)
        _attributes(each.attributes, place)
        _about(each.about, document.owner, f"{place}.about")
        if not each.texts or not all(text.strip() for text in each.texts.values()):
            raise BadRequest(
                f"the passage {each.id!r} has no words",
                fix="send a text for each rendering, or leave it out",
                param=f"{place}.texts",
            )
        for rendering, text in each.texts.items():
            _id(rendering, f"{place}.texts")
            _plain(text, f"{place}.texts.{rendering}", _TEXT)


def _about(ids: Sequence[str], owner: str | None, where: str) -> None:
    """What one person says would be read off what another finds."""
    if ids and owner is not None:
        raise BadRequest(
            "a remark belongs to a person", fix="leave out the owner, or `about`", param=where
        )
    if len(ids) > _ABOUT:
        raise BadRequest(
            f"this is about more than {_ABOUT:,} passages", fix="name those alone", param=where
        )
    for each in ids:
        _id(each, where)


def _attributes(attributes: dict[str, Attribute], where: str) -> None:
    if len(attributes) > 100:
        raise BadRequest("these are too many attributes", fix="send 100 at most", param=where)
    for key, value in attributes.items():
        _id(key, f"{where}.attributes")
        if isinstance(value, str):
            _plain(value, f"{where}.attributes.{key}", 2_000)


def _id(said: str, where: str) -> None:
    if not said or len(said) > _ID or _CONTROL.search(said):
        raise BadRequest(
            "this is no name" if said else "a name is empty",
            fix=f"write 1 to {_ID} characters, none of them a control character",
            param=where,
        )


def _plain(said: str, where: str, most: int) -> None:
    if len(said) > most or "\0" in said:
        raise BadRequest(
            f"this text has more than {most:,} characters, or a NUL",
            fix="send a shorter one, or leave that out",
            param=where,
        )


def owner(request: Request) -> str:
    """The person that is named in the address, "" for nobody. BadRequest."""
    said = request.query_params.get("owner", "")
    if said == "*" or len(said) > _ID or _CONTROL.search(said):
        raise BadRequest("this is nobody's name", fix="name one person", param="owner")
    return said
