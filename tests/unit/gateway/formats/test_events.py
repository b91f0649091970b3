"""Server-sent events are the same however their bytes were cut, and whatever ends their lines."""

from __future__ import annotations

import itertools
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.formats.events import Events, Lines, event

_LINES = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=12)
_EVENTS = st.lists(st.lists(_LINES, min_size=1, max_size=3), max_size=5)


def _written(lines: list[str], space: str, end: str, comment: bool) -> bytes:
    head = f": still here{end}event: named{end}id: 7{end}" if comment else ""
    return (head + "".join(f"data:{space}{line}{end}" for line in lines) + end).encode()


@given(
    _EVENTS,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.lists(st.integers(0, 300), max_size=6),
)
def test_any_cut_gives_the_same_events(
    events: list[list[str]], end: str, comment: bool, cuts: list[int]
) -> None:
    raw = b"".join(_written(lines, " ", end, comment) for lines in events)
    at = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    reader = Events()
    found = [each for a, b in itertools.pairwise(at) for each in reader.feed(raw[a:b])]
    last = reader.end()  # a lone CR may be half of an end
    whole = [" ".join(lines).encode() for lines in events]
    assert found + [last] * bool(last) == [each for each in whole if each]


def test_a_space_after_the_colon_may_be_missing() -> None:
    assert Events().feed(b'data:{"a":1}\n\ndata: {"b":2}\n\n') == [b'{"a":1}', b'{"b":2}']


def test_a_last_event_without_its_empty_line_is_there_at_the_end() -> None:
    reader = Events()
    assert reader.feed(b"data: [DONE]\n") == []
    assert reader.end() == b"[DONE]"


def test_an_event_without_end_is_given_up() -> None:
    reader = Events(most=100)
    assert reader.feed(b"data: endless" * 7) == []
    with pytest.raises(ValueError, match="more than 100 bytes"):
        reader.feed(b"data: endless")


@pytest.mark.parametrize("reader", [Events(), Lines()])
def test_what_has_no_end_yet_is_not_copied_with_each_piece(reader: Events | Lines) -> None:
    held = 2**20
    reader.feed(b"data: " + b"a" * held)
    taken = []
    tracemalloc.start()
    for _ in range(8):  # once in a while it is moved to where there is more room
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        reader.feed(b"a")
        taken.append(tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()
    assert min(taken) < held // 8


@given(st.lists(st.binary(max_size=9).filter(lambda line: b"\n" not in line)), st.integers(0, 60))
def test_lines_are_the_same_however_they_are_cut(lines: list[bytes], cut: int) -> None:
    raw = b"\n".join(lines)
    reader = Lines()
    found = [*reader.feed(raw[:cut]), *reader.feed(raw[cut:]), reader.end()]
    assert [each.strip() for each in found if each] == [
        each.strip() for each in lines if each.strip()
    ]


def test_what_is_written_is_read() -> None:
    assert Events().feed(event(b'{"a":1}', "named") + event(b"[DONE]")) == [b'{"a":1}', b"[DONE]"]


def test_json_in_several_lines_is_read_and_written_in_one() -> None:
    (data,) = Events().feed(b'data: {\ndata:   "a": "x",\ndata: "b": 1\ndata: }\n\n')
    assert json.loads(data) == {"a": "x", "b": 1}
    assert Events().feed(event(data)) == [data]
