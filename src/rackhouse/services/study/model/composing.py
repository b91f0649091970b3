"""An answer of passages alone: what answers best comes first, the rest by book, matches marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from rackhouse.services.study.model.answer import Answer, Heading, Outcome, Part, Quote, QuotedVerse
from rackhouse.services.study.model.canon import Canon, parts
from rackhouse.services.study.model.comparing import compares
from rackhouse.services.study.model.evidence import Evidence, How, Passage, Translation, Words
from rackhouse.services.study.model.sureness import strong, sure
from rackhouse.services.study.model.trace import Step
from rackhouse.services.study.model.words import content, marks, stem

NOT_FOUND = "I do not find this in scripture."
NO_ANSWER = "Nearest to it, but no answer"
_BEST = "What answers best"
_HEADS = {
    How.WORD: "Where the word stands",
    How.LINKED: "What refers to it",
    How.TOPIC: "On this topic",
}
_FIRST = 3  # passages under "What answers best"
_MOST = 8  # passages of an answer


def composed(
    canon: Canon,
    question: str,
    evidence: Evidence,
    sureness: float,
    *,
    translations: Sequence[Translation] = (),
    notes: Sequence[str] = (),
    trace: Sequence[Step] = (),
) -> Answer:
    """The answer. Where the evidence is weak it says so, and shows what is nearest as no answer."""
    found = sure(sureness) and len(evidence) > 0
    return Answer(
        question=question,
        outcome=Outcome.ANSWERED if found else Outcome.NOT_FOUND,
        parts=tuple(
            _laid_out(canon, question, evidence) if found else _nearest(question, evidence)
        ),
        notes=tuple(notes),
        evidence=evidence.passages,
        translations=tuple(translations),
        sureness=round(sureness, 3),
        trace=tuple(trace),
    )


def _laid_out(canon: Canon, question: str, evidence: Evidence) -> Iterable[Part]:
    named = [each for each in evidence if each.why.how is How.NAMED]
    good = [each for each in strong(question, evidence) if each.why.how is not How.NAMED]
    others = good[: max(0, _MOST - len(named))]
    for each in named:
        yield Heading(text=each.reference)
        yield from quotes(each, question)
    if not others:
        return
    best, rest = others[:_FIRST], others[_FIRST:]
    yield Heading(text="Beside it" if named else _HEADS.get(best[0].why.how, _BEST))
    for each in best:
        yield quoted(each, question)
    ordered = sorted(rest, key=lambda it: it.first)
    for title, some in groupby(ordered, key=lambda it: _shelf(canon, it)):
        yield Heading(text=title)
        for each in some:
            yield quoted(each, question)


def _nearest(question: str, evidence: Evidence) -> Iterable[Part]:
    yield Heading(text=NOT_FOUND)
    if evidence.passages:
        yield Heading(text=NO_ANSWER)
    for each in evidence.passages[:_FIRST]:
        yield quoted(each, question)


def _shelf(canon: Canon, passage: Passage) -> str:
    return f"{canon.testament(passage.first)}: {canon.book(passage.first).english}"


def quotes(passage: Passage, question: str) -> list[Quote]:
    """The passage in its first translation; in each where the question compares them. What says the
    same, word for word, is there once.
    """
    if not compares(question):
        return [quoted(passage, question)]
    apart: dict[tuple[str, ...], Words] = {}
    for each in passage.texts:
        if each.verses:
            apart.setdefault(_plain(each), each)
    return [quoted(passage, question, each) for each in apart.values()]


def _plain(words: Words) -> tuple[str, ...]:
    return tuple(it for each in words.verses for it in re.findall(r"\w+", each.text.casefold()))


def quoted(passage: Passage, question: str, words: Words | None = None) -> Quote:
    """The passage in these words, or in its first translation; what matches the question marked."""
    words = words or passage.words()
    wanted = {*content(question), *(stem(each) for each in passage.why.terms)}
    return Quote(
        reference=passage.reference,
        code=passage.code,
        first=passage.first,
        last=passage.last,
        translation=words.translation,
        verses=tuple(
            QuotedVerse(
                id=each.id,
                chapter=parts(each.id)[1],
                verse=parts(each.id)[2],
                text=each.text,
                marks=marks(each.text, wanted),
                found=not passage.hits or each.id in passage.hits,
            )
            for each in words.verses
        ),
    )
