"""A manifest as YAML that a person reads and a parser of YAML 1.1 or 1.2 cannot misread. Pure.

Words that some version takes for something else (`no`, `1:30`, `1e3`) stand in quotes; texts of
several lines stand as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_WORDS = frozenset({"false", "n", "no", "null", "off", "on", "true", "y", "yes"})
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_BLOCK = re.compile(
    r"(?=[^\s])(?:[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff])+"
)


def dump(value: Any) -> str:
    """JSON values as a YAML document, mappings in their own order."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inside in value.items():
            yield from _entry(f"{_scalar(key)}:", inside, "  " if isinstance(inside, dict) else "")
    elif isinstance(value, list) and value:
        for item in value:
            if isinstance(item, dict | list) and item:
                first, *rest = _lines(item)
                yield f"- {first}"
                yield from (f"  {line}" if line else "" for line in rest)
            else:
                yield from _entry("-", item, "  ")
    else:
        yield _scalar(value)


def _entry(before: str, value: Any, indent: str) -> Iterator[str]:
    """One value after its key or dash: on that line, or on lines of its own below."""
    if isinstance(value, dict | list) and value:
        yield before
        yield from (f"{indent}{line}" if line else "" for line in _lines(value))
    elif isinstance(value, str) and "\n" in value and _BLOCK.fullmatch(value):
        body = value.removesuffix("\n")
        if body.endswith("\n"):
            yield f"{before} {_scalar(value)}"
            return
        yield f"{before} |" if value.endswith("\n") else f"{before} |-"
        yield from (f"  {line}" if line else "" for line in body.split("\n"))
    else:
        yield f"{before} {_scalar(value)}"


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
