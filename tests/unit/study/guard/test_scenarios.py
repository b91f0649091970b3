"""Sentences, and what leaves of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fakes.quotations.judge import untrue
from fakes.quotations.true import prose
from rackhouse.services.scripture.model.reference import Range, written
from rackhouse.services.study.model.guard.guard import Guard
from rackhouse.services.study.model.guard.verdict import Kind, Plain

TABLE = yaml.safe_load(
    (Path(__file__).parents[3] / "scenarios" / "study" / "guard.yaml").read_text()
)


@pytest.mark.parametrize(("said", "kind", "verses"), TABLE, ids=lambda it: str(it)[:40])
def test_what_leaves_of_a_sentence(guard: Guard, said: str, kind: str, verses: str) -> None:
    verdict = guard.check(said)
    found = "; ".join(written(Range(quote.first, quote.last)) for quote in verdict.quotes)
    assert (verdict.kind.value, found) == (kind, verses), verdict
    assert not [problem for quote in verdict.quotes if (problem := untrue(quote))]
    assert bool(verdict.reason) == (verdict.kind is Kind.BLOCKED)
    for part in verdict.parts:
        assert not isinstance(part, Plain) or part.text in {said[part.start : part.end], " … "}
    if verdict.kind is Kind.PASSES:
        assert "".join(part.text for part in verdict.parts) == said


# Told in the words of a verse, all but one: it is not to be known from a misquotation.
UNJUST = ("Lazarus had been in the tomb for four days.",)


@pytest.mark.parametrize("said", prose(), ids=lambda it: it[:30])
def test_honest_prose_leaves_as_it_is(guard: Guard, said: str) -> None:
    verdict = guard.check(said)
    assert verdict.kind in {Kind.PASSES, Kind.QUOTED} or said in UNJUST, verdict


def test_without_the_reader_of_references_it_reads_its_own(guard: Guard) -> None:
    seam, guard.mentions._references = guard.mentions._references, None
    try:
        wrong = [said for said, kind, _ in TABLE if guard.check(said).kind.value != kind]
    finally:
        guard.mentions._references = seam
    assert not wrong
