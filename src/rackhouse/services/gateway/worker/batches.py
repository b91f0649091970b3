"""Which texts are computed together: those of like length, so that little is computed for nothing.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_TEXTS = 32  # at once: more is no faster, and holds up the next
_TOKENS = 1024  # likewise: what a batch takes of memory is bounded by this


def batches(
    lengths: Sequence[int], texts: int = _TEXTS, tokens: int = _TOKENS
) -> Iterator[list[int]]:
    """The places of all texts, shortest first, in batches of so many texts and tokens at most (but
    one text at least), none of which has a text more than twice as long as its shortest and eight.
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        length = lengths[place]
        full = len(batch) == texts or (len(batch) + 1) * length > tokens
        if batch and (full or length > 2 * lengths[batch[0]] + 8):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
