"""A conversation as Markdown: to keep, to print, to give away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rackhouse.services.study.model.answer import Answer, Heading, Quote, Said, spoken
from rackhouse.services.study.model.kept import Turn

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def written(title: str, turns: Iterable[Turn]) -> str:
    """All of it. What people and models wrote is text here, and no markup."""
    return "\n\n".join([f"# {_plain(title)}", *_parts(turns)]) + "\n"


def _parts(turns: Iterable[Turn]) -> Iterator[str]:
    terms: dict[str, str] = {}
    for turn in turns:
        yield f"## {_plain(turn.question)}"
        yield from _answer(turn.answer)
        used = spoken(turn.answer.parts)
        for each in turn.answer.translations:
            if each.id in used:
                terms[each.id] = f"{each.name}: {each.attribution} {each.licence}".strip()
    for line in terms.values():
        yield f"*{_plain(line)}*"


def _answer(answer: Answer) -> Iterator[str]:
    for part in answer.parts:
        match part:
            case Heading(text=text):
                yield f"### {_plain(text)}"
            case Said(text=text, citations=citations):
                cited = "; ".join(each.reference for each in citations)
                yield _plain(f"{text} ({cited})" if cited else text)
            case Quote(reference=reference, translation=translation, verses=verses):
                lines = [f"> **{it.chapter}:{it.verse}** {_plain(it.text)}" for it in verses]
                yield "\n>\n".join([*lines, f"> {_plain(reference)} ({translation.upper()})"])
    for note in answer.notes:
        yield f"*{_plain(note)}*"


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
