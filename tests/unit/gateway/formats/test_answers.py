"""What the gateway reads of answers: the count, the end, and what only looks like an answer."""

from __future__ import annotations

import base64
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Task, Usage
from rackhouse.services.gateway.model.formats import answers, vectors

_WHOLE = b'{"choices":[{"message":{}}]'


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b',"usage":{"prompt_tokens":3,"completion_tokens":5}}', (3, 5, True)),
        (b',"usage":{"prompt_tokens":3,"total_tokens":3}}', (0, 0, False)),
        (b',"usage":{"prompt_tokens":3}}', (0, 0, False)),
        (b',"usage":{"total_tokens":5000}}', (0, 0, False)),
        (b',"usage":{"completion_tokens":5}}', (0, 0, False)),
        (b',"usage":null}', (0, 0, False)),
        (b"}", (0, 0, False)),
        (b',"usage":{"prompt_tokens":-3,"completion_tokens":5}}', (0, 0, False)),
        (b',"usage":"many"}', (0, 0, False)),
        (b',"usage":{"prompt_tokens":1e300}}', (0, 0, False)),
    ],
)
def test_a_count_is_taken_where_it_is_one(said: bytes, expected: tuple[int, int, bool]) -> None:
    usage = Usage()
    answers.read(Task.CHAT, _WHOLE + said, usage)
    assert (usage.input, usage.output, usage.known) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        b'{"choices":[]}',
        b'{"choices":null}',
        b'{"error":{"message":"no"}}',
        b'{"choices":[{}],"error":"no"}',
        b"[" * 100_000,
        b"[]",
    ],
)
def test_what_only_looks_like_an_answer_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match="answered"):
        answers.read(Task.CHAT, body, Usage())


@pytest.mark.parametrize("said", [b'"prompt_tokens":3', b'"total_tokens":3'])
def test_of_vectors_nothing_is_said_that_would_have_to_be_counted(said: bytes) -> None:
    usage = Usage()
    answers.read(Task.EMBEDDING, b'{"data":[{}],"usage":{%s}}' % said, usage)
    assert (usage.input, usage.output, usage.known) == (3, 0, True)


def test_a_chunk_that_only_counts_is_told_from_words() -> None:
    usage = Usage()
    chunks = answers.Chunks(usage)
    assert chunks.read(b'{"choices":[{"delta":{"content":"a"},"finish_reason":null}]}')
    assert not chunks.finished
    assert chunks.read(b'{"choices":[{"delta":{},"finish_reason":"stop"}]}')
    assert chunks.finished
    assert not chunks.read(b'{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}')
    assert (usage.input, usage.output, usage.known) == (1, 2, True)


def test_a_count_in_every_chunk_is_the_last_one() -> None:
    usage = Usage()
    chunks = answers.Chunks(usage)
    for number in range(1, 4):
        said = {
            "choices": [{"delta": {}}],
            "usage": {"prompt_tokens": 9, "completion_tokens": number},
        }
        assert chunks.read(json.dumps(said).encode())
    assert (usage.output, usage.known) == (3, False)
    chunks.end()
    assert usage.known


def test_who_leaves_before_the_end_is_not_charged_by_a_count_on_the_way() -> None:
    usage = Usage()
    chunks = answers.Chunks(usage)
    counted = b'"usage":{"prompt_tokens":9,"completion_tokens":1}'
    chunks.read(b'{"choices":[{"delta":{"content":"a"}}],%s}' % counted)
    chunks.read(b'{"choices":[],%s}' % counted)
    chunks.read(b'{"choices":[{"index":0,"finish_reason":"stop"}],%s}' % counted)  # of several
    assert not usage.known
    chunks.read(b'{"choices":[],%s}' % counted)
    assert usage.known


@pytest.mark.parametrize(
    "said",
    [
        b"{not json",
        b"7",
        b'{"error":{"message":"overloaded"}}',
        b'{"choices":[{"finish_reason":"caf\xe9"}]}',
    ],
)
def test_what_is_no_chunk_is_not_passed_on(said: bytes) -> None:
    with pytest.raises(ValueError, match="sent"):
        answers.Chunks(Usage()).read(said)


@pytest.mark.parametrize("end", ["\\n", "\\r", "\\u0000"])
def test_a_name_does_not_begin_another_line(end: str) -> None:
    said = '{"type":"response.created' + end + 'data: {}"}'
    with pytest.raises(ValueError, match="no event"):
        answers.Steps(Usage()).read(said.encode())


_FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(st.lists(st.lists(_FLOATS, min_size=1, max_size=8), min_size=1, max_size=3))
def test_vectors_come_in_the_form_that_was_asked_for(given_: list[list[float]]) -> None:
    data = [{"index": i, "embedding": each} for i, each in enumerate(given_)]
    numbers = json.dumps({"data": data}, separators=(",", ":")).encode()
    packed = vectors.in_form(numbers, base64_asked=True)
    first = base64.b64decode(json.loads(packed)["data"][0]["embedding"])
    assert list(struct.unpack(f"<{len(first) // 4}f", first)) == given_[0]
    assert json.loads(vectors.in_form(packed, base64_asked=False))["data"] == data
    assert vectors.in_form(packed, base64_asked=True) is packed
    assert vectors.in_form(numbers, base64_asked=False) is numbers


@pytest.mark.parametrize("base64_asked", [True, False])
@pytest.mark.parametrize(
    "data",
    [
        b'[{"index":0,"embedding":%s}]',
        b'5,"x":{"embedding":%s}',
        b'[5],"x":{"embedding":%s}',
        b'[{}],"x":{"embedding":%s}',
        b'"caf\xe9","x":{"embedding":%s}',
    ],
)
def test_what_are_no_vectors_has_no_other_form(data: bytes, base64_asked: bool) -> None:
    body = b'{"data":' + data % (b"[1e300,0.1]" if base64_asked else b'"AAAA"') + b"}"
    with pytest.raises(ValueError, match="no vectors"):
        vectors.in_form(body, base64_asked)
