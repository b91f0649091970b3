"""Queries are read in both forms, and what is measured is told by kind."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from retrieval import floors, queries
from retrieval.measuring import Result, Worth, measured
from retrieval.queries import Query

TOPIC = '{"qid": "t1", "query": "goat", "kind": "topic", "heading": "GOAT", "verse_ids": [7, 8]}'
ASKED = '{"qid": "n1", "query": "who?", "kind": "story", "grades": {"7": 3, "8": 2, "9": 1}}'


def test_both_forms_are_read(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(f"{TOPIC}\n{ASKED}\n")
    topic, asked = queries.read(file)
    assert topic.gains == {7: 1.0, 8: 1.0}
    assert topic.best == topic.good == {7, 8}
    assert asked.gains == {7: 7.0, 8: 3.0, 9: 1.0}
    assert (asked.best, asked.good) == ({7}, {7, 8})


def test_a_line_without_verses_is_no_query(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text('{"query": "x"}\n')
    with pytest.raises(ValueError, match="grades"):
        queries.read(file)


def test_the_public_set_is_the_one_that_was_given() -> None:
    digest = hashlib.sha256(queries.TOPICS.read_bytes()).hexdigest()
    assert digest == "7a7d1a3e8edd04d607a64d46ed65037450fae2b0565d4995fddd60b99bda80de"
    assert len(queries.read(queries.TOPICS)) == 415


def test_means_are_over_queries_and_over_kinds_and_leave_out_what_is_no_ranking() -> None:
    some = [
        Query("a", "story", {1: 3}),
        Query("b", "story", {2: 3}),
        Query("c", "topic", {3: 3}),
        Query("d", "direct", {4: 3}),
        Query("e", "unanswerable", {}),
    ]
    found = measured(some, lambda number, query: [1] if number == 0 else [3, 4])
    assert {kind: n for kind, (n, _) in found.kinds.items()} == {
        "story": 2,
        "topic": 1,
        "direct": 1,
    }
    assert found.kinds["direct"][1].mrr == 0.5
    assert (found.every.hit, found.even.hit) == (pytest.approx(2 / 3), pytest.approx(0.75))


@pytest.mark.parametrize(("now", "said"), [(0.5, 0), (0.4901, 0), (0.49, 6), (0.2, 6)])
def test_a_drop_of_a_hundredth_is_told(
    now: float, said: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floors, "FILE", tmp_path / "floors.json")
    floors.write({"kjv": {"open": floors.figures(_flat(0.5))}})
    dropped = floors.lower(_flat(now), "kjv", "open")
    assert len(dropped) == said
    assert all("was 0.5000" in each for each in dropped)


def _flat(value: float) -> Result:
    worth = Worth(value, value, value, value)
    return Result(worth, worth, {})
