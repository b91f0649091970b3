"""Bodies in OpenAI's form: what is taken, what is refused and in which words."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from rackhouse.services.gateway.worker import asked
from rackhouse.services.gateway.worker.tokens import Read


def test_one_text_or_several() -> None:
    assert asked.parse(b'{"input": "one", "model": "x", "user": "y"}').texts == ["one"]
    assert asked.parse(b'{"input": ["one", "two"]}').texts == ["one", "two"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON|Expected"),
        (b"{}", "input"),
        (b'{"input": [1, 2]}', "no tokens"),
        (b'{"input": []}', "1 to 2048"),
        (json.dumps({"input": ["x"] * 2049}).encode(), "1 to 2048"),
        (b'{"input": ["x", ""]}', "empty text"),
        (b'{"input": "x", "dimensions": 256}', "384"),
        (b'{"input": "x", "encoding_format": "hex"}', "hex"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        asked.parse(body)


def test_vectors_come_in_their_order_in_either_form() -> None:
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    read = [Read([1, 2], cut=False), Read([1, 3, 2], cut=True), Read([1, 2], cut=False)]
    one = asked.Asked(input=["a", "b", "c"])
    plain = json.loads(asked.answer(one, "m", read, [*rows]))
    assert [each["embedding"] for each in plain["data"]] == rows.tolist()
    assert plain["usage"] == {"prompt_tokens": 7, "total_tokens": 7}
    assert plain["truncated"] == [1]
    other = asked.Asked(input=["a", "b", "c"], encoding_format="base64")
    packed = json.loads(asked.answer(other, "m", read, [*rows]))["data"]
    found = [np.frombuffer(base64.b64decode(each["embedding"]), "<f4") for each in packed]
    assert np.array_equal(found, rows)
