"""What was said is in the log only where the file says so, masked, and never of who is private."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from fakes.models.desk import Desk, desk
from fakes.models.rack import SECRET

pytestmark = pytest.mark.slow
ADMIN = "sk-rack-owner"
PROMPT = "I am ada@example.org: what was made?"


def newest(door: Desk) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {ADMIN}"}
    lines = httpx.get(f"{door.url}/admin/traffic?count=1", headers=headers).json()["lines"]
    found: dict[str, Any] = lines[0]
    return found


def test_nothing_is_kept_unless_the_file_says_so() -> None:
    with desk(("first",), admin=ADMIN) as door:
        door.chat(PROMPT)
        assert (newest(door)["asked"], newest(door)["answer"]) == ("", "")


def test_what_is_kept_is_masked_plain_and_streamed() -> None:
    with desk(("first",), admin=ADMIN, bodies=True) as door:
        for ask in (door.chat, door.stream):
            ask(PROMPT)
            line = newest(door)
            assert line["asked"] == "user: I am [e-mail]: what was made?"
            assert line["answer"].startswith("In the beginning God created")
        body = {"model": "chat", "messages": [{"role": "user", "content": PROMPT}]}
        headers = {"authorization": f"Bearer {SECRET}", "x-rackhouse-private": "1"}
        httpx.post(f"{door.url}/v1/chat/completions", json=body, headers=headers)
        assert newest(door)["asked"] == ""
