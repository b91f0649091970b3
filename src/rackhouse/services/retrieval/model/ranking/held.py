"""A collection as it is held in memory to be searched. Built once, never changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.bridge import Bridge
from rackhouse.services.retrieval.model.ranking.dense import Dense, Vectors
from rackhouse.services.retrieval.model.ranking.lexical import Lexical
from rackhouse.services.retrieval.model.ranking.near import Near
from rackhouse.services.retrieval.model.ranking.neighbours import Beside
from rackhouse.services.retrieval.model.ranking.packed import Given
from rackhouse.services.retrieval.model.ranking.remarks import Remarks, Said
from rackhouse.services.retrieval.model.ranking.sequence import Pairs
from rackhouse.services.retrieval.model.ranking.typos import Typos
from rackhouse.services.retrieval.model.ranking.words import Terms, words

_BESIDE = (0.1, 0.1, 0.1)  # of the score of the passage next to it, and of those after that


class Held:
    """Passages in their order, a row each, and what is known of them."""

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: Mapping[str, Vectors] | None = None,
        *,
        language: str = "en",
        codes: Collection[str] = (),
        near: tuple[Sequence[str], NDArray[np.float16]] | None = None,
        said: tuple[Sequence[Said], Given | None] | None = None,
    ) -> None:
        """`vectors` by rendering, each of shape (passages, dimension), zeros where there is none
        yet. `codes` are renderings that are no text, such as Strong's numbers. `near` are words
        of the collection and their vectors, `said` what is said about passages and its.
        """
        self.passages = passages
        texts, documents, owned = _read(passages)
        spoken = [name for name in texts if name not in codes]
        known = _counted(texts[name] for name in spoken)
        self.terms = Terms(known, language)
        # Nobody is told a word of another person's documents as what they meant.
        everybodys = (compress(texts[name], ~owned) for name in spoken)
        self.typos = Typos(_counted(everybodys) if owned.any() else known, language)
        self.near = Near(*near, self.terms) if near else None
        terms = {name: [*map(self.terms, said)] for name, said in texts.items()}
        del texts
        self.lexical = Lexical([_joined(terms, row) for row in range(len(passages))])
        self.pairs = Pairs(
            self.lexical,
            ([terms[name][row] for name in spoken] for row in range(len(passages))),
        )
        self.bridge = Bridge(terms, codes)
        self.beside = Beside(documents, _BESIDE)
        self.dense = Dense(vectors, documents) if vectors and documents.size else None
        self.remarks = Remarks(*said, self.terms, len(passages)) if said and said[0] else None

    def __len__(self) -> int:
        return len(self.passages)


def _read(
    passages: Sequence[Passage],
) -> tuple[dict[str, list[str]], NDArray[np.int32], NDArray[np.bool_]]:
    """Read once: by rendering the text of each, the number of its document, and whether it is a
    person's.
    """
    texts: dict[str, list[str]] = {}
    numbers: dict[str, int] = {}
    documents = np.zeros(len(passages), np.int32)
    owned = np.zeros(len(passages), np.bool_)
    for row, each in enumerate(passages):
        documents[row] = numbers.setdefault(each.document, len(numbers))
        owned[row] = each.owner is not None
        for name, text in each.texts.items():
            if name not in texts:
                texts[name] = [""] * len(passages)
            texts[name][row] = text
    return texts, documents, owned


def _counted(renderings: Iterable[Iterable[str]]) -> Counter[str]:
    """How often each word is said."""
    return Counter(word for said in renderings for text in said for word in words(text))


def _joined(terms: Mapping[str, Sequence[Sequence[str]]], row: int) -> list[str]:
    return [term for each in terms.values() for term in each[row]]
