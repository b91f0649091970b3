"""A word that stands nowhere in a collection is taken for those of its words that mean nearly the
same: whoever asks about coworkers finds labourers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.forms import FILLERS
from rackhouse.services.retrieval.model.ranking.packed import Packed
from rackhouse.services.retrieval.model.ranking.top import top
from rackhouse.services.retrieval.model.ranking.words import Terms, words

_LEAST = 0.55  # cosine of two words: below it they are only of the same kind
_MOST = 5  # terms that a word is taken for
_LOOKED_AT = 40  # words: several are forms of one term
_NOTHING = 0.3  # cosine that any two words have
_COUNT = 2.0  # what a term of the same meaning counts, beside a word of the query that is there

_SHORTEST = 3  # letters of a word that means something by itself


class Near:
    """The words of a collection with their vectors of length 1; remarks have others too."""

    def __init__(self, known: Sequence[str], vectors: NDArray[np.float16], terms: Terms) -> None:
        here = [place for place, each in enumerate(known) if each in terms.known]
        self._terms = [terms.term(known[place]) for place in here]
        self._vectors = Packed.of(vectors[here])

    def meant(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """The terms that a word of this vector may mean, with what each counts."""
        cosines = self._vectors.times(vector[None])[0]
        best = top(cosines, _LOOKED_AT)
        found: dict[str, float] = {}
        for place in sorted(best, key=lambda each: (-cosines[each], each)):
            if cosines[place] < _LEAST or len(found) == _MOST:
                break
            found.setdefault(self._terms[place], _COUNT * (float(cosines[place]) - _NOTHING))
        return found


def telling(text: str) -> list[str]:
    """The words of a text whose vectors say something, each once."""
    return [
        each
        for each in dict.fromkeys(words(text))
        if len(each) >= _SHORTEST and each.isalpha() and each not in FILLERS
    ]
