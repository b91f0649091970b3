"""Tools: what may be called, what was called, and with what."""

from __future__ import annotations

from typing import Any

import msgspec

from rackhouse.services.gateway.model.formats.anthropic.parts import Json, marked, table, text
from rackhouse.services.gateway.model.problem import BadRequest

_CHOICES = {"auto": "auto", "required": "any", "none": "none"}
_WORDS = {there: here for here, there in _CHOICES.items()}


def from_chat(payload: Json) -> Json:
    """`tools` and `tool_choice` as Anthropic has them; empty without tools."""
    tools = payload.get("tools")
    if not tools:
        return {}
    choice = _choice(payload.get("tool_choice") or "auto")
    if payload.get("parallel_tool_calls") is False and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    return {
        "tools": [_tool(each, f"tools[{i}]") for i, each in enumerate(_list(tools))],
        "tool_choice": choice,
    }


def to_chat(payload: Json) -> Json:
    """`tools`, `tool_choice` and `parallel_tool_calls` as OpenAI has them; empty without tools."""
    tools = payload.get("tools")
    if not tools:
        return {}
    made: Json = {"tools": [_function(each, f"tools[{i}]") for i, each in enumerate(_list(tools))]}
    if (choice := payload.get("tool_choice")) is not None:
        kind = table(choice, "tool_choice").get("type")
        if kind == "tool":
            name = text(choice.get("name"), "tool_choice.name")
            made["tool_choice"] = {"type": "function", "function": {"name": name}}
        elif isinstance(kind, str) and kind in _WORDS:
            made["tool_choice"] = _WORDS[kind]
        else:
            at, fix = "tool_choice.type", f"say tool, {', '.join(_WORDS)}"
            raise BadRequest(f"`{at}` is not known", fix=fix, param=at)
        if choice.get("disable_parallel_tool_use") is True:
            made["parallel_tool_calls"] = False
    return made


def used(call: Any, at: str) -> Json:
    """A block `tool_use` for a tool call."""
    function = table(table(call, at).get("function"), f"{at}.function")
    return {
        "type": "tool_use",
        "id": text(call.get("id"), f"{at}.id"),
        "name": text(function.get("name"), f"{at}.function.name"),
        "input": arguments(function.get("arguments") or "{}"),
    }


def called(block: Json, at: str) -> Json:
    """A tool call for a block `tool_use`."""
    given = msgspec.json.encode(table(block.get("input") or {}, f"{at}.input")).decode()
    name = text(block.get("name"), f"{at}.name")
    return {
        "id": text(block.get("id"), f"{at}.id"),
        "type": "function",
        "function": {"name": name, "arguments": given},
    }


def arguments(said: Any) -> Json:
    """The object that a model wrote. One that wrote no object is quoted, so that it can be told."""
    try:
        return msgspec.json.decode(said, type=dict[str, Any])
    except (ValueError, RecursionError, TypeError):
        return {"arguments": said}


def _tool(tool: Any, at: str) -> Json:
    if table(tool, at).get("type") != "function":
        fix = "send tools of the type function, or none"
        raise BadRequest(f"`{at}` is no function", fix=fix, param=f"{at}.type")
    function = table(tool.get("function"), f"{at}.function")
    made: Json = {"name": text(function.get("name"), f"{at}.function.name")}
    if function.get("description"):
        made["description"] = function["description"]
    made["input_schema"] = function.get("parameters") or {"type": "object", "properties": {}}
    if function.get("strict") is not None:
        made["strict"] = function["strict"]
    return marked(made, tool)


def _function(tool: Any, at: str) -> Json:
    if table(tool, at).get("type", "custom") != "custom":
        fix = "send a tool of your own, with `name` and `input_schema`"
        raise BadRequest(f"`{at}` runs at Anthropic's alone", fix=fix, param=f"{at}.type")
    made: Json = {"name": text(tool.get("name"), f"{at}.name")}
    if tool.get("description"):
        made["description"] = tool["description"]
    made["parameters"] = table(tool.get("input_schema"), f"{at}.input_schema")
    if tool.get("strict") is not None:
        made["strict"] = tool["strict"]
    return marked({"type": "function", "function": made}, tool)


def _choice(choice: Any) -> Json:
    if isinstance(choice, str) and choice in _CHOICES:
        return {"type": _CHOICES[choice]}
    function = table(table(choice, "tool_choice").get("function"), "tool_choice.function")
    return {"type": "tool", "name": text(function.get("name"), "tool_choice.function.name")}


def _list(tools: Any) -> list[Any]:
    if not isinstance(tools, list):
        raise BadRequest("`tools` is no list", param="tools")
    return tools
