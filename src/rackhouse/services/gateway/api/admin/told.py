"""What programs of the rack's owner send, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from starlette.requests import Request

from rackhouse.services.gateway.model.config import Limit
from rackhouse.services.gateway.model.problem import BadRequest, TooLarge

_T = TypeVar("_T", bound=msgspec.Struct)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_MOST = 64 * 1024  # bytes
_FIX = 'a limit is {"period": "month", "money": NANOS, "tokens": COUNT, "warn": 0.8}, or less'
_LARGEST = 2**53  # nanos or tokens: what every program reads as it was written


async def body(request: Request, type: type[_T]) -> _T:  # noqa: A002 (msgspec calls it so)
    """The body as `type`. BadRequest for one that is none."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > _MOST:
            raise TooLarge(f"the body has more than {_MOST} bytes")
        parts.append(part)
    try:
        return msgspec.json.decode(b"".join(parts), type=type)
    except (ValueError, RecursionError) as error:
        what = f"the body is not as it should be: {error}"
        fields = ", ".join(type.__struct_fields__)
        raise BadRequest(what, fix=f"its fields are {fields}") from error


def name(said: str, param: str = "name") -> str:
    """A name that fits in headers, addresses and metrics."""
    if not _NAME.fullmatch(said):
        raise BadRequest(
            f"{said[:80]!r} is no name",
            fix="use up to 64 letters, digits and .-_@+, a letter or digit first",
            param=param,
        )
    return said


def limits(said: Iterable[Limit]) -> None:
    """BadRequest for what cannot be enforced as it is said."""
    for each in said:
        if not (-1 <= each.money <= _LARGEST and -1 <= each.tokens <= _LARGEST):
            what = f"`money` and `tokens` are from 0, or -1 for no limit, to {_LARGEST}"
            raise BadRequest(what, fix=_FIX, param="limits")
        if each.money < 0 and each.tokens < 0:
            raise BadRequest("a limit limits `money` or `tokens`", fix=_FIX, param="limits")
        if not 0 <= each.warn <= 1:
            raise BadRequest("`warn` is no share from 0 to 1", fix=_FIX, param="limits")
