"""How often the guard is wrong: no false quotation leaves, and of what is true nearly all does.
What a false accept is stands in the guard's `__init__.py`.
"""

from __future__ import annotations

import pytest

from fakes.quotations import false, more, rates, spanish, true
from fakes.quotations.held import spanish as reina_valera
from fakes.quotations.held import texts
from rackhouse.services.study.model.guard.guard import Guard

MOST = 0.005
MOST_SPANISH = 0.02  # of which a row weighs more: there are few
MOST_TOLD = 0.05  # of what is told again in nearly the text's own words
MOST_LATER = 0.2  # the same of a set that was written before it was run, and not tuned on


def _wrong(found: rates.Rates) -> list[tuple[str, str]]:
    return [each for rate in found.values() for each in rate.wrong]


def test_no_false_quotation_leaves(guard: Guard) -> None:
    found: rates.Rates = {}
    rates.of_false(guard, false.every(12), found)
    rates.of_false(guard, false.every(6, rates.FRESH), found)
    rates.of_false(guard, rates.held_back(12), found)
    assert len(found) == 14
    assert not _wrong(found)


def test_neither_does_one_that_is_put_together_or_hidden(guard: Guard) -> None:
    found: rates.Rates = {}
    rates.of_false(guard, more.every(10), found)
    assert not _wrong(found)


def test_most_of_what_is_told_again_leaves(guard: Guard) -> None:
    found: rates.Rates = {}
    rates.of_true(guard, "told", true.told(), found)
    assert len(_wrong(found)) <= MOST_TOLD * len(true.told()), _wrong(found)
    later: rates.Rates = {}
    rates.of_true(guard, "told", true.told_later(), later)
    assert len(_wrong(later)) <= MOST_LATER * len(true.told_later()), _wrong(later)


def test_true_quotations_and_prose_leave(guard: Guard) -> None:
    found: rates.Rates = {}
    for since in (0, rates.FRESH):
        for kind, said in rates.quotations(30, since):
            rates.of_true(guard, kind, said, found)
    rates.of_true(guard, "pages", [*true.documents()][::8], found)
    count = sum(rate.count for rate in found.values())
    assert len(_wrong(found)) <= MOST * count, _wrong(found)


@pytest.mark.slow
@pytest.mark.parametrize("since", [0, rates.FRESH])
def test_none_of_thousands_leaves(guard: Guard, since: int) -> None:
    found: rates.Rates = {}
    rates.of_false(guard, false.every(240, since), found)
    if since:
        rates.of_false(guard, rates.held_back(240), found)
    rates.of_false(guard, more.every(120, since), found)
    assert not _wrong(found)


@pytest.mark.slow
def test_nearly_all_of_thousands_leave(guard: Guard) -> None:
    found: rates.Rates = {}
    for since in (0, rates.FRESH):
        for kind, said in rates.quotations(480, since):
            rates.of_true(guard, kind, said, found)
    rates.of_true(guard, "pages", true.documents(), found)
    count = sum(rate.count for rate in found.values())
    assert count >= 5_000
    assert len(_wrong(found)) <= MOST * count, _wrong(found)


@pytest.mark.slow
def test_spanish_is_held_to_its_words_beside_english() -> None:
    if not reina_valera():
        pytest.skip("no Spanish text: `apt install sword-text-sparv`, or `make texts`")
    guard = Guard({**texts(), **reina_valera()})
    wrong: rates.Rates = {}
    rates.of_false(guard, spanish.false(120), wrong)
    rates.of_false(guard, spanish.false(60, rates.FRESH), wrong)
    assert len(wrong) == 7
    assert not _wrong(wrong)
    right: rates.Rates = {}
    rates.of_true(guard, "exact", spanish.true(240), right)
    rates.of_true(guard, "prose", spanish.scenarios("prose"), right)
    assert len(_wrong(right)) <= MOST_SPANISH * sum(it.count for it in right.values())
