"""Pieces of content: texts, images, documents. The fields that both formats share."""

from __future__ import annotations

from typing import Any

from rackhouse.services.gateway.model.problem import BadRequest

Json = dict[str, Any]
_MARK = "cache_control"  # passed along: an upstream of Anthropic's bills a tenth for what it marks


def from_chat(content: Any, at: str) -> list[Json]:
    """Anthropic's blocks for the content of a message, without empty texts: it refuses them."""
    blocks = []
    for index, part in enumerate(listed(content, at)):
        where = f"{at}[{index}]"
        block = _block(part, where)
        if block.get("text") != "":
            blocks.append(marked(block, part))
    return blocks


def to_chat(content: Any, at: str) -> list[Json]:
    """OpenAI's parts for blocks of a user."""
    return [
        marked(_part(block, f"{at}[{index}]"), block)
        for index, block in enumerate(listed(content, at))
    ]


def plain(parts: list[Json]) -> str | list[Json]:
    """One text, where that is all there is: every server reads that."""
    if all(part.keys() == {"type", "text"} for part in parts):
        return "\n\n".join(part["text"] for part in parts)
    return parts


def listed(content: Any, at: str) -> list[Json]:
    """A content as a list of objects: a text is a list of one."""
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise BadRequest(f"`{at}` is neither a text nor a list of objects", param=at)
    return content


def text(value: Any, at: str) -> str:
    """A text, or BadRequest by its field."""
    if not isinstance(value, str):
        raise BadRequest(f"`{at}` is no text", param=at)
    return value


def table(value: Any, at: str) -> Json:
    """An object, or BadRequest by its field."""
    if not isinstance(value, dict):
        raise BadRequest(f"`{at}` is no object", param=at)
    return value


def marked(made: Json, source: Json) -> Json:
    """With the marker of a cache, where the source has one."""
    return {**made, _MARK: source[_MARK]} if source.get(_MARK) else made


def unmarked(value: Any) -> Any:
    """Without such markers, at any depth: a strict server refuses what it does not know."""
    if isinstance(value, dict):
        return {key: unmarked(each) for key, each in value.items() if key != _MARK}
    if isinstance(value, list):
        return [unmarked(each) for each in value]
    return value


def _block(part: Json, at: str) -> Json:
    match part.get("type"):
        case "text":
            return {"type": "text", "text": text(part.get("text"), f"{at}.text")}
        case "refusal":
            return {"type": "text", "text": text(part.get("refusal"), f"{at}.refusal")}
        case "image_url":
            image = table(part.get("image_url"), f"{at}.image_url")
            url = text(image.get("url"), f"{at}.image_url.url")
            return {"type": "image", "source": _source(url, f"{at}.image_url.url")}
        case "file":
            file = table(part.get("file"), f"{at}.file")
            data = text(file.get("file_data"), f"{at}.file.file_data")
            return {"type": "document", "source": _source(data, f"{at}.file.file_data")}
        case other:
            raise _not_passed_on(other, at)


def _source(url: str, at: str) -> Json:
    if not url.startswith("data:"):
        return {"type": "url", "url": url}
    head, comma, data = url[5:].partition(",")
    kind, _, coding = head.rpartition(";")
    if not comma or coding != "base64":
        fix = "write data:TYPE;base64,DATA"
        raise BadRequest(f"`{at}` is a data: address without base64", fix=fix, param=at)
    return {"type": "base64", "media_type": kind, "data": data}


def _part(block: Json, at: str) -> Json:
    match block.get("type"):
        case "text":
            return {"type": "text", "text": text(block.get("text"), f"{at}.text")}
        case "image":
            url = _address(table(block.get("source"), f"{at}.source"), f"{at}.source")
            return {"type": "image_url", "image_url": {"url": url}}
        case "document":
            source = table(block.get("source"), f"{at}.source")
            if source.get("type") == "text":
                return {"type": "text", "text": text(source.get("data"), f"{at}.source.data")}
            return {"type": "file", "file": {"file_data": _address(source, f"{at}.source")}}
        case other:
            raise _not_passed_on(other, at)


def _address(source: Json, at: str) -> str:
    match source.get("type"):
        case "base64":
            kind = text(source.get("media_type"), f"{at}.media_type")
            return f"data:{kind};base64,{text(source.get('data'), f'{at}.data')}"
        case "url":
            return text(source.get("url"), f"{at}.url")
        case other:
            raise _not_passed_on(other, at)


def _not_passed_on(kind: Any, at: str) -> BadRequest:
    what = f"`{at}` is of a kind that is not passed on: {kind!r:.40}"
    return BadRequest(what, fix="send texts, and images or documents by data or address", param=at)
