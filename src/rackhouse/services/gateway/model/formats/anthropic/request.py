"""What is asked, in the one form and in the other."""

from __future__ import annotations

from typing import Any

from rackhouse.services.gateway.model.formats.anthropic import parts, tools
from rackhouse.services.gateway.model.formats.anthropic.parts import Json, table, text
from rackhouse.services.gateway.model.problem import BadRequest

_JSON_ALONE = {"type": "text", "text": "Answer with one JSON object and nothing else."}
_SAME = ("temperature", "top_p", "stream")  # called the same in both


def from_chat(payload: Json, model: str, most: int) -> Json:
    """A body of `/v1/messages` for one of `/v1/chat/completions`. BadRequest by its field."""
    system: list[Json] = []
    messages: list[Json] = []
    for index, each in enumerate(_messages(payload)):
        at = f"messages[{index}]"
        role, blocks = _said(each, at)
        if role == "system":
            system += blocks
        elif messages and messages[-1]["role"] == role:
            messages[-1]["content"] += blocks
        elif blocks:
            messages.append({"role": role, "content": blocks})
    if messages and messages[-1]["role"] == "assistant" and "text" in messages[-1]["content"][-1]:
        last = messages[-1]["content"][-1]  # that is to be gone on from
        last["text"] = last["text"].rstrip()
    made: Json = {"model": model, "max_tokens": most, "messages": messages}
    _add_format(made, system, payload.get("response_format"))
    if system:
        made["system"] = system
    if stop := payload.get("stop"):
        made["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    if isinstance(user := payload.get("user"), str):
        made["metadata"] = {"user_id": user}
    return made | _shared(payload) | tools.from_chat(payload)


def to_chat(payload: Json) -> Json:
    """A body of `/v1/chat/completions` for one of `/v1/messages`. BadRequest by its field."""
    messages: list[Json] = []
    if system := parts.to_chat(payload.get("system"), "system"):
        messages.append({"role": "system", "content": parts.plain(system)})
    for index, each in enumerate(_messages(payload)):
        messages += _turn(each, f"messages[{index}]")
    made: Json = {"model": payload.get("model"), "messages": messages}
    made["max_tokens"] = payload.get("max_tokens")
    if stop := payload.get("stop_sequences"):
        made["stop"] = stop
    if metadata := payload.get("metadata"):
        user = table(metadata, "metadata").get("user_id")
        if user is not None:
            made["user"] = text(user, "metadata.user_id")
    if form := table(payload.get("output_config") or {}, "output_config").get("format"):
        schema = table(form, "output_config.format").get("schema")
        described = {"name": "answer", "schema": schema, "strict": True}
        made["response_format"] = {"type": "json_schema", "json_schema": described}
    return made | _shared(payload) | tools.to_chat(payload)


def _shared(payload: Json) -> Json:
    return {name: payload[name] for name in _SAME if payload.get(name) is not None}


def _messages(payload: Json) -> list[Any]:
    messages = payload.get("messages")
    if not isinstance(messages, list) or not messages:
        fix = "send a list with one in it at least"
        raise BadRequest("`messages` is no list, or empty", fix=fix, param="messages")
    return messages


def _said(message: Any, at: str) -> tuple[str, list[Json]]:
    """Anthropic's role and blocks of one of OpenAI's messages."""
    role = table(message, at).get("role")
    if role == "tool":
        return "user", [_result(message, at)]
    blocks = parts.from_chat(message.get("content"), f"{at}.content")
    if role in ("system", "developer"):
        return "system", blocks
    if role == "assistant":
        calls = enumerate(parts.listed(message.get("tool_calls"), f"{at}.tool_calls"))
        return role, blocks + [tools.used(each, f"{at}.tool_calls[{i}]") for i, each in calls]
    if role == "user":
        return role, blocks
    raise BadRequest(f"`{at}.role` is not known: {role!r:.40}", param=f"{at}.role")


def _result(message: Json, at: str) -> Json:
    made: Json = {
        "type": "tool_result",
        "tool_use_id": text(message.get("tool_call_id"), f"{at}.tool_call_id"),
    }
    if blocks := parts.from_chat(message.get("content"), f"{at}.content"):
        made["content"] = blocks
    return made


def _turn(message: Any, at: str) -> list[Json]:
    """OpenAI's messages for one of Anthropic's: each result of a tool is one of its own."""
    role = table(message, at).get("role")
    blocks = parts.listed(message.get("content"), f"{at}.content")
    if role == "assistant":
        return [_assistant(blocks, at)]
    if role == "system":
        return [{"role": role, "content": parts.plain(parts.to_chat(blocks, f"{at}.content"))}]
    if role != "user":
        raise BadRequest(f"`{at}.role` is not known: {role!r:.40}", param=f"{at}.role")
    made: list[Json] = []
    rest: list[Json] = []
    for index, block in enumerate(blocks):
        where = f"{at}.content[{index}]"
        if block.get("type") != "tool_result":
            rest += parts.to_chat([block], where)
            continue
        said = parts.to_chat(block.get("content"), f"{where}.content")
        texts = [each for each in said if each["type"] == "text"]
        rest += [
            each for each in said if each["type"] != "text"
        ]  # a tool's message has texts alone
        answered = text(block.get("tool_use_id"), f"{where}.tool_use_id")
        made.append({"role": "tool", "tool_call_id": answered, "content": parts.plain(texts)})
    if rest or not made:
        made.append({"role": "user", "content": parts.plain(rest)})
    return made


def _assistant(blocks: list[Json], at: str) -> Json:
    said: list[Json] = []
    calls: list[Json] = []
    for index, block in enumerate(blocks):
        where = f"{at}.content[{index}]"
        if block.get("type") == "tool_use":
            calls.append(tools.called(block, where))
        elif block.get("type") not in ("thinking", "redacted_thinking"):
            said += parts.to_chat([block], where)
    made: Json = {"role": "assistant", "content": parts.plain(said) if said else None}
    return {**made, "tool_calls": calls} if calls else made


def _add_format(made: Json, system: list[Json], form: Any) -> None:
    """A schema is Anthropic's own; "any JSON" is a sentence."""
    if form is None:
        return
    match table(form, "response_format").get("type"):
        case "json_schema":
            described = table(form.get("json_schema"), "response_format.json_schema")
            schema = table(described.get("schema"), "response_format.json_schema.schema")
            made["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        case "json_object":
            system.append(_JSON_ALONE)
        case "text":
            pass
        case _:
            at, fix = "response_format.type", "say json_schema, json_object or text"
            raise BadRequest(f"`{at}` is not known", fix=fix, param=at)
