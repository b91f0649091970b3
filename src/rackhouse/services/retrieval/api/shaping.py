"""What the service answers, in the shapes of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rackhouse.services.retrieval.api import shapes
from rackhouse.services.retrieval.model.collection import Collection, Job
from rackhouse.services.retrieval.model.nearness import Index
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.service.asked import Found, Hit
from rackhouse.services.retrieval.store.documents import Kept


def collection(
    found: Collection, jobs: Sequence[Job] = (), index: Index | None = None
) -> shapes.Collection:
    """Its state in a word: whether all of it can be found by meaning."""
    state = "ready"
    if found.wanted:
        state = "changing"
    elif found.embedded < found.texts:
        state = "filling" if found.model else "words"
    return shapes.Collection(
        name=found.name,
        state=state,
        model=found.model,
        wanted=found.wanted,
        resolver=found.resolver,
        language=found.language,
        codes=found.codes,
        version=found.version,
        documents=found.documents,
        passages=found.passages,
        texts=found.texts,
        embedded=found.embedded,
        filled=found.filled,
        jobs=tuple(each.id for each in jobs),
        index=_index(index) if index else None,
    )


def _index(found: Index) -> shapes.Index:
    return shapes.Index(
        state=found.state,
        progress=found.progress,
        recall=found.recall,
        breadth=found.breadth,
        vectors=found.vectors,
        said=found.said,
    )


def job(found: Job) -> shapes.Job:
    """With its rate so far."""
    since = found.begun or found.at
    seconds = ((found.ended or datetime.now(UTC)) - since).total_seconds()
    return shapes.Job(
        id=found.id,
        collection=found.collection,
        state=found.state,
        documents=found.documents,
        read=found.read,
        passages=found.passages,
        texts=found.texts,
        embedded=found.embedded,
        rate=round(found.embedded / seconds, 1) if seconds > 0 else 0.0,
        said=found.said,
        at=found.at,
        ended=found.ended,
        problems=tuple(shapes.Wrong(document=it, problem=why) for it, why in found.problems),
    )


def document(found: Kept) -> shapes.Kept:
    """With its passages."""
    return shapes.Kept(
        id=found.id,
        media=found.media,
        title=found.title,
        source=found.source,
        licence=found.licence,
        owner=found.owner,
        attributes=found.attributes,
        content=found.content,
        passages=tuple(_passage(each) for each in found.passages),
    )


def _passage(found: Passage) -> shapes.Passage:
    return shapes.Passage(
        id=found.id,
        ordinal=found.ordinal,
        about=found.about,
        texts=dict(found.texts),
        spans=found.spans,
        headings=found.headings,
        attributes=dict(found.attributes),
    )


def found(found: Found, explain: bool) -> shapes.Found:
    """The answer to a search."""
    lookup = tuple(
        shapes.Lookup(text=it.text, reference=it.reference, ranges=it.ranges)
        for it in found.references
    )
    return shapes.Found(
        hits=tuple(_hit(each, explain) for each in found.hits),
        understood=shapes.Understood(lookup=lookup, corrected=found.corrected),
        degraded=tuple(found.degraded),
    )


def _hit(hit: Hit, explain: bool) -> shapes.Hit:
    return shapes.Hit(
        collection=hit.collection,
        document=hit.passage.document,
        passage=hit.passage.id,
        title=hit.title,
        texts=dict(hit.passage.texts),
        spans=hit.passage.spans,
        headings=hit.passage.headings,
        attributes=dict(hit.passage.attributes),
        score=hit.score,
        signals=dict(hit.signals) if explain else {},
        terms=tuple(hit.terms) if explain else (),
    )
