"""What Bible Logic answers without any model: the ranking, its vectors and the texts in one
process; plan, joining, bearings, the rule that says "not found" and composing are study's own.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.study.model.answer import Answer, Outcome, Quote
from rackhouse.services.study.model.bearings import Kind
from rackhouse.services.study.model.found import Found, Hit, Results
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.bearings import BEARINGS
from rackhouse.services.study.service.bearings import held as bearings
from rackhouse.services.study.service.memory import MemoryScripture
from rackhouse.services.study.service.plan import SCRIPTURE
from rackhouse.services.study.service.tracing import Trace
from retrieval import corpus, held, vectors
from retrieval.queries import Query
from unit.study.held import CANON

_SAME = 0.75  # cosine from which a bearing is the question in other words
_ONE_BY_ONE = (Kind.SAYING, Kind.LEGEND, Kind.STORY)
_LOOKED_UP = "direct"


class Store(MemoryScripture):
    """The twin, with scripture's own reader of references."""

    async def references(self, text: str, *, question: bool = False) -> Sequence[Found]:
        return [
            Found(
                start=each.start,
                end=each.end,
                reference=str(each.reference),
                ranges=tuple((it.first, it.last) for it in each.reference.ranges),
            )
            for each in find(text, question=question)
        ]


class Search:
    """The ranking itself, without HTTP. Without `meaning` no vectors take part. `unlisted`: as if
    no saying, legend or story were among the bearings that says the same as the question.
    """

    def __init__(
        self, texts: Mapping[str, held.Texts], *, meaning: bool = True, unlisted: bool = False
    ) -> None:
        self._texts = texts
        self._meaning = meaning
        self._unlisted = unlisted

    async def search(
        self,
        query: str,
        *,
        limit: int,
        collections: Sequence[str],
        owner: str = "",
    ) -> Results:
        texts = self._texts[collections[0]]
        vector = texts.meant([query])[0] if self._meaning else None
        hits = (
            Hit(
                collection=collections[0],
                passage=texts.passages[each.row].id,
                document=texts.passages[each.row].document,
                score=each.score,
                signals=each.signals,
                terms=each.terms,
            )
            for each in texts.asked(query, vector, limit)
        )
        return Results(hits=tuple(hit for hit in hits if not (self._unlisted and _says_it(hit))))


def _says_it(hit: Hit) -> bool:
    one = hit.document.partition(".")[0] in _ONE_BY_ONE
    return one and hit.signals.get("meaning", 0.0) >= _SAME


def texts() -> dict[str, held.Texts]:
    """Of each collection. Vectors take minutes once."""
    told = [
        Passage(id="1", document=name, ordinal=0, texts={"said": each.text})
        for name, each in bearings().items()
    ]
    made = {"said": vectors.of([each.texts["said"] for each in told])}
    return {SCRIPTURE: held.texts(), BEARINGS: held.of(told, made)}


@dataclass(frozen=True)
class Seen:
    """A question and its answer."""

    query: Query
    answer: Answer

    @property
    def answered(self) -> bool:
        return self.answer.outcome is Outcome.ANSWERED

    @property
    def right(self) -> bool:
        """It is answered where it can be, and else refused."""
        return self.answered == bool(self.query.grades)

    def quoted(self, least: int) -> list[bool]:
        """Of each quoted passage, whether a verse of it has that grade or more."""
        return [
            any(self.query.grades.get(it.id, 0) >= least for it in part.verses)
            for part in self.answer.parts
            if isinstance(part, Quote)
        ]


@dataclass(frozen=True)
class Rates:
    """Shares: of what can be answered what is, of what cannot be what is refused; and of the
    passages that answers quote those with a verse that answers directly (grade 3), well (2 or more)
    or is graded at all; of answers those whose first passage, and any passage, answers directly.
    """

    answered: float
    refused: float
    direct: float
    good: float
    related: float
    first: float
    some: float
    passages: float  # of an answer, in the mean

    @classmethod
    def of(cls, seen: Sequence[Seen]) -> Rates:
        able = [each for each in seen if each.query.grades]
        none = [each for each in seen if not each.query.grades]
        given = [each for each in able if each.answered]
        quoted = {least: [it for each in given for it in each.quoted(least)] for least in (3, 2, 1)}
        return cls(
            answered=len(given) / len(able),
            refused=statistics.fmean(not each.answered for each in none),
            direct=statistics.fmean(quoted[3]),
            good=statistics.fmean(quoted[2]),
            related=statistics.fmean(quoted[1]),
            first=statistics.fmean(each.quoted(3)[0] for each in given),
            some=statistics.fmean(any(each.quoted(3)) for each in given),
            passages=len(quoted[1]) / len(given),
        )

    def lower(self, floors: Mapping[str, float], allowed: float) -> list[str]:
        """What has dropped, in words."""
        now = {each.name: getattr(self, each.name) for each in fields(self)}
        return [
            f"{name} is {now[name]:.3f}, and was {floor:.3f}"
            for name, floor in floors.items()
            if not now[name] > floor - allowed
        ]


async def seen(
    texts: Mapping[str, held.Texts],
    some: Sequence[Query],
    *,
    meaning: bool = True,
    unlisted: bool = False,
) -> list[Seen]:
    """Each of them asked."""
    words = {
        name: {int(it.id): it.texts[name] for it in texts[SCRIPTURE].passages if name in it.texts}
        for name in corpus.BARE
    }
    asking = Asking(Store(CANON, words), Search(texts, meaning=meaning, unlisted=unlisted))
    translations = await asking.chosen(())
    found = []
    for query in some:
        trace = Trace()
        plan = await asking.plan(query.text, translations, trace)
        answer = await asking.extracted(query.text, plan, translations, trace)
        found.append(Seen(query, answer))
    return found
