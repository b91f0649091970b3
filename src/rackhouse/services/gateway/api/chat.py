"""`POST /v1/chat/completions`: what the gateway reads of a chat."""

from __future__ import annotations

from typing import Any

from rackhouse.services.gateway.api import parse
from rackhouse.services.gateway.api.content import Content
from rackhouse.services.gateway.api.parse import Asker
from rackhouse.services.gateway.model.call import Call, Payload, Task
from rackhouse.services.gateway.model.problem import BadRequest

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def read(payload: Payload, asker: Asker) -> Call:
    """The call. BadRequest by its field, Forbidden."""
    content = _read(parse.listed(payload, "messages"))
    count = parse.choices(payload)
    most = parse.answer(payload, "max_completion_tokens", "max_tokens")
    return asker.call(
        Task.CHAT,
        payload,
        stream=parse.flag(payload, "stream"),
        counts=parse.counts(payload),
        prompt=content.tokens(asker.size),
        answer=most * count,
        choices=count,
        tools=bool(parse.optional_list(payload, "tools")),
        images=content.images > 0,
        fetched=content.fetched,
        unbounded=content.unbounded,
        schema=_wants_schema(payload),
    )


def _read(messages: list[Any]) -> Content:
    content = Content()
    for index, message in enumerate(messages):
        at = f"messages[{index}]"
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            what = f"`{at}` is no message with a role that is known"
            raise BadRequest(what, fix=f"roles are {', '.join(_ROLES)}", param=at)
        content.chat(message, at)
    return content


def _wants_schema(payload: Payload) -> bool:
    form = payload.get("response_format")
    if form is None:
        return False
    if not isinstance(form, dict):
        raise BadRequest("`response_format` is no object", param="response_format")
    return form.get("type") == "json_schema"
