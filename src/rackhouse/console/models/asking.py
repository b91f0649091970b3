"""A question to a model from the playground: the words as they come, who answered, what it cost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.models.money import money
from rackhouse.operations.models.wire import Wire, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, or why there is none; `told` is who answered, how fast and for how much."""

    model: str
    text: str = ""
    told: str = ""
    wrong: str = ""


async def pieces(
    wire: Wire, model: str, prompt: str, currency: str
) -> AsyncIterator[tuple[str, str]]:
    """`("word", ...)` as often as there are some, then `("told", ...)` or `("wrong", ...)`."""
    try:
        async with wire.asked(model, prompt) as answer:
            async for line in answer.aiter_lines():
                if said := words(line):
                    yield "word", said
        its = await wire.one(answer.headers["x-request-id"])
    except RackhouseError as error:
        yield "wrong", error.what
        return
    told = [its.upstream, f"{its.input} + {its.output} tokens", f"{its.seconds:.1f} s"]
    told += [f"after {each.upstream} ({each.why})" for each in its.tried]
    yield "told", ", ".join([*told, money(its.cost, currency)])


async def whole(wire: Wire, model: str, prompt: str, currency: str) -> Answer:
    """All of it, for a browser without script."""
    found: dict[str, str] = {"word": "", "told": "", "wrong": ""}
    async for kind, said in pieces(wire, model, prompt, currency):
        found[kind] += said
    return Answer(model=model, text=found["word"], told=found["told"], wrong=found["wrong"])


async def events(wire: Wire, model: str, prompt: str, currency: str) -> AsyncIterator[bytes]:
    """The same as server-sent events; the wire is closed behind them."""
    try:
        async for kind, said in pieces(wire, model, prompt, currency):
            yield f"event: {kind}\ndata: {json.dumps(said)}\n\n".encode()
    finally:
        await wire.close()
