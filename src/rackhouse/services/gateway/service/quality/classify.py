"""The task class of a request: what the client declared, else a guess from what it asks for.

Cheap (microseconds), explained by its rules, and bounded: at most `CLASSES` and what the rack
declares. A class says what is asked, never by whom or about what. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice
from typing import Any, Final

from rackhouse.services.gateway.model.call import Payload

LONG: Final = 4000  # characters of what is asked last, from which a model needs to hold more
_HEAD: Final = 400  # characters at either end that are looked at: that is where people ask
_PARTS: Final = 16  # of a message, and messages from the last one back, that are looked at

# What people ask for, in the languages of the rack. The first that is found, from the left.
_ASKS: Final = re.compile(
    r"""(?P<translate>\b(?:translat\w*|traduc\w*|traduz\w*|übersetz\w*)\b|번역)
      | (?P<summarize>\b(?:summar\w*|tl;?dr|resum\w*|zusammenfass\w*)\b|요약)
      | (?P<code>```|\b(?:def|class|import|SELECT|Traceback|regex|refactor\w*)\b|[{};]\s*\n)
      | (?P<write>\b(?:write|draft|compose|rewrite|escrib\w*|redact\w*|schreib\w*)\b|써\s*줘)
      | (?P<extract>\b(?:extract|classif\w*|categori\w*|label|list\s+all|extrae\w*)\b|추출)""",
    re.IGNORECASE | re.VERBOSE,
)
_FAMILIES: Final = (
    *("structured", "tools", "image", "translate", "summarize", "code", "write", "extract"),
    *("question", "chat"),
)
CLASSES: Final = frozenset(
    family + long + script
    for family in _FAMILIES
    for long in ("", "-long")
    for script in ("", "-nonlatin")
)


def kind(payload: Payload, declared: str, known: Collection[str]) -> str:
    """`declared` where it is one of `known` or of `CLASSES`, else guessed."""
    if declared and (declared in known or declared in CLASSES):
        return declared
    text, image = _asked(payload)
    return _family(payload, text, image) + _size(text) + _script(text)


def _family(payload: Payload, text: str, image: bool) -> str:
    form = payload.get("response_format")
    if isinstance(form, dict) and form.get("type") in ("json_object", "json_schema"):
        return "structured"
    if payload.get("tools"):
        return "tools"
    if image:
        return "image"
    ends = text if len(text) <= 2 * _HEAD else f"{text[:_HEAD]}\n{text[-_HEAD:]}"
    if (found := _ASKS.search(ends)) and found.lastgroup:
        return found.lastgroup
    return "question" if "?" in ends or "\N{FULLWIDTH QUESTION MARK}" in ends else "chat"


def _size(text: str) -> str:
    return "-long" if len(text) >= LONG else ""


def _script(text: str) -> str:
    """Greek and Latin letters lie below; models differ most on those above."""
    some = text[:_HEAD]
    letters = sum(map(str.isalpha, some))
    return "-nonlatin" if 2 * sum(each > "\u024f" for each in some) > letters > 0 else ""


def _asked(payload: Payload) -> tuple[str, bool]:
    """What was asked last, and whether there is an image in it."""
    messages = payload.get("messages")
    if not isinstance(messages, list):
        prompt = payload.get("prompt")
        return (prompt if isinstance(prompt, str) else ""), False
    for message in islice(reversed(messages), _PARTS):
        if isinstance(message, dict) and message.get("role") == "user":
            return _said(message.get("content"))
    return "", False


def _said(content: Any) -> tuple[str, bool]:
    if isinstance(content, str):
        return content, False
    parts = content[:_PARTS] if isinstance(content, list) else []
    image, texts = False, []
    for part in parts:
        if isinstance(part, dict):
            image = image or part.get("type") == "image_url"
            texts.append(part["text"] if isinstance(part.get("text"), str) else "")
    return "\n".join(texts), image
