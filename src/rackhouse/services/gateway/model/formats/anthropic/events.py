"""Events of a message for the chunks of a chat: the state of one stream, no input, no output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from rackhouse.services.gateway.model.formats.anthropic import answer
from rackhouse.services.gateway.model.formats.anthropic.parts import Json
from rackhouse.services.gateway.model.formats.events import event


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int = 0
    id: str | None = None
    function: _Function | None = None


class _Said(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    delta: _Said | None = None
    finish_reason: str | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: dict[str, Any] | None = None


_chunk = msgspec.json.Decoder(_Chunk).decode


class _Tool(msgspec.Struct):
    """A call that waits for the one before it to end: blocks come one after the other."""

    id: str = ""
    name: str = ""
    held: list[str] = []


class FromChat:
    """Events of a message for the chunks of a chat's first choice."""

    def __init__(self, id: str, model: str) -> None:
        self._id = id
        self._model = model
        self._began = False
        self._blocks = 0  # that were begun
        self._open = ""  # "", "text" or "tool"
        self._tool = -1  # number of the call that is open, or was last
        self._waiting: dict[int, _Tool] = {}
        self._finish: str | None = None
        self._usage: Json | None = None

    def read(self, data: bytes) -> Iterator[bytes]:
        """The events for one chunk. ValueError for what is none."""
        if data == b"[DONE]":
            return
        try:
            said = _chunk(data)
        except (ValueError, RecursionError) as error:
            raise ValueError("the stream is none of chunks") from error
        if not self._began:
            yield self._begin()
        self._usage = said.usage or self._usage
        for choice in said.choices or ():
            if choice.index:
                continue
            self._finish = choice.finish_reason or self._finish
            if choice.delta is not None:
                yield from self._words(choice.delta.content or choice.delta.refusal or "")
                for call in choice.delta.tool_calls or ():
                    yield from self._call(call)

    def end(self) -> Iterator[bytes]:
        """What ends a message."""
        if not self._began:
            yield self._begin()
        for number in sorted(self._waiting):
            yield from self._begin_tool(number)
        yield from self._close()
        delta = {"stop_reason": answer.stop(self._finish), "stop_sequence": None}
        yield _named("message_delta", {"delta": delta, "usage": answer.told(self._usage)})
        yield _named("message_stop", {})

    def _begin(self) -> bytes:
        self._began = True
        message: Json = {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": answer.told(None),
        }
        return _named("message_start", {"message": message})

    def _words(self, said: str) -> Iterator[bytes]:
        if not said:
            return
        if self._open != "text":
            yield from self._block("text", {"type": "text", "text": ""})
        yield self._delta({"type": "text_delta", "text": said})

    def _call(self, call: _Call) -> Iterator[bytes]:
        function = call.function or _Function()
        said = function.arguments or ""
        if self._open == "tool" and call.index == self._tool:
            if said:
                yield self._delta({"type": "input_json_delta", "partial_json": said})
            return
        if call.index <= self._tool:
            raise ValueError("arguments of a call that was over")
        tool = self._waiting.setdefault(call.index, _Tool(held=[]))
        tool.id, tool.name = call.id or tool.id, function.name or tool.name
        tool.held.append(said)
        if self._open != "tool" and len(self._waiting) == 1 and tool.name:
            yield from self._begin_tool(call.index)

    def _begin_tool(self, number: int) -> Iterator[bytes]:
        tool = self._waiting.pop(number)
        self._tool = number
        block = {"type": "tool_use", "id": tool.id, "name": tool.name, "input": {}}
        yield from self._block("tool", block)
        if said := "".join(tool.held):
            yield self._delta({"type": "input_json_delta", "partial_json": said})

    def _block(self, kind: str, block: Json) -> Iterator[bytes]:
        yield from self._close()
        self._open = kind
        self._blocks += 1
        yield _named("content_block_start", {"index": self._blocks - 1, "content_block": block})

    def _close(self) -> Iterator[bytes]:
        if self._open:
            yield _named("content_block_stop", {"index": self._blocks - 1})
        self._open = ""

    def _delta(self, delta: Json) -> bytes:
        return _named("content_block_delta", {"index": self._blocks - 1, "delta": delta})


def _named(name: str, said: Json) -> bytes:
    return event(msgspec.json.encode({"type": name, **said}), name)
