"""Which texts are computed together: those of like length, so that little is computed for nothing.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_TEXTS = 64  # at once: more is no faster, and holds up the next
# Likewise, and what they are multiplied into stays near the processor: of 1,024 a verse takes a
# tenth longer.
_TOKENS = 256


def together(lengths: Sequence[int], texts: int = _TEXTS, tokens: int = _TOKENS) -> bool:
    """Whether texts of these lengths are one batch: one text always is; several are where they come
    to so many texts and tokens at most, and none is more than twice as long as the shortest and
    eight.
    """
    longest = max(lengths)
    small = len(lengths) <= texts and len(lengths) * longest <= tokens
    return len(lengths) == 1 or (small and longest <= 2 * min(lengths) + 8)


def batches(
    lengths: Sequence[int], texts: int = _TEXTS, tokens: int = _TOKENS
) -> Iterator[list[int]]:
    """The places of all texts, shortest first, in batches of those that are computed together."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and not together([lengths[each] for each in (*batch, place)], texts, tokens):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
