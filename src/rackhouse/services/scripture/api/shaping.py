"""What the service answers, in the shapes of the interface and as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import UNSET

from rackhouse.services.scripture.api import margins, shapes
from rackhouse.services.scripture.api.margins import Include
from rackhouse.services.scripture.model.canon.books import place_of
from rackhouse.services.scripture.model.reference import Range, Reference, written
from rackhouse.services.scripture.model.translation import Translation, Verse


def translation(held: Translation) -> shapes.Translation:
    """With its licence, which no answer with its words is without."""
    about = held.about
    return shapes.Translation(
        id=about.id,
        name=about.name,
        language=about.language,
        licence=about.licence.name,
        attribution=about.licence.attribution,
        digest=held.digest,
        verses=len(held),
        words=held.margin.has_words,
    )


def translations(some: Iterable[Translation]) -> tuple[shapes.Translation, ...]:
    """Each of them."""
    return tuple(translation(each) for each in some)


def passages(
    reference: Reference, some: tuple[Translation, ...], include: Include = frozenset()
) -> shapes.Passages:
    """Each range of the reference, in each translation."""
    told = tuple(
        shapes.Passage(
            reference=written(each),
            first=each.first,
            last=each.last,
            texts=texts(each, some, include),
        )
        for each in reference.ranges
    )
    return shapes.Passages(reference=str(reference), passages=told, translations=translations(some))


def texts(
    verses: Range, some: Iterable[Translation], include: Include = frozenset()
) -> tuple[shapes.Words, ...]:
    """A range in each translation."""
    return tuple(
        shapes.Words(
            translation=each.about.id,
            verses=tuple(_verse(it, each.margin.number(it.id)) for it in each.within(verses)),
            beside=tuple(margins.beside(each.margin, verses, include)) if include else UNSET,
        )
        for each in some
    )


def plain(reference: Reference, some: Iterable[Translation]) -> str:
    """As text: a heading, a verse a line, and at the end whose words they are."""
    some = tuple(some)
    return "\n".join(line for each in reference.ranges for line in _lines(each, some)) + "".join(
        f"\n{each.about.licence.attribution} {each.about.licence.name}.\n" for each in some
    )


def _lines(verses: Range, some: Iterable[Translation]) -> Iterator[str]:
    for each in some:
        yield f"{written(verses)} ({each.about.name})\n"
        for verse in each.within(verses):
            chapter, at = place_of(verse.id)
            yield f"{chapter}:{at} {verse.text}"
        yield ""


def _verse(verse: Verse, own: str) -> shapes.Verse:
    chapter, at = place_of(verse.id)
    return shapes.Verse(
        id=verse.id,
        chapter=chapter,
        verse=at,
        text=verse.text,
        sha256=verse.sha256,
        own=margins.named(own) if own else UNSET,
    )
