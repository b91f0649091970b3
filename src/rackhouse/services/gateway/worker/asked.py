"""The body of `POST /v1/embeddings` and of its answer, in OpenAI's form. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Literal

import msgspec

from rackhouse.services.gateway.worker.embedder import Vector
from rackhouse.services.gateway.worker.tokens import Read
from rackhouse.services.gateway.worker.weights import WIDTH

_MOST = 2048  # texts, as OpenAI has it


class Asked(msgspec.Struct, frozen=True):
    """What of a request counts here; the rest is passed over."""

    input: str | list[str]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None

    @property
    def texts(self) -> list[str]:
        """One or more."""
        return [self.input] if isinstance(self.input, str) else self.input


class _One(msgspec.Struct, frozen=True):
    index: int
    embedding: list[float] | str
    object: str = "embedding"


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int
    total_tokens: int


class _Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """`truncated` names, by index, the texts that were too long and were read in part."""

    object: str
    data: list[_One]
    model: str
    usage: _Usage
    truncated: list[int] = []


_decode = msgspec.json.Decoder(Asked).decode
_encode = msgspec.json.Encoder().encode


def parse(body: bytes) -> Asked:
    """ValueError, in words for a person, where it cannot be answered."""
    try:
        asked = _decode(body)
    except msgspec.ValidationError as error:
        raise ValueError(
            f"{error}; texts are wanted, no tokens: they are of another model"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the body is no JSON: {error}") from error
    if not 1 <= len(asked.texts) <= _MOST:
        raise ValueError(f"`input` is to have 1 to {_MOST} texts, and has {len(asked.texts)}")
    if not all(asked.texts):
        raise ValueError("`input` has an empty text, which has no meaning that a vector could show")
    if asked.dimensions not in (None, WIDTH):
        raise ValueError(f"`dimensions` can be {WIDTH} alone: shorter ones would mean nothing")
    return asked


def answer(asked: Asked, model: str, read: Sequence[Read], rows: Sequence[Vector]) -> bytes:
    """The answer. `usage` counts what was read."""
    if asked.encoding_format == "base64":
        shown = [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in rows]
        data = [_One(index, text) for index, text in enumerate(shown)]
    else:
        data = [_One(index, row.tolist()) for index, row in enumerate(rows)]
    tokens = sum(len(each.ids) for each in read)
    cut = [index for index, each in enumerate(read) if each.cut]
    return _encode(_Answer("list", data, model, _Usage(tokens, tokens), cut))
