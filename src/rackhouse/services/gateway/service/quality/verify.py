"""Whether an answer holds, as far as rules can tell: it came whole, is the JSON that was asked for,
calls tools that there are with what they take. The same answer always gets the same verdict. Pure,
and bounded however large or wicked the request and the answer are.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from rackhouse.services.gateway.model.call import Call, Payload, Task
from rackhouse.services.gateway.service.quality.schema import STEPS, fits

_MOST: Final = 256 * 2**10  # bytes of an answer, and:
_TOOLS: Final = 256  # tools of a request, and
_CALLS: Final = 64  # calls of an answer; what has more is not judged


class Verdict(NamedTuple):
    """`ok` None: nothing here can tell. `score` from 0 to 1 says the same more finely."""

    ok: bool | None
    score: float
    why: str


class _Function(msgspec.Struct):
    name: str = ""
    arguments: str = ""


class _ToolCall(msgspec.Struct):
    function: _Function | None = None  # some tools take a text in place of arguments


class _Message(msgspec.Struct):
    content: str | None = None
    tool_calls: list[_ToolCall] | None = None
    refusal: str | None = None
    function_call: Any = None
    audio: Any = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice]


_decode = msgspec.json.Decoder(_Answer).decode
_json = msgspec.json.Decoder().decode
_BROKEN = (ValueError, RecursionError)

HOLDS = Verdict(True, 1.0, "")


def unknown(why: str) -> Verdict:
    """Nobody can tell."""
    return Verdict(None, 0.0, why)


def fails(why: str) -> Verdict:
    """It does not hold."""
    return Verdict(False, 0.0, why)


def verify(call: Call, body: bytes) -> Verdict:
    """Of a whole answer to a chat; it holds when each of its choices does."""
    if call.task is not Task.CHAT:
        return unknown("only chats are verified")
    if len(body) > _MOST:
        return unknown("too long to be verified")
    try:
        choices = _decode(body).choices
    except msgspec.ValidationError:
        return unknown("an answer of a form that is not known")
    except _BROKEN:
        return fails("no JSON")
    if not choices:
        return fails("no choices")
    verdicts = [_choice(call.payload, each, STEPS // len(choices)) for each in choices]
    return min(verdicts, key=_worst)


def _worst(verdict: Verdict) -> int:
    return (False, None, True).index(verdict.ok)


def _choice(payload: Payload, choice: _Choice, steps: int) -> Verdict:
    """`steps` that its schemas may take."""
    message = choice.message
    if choice.finish_reason == "length":
        asked = payload.get("max_tokens") or payload.get("max_completion_tokens")
        return unknown("as long as was asked for") if asked else fails("cut off")
    if choice.finish_reason == "content_filter" or message.refusal:
        return unknown("declined")
    if calls := message.tool_calls:
        if len(calls) > _CALLS:
            return unknown("too many calls to be verified")
        verdicts = [_call(payload, each.function, steps // len(calls)) for each in calls]
        return min(verdicts, key=_worst)
    return _text(payload, message, steps)


def _text(payload: Payload, message: _Message, steps: int) -> Verdict:
    """There is one, where no tool had to be called; and its form."""
    if message.function_call or message.audio:
        return unknown("no text")
    if _must_call(payload.get("tool_choice")):
        return fails("no tool was called")
    if not (message.content and message.content.strip()):
        return fails("empty")
    return _form(payload.get("response_format"), message.content, steps)


def _form(form: Any, content: str, steps: int) -> Verdict:
    """JSON, and to its schema, where that was asked for."""
    kind = form.get("type") if isinstance(form, dict) else None
    if kind not in ("json_object", "json_schema"):
        return unknown("nothing to verify it by")
    try:
        value = _json(content)
    except _BROKEN:
        return fails("no JSON")
    if kind == "json_object":
        return HOLDS if isinstance(value, dict) else fails("no JSON object")
    asked = form.get("json_schema")
    return _fit(asked.get("schema") if isinstance(asked, dict) else None, value, steps)


def _must_call(choice: Any) -> bool:
    return choice == "required" or (isinstance(choice, dict) and choice.get("type") == "function")


def _call(payload: Payload, function: _Function | None, steps: int) -> Verdict:
    """A tool that there is, with arguments that it takes."""
    tools = payload.get("tools")
    if function is None:
        return unknown("calls what is no function")
    if not isinstance(tools, list) or len(tools) > _TOOLS:
        return unknown("too many tools to be verified") if tools else fails("no tools were given")
    told = [each["function"] for each in tools if _is_function(each)]
    named = [each for each in told if each.get("name") == function.name]
    if not named:
        return fails("calls a tool that there is not")
    try:
        arguments = _json(function.arguments or "{}")
    except _BROKEN:
        return fails("arguments are no JSON")
    if not isinstance(arguments, dict):
        return fails("arguments are no JSON object")
    return _fit(named[0].get("parameters", True), arguments, steps)


def _is_function(tool: Any) -> bool:
    return isinstance(tool, dict) and isinstance(tool.get("function"), dict)


def _fit(schema: Any, value: Any, steps: int) -> Verdict:
    match fits(schema, value, steps):
        case None:
            return unknown("its schema is not judged")
        case True:
            return HOLDS
        case False:
            return fails("does not fit its schema")
