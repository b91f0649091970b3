"""What Bible Logic answers without any model, on the open half of our natural questions.

    python benchmarks/study.py [--each]

The ranking, its vectors and the texts are those of benchmarks/retrieval.py, in one process; plan,
joining, the rule that says "not found" and composing are study's own. A citation is a passage that
is quoted: `direct` has a verse that answers by itself (grade 3), `good` one of grade 2 or more,
`related` any graded one. `--each` prints a line a question. The closed half is not read here.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.study.model.answer import Answer, Outcome, Quote
from rackhouse.services.study.model.found import Found, Hit, Results
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.memory import MemoryScripture
from rackhouse.services.study.service.tracing import Trace
from retrieval import corpus, held, queries
from retrieval.queries import Query
from unit.study.held import CANON


class Store(MemoryScripture):
    """The twin, with scripture's own reader of references."""

    async def references(self, text: str) -> Sequence[Found]:
        return [
            Found(
                start=each.start,
                end=each.end,
                reference=str(each.reference),
                ranges=tuple((it.first, it.last) for it in each.reference.ranges),
            )
            for each in find(text)
        ]


class Search:
    """The ranking itself, without HTTP; `meaning` says whether vectors take part."""

    def __init__(self, texts: held.Texts, *, meaning: bool) -> None:
        self._texts = texts
        self._meaning = meaning

    async def search(
        self,
        query: str,
        *,
        limit: int,
        collections: Sequence[str],
        owner: str = "",  # noqa: ARG002
    ) -> Results:
        vector = self._texts.meant([query])[0] if self._meaning else None
        return Results(
            hits=tuple(
                Hit(
                    collection=collections[0],
                    passage=self._texts.passages[each.row].id,
                    score=each.score,
                    signals=each.signals,
                    terms=each.terms,
                )
                for each in self._texts.asked(query, vector, limit)
            )
        )


@dataclass(frozen=True)
class Seen:
    """A question and its answer."""

    query: Query
    answer: Answer

    @property
    def answered(self) -> bool:
        return self.answer.outcome is Outcome.ANSWERED

    def quoted(self, least: int) -> list[bool]:
        """Of each quoted passage, whether a verse of it has that grade or more."""
        return [
            any(self.query.grades.get(it.id, 0) >= least for it in part.verses)
            for part in self.answer.parts
            if isinstance(part, Quote)
        ]


async def _seen(texts: held.Texts, some: Sequence[Query], *, meaning: bool) -> list[Seen]:
    words = {
        name: {int(it.id): it.texts[name] for it in texts.passages if name in it.texts}
        for name in corpus.BARE
    }
    asking = Asking(Store(CANON, words), Search(texts, meaning=meaning))
    translations = await asking.chosen(())
    found = []
    for query in some:
        trace = Trace()
        plan = await asking.plan(query.text, translations, trace)
        answer = await asking.extracted(query.text, plan, translations, trace)
        found.append(Seen(query, answer))
    return found


def _row(name: str, seen: Sequence[Seen]) -> tuple[str, ...]:
    """Rates: of all that can be answered, and of those that were."""
    able = [each for each in seen if each.query.grades]
    none = [each for each in seen if not each.query.grades]
    given = [each for each in able if each.answered]
    shares = [
        statistics.fmean(it for each in given for it in each.quoted(least)) for least in (3, 2, 1)
    ]
    first = statistics.fmean(each.quoted(3)[0] for each in given)
    some = statistics.fmean(any(each.quoted(3)) for each in given)
    return (
        name,
        f"{len(given)}/{len(able)}",
        f"{sum(not each.answered for each in none)}/{len(none)}",
        *(f"{share:.2f}" for share in (*shares, first, some)),
        f"{statistics.fmean(len(each.quoted(1)) for each in given):.1f}",
    )


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", action="store_true")
    told = parser.parse_args()
    texts, some = held.texts(), queries.read(queries.OPEN)
    rows = []
    for name, meaning in (("words and meaning", True), ("words alone", False)):
        seen = asyncio.run(_seen(texts, some, meaning=meaning))
        rows.append(_row(name, seen))
        for each in seen if told.each else ():
            right = "+" if each.answered == bool(each.query.grades) else "-"
            print(right, f"{each.answer.sureness:.2f}", each.query.kind, each.query.text)
    table(
        rows,
        (
            f"{' '.join(corpus.BARE)}, {len(some)} open questions",
            *("answered", "refused", "citations: direct", "good", "related"),
            *("first is direct", "any is direct", "passages"),
        ),
    )


if __name__ == "__main__":
    main()
