"""`POST /v1/responses`, passed on to an upstream that has it: what the gateway reads of it."""

from __future__ import annotations

from rackhouse.services.gateway.api import parse
from rackhouse.services.gateway.api.content import Content
from rackhouse.services.gateway.api.parse import Asker
from rackhouse.services.gateway.model.call import Call, Payload, Task
from rackhouse.services.gateway.model.problem import BadRequest


def read(payload: Payload, asker: Asker) -> Call:
    """The call. What would go on after the answer is refused: nobody could count it."""
    if not isinstance(payload.get("input"), str | list):
        raise BadRequest("`input` is neither a text nor a list", param="input")
    if parse.flag(payload, "background"):
        what = "`background` is not to be had here"
        raise BadRequest(what, fix="ask without it, and wait", param="background")
    content = Content()
    content.response(payload)
    return asker.call(
        Task.RESPONSE,
        payload,
        stream=parse.flag(payload, "stream"),
        prompt=content.tokens(asker.size),
        answer=parse.answer(payload, "max_output_tokens"),
        tools=bool(parse.optional_list(payload, "tools")),
        images=content.images > 0,
        fetched=content.fetched,
        unbounded=content.unbounded,
    )
