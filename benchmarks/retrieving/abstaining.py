"""When to say "not found": what the best hits' signals tell of questions that nothing answers.

Rules are made on the open half alone: of one signal a threshold, of two or three a logistic sum.
Each refuses as much as it may while it answers nine tenths of what can be answered; the closed half
is only told, as rates.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.forms import FILLERS
from rackhouse.services.retrieval.model.ranking.search import Ranked, understood
from rackhouse.services.retrieval.model.ranking.typos import dictionary
from rackhouse.services.retrieval.model.ranking.words import words
from racks import table
from retrieval import queries
from retrieval.held import Texts
from retrieval.queries import Query

ANSWERED = 0.9  # of what can be answered, at least
_TOP = 3
_FIRST = 10
_ROUNDS, _RIDGE = 50, 1.0

Table = NDArray[np.float64]

# All but the last two can be read from what /v1/search answers.
SIGNALS = {
    "meaning": "the highest cosine among three",
    "words": "the highest share of the words' worth among ten",
    "covered": "the share of the words that one of three has",
    "first": "the fused score of the first",
    "margin": "the fused score of the first, less that of the tenth",
    "crowd": "the mean cosine of ten",
    "unknown": "the share of the words' worth that the texts do not have",
    "strange": "the words, below 0, that neither the texts nor a dictionary have",
}


@dataclass(frozen=True)
class Half:
    """A row a question; `answerable` says which something answers."""

    rows: Table
    answerable: NDArray[np.bool_]

    @classmethod
    def of(cls, texts: Texts, some: Sequence[Query]) -> Half:
        """References that are looked up are left out: they are no question of how sure one is."""
        some = [each for each in some if each.kind != queries.LOOKED_UP]
        meant = texts.meant([each.text for each in some])
        rows = [
            _signals(texts, each.text, texts.asked(each.text, vector, _FIRST))
            for each, vector in zip(some, meant, strict=True)
        ]
        return cls(np.array(rows), np.array([bool(each.grades) for each in some]))


@dataclass(frozen=True)
class Rule:
    """Answers where the sum of its signals is at least `least`."""

    signals: tuple[str, ...]
    weights: Table
    bias: float
    least: float

    def values(self, rows: Table) -> Table:
        """Of each question."""
        columns = [[*SIGNALS].index(name) for name in self.signals]
        found: Table = rows[:, columns] @ self.weights + self.bias
        return found

    def rates(self, half: Half) -> tuple[float, float]:
        """The shares of what can be answered that is, and of what cannot that is refused."""
        answers = self.values(half.rows) >= self.least
        return float(answers[half.answerable].mean()), float(1 - answers[~half.answerable].mean())

    def __str__(self) -> str:
        if len(self.signals) == 1:
            return f"{self.signals[0]} >= {self.least:.3f}"
        told = " ".join(
            f"{weight:+.2f} {name}" for name, weight in zip(self.signals, self.weights, strict=True)
        )
        return f"{told} {self.bias - self.least:+.2f} >= 0"


def report(texts: Texts) -> None:
    """The tables."""
    open_, closed = (Half.of(texts, queries.read(it)) for it in (queries.OPEN, queries.CLOSED))
    _spread(open_)
    rules = [rule(names, open_) for many in (1, 2, 3) for names in combinations(SIGNALS, many)]
    best = {
        many: sorted(
            (it for it in rules if len(it.signals) == many), key=lambda it: -it.rates(open_)[1]
        )[: 7 if many == 1 else 5]
        for many in (1, 2, 3)
    }
    rows = [
        (
            str(it),
            *(f"{share:.0%}" for half in (open_, closed) for share in it.rates(half)),
            f"{left_out(it.signals, open_):.0%}",
        )
        for some in best.values()
        for it in some
    ]
    print()
    table(
        rows,
        (
            "answers where",
            *("open: answered", "refused", "closed: answered", "refused", "open, each left out"),
        ),
    )


def rule(names: tuple[str, ...], half: Half) -> Rule:
    """The best with these signals, on that half."""
    columns = half.rows[:, [[*SIGNALS].index(name) for name in names]]
    if len(names) == 1:
        weights, bias = np.ones(1), 0.0
    else:
        weights, bias = _logistic(columns, half.answerable)
    values = np.sort((columns @ weights + bias)[half.answerable])
    # As many may be refused as leave nine tenths.
    least = float(values[int(len(values) * (1 - ANSWERED))])
    return Rule(names, weights, bias, least)


def left_out(names: tuple[str, ...], half: Half) -> float:
    """The share that is refused where each unanswerable question is left out of the making of the
    rule that it meets: what to expect of others.
    """
    refused = []
    for row in np.flatnonzero(~half.answerable):
        rest = np.arange(len(half.rows)) != row
        made = rule(names, Half(half.rows[rest], half.answerable[rest]))
        refused.append(bool(made.values(half.rows[[row]])[0] < made.least))
    return statistics.fmean(refused)


def _logistic(columns: Table, good: NDArray[np.bool_]) -> tuple[Table, float]:
    """Weights and bias by Newton's method, both classes counting the same, with a small ridge."""
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    given = np.column_stack([(columns - mean) / spread, np.ones(len(columns))])
    counts = np.where(good, 0.5 / good.mean(), 0.5 / (1 - good.mean()))
    ridge = _RIDGE * np.diag([1.0] * columns.shape[1] + [0.0])
    weights = np.zeros(given.shape[1])
    for _ in range(_ROUNDS):
        said = 1 / (1 + np.exp(-given @ weights))
        slope = given.T @ (counts * (good - said)) - ridge @ weights
        bend = (given * (counts * said * (1 - said))[:, None]).T @ given + ridge
        weights = weights + np.linalg.solve(bend, slope)
    own = weights[:-1] / spread
    return own, float(weights[-1] - own @ mean)


def _spread(half: Half) -> None:
    rows = []
    for column, (name, what) in enumerate(SIGNALS.items()):
        for said, which in (("answerable", half.answerable), ("not", ~half.answerable)):
            values = np.quantile(half.rows[which, column], (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1))
            told = (name, what) if which is half.answerable else ("", "")
            rows.append((told[0], said, *(f"{value:.2f}" for value in values), told[1]))
    table(rows, ("open half", "", "least", "10 %", "25 %", "50 %", "75 %", "90 %", "most", ""))


def _signals(texts: Texts, query: str, hits: Sequence[Ranked]) -> list[float]:
    """In the order of `SIGNALS`."""
    said = words(understood(texts.held, query))
    asked = [each for each in dict.fromkeys(said) if each not in FILLERS]
    had = [set(asked).intersection(each.terms) for each in hits[:_TOP]]
    scores = [each.score for each in hits]
    cosines = [each.signals["meaning"] for each in hits]
    terms = {each: texts.held.terms.term(each) for each in asked}
    worth = {each: texts.held.lexical.worth(term) for each, term in terms.items()}
    unknown = [each for each in asked if terms[each] not in texts.held.lexical]
    return [
        max(cosines[:_TOP]),
        max(each.signals["words"] for each in hits),
        max(map(len, had)) / max(1, len(asked)),
        scores[0],
        scores[0] - scores[-1],
        statistics.fmean(cosines),
        sum(worth[each] for each in unknown) / max(1.0, sum(worth.values())),
        0.0 - len([each for each in unknown if each not in dictionary("en")]),
    ]
