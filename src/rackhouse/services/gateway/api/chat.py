"""`POST /v1/chat/completions`: what the gateway reads of a chat."""

from __future__ import annotations

from typing import Any

from rackhouse.services.gateway.api import parse
from rackhouse.services.gateway.api.parse import Asker
from rackhouse.services.gateway.model.call import Call, Payload, Task
from rackhouse.services.gateway.model.problem import BadRequest

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
# More than any model makes of one image; its bytes say nothing of that.
_IMAGE = 50_000


def read(payload: Payload, asker: Asker) -> Call:
    """The call. BadRequest by its field, Forbidden."""
    images, size = _messages(parse.listed(payload, "messages"))
    count = parse.choices(payload)
    most = parse.answer(payload, "max_completion_tokens", "max_tokens")
    return asker.call(
        Task.CHAT,
        payload,
        stream=parse.flag(payload, "stream"),
        counts=parse.counts(payload),
        prompt=max(0, asker.size - size) + images * _IMAGE,
        answer=most * count,
        choices=count,
        tools=bool(parse.optional_list(payload, "tools")),
        images=images > 0,
        schema=_wants_schema(payload),
    )


def _messages(messages: list[Any]) -> tuple[int, int]:
    """How many images there are, and the bytes of their addresses."""
    images = size = 0
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            at = f"messages[{index}]"
            raise BadRequest(f"`{at}` is no message with a role that is known", param=at)
        content = message.get("content")
        if content is None or isinstance(content, str):
            continue
        for number, part in enumerate(parse.listed_or_empty(content, f"messages[{index}].content")):
            if url := _image(part, f"messages[{index}].content[{number}]"):
                images += 1
                size += len(url)
    return images, size


def _image(part: Any, at: str) -> str:
    """The address of an image, "" where it is none. It is passed on, and never fetched here."""
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        raise BadRequest(f"`{at}` is no object with a type", param=at)
    if part["type"] != "image_url":
        return ""
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    if not isinstance(url, str) or not url.startswith(("data:", "https://")):
        where = f"{at}.image_url.url"
        raise BadRequest(f"`{where}` is neither a data: nor an https: address", param=where)
    return url


def _wants_schema(payload: Payload) -> bool:
    form = payload.get("response_format")
    if form is None:
        return False
    if not isinstance(form, dict):
        raise BadRequest("`response_format` is no object", param="response_format")
    return form.get("type") == "json_schema"
