"""Sentence by sentence: what one says of the next, and that whatever fails is blocked."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.quotations.judge import untrue
from rackhouse.services.study.model.guard.guard import Guard
from rackhouse.services.study.model.guard.stream import Stream
from rackhouse.services.study.model.guard.verdict import Kind, Verdict

ANSWER = """Psalm 23 is about trust. **Psalm 23:1** says: "The LORD is my shepherd; I shall not
want." It was written by David, "a man after his own heart" (1 Samuel 13:14), and it is loved.

> He maketh me to lie down in green pastures:
> Psalm 23:2

For God so loved the planet, that he gave his only begotten Son. That is all.
"""


def _said(guard: Guard, text: str, sizes: list[int]) -> list[tuple[str, Verdict]]:
    stream, found, at = Stream(guard), [], 0
    for size in sizes:
        found += stream.feed(text[at : at + size])
        at += size
    return found + stream.feed(text[at:]) + stream.end()


@given(st.lists(st.integers(1, 30), max_size=60))
def test_chunks_change_no_decision(sizes: list[int]) -> None:
    from unit.study.guard.conftest import _guard

    assert _said(_guard(), ANSWER, sizes) == _said(_guard(), ANSWER, [])


KETURAH = "she bare Zimran, and Jokshan, and Medan, and Midian, and Ishbak, and Shuah."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The Bible says he would suffer them to enter into them. And he small.", "small"),
        ("Romans 9:14 says: Is there unrighteousness with God? God small.", "small"),
        ("Romans 9:14 says: Is there unrighteousness with God? God forbid.", ""),
        ("Psalm 119:84 says How many are the days of thy servant? When wilt thou fail.", "fail"),
        ("1 Samuel 23:11: I beseech thee, tell thy servant. And the LORD said, He will go.", "go"),
        (f"Paul wrote: {KETURAH} And the sons of Jokshan. Sheba, and husbands.", "husbands"),
        ("The Bible says: In the beginning God created the heaven. And he was glad.", ""),
        ("It is written: Will the Lord cast off for ever? And will he be favorable no more?", ""),
    ],
)
def test_who_goes_on_with_a_verse_goes_on_in_its_words(guard: Guard, text: str, left: str) -> None:
    last = _said(guard, text, [])[-1][1]
    assert (last.kind is Kind.BLOCKED) == bool(left), last


def test_where_a_stream_is_cut_changes_nothing(guard: Guard) -> None:
    false = "\u201cFor God so hated \u2026 the w\u043erld\u201d (John\u00a03:16).\n\n> Jesus wept\n"
    whole = _said(guard, false, [])
    for at in range(1, len(false)):
        assert _said(guard, false, [at]) == whole, at


def test_an_answer(guard: Guard) -> None:
    kinds = [verdict.kind.value for _, verdict in _said(guard, ANSWER, [])]
    assert kinds == ["passes", "quoted", "quoted", "quoted", "corrected", "passes"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("For God so loved. The planet that he gave.", Kind.BLOCKED),
        ("Consider what Romans 8:28 says. Joy is the harvest of patience.", Kind.BLOCKED),
        ("Consider what John 3:16 says. For God so loved the world.", Kind.QUOTED),
        ('"Jesus wept."\n\nRomans 8:28', Kind.BLOCKED),
        ('"The LORD is my shepherd."\n\nPsalm 23:1', Kind.PASSES),
        ("See also:\n\nRomans 8:28\n\nJohn 3:16", Kind.PASSES),
        ("The Bible says: Jesus wept. Then he laughed.", Kind.PASSES),
        ("Jesus wept. He was sad.", Kind.PASSES),
    ],
)
def test_what_one_sentence_says_of_the_next(guard: Guard, text: str, last: Kind) -> None:
    assert _said(guard, text, [])[-1][1].kind is last


def test_a_quotation_that_was_cut_goes_on(guard: Guard) -> None:
    false = "joy is the harvest of patience. And "
    told = _said(guard, 'He said, "' + false * 200 + '" so.', [])
    assert len(told) > 1
    assert all(verdict.kind is Kind.BLOCKED for _, verdict in told[:2])


def test_what_fails_does_not_leave(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(guard._exactly, "picks", fail)
    verdict = guard.check('"For God so loved the world" (John 3:16)')
    assert (verdict.kind, verdict.parts) == (Kind.BLOCKED, ())
    assert "RuntimeError" in verdict.reason
    assert "broken" not in verdict.reason
    told = _said(guard, 'It says "For God so loved the world" (John 3:16).', [])
    assert [each.kind for _, each in told] == [Kind.BLOCKED]


_MARKS = (
    "\"|\u201c|\u201d|'|\n|> |. |(|)|: |\u2014|...|**|&quot;|\u200b|&#|<b>|\ufeff|\U0001d405|1|v."
)
_SAID = (
    "for god so loved the world|John 3:16|Psalm 151|says|Jesus|said|joy|[[JHN.3.16]]|planet|verily"
)
PIECES = (*_MARKS.split("|"), *_SAID.split("|"), "that he gave his only", "unto thee")


def test_nothing_that_is_thrown_at_it_breaks_it(guard: Guard) -> None:
    dice = random.Random(7)
    for _ in range(300):
        text = " ".join(dice.choice(PIECES) for _ in range(dice.randint(1, 25)))
        for _, verdict in _said(guard, text, [3, 5, 9]):
            assert not verdict.reason.startswith("the guard could not"), text
            assert not [problem for quote in verdict.quotes if (problem := untrue(quote))]


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    from unit.study.guard.conftest import _guard

    verdict = _guard().check(text)
    assert not verdict.reason.startswith("the guard could not")
