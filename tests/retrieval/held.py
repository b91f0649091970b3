"""The texts as the service holds them, and what it finds for a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.asking import Reference
from rackhouse.services.retrieval.model.numbers import Numbers
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.model.ranking.near import telling
from rackhouse.services.retrieval.model.ranking.remarks import Said
from rackhouse.services.retrieval.model.ranking.search import (
    Query,
    Ranked,
    search,
    strange,
    understood,
)
from rackhouse.services.scripture.model.references.find import find
from retrieval import corpus, vectors
from retrieval.measuring import Result, measured
from retrieval.metrics import DEEP
from retrieval.queries import Query as Asked

Vector = NDArray[np.float32]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Texts:
    """Passages in the order of their verses, and their vectors where they were made."""

    passages: Sequence[Passage]
    vectors: dict[str, vectors.Vectors] | None
    held: Held
    numbers: Numbers
    words: dict[str, Vector] = field(default_factory=dict)  # of queries, which nothing held says

    @property
    def verses(self) -> NDArray[np.int64]:
        """The number of each row."""
        return np.array([int(each.id) for each in self.passages], np.int64)

    def asked(self, query: str, vector: Vector | None = None, most: int = DEEP) -> list[Ranked]:
        """What the service finds; `vector` is that of what was `understood`."""
        said = [
            Reference(
                text=query[each.start : each.end],
                reference=str(each.reference),
                ranges=tuple((it.first, it.last) for it in each.reference.ranges),
            )
            for each in find(query)
        ]
        text = understood(self.held, query)
        return search(
            self.held,
            Query(
                text=text,
                vector=vector,
                strange={} if vector is None else self._strange(text),
                limit=most,
                looked_up=self.numbers.rows(said),
            ),
        )

    def found(self, query: str, vector: Vector | None = None) -> list[int]:
        """Their verses."""
        return [int(self.passages[each.row].id) for each in self.asked(query, vector)]

    def meant(self, queries: Sequence[str]) -> Vectors:
        """The vector of each query, one by one, as they come; those of its strange words are
        remembered.
        """
        texts = [understood(self.held, each) for each in queries]
        for each in texts:
            self._strange(each)
        return np.stack([vectors.embedder()([text])[0] for text in texts])

    def _strange(self, text: str) -> dict[str, Vector]:
        found = strange(self.held, text)
        for word in found:
            if word not in self.words:
                self.words[word] = vectors.embedder()([word])[0]
        return {word: self.words[word] for word in found}


def texts(
    names: Sequence[str] = corpus.BARE, *, strong: bool = False, meaning: bool = True
) -> Texts:
    """Those translations, and the commentary where it is named too. `meaning`: with vectors, which
    take minutes once. NotInstalled.
    """
    spoken = [each for each in names if each != corpus.COMMENTARY]
    passages = corpus.passages(spoken, strong=strong)
    made = {
        name: vectors.of([each.texts.get(name, "") for each in passages])
        for name in (spoken if meaning else ())
    }
    said = [] if spoken == [*names] else corpus.remarks(passages)
    return of(passages, made, said)


def of(
    passages: Sequence[Passage], made: dict[str, vectors.Vectors], said: Sequence[Said] = ()
) -> Texts:
    """These, with those vectors by rendering; none of them where words alone are meant."""
    # Of 16 bits, as the service gives them: it computes in 32 itself.
    held = Held(
        passages,
        made or None,  # type: ignore[arg-type]
        codes=(corpus.STRONG,),
        near=near(passages, [*made]) if made else None,
        said=(said, vectors.of([each.text for each in said]) if made else None),
    )
    return Texts(passages, made or None, held, Numbers(passages))


def near(passages: Sequence[Passage], names: Sequence[str]) -> tuple[list[str], vectors.Vectors]:
    """The words of these renderings, and their vectors."""
    said = {text for each in passages for name in names for text in [each.texts.get(name, "")]}
    known = sorted({word for text in said for word in telling(text)})
    return known, vectors.of(known)


def worth(texts: Texts, queries: Sequence[Asked]) -> Result:
    """Of what the service finds for them."""
    if texts.vectors is None:
        return measured(queries, lambda _, query: texts.found(query.text))
    meant = texts.meant([query.text for query in queries])
    return measured(queries, lambda at, query: texts.found(query.text, meant[at]))
