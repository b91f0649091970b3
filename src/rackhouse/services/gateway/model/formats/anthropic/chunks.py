"""Chunks of a chat for the events of a message: the state of one stream, no input, no output."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.formats.anthropic import answer
from rackhouse.services.gateway.model.formats.anthropic.parts import Json
from rackhouse.services.gateway.model.formats.events import event

_encode = msgspec.json.encode


class _Delta(msgspec.Struct):
    type: str = ""
    text: str = ""
    partial_json: str = ""
    stop_reason: str | None = None


class _Event(msgspec.Struct):
    type: str
    index: int = 0
    message: answer.Message | None = None
    content_block: answer.Block | None = None
    delta: _Delta | None = None
    usage: answer.Counted | None = None


_event = msgspec.json.Decoder(_Event).decode


class ToChat:
    """Chunks of a chat for the events of a message, whose tokens are counted into `usage`."""

    def __init__(self, usage: Usage, created: int, counts: bool) -> None:
        self.done = False
        self._usage = usage
        self._counts = counts
        self._head: Json = {"object": "chat.completion.chunk", "created": created}
        self._tools: dict[int, int] = {}  # block -> number of the tool call
        self._bare: set[int] = set()  # blocks of tools that have had no arguments yet

    def read(self, data: bytes) -> Iterator[bytes]:
        """The chunks for one event. ValueError for what is none, and for an error."""
        try:
            said = _event(data)
        except (ValueError, RecursionError) as error:
            raise ValueError("sent what is no event") from error
        if said.type == "error":
            raise ValueError("sent an error in mid-stream")
        if said.usage is not None:
            answer.count(said.usage, self._usage)
            self._usage.known &= said.delta is not None and said.delta.stop_reason is not None
        if said.type == "message_start" and said.message is not None:
            yield self._start(said.message)
        elif said.type == "content_block_start" and said.content_block is not None:
            yield from self._open(said.index, said.content_block)
        elif said.type == "content_block_delta" and said.delta is not None:
            yield from self._go_on(said.index, said.delta)
        elif said.type == "content_block_stop" and said.index in self._bare:
            yield self._arguments(said.index, "{}")
        elif said.type == "message_delta" and said.delta is not None:
            yield self._chunk({}, answer.finish(said.delta.stop_reason))
        self.done = said.type == "message_stop"

    def end(self) -> Iterator[bytes]:
        """The count, where it is wanted, and the end. ValueError when it is too early."""
        if not self.done:
            raise ValueError("broke off")
        if self._counts:
            counted = answer.counted(self._usage)
            yield event(_encode({**self._head, "choices": [], "usage": counted}))
        yield event(b"[DONE]")

    def _start(self, message: answer.Message) -> bytes:
        answer.count(message.usage, self._usage)
        self._usage.known = False  # the true count comes last
        self._head |= {"id": message.id, "model": message.model}
        return self._chunk({"role": "assistant", "content": ""})

    def _open(self, index: int, block: answer.Block) -> Iterator[bytes]:
        if block.type == "text" and block.text:
            yield self._chunk({"content": block.text})
        if block.type == "tool_use":
            number = self._tools[index] = len(self._tools)
            self._bare.add(index)
            function = {"name": block.name, "arguments": ""}
            call = {"index": number, "id": block.id, "type": "function", "function": function}
            yield self._chunk({"tool_calls": [call]})

    def _go_on(self, index: int, delta: _Delta) -> Iterator[bytes]:
        if delta.type == "text_delta":
            yield self._chunk({"content": delta.text})
        elif delta.type == "input_json_delta" and delta.partial_json:
            if index not in self._tools:
                raise ValueError("sent arguments of no tool")
            yield self._arguments(index, delta.partial_json)

    def _arguments(self, index: int, said: str) -> bytes:
        self._bare.discard(index)
        call = {"index": self._tools[index], "function": {"arguments": said}}
        return self._chunk({"tool_calls": [call]})

    def _chunk(self, delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event(_encode({**self._head, "choices": [choice]}))
