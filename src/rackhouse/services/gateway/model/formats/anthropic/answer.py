"""What is answered, in the one form and in the other; and errors."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.formats.anthropic import tools
from rackhouse.services.gateway.model.formats.anthropic.parts import Json
from rackhouse.services.gateway.model.problem import Problem

_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_STOP = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}
_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "overloaded_error",
}
Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)] | None


class _Written(msgspec.Struct):
    """Of what a cache is to keep, that which it keeps for five minutes."""

    ephemeral_5m_input_tokens: Count = None


class Counted(msgspec.Struct):
    """`input_tokens` are those that no cache had."""

    input_tokens: Count = None
    output_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_creation: _Written | None = None


class Block(msgspec.Struct):
    """A text, the use of a tool, or what the gateway does not pass on."""

    type: str
    text: str = ""
    id: str = ""
    name: str = ""
    input: dict[str, Any] = {}


class Message(msgspec.Struct):
    """What the gateway reads of one."""

    content: list[Block]
    id: str = ""
    model: str = ""
    stop_reason: str | None = None
    usage: Counted = msgspec.field(default_factory=Counted)


_message = msgspec.json.Decoder(Message).decode
_chat = msgspec.json.Decoder(dict[str, Any]).decode


def to_chat(body: bytes, usage: Usage, created: int) -> bytes:
    """A `chat.completion` for a message, whose tokens are counted into `usage`. ValueError for what
    is no message.
    """
    try:
        message = _message(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("answered what is no message") from error
    count(message.usage, usage)
    said = "".join(block.text for block in message.content if block.type == "text")
    calls = [
        tools.called({"id": block.id, "name": block.name, "input": block.input}, "content")
        for block in message.content
        if block.type == "tool_use"
    ]
    answer: Json = {"role": "assistant", "content": said or None}
    if calls:
        answer["tool_calls"] = calls
    choice = {"index": 0, "message": answer, "finish_reason": finish(message.stop_reason)}
    return msgspec.json.encode(
        {
            "id": message.id,
            "object": "chat.completion",
            "created": created,
            "model": message.model,
            "choices": [{**choice, "logprobs": None}],
            "usage": counted(usage),
        }
    )


def from_chat(body: bytes, model: str) -> bytes:
    """A message for a `chat.completion` of the first choice. ValueError for what is none."""
    try:
        answer = _chat(body)
        choice = answer["choices"][0]
        said = choice["message"]
        text = said.get("content") or said.get("refusal") or ""
        calls = [tools.used(each, "tool_calls") for each in said.get("tool_calls") or ()]
        why = stop(choice.get("finish_reason"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, Problem) as error:
        raise ValueError("the answer is no chat completion") from error
    blocks: list[Json] = [{"type": "text", "text": text}] if text or not calls else []
    return msgspec.json.encode(
        {
            "id": f"msg_{answer.get('id', '')}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": blocks + calls,
            "stop_reason": why,
            "stop_sequence": None,
            "usage": told(answer.get("usage")),
        }
    )


def finish(stop_reason: str | None) -> str:
    """OpenAI's word for why it ended."""
    return _FINISH.get(stop_reason or "", "stop")


def stop(finish_reason: str | None) -> str:
    """Anthropic's word for why it ended."""
    return _STOP.get(finish_reason or "", "end_turn")


def count(said: Counted, usage: Usage) -> None:
    """Into OpenAI's way of counting, where what a cache had is a part of the whole."""
    if said.input_tokens is not None:
        usage.cached = said.cache_read_input_tokens or 0
        written = said.cache_creation_input_tokens or 0
        usage.input = said.input_tokens + usage.cached + written
        if said.cache_creation is not None or not usage.surcharge:
            usage.surcharge = _surcharge(written, said.cache_creation)
    if said.output_tokens is not None:
        usage.output = said.output_tokens
    usage.known = said.output_tokens is not None


def _surcharge(written: int, how: _Written | None) -> int:
    """A cache of five minutes costs a quarter more than `input`, one of an hour twice as much; who
    does not say which it was meant the dearer one.
    """
    short = min(written, (how.ephemeral_5m_input_tokens or 0) if how else 0)
    return written - short + -(-short // 4)


def counted(usage: Usage) -> Json:
    """OpenAI's object."""
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }


def told(usage: Any) -> Json:
    """Anthropic's object for OpenAI's, zeros where there is none."""
    usage = _table(usage)
    cached = _number(_table(usage.get("prompt_tokens_details")).get("cached_tokens"))
    return {
        "input_tokens": max(0, _number(usage.get("prompt_tokens")) - cached),
        "output_tokens": _number(usage.get("completion_tokens")),
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": 0,
    }


def error(problem: Problem) -> Json:
    """Anthropic's error object."""
    kind = _KINDS.get(problem.status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": problem.message}}


def _table(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
