"""What Bible Logic answers without any model: the ranking, its vectors and the texts in one
process; plan, joining, bearings, the rule that says "not found" and composing are study's own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.scripture.model.references.find import find
from rackhouse.services.scripture.model.references.whole import whole
from rackhouse.services.study.model.answer import Answer, Outcome, Quote
from rackhouse.services.study.model.bearings import Kind
from rackhouse.services.study.model.found import Found, Hit, Results
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.bearings import BEARINGS
from rackhouse.services.study.service.bearings import held as bearings
from rackhouse.services.study.service.memory import MemoryScripture
from rackhouse.services.study.service.plan import SCRIPTURE
from rackhouse.services.study.service.tracing import Trace
from retrieval import corpus, held, queries, vectors
from retrieval.floors import ALLOWED
from retrieval.queries import Query
from unit.study.held import CANON

FLOORS = Path(__file__).with_name("answers.json")
_SAME = 0.75  # cosine from which a bearing is the question in other words
_ONE_BY_ONE = (Kind.SAYING, Kind.LEGEND, Kind.UNTOLD, Kind.STORY)


class Store(MemoryScripture):
    """The twin, with scripture's own reader of references."""

    async def references(self, text: str, *, question: bool = False) -> Sequence[Found]:
        if (alone := whole(text)) is not None:
            ranges = tuple((it.first, it.last) for it in alone.ranges)
            return [Found(start=0, end=len(text), reference=str(alone), ranges=ranges)]
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


def texts(*, meaning: bool = True) -> dict[str, held.Texts]:
    """Of each collection. `meaning`: with vectors, which take minutes once."""
    told = [
        Passage(id="1", document=name, ordinal=0, texts={"said": each.text})
        for name, each in bearings().items()
    ]
    made = {"said": vectors.of([each.texts["said"] for each in told])} if meaning else {}
    return {SCRIPTURE: held.texts(meaning=meaning), BEARINGS: held.of(told, made)}


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


# What is measured: its file, whether vectors take part, and whether what says the same is listed.
WAYS = {
    "abstain": (queries.ABSTAIN, True, False),
    "abstain, unlisted": (queries.ABSTAIN, True, True),
    "fresh": (queries.FRESH, True, False),
    "fresh, unlisted": (queries.FRESH, True, True),
    "open": (queries.OPEN, True, False),
    "open, unlisted": (queries.OPEN, True, True),
    "open, words alone": (queries.OPEN, False, False),
    "closed": (queries.CLOSED, True, False),
    "closed, unlisted": (queries.CLOSED, True, True),
}


def measured(texts: Mapping[str, held.Texts], way: str) -> list[Seen]:
    """All questions of one of the ways."""
    file, meaning, unlisted = WAYS[way]
    return asyncio.run(seen(texts, queries.read(file), meaning=meaning, unlisted=unlisted))


def lower(rates: Rates, way: str, seen: Sequence[Seen]) -> list[str]:
    """What has dropped below its floor, in words. One question may fall to the other side."""
    floors: dict[str, dict[str, float]] = json.loads(FLOORS.read_text("utf-8"))
    now, able = asdict(rates), sum(bool(each.query.grades) for each in seen)
    allowed = {
        name: ALLOWED + 1 / (len(seen) - able if name == "refused" else able) for name in now
    }
    return [
        f"{name} of {way} is {now[name]:.3f}, and was {floor:.3f}"
        for name, floor in floors[way].items()
        if not now[name] > floor - allowed[name]
    ]


def write(found: Mapping[str, Rates]) -> None:
    """The floors of these ways, instead of those that are there; how many are quoted is none."""
    floors = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    for way, rates in found.items():
        told = {name: round(value, 3) for name, value in asdict(rates).items()}
        floors[way] = {name: value for name, value in told.items() if name != "passages"}
    FLOORS.write_text(json.dumps(floors, indent=2) + "\n", "utf-8")


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
