"""What a stream has said so far, so that another upstream can go on with it. Pure.

Where the next one repeats the last words before it goes on, they are taken away: the client reads
one answer.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from rackhouse.services.gateway.model.call import Call, Task, Usage
from rackhouse.services.gateway.model.config import Kind, Upstream

_MOST = 2**18  # characters: a longer answer is not gone on with
_LOOKED_AT = 2**14  # characters before the seam
_LEAST = 4  # characters: fewer that are the same are chance
_ON = "Go on exactly where your last message broke off. Repeat nothing and add no remark."
# These go on with an assistant's beginning by themselves; others are told to.
_PREFILLED = (Kind.OLLAMA, Kind.LLAMA_CPP, Kind.VLLM)


class _Delta(msgspec.Struct):
    content: str | None = None
    tool_calls: msgspec.Raw | None = None
    function_call: msgspec.Raw | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    delta: _Delta | None = None
    text: str | None = None


class _Chunk(msgspec.Struct):
    id: str = ""
    choices: list[_Choice] = []


_decode = msgspec.json.Decoder(_Chunk).decode


class Said:
    """`nothing`: no word yet. `whole`: all of it is text, so that it can be gone on with."""

    def __init__(self, call: Call) -> None:
        self.id = ""
        self.whole = _is_text(call)
        self.nothing = call.task in (Task.CHAT, Task.COMPLETION)
        self.events = 0  # with text: about as many tokens
        self._texts: list[str] = []
        self._size = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._texts)

    def read(self, piece: bytes) -> None:
        """A piece that the client is sent. UnicodeDecodeError for one that is no text."""
        if not (self.whole or self.nothing) or not piece.startswith(b"data: {"):
            return
        try:
            chunk = _decode(piece[6:])
        except msgspec.DecodeError:  # of a form that is not known
            self.whole = self.nothing = False
            return
        self.id = self.id or chunk.id
        for choice in chunk.choices:
            self._choice(choice)

    def _choice(self, choice: _Choice) -> None:
        delta = choice.delta
        text = choice.text if delta is None else delta.content
        calls = delta is not None and bool(delta.tool_calls or delta.function_call)
        if calls or text:
            self.nothing = False
        if choice.index or calls:
            self.whole = False
        elif text and self.whole:
            self._texts.append(text)
            self.events += 1
            self._size += len(text)
            self.whole = self._size <= _MOST


def _is_text(call: Call) -> bool:
    if call.task is Task.CHAT:
        return not call.schema  # the next one would begin its object anew
    return call.task is Task.COMPLETION and isinstance(call.payload.get("prompt"), str)


def onward(call: Call, said: Said, upstream: Upstream) -> Call:
    """The call that asks for the rest of an answer."""
    text = said.text
    if not text:
        return call
    payload = dict(call.payload)
    if call.task is Task.COMPLETION:
        payload["prompt"] += text
    else:
        payload["messages"] = [*payload["messages"], {"role": "assistant", "content": text}]
        if upstream.kind is Kind.VLLM:
            payload |= {"continue_final_message": True, "add_generation_prompt": False}
        elif upstream.kind not in _PREFILLED:
            payload["messages"].append({"role": "user", "content": _ON})
    return replace(
        call,
        payload=payload,
        prompt=call.prompt + len(text.encode("utf-8", "replace")) + len(_ON),
        answer=max(1, call.answer - said.events),
    )


class Seam:
    """Makes the rest of an answer one with what was said: its id, one beginning, no word twice, and
    one count of what those before have used as well.
    """

    def __init__(self, said: Said, used: Usage) -> None:
        self._id = said.id
        self._used = used
        self._said = said.text[-_LOOKED_AT:]
        self._held = ""
        self._open = bool(self._said)

    def join(self, piece: bytes) -> bytes:
        """What of an event is to be sent; b"" for nothing."""
        if not piece.startswith(b"data: {"):
            return piece
        chunk: dict[str, Any] = msgspec.json.decode(piece[6:])
        chunk["id"] = self._id or chunk.get("id")
        told = [self._choice(each) for each in chunk.get("choices") or []]
        if told and not any(told):
            return b""
        if (count := chunk.get("usage")) and self._used.known:
            self._add(count)
        return b"data: " + msgspec.json.encode(chunk) + b"\n\n"

    def _choice(self, choice: dict[str, Any]) -> bool:
        """Whether it says anything."""
        words, name = choice.get("delta", choice), "content" if "delta" in choice else "text"
        words.pop("role", None)
        ends = choice.get("finish_reason") is not None
        text = words.get(name)
        if isinstance(text, str) or (ends and self._held):
            words[name] = self._new(text or "", ends)
        return ends or any(words.get(each) for each in words if each not in ("index", "logprobs"))

    def _add(self, count: dict[str, Any]) -> None:
        used = self._used
        count["prompt_tokens"] = count.get("prompt_tokens", 0) + used.input
        count["completion_tokens"] = count.get("completion_tokens", 0) + used.output
        count["total_tokens"] = count["prompt_tokens"] + count["completion_tokens"]

    def _new(self, text: str, ends: bool) -> str:
        """What of it was not said before; "" until that is clear."""
        if not self._open:
            return text
        self._held += text
        if not ends and self._held in self._said:
            return ""
        self._open = False
        held, self._held = self._held, ""
        return held[overlap(self._said, held) :]


def overlap(said: str, more: str) -> int:
    """How many characters at the beginning of `more` are the last words of `said`."""
    if len(more) < _LEAST:
        return 0
    at = said.find(more[:_LEAST])
    while at >= 0:
        begins = at == 0 or said[at].isspace() or said[at - 1].isspace()
        if begins and more.startswith(said[at:]):
            return len(said) - at
        at = said.find(more[:_LEAST], at + 1)
    return 0
