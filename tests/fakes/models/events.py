"""What a stream said, of its events as `Desk.stream` gives them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def chunks(events: Iterable[str]) -> list[dict[str, Any]]:
    """Those with something in them: no comment, and not the end."""
    return [json.loads(each) for each in events if each.startswith("{")]


def said(events: Iterable[str]) -> str:
    """All its words."""
    deltas = [each["choices"][0]["delta"] for each in chunks(events) if each.get("choices")]
    return "".join(each.get("content") or "" for each in deltas)
