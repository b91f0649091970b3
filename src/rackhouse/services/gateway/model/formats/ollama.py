"""Ollama's own chat, which can be told how long a prompt may be: its `/v1` cuts it silently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from rackhouse.services.gateway.model.call import Payload, Usage
from rackhouse.services.gateway.model.formats.anthropic.parts import Json, listed, table, text
from rackhouse.services.gateway.model.formats.anthropic.tools import arguments
from rackhouse.services.gateway.model.formats.events import event
from rackhouse.services.gateway.model.problem import BadRequest

_OPTIONS = (
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "stop",
    "presence_penalty",
    "frequency_penalty",
)
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)] | None


class _Function(msgspec.Struct):
    name: str = ""
    arguments: dict[str, Any] = {}


class _Called(msgspec.Struct):
    function: _Function


class _Said(msgspec.Struct):
    content: str = ""
    tool_calls: list[_Called] | None = None


class _Answer(msgspec.Struct):
    message: _Said
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: _Count = None
    eval_count: _Count = None


_answer = msgspec.json.Decoder(_Answer).decode


def asked(payload: Payload, model: str, most: int, context: int) -> Payload:
    """A body of `/api/chat`. BadRequest by its field."""
    options = {name: payload[name] for name in _OPTIONS if payload.get(name) is not None}
    made: Json = {
        "model": model,
        "messages": list(_messages(payload["messages"])),
        "stream": payload.get("stream") is True,
        "options": {**options, "num_ctx": context, "num_predict": most},
    }
    if payload.get("tools") and payload.get("tool_choice") != "none":
        made["tools"] = payload["tools"]
    form = table(payload.get("response_format") or {}, "response_format")
    if form.get("type") == "json_object":
        made["format"] = "json"
    elif form.get("type") == "json_schema":
        at = "response_format.json_schema"
        made["format"] = table(table(form.get("json_schema"), at).get("schema"), f"{at}.schema")
    return made


def whole(body: bytes, usage: Usage, head: Json) -> bytes:
    """A `chat.completion` for an answer; `head` has its id and the like. ValueError for none."""
    answer = _read(body)
    _count(answer, usage)
    calls = _calls(answer, head["id"])
    message: Json = {"role": "assistant", "content": answer.message.content or None}
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "finish_reason": _finish(answer, bool(calls))}
    return msgspec.json.encode(
        {**head, "object": "chat.completion", "choices": [choice], "usage": _counted(usage)}
    )


class ToChat:
    """Chunks of a chat for the lines of a stream, whose tokens are counted into `usage`."""

    def __init__(self, usage: Usage, head: Json, counts: bool) -> None:
        self.done = False
        self._usage = usage
        self._counts = counts
        self._head = {**head, "object": "chat.completion.chunk"}
        self._began = False  # who speaks is said once
        self._calls = 0

    def read(self, data: bytes) -> Iterator[bytes]:
        """The chunks for a line. ValueError for what is none, and for an error."""
        answer = _read(data)
        delta: Json = {} if self._began else {"role": "assistant"}
        delta["content"] = answer.message.content
        if calls := _calls(answer, self._head["id"], self._calls):
            delta["tool_calls"] = [
                {"index": self._calls + number, **call} for number, call in enumerate(calls)
            ]
            self._calls += len(calls)
        if answer.message.content or calls:
            self._began = True
            yield self._chunk(delta)
        if answer.done:
            self.done = True
            _count(answer, self._usage)
            yield self._chunk({}, _finish(answer, self._calls > 0))

    def end(self) -> Iterator[bytes]:
        """The count, where it is wanted, and the end. ValueError when it is too early."""
        if not self.done:
            raise ValueError("broke off")
        if self._counts:
            said = {**self._head, "choices": [], "usage": _counted(self._usage)}
            yield event(msgspec.json.encode(said))
        yield event(b"[DONE]")

    def _chunk(self, delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event(msgspec.json.encode({**self._head, "choices": [choice]}))


def _messages(messages: list[Any]) -> Iterator[Json]:
    names: dict[str, str] = {}  # of the tools that were called, by the call
    for index, message in enumerate(messages):
        at = f"messages[{index}]"
        said: Json = {"role": "system" if message["role"] == "developer" else message["role"]}
        said |= _content(listed(message.get("content"), f"{at}.content"), f"{at}.content")
        if calls := listed(message.get("tool_calls"), f"{at}.tool_calls"):
            used = [table(each.get("function"), f"{at}.tool_calls") for each in calls]
            names |= {
                str(c.get("id")): str(f.get("name")) for c, f in zip(calls, used, strict=True)
            }
            said["tool_calls"] = [
                {"function": {"name": f.get("name"), "arguments": arguments(f.get("arguments"))}}
                for f in used
            ]
        if message["role"] == "tool":
            said["tool_name"] = names.get(str(message.get("tool_call_id")), "")
        yield said


def _content(parts: list[Json], at: str) -> Json:
    words: list[str] = []
    images: list[str] = []
    for index, part in enumerate(parts):
        where = f"{at}[{index}]"
        if part.get("type") == "text":
            words.append(text(part.get("text"), f"{where}.text"))
            continue
        url = table(part.get("image_url"), where).get("url")
        head, _, data = text(url, f"{where}.image_url.url").partition(";base64,")
        if not head.startswith("data:") or not data:
            fix = "write data:TYPE;base64,DATA"
            raise BadRequest("images are taken as data: alone", fix=fix, param=where)
        images.append(data)
    return {"content": "\n\n".join(words)} | ({"images": images} if images else {})


def _read(said: bytes) -> _Answer:
    try:
        return _answer(said)
    except (ValueError, RecursionError) as error:
        raise ValueError("said what is no answer") from error


def _calls(answer: _Answer, id: str, before: int = 0) -> list[Json]:
    """It gives its calls no ids, and clients need one each."""
    return [
        {
            "id": f"call_{id}_{before + number}",
            "type": "function",
            "function": {
                "name": each.function.name,
                "arguments": msgspec.json.encode(each.function.arguments).decode(),
            },
        }
        for number, each in enumerate(answer.message.tool_calls or ())
    ]


def _finish(answer: _Answer, called: bool) -> str:
    if called:
        return "tool_calls"
    return "length" if answer.done_reason == "length" else "stop"


def _count(answer: _Answer, usage: Usage) -> None:
    """A prompt that it had in its cache may not be counted: then nothing is known."""
    usage.input, usage.output = answer.prompt_eval_count or 0, answer.eval_count or 0
    usage.known = answer.prompt_eval_count is not None and answer.eval_count is not None


def _counted(usage: Usage) -> Json:
    total = usage.input + usage.output
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": total,
    }
