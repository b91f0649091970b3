"""Words that follow each other: what is half remembered has some in their order.

Ordered pairs of terms that stand near each other, as terms of an index of their own: the sequential
dependence model (Metzler and Croft, 2005) with a small window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_WINDOW = 3  # terms that the second may be after the first


def pairs(terms: Sequence[str]) -> Iterator[str]:
    """Each pair, as one term."""
    for distance in range(1, _WINDOW + 1):
        for first, second in zip(terms, terms[distance:], strict=False):
            yield f"{first} {second}"
