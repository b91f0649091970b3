"""What a client said, as far as the gateway has to understand it; the rest is passed on as it is.

A field of a wrong type is BadRequest with its name. What a model makes of a right one is its own
affair.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.types import Scope

from rackhouse.services.gateway.api import bounds
from rackhouse.services.gateway.model.call import Call, Caller, Payload, Task
from rackhouse.services.gateway.model.problem import BadRequest, Forbidden, NotFound

_decode = msgspec.json.Decoder(dict).decode
_ANSWER = 4096  # tokens that an answer may have where nobody says
_MOST = 2**24  # tokens that anybody may ask for
_CHOICES = 128
_HEADER = b"x-rackhouse-"
_READ = (_HEADER, b"cache-control", b"traceparent")
_LONG = 256  # characters of a header that are read


class Asker(msgspec.Struct, frozen=True):
    """Who asks, what was said of it in headers, and how many bytes were sent."""

    caller: Caller
    size: int
    said: dict[str, str] = msgspec.field(default_factory=dict)

    def call(self, task: Task, payload: Payload, **more: Any) -> Call:
        """With the name that is asked for, which the key must allow. BadRequest, Forbidden."""
        model = payload.get("model")
        if not isinstance(model, str):
            raise BadRequest("`model` is missing, or no text", fix=NotFound.mend, param="model")
        allowed = self.caller.models
        if allowed and model not in allowed:
            names = ", ".join(sorted(allowed))
            raise Forbidden(
                f"this key may not ask for {model!r:.80}", fix=f"it may ask for {names}"
            )
        said = self.said
        tags = said.get("tags", "")
        return Call(
            id=os.urandom(16).hex(),
            caller=self.caller,
            task=task,
            model=model,
            payload=payload,
            prompt=more.pop("prompt", self.size),
            tags=frozenset(tag.strip() for tag in tags.split(",")) if tags else frozenset(),
            session=said.get("session") or _session(payload),
            kind=said.get("task", ""),
            private=said.get("private", "") in _YES,
            restart=said.get("restart", "") in _YES,
            trace=said.get("traceparent", ""),
            fresh="no-store" in said.get("cache-control", ""),
            **more,
        )


Read = Callable[[Payload, Asker], Call]
_YES = ("1", "true", "yes", "allow")


def body(sent: bytes) -> Payload:
    """The object that was sent. BadRequest, TooLarge."""
    bounds.few(sent)
    try:
        payload: Payload = _decode(sent)
    except (ValueError, RecursionError) as error:
        what = f"the body is no JSON object: {error}"
        raise BadRequest(what, fix="send one object, in UTF-8") from error
    bounds.shallow(sent)
    return payload


def headers(scope: Scope) -> dict[str, str]:
    """What was said in headers of our own, without their common beginning, and in a few others."""
    return {
        str(name.removeprefix(_HEADER), "latin-1"): str(value, "latin-1")[:_LONG].strip()
        for name, value in scope["headers"]
        if name.startswith(_READ)
    }


def flag(payload: Payload, name: str) -> bool:
    """A yes or no that may be missing."""
    value = payload.get(name)
    if value is None or value is False:
        return False
    if value is not True:
        raise BadRequest(f"`{name}` is neither true nor false", param=name)
    return True


def number(payload: Payload, name: str, most: int, missing: int) -> int:
    """A whole number from 1 to `most` that may be missing."""
    value = payload.get(name)
    if value is None:
        return missing
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadRequest(f"`{name}` is no whole number from 1 to {most}", param=name)
    return value


def answer(payload: Payload, *names: str) -> int:
    """The most tokens that one answer may have, by the first of `names` that is said."""
    for name in names:
        if payload.get(name) is not None:
            return number(payload, name, _MOST, _ANSWER)
    return _ANSWER


def choices(payload: Payload) -> int:
    """How many answers are asked for at once."""
    return number(payload, "n", _CHOICES, 1)


def counts(payload: Payload) -> bool:
    """Whether the client of a stream wants to be told what it used."""
    options = payload.get("stream_options")
    if options is None:
        return False
    if not isinstance(options, dict):
        raise BadRequest("`stream_options` is no object", param="stream_options")
    return flag(options, "include_usage")


def listed(payload: Payload, name: str) -> list[Any]:
    """A list that has something in it."""
    value = payload.get(name)
    if not isinstance(value, list) or not value:
        what = f"`{name}` is no list, or empty"
        raise BadRequest(what, fix="send a list with one in it at least", param=name)
    return value


def optional_list(payload: Payload, name: str) -> list[Any]:
    """A list that may be missing."""
    return [] if payload.get(name) is None else listed_or_empty(payload[name], name)


def listed_or_empty(value: Any, at: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise BadRequest(f"`{at}` is no list", param=at)
    return value


def texts(value: Any, name: str) -> int:
    """How many texts those are: one, a list of them, or the same as lists of tokens."""
    if isinstance(value, str):
        return 1
    if isinstance(value, list) and value:
        if all(_is_token(each) for each in value):
            return 1
        if all(isinstance(each, str) for each in value) or all(_is_tokens(each) for each in value):
            return len(value)
    raise BadRequest(
        f"`{name}` is neither a text nor tokens, nor a list of either, or empty", param=name
    )


def _is_token(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_tokens(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_token(each) for each in value)


def _session(payload: Payload) -> str:
    for name in ("prompt_cache_key", "user"):
        if isinstance(value := payload.get(name), str):
            return value[:_LONG]
    return ""
