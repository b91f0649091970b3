"""Vectors as numbers or as base64 of their 32-bit floats: whichever the client asked for."""

from __future__ import annotations

import base64
import struct
from typing import Any

import msgspec

_decode = msgspec.json.Decoder(dict).decode
_NONE = (ValueError, LookupError, TypeError, RecursionError)  # what it is to read what are none


def in_form(body: bytes, base64_asked: bool) -> bytes:
    """An answer of `/v1/embeddings` with its vectors in the form that was asked for. Some servers
    give numbers whatever they are asked, and OpenAI's client for Node reads those as zeros.
    ValueError for what are no vectors.
    """
    at = body.find(b'"embedding":')
    if at < 0 or (body[at + 12 : at + 32].lstrip()[:1] == b'"') is base64_asked:
        return body
    try:
        answer: dict[str, Any] = _decode(body)
        for each in answer["data"]:
            each["embedding"] = (_packed if base64_asked else _numbers)(each["embedding"])
    except (*_NONE, struct.error, OverflowError) as error:
        raise ValueError("answered what are no vectors") from error
    return msgspec.json.encode(answer)


def moved(body: bytes, by: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An answer, and its vectors with so much added to the number of each. ValueError for what are
    no vectors.
    """
    try:
        answer: dict[str, Any] = _decode(body)
        return answer, [{**each, "index": each["index"] + by} for each in answer["data"]]
    except _NONE as error:
        raise ValueError("answered what are no vectors") from error


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _numbers(packed: str) -> list[float]:
    raw = base64.b64decode(packed, validate=True)
    return list(struct.unpack(f"<{len(raw) // 4}f", raw))
