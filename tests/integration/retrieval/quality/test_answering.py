"""What Bible Logic answers and refuses without a model, and what it quotes: each rate keeps its
floor, and the goals are reached on open questions that the rule was not made of.
"""

from __future__ import annotations

import pytest

from retrieval import answering
from retrieval.answering import Rates
from retrieval.held import Texts

ANSWERED, REFUSED = 0.9, 0.8  # the goals
_WORDS = "open, words alone"
_MEANT = [name for name, (_, meaning, _) in answering.WAYS.items() if meaning]


@pytest.fixture(scope="module")
def texts() -> dict[str, Texts]:
    return answering.texts()


def _kept(texts: dict[str, Texts], way: str) -> Rates:
    seen = answering.measured(texts, way)
    rates = Rates.of(seen)
    print(f"{way}: {rates}")
    assert not answering.lower(rates, way, seen)
    return rates


@pytest.mark.xdist_group("retrieval-words")
def test_by_words_alone_it_is_not_less_than_it_was() -> None:
    _kept(answering.texts(meaning=False), _WORDS)


@pytest.mark.slow
@pytest.mark.xdist_group("retrieval-meaning")
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("way", _MEANT)
def test_it_is_not_less_than_it_was(texts: dict[str, Texts], way: str) -> None:
    rates = _kept(texts, way)
    if way == "open":
        assert rates.answered >= ANSWERED
        assert rates.refused >= REFUSED
