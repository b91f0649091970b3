"""What was asked and answered, as the log keeps it where the file of models says `bodies`: as text,
masked, and cut. Images and numbers are named and not kept. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from rackhouse.services.gateway.model.call import Payload
from rackhouse.services.gateway.service.telemetry.redaction import clean, masked

_MOST = 8_000  # characters of a question, and of an answer
_LARGEST = 2**20  # bytes of an answer that is read
_DEEPEST = 8


class _Message(msgspec.Struct):
    content: Any = None
    tool_calls: Any = None


class _Choice(msgspec.Struct):
    message: _Message | None = None
    text: str | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] = []
    output: Any = None


_decode = msgspec.json.Decoder(_Answer).decode


def question(payload: Payload) -> str:
    """`user: What was made?`, a line for each message."""
    asked = payload.get("messages") or payload.get("prompt") or payload.get("input")
    return _kept(_texts(asked))


def answer(body: bytes | str) -> str:
    """The words of a whole answer, or of a stream."""
    if isinstance(body, str):
        return _kept(iter([body]))
    try:
        found = _decode(body) if len(body) <= _LARGEST else _Answer()
    except (ValueError, RecursionError):
        return ""
    said = [[each.message and each.message.content, each.text] for each in found.choices]
    called = [each.message.tool_calls for each in found.choices if each.message]
    return _kept(_texts([said, called, found.output]))


def _kept(texts: Iterator[str]) -> str:
    """No more than fits. A word that is cut is left out: half a key has no form of its own."""
    found, room = [], _MOST
    for text in texts:
        found.append(text if len(text) <= room else text[:room].rpartition(" ")[0])
        room -= len(text) + 1
        if room <= 0:
            break
    return masked(clean("\n".join(found), _MOST))


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield "[image]" if value.startswith("data:") else value
    elif isinstance(value, list) and depth < _DEEPEST:
        for each in value:
            yield from _texts(each, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        yield from _of(value, depth)


def _of(value: dict[Any, Any], depth: int) -> Iterator[str]:
    """A message, or a part of one: what it says, and who says it."""
    role = f"{value['role']}: " if isinstance(value.get("role"), str) else ""
    if "image_url" in value or value.get("type") in ("image", "input_image", "input_audio"):
        yield f"{role}[image]"
        return
    words = (value.get(name) for name in ("content", "text", "function", "name", "arguments"))
    said = [text for each in words for text in _texts(each, depth + 1)]
    if said:
        yield role + "\n".join(said)
