"""Search: what the query means is asked of others at once, then each collection answers from
memory. Who does not answer in time is left out, and that is said.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from rackhouse.kit.web.problem import Away
from rackhouse.services.retrieval.model.asking import NoAnswer, Reference, Refused
from rackhouse.services.retrieval.model.ranking.search import strange, understood
from rackhouse.services.retrieval.service.answered import (
    RERANKED,
    Job,
    Meanings,
    Meant,
    answered,
    asked_of,
    ranked,
)
from rackhouse.services.retrieval.service.asked import Asked, Found, Hit
from rackhouse.services.retrieval.service.large.far import Far
from rackhouse.services.retrieval.service.seams import Models, Resolvers, Vector
from rackhouse.services.retrieval.service.shelf import Copy, Shelf
from rackhouse.services.retrieval.service.together import Together

_SECONDS: Final = 2.0  # for the query's vector; what comes later is left out
_RERANK_SECONDS: Final = 10.0
_REMEMBERED: Final = 2_048  # vectors of queries
_AT_ONCE: Final = 2  # threads
_LONGEST: Final = 2_000  # characters of a query that are embedded: no model here reads more


@dataclass(frozen=True, slots=True, kw_only=True)
class Minds:
    """Whom search asks; None for nobody. `reranker` names a model of the gateway."""

    models: Models | None
    resolvers: Resolvers
    reranker: str = ""


class Search:
    """Over the collections of a shelf. `far` answers for those whose vectors are not held."""

    def __init__(self, shelf: Shelf, minds: Minds, far: Far | None = None) -> None:
        self._shelf = shelf
        self._far = far
        self._minds = minds
        self._vectors: OrderedDict[tuple[str, str], Vector] = OrderedDict()
        # What numpy does in one thread leaves the others their turn.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="search")
        self._together = Together(answered, self._threads, _AT_ONCE)

    def close(self) -> None:
        """Nothing more is searched."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def find(self, asked: Asked) -> Found:
        """What fits best, best first. NotFound, Away."""
        copies = [await self._shelf.copy(asked.tenant, name) for name in asked.collections]
        degraded: dict[str, None] = {}  # each once, in their order
        texts = [understood(each.held, asked.query) for each in copies]
        vectors, references = await asyncio.gather(
            self._meanings(texts, copies, degraded),
            self._references(asked.query, copies, degraded),
        )
        hits: list[Hit] = []
        for copy, text, found in zip(copies, texts, vectors, strict=True):
            known = references.get(copy.collection.resolver, ())
            vector = found if found.fits(copy) else Meanings()
            if vector is not found:
                degraded[f"meaning: {copy.collection.name} has vectors of another size"] = None
            if vector.whole is not None and copy.lacking > 0:
                share = 100 * (copy.texts - copy.lacking) // copy.texts
                degraded[
                    f"meaning: {share} % of {copy.collection.name} can be searched by it so far"
                ] = None
            hits += await self._hits(copy, asked, Meant(text, vector, known), degraded)
        hits.sort(key=lambda hit: _place(hit, hit.score))
        if asked.rerank:
            hits = await self._reranked(asked, hits, degraded)
        said = {each: None for some in references.values() for each in some}
        other = next((it for it in texts if it.split() != asked.query.split()), None)
        return Found(
            hits=hits[: asked.limit],
            references=[*said],
            degraded=[*degraded],
            corrected=other,
        )

    async def _hits(
        self, copy: Copy, asked: Asked, meant: Meant, degraded: dict[str, None]
    ) -> list[Hit]:
        """What one collection answers."""
        job = Job(copy, asked, meant)
        if self._far is None or copy.large is None or meant.vectors.whole is None:
            return await self._together.done(job)
        thread = asyncio.get_running_loop().run_in_executor
        query = await thread(self._threads, asked_of, job)
        try:
            query = replace(query, meaning=await self._far.meaning(asked.tenant, copy, query))
        except Away as error:
            degraded[f"meaning: {copy.collection.name} is searched by words alone: {error}"] = None
        return await thread(self._threads, ranked, copy, query)

    async def _meanings(
        self, texts: Sequence[str], copies: Sequence[Copy], degraded: dict[str, None]
    ) -> list[Meanings]:
        """For each collection the vectors of what is sought in it, by its own model."""
        found: list[Meanings] = []
        for text, copy in zip(texts, copies, strict=True):
            model, vectors = copy.collection.model, Meanings()
            if model and text.strip():
                unknown = strange(copy.held, text)
                try:
                    whole, *each = await self._vectors_of(model, (text, *unknown))
                    vectors = Meanings(whole, dict(zip(unknown, each, strict=True)))
                except (NoAnswer, Refused) as error:
                    said = f"meaning: the gateway does not answer for {model}: {error}"
                    degraded[said[:300]] = None
            found.append(vectors)
        return found

    async def _vectors_of(self, model: str, texts: Sequence[str]) -> list[Vector]:
        """Of a query and its words. What was asked before is remembered."""
        keys = [(model, each[:_LONGEST]) for each in texts]
        found = {key: self._vectors[key] for key in keys if key in self._vectors}
        new = [key for key in dict.fromkeys(keys) if key not in found]
        if new:
            if self._minds.models is None:
                raise NoAnswer("there is none")
            each = await self._minds.models.embed(model, [text for _, text in new], _SECONDS)
            found |= dict(zip(new, each, strict=True))
        for key in keys:
            self._vectors[key] = found[key]
            self._vectors.move_to_end(key)
        while len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return [found[key] for key in keys]

    async def _references(
        self, query: str, copies: Sequence[Copy], degraded: dict[str, None]
    ) -> dict[str, Sequence[Reference]]:
        """Those that it says, by each resolver that is used."""
        found: dict[str, Sequence[Reference]] = {}
        for name in dict.fromkeys(it.collection.resolver for it in copies):
            if not name or not query.strip():
                continue
            try:
                found[name] = await self._minds.resolvers.references(name, query)
            except (NoAnswer, Refused) as error:
                degraded[f"lookup: {name} does not answer: {error}"[:300]] = None
        return found

    async def _reranked(
        self, asked: Asked, hits: list[Hit], degraded: dict[str, None]
    ) -> list[Hit]:
        """The first ones in the order of a model that reads them with the query."""
        first, rest = hits[:RERANKED], hits[RERANKED:]
        try:
            if self._minds.models is None or not self._minds.reranker:
                raise Refused("RETRIEVAL_RERANKER names no model")
            texts = ["\n".join(hit.passage.texts.values()) for hit in first]
            scores = await self._minds.models.rerank(
                self._minds.reranker, asked.query, texts, _RERANK_SECONDS
            )
        except (NoAnswer, Refused) as error:
            degraded[f"rerank: {error}"[:300]] = None
            return hits
        told = [
            replace(hit, signals={**hit.signals, "rerank": score})
            for hit, score in zip(first, scores, strict=True)
        ]
        return sorted(told, key=lambda hit: _place(hit, hit.signals["rerank"])) + rest


def _place(hit: Hit, score: float) -> tuple[int, float]:
    """What was looked up is an answer, and comes first in the order in which it was said."""
    return (0, 0.0) if "lookup" in hit.signals else (1, -score)
