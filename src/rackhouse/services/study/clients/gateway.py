"""The gateway: a chat that streams, vectors of texts, and whether one follows from another. Nothing
of what comes is believed: every length has a bound, and what cannot be read is `Away`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from rackhouse.services.study.clients.http import Door, away
from rackhouse.services.study.model.chat import Called, Delta, Spoke, Used
from rackhouse.services.study.model.found import Refused

Json = dict[str, Any]
_LINE = 256 * 1024  # bytes of an event
_CALLS = 16  # of one turn
_ARGUMENTS = 16_384  # characters


class _Function(Struct):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(Struct):
    index: int = 0
    id: str | None = None
    function: _Function = field(default_factory=_Function)


class _Said(Struct):
    content: str | None = None
    tool_calls: tuple[_ToolCall, ...] | None = None


class _Choice(Struct):
    delta: _Said = field(default_factory=_Said)


class _Usage(Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(Struct):
    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None
    error: Any = None


class _Known(Struct):
    abilities: tuple[str, ...] | None = None


class _Vector(Struct):
    index: int
    embedding: tuple[float, ...]


class _Vectors(Struct):
    data: tuple[_Vector, ...]


class _Scored(Struct):
    index: int
    relevance_score: float


class _Scores(Struct):
    results: tuple[_Scored, ...]


class ChatClient:
    """Over HTTP, in OpenAI's protocol. `vectors` and `entailment` have doors of their own, None for
    none. `judge` names a model of entailment that answers under `/rerank`: a cross-encoder that
    reads a text and a sentence and says how likely the one shows the other.
    """

    def __init__(
        self,
        door: Door,
        model: str,
        *,
        vectors: Door | None = None,
        embedder: str = "",
        entailment: Door | None = None,
        judge: str = "",
    ) -> None:
        self._door = door
        self._model = model
        self._vectors = vectors
        self._embedder = embedder
        self._entailment = entailment
        self._judge = judge

    async def there(self) -> bool:
        """Whether there may be such a model: False where it is said that there is none. Away."""
        try:
            known = await self._door.get(f"/models/{quote(self._model, safe='')}", _Known)
        except Refused as refused:
            return refused.code != "model_not_found"
        return known.abilities is None or "chat" in known.abilities

    async def turn(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        *,
        most: int,
        patience: float,
    ) -> AsyncIterator[Delta]:
        """What the model says, as it comes; then the tools that it calls. Away."""
        asked: Json = {
            "model": self._model,
            "messages": list(messages),
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": most,
            "temperature": 0.2,
        }
        if tools:
            asked["tools"] = list(tools)
        headers = {"content-type": "application/json", "accept": "text/event-stream"}
        calls: dict[int, list[str]] = {}
        async with self._door.asked(
            "POST",
            "/chat/completions",
            patience=patience,
            headers=headers,
            data=msgspec.json.encode(asked),
        ) as answer:
            async for chunk in self._chunks(answer.content.iter_any()):
                if chunk.error is not None:
                    raise away(self._door.name, "its answer broke off")
                for choice in chunk.choices[:1]:
                    if choice.delta.content:
                        yield Spoke(text=choice.delta.content)
                    _gather(calls, choice.delta.tool_calls or ())
                if chunk.usage is not None:
                    yield Used(tokens=chunk.usage.completion_tokens)
        for id, name, arguments in calls.values():
            if name:
                yield Called(id=id or f"call-{name}", name=name, arguments=arguments or "{}")

    async def _chunks(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[_Chunk]:
        """Its events. A stream that ends without having said so broke off."""
        held = b""
        async for piece in pieces:
            held += piece
            if len(held) > _LINE:
                raise away(self._door.name, "an event of its answer has no end")
            *lines, held = held.split(b"\n")
            for line in lines:
                if not line.startswith(b"data:"):
                    continue
                data = line.removeprefix(b"data:").strip()
                if data == b"[DONE]":
                    return
                yield self._chunk(data)
        raise away(self._door.name, "its answer broke off")

    def _chunk(self, data: bytes) -> _Chunk:
        try:
            return msgspec.json.decode(data, type=_Chunk)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise away(self._door.name, "its answer is none that is known") from None

    async def vectors(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One for each text; nothing where no model of vectors is named. Away."""
        if self._vectors is None:
            return ()
        asked = {"model": self._embedder, "input": list(texts)}
        told = await self._vectors.post("/embeddings", asked, _Vectors)
        if len(told.data) != len(texts):
            raise away(self._vectors.name, "it answers other vectors than it was asked for")
        return [each.embedding for each in sorted(told.data, key=lambda it: it.index)]

    async def entails(self, text: str, sentence: str) -> float | None:
        """How likely a sentence follows from a text, 0 to 1; None where no model is named. Away."""
        if self._entailment is None:
            return None
        asked = {"model": self._judge, "query": text, "documents": [sentence]}
        told = await self._entailment.post("/rerank", asked, _Scores)
        scores = [each.relevance_score for each in told.results]
        if len(scores) != 1 or not 0 <= scores[0] <= 1:
            raise away(self._entailment.name, "it answers what is no likelihood")
        return scores[0]


def _gather(calls: dict[int, list[str]], told: Sequence[_ToolCall]) -> None:
    """A call comes in pieces: its name first, its arguments bit by bit."""
    for each in told:
        if each.index not in calls and len(calls) >= _CALLS:
            continue
        held = calls.setdefault(each.index, ["", "", ""])
        held[0] = each.id or held[0]
        held[1] = (held[1] + (each.function.name or ""))[:100]
        held[2] = (held[2] + (each.function.arguments or ""))[:_ARGUMENTS]
