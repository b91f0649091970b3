"""A collection as it is held in memory to be searched. Built once, never changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

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
        spoken = [name for name in _names(passages) if name not in codes]
        known = _counted(passages, spoken)
        self.terms = Terms(known, language)
        # Nobody is told a word of another person's documents as what they meant.
        everybodys = [each for each in passages if each.owner is None]
        own = len(everybodys) < len(passages)
        self.typos = Typos(_counted(everybodys, spoken) if own else known, language)
        self.near = Near(*near, self.terms) if near else None
        terms = {
            name: [self.terms(each.texts.get(name, "")) for each in passages]
            for name in _names(passages)
        }
        self.lexical = Lexical([_joined(terms, row) for row in range(len(passages))])
        self.pairs = Pairs(
            self.lexical,
            ([terms[name][row] for name in spoken] for row in range(len(passages))),
        )
        self.bridge = Bridge(terms, codes)
        documents = _numbered(passages)
        self.beside = Beside(documents, _BESIDE)
        self.dense = Dense(vectors, documents) if vectors and passages else None
        self.remarks = Remarks(*said, self.terms, len(passages)) if said and said[0] else None

    def __len__(self) -> int:
        return len(self.passages)


def _counted(passages: Sequence[Passage], renderings: Sequence[str]) -> Counter[str]:
    """How often each word is said."""
    return Counter(
        word for each in passages for name in renderings for word in words(each.texts.get(name, ""))
    )


def _names(passages: Sequence[Passage]) -> list[str]:
    return list(dict.fromkeys(name for each in passages for name in each.texts))


def _joined(terms: Mapping[str, Sequence[Sequence[str]]], row: int) -> list[str]:
    return [term for each in terms.values() for term in each[row]]


def _numbered(passages: Sequence[Passage]) -> NDArray[np.int32]:
    """The number of the document of each."""
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(each.document, len(numbers)) for each in passages], np.int32
    )
