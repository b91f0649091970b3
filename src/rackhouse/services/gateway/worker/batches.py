"""Which texts are computed together: those of like length, so that little is computed for nothing.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST = 32  # texts at once: more is no faster, and holds up the next


def batches(lengths: Sequence[int], most: int = MOST) -> Iterator[list[int]]:
    """The places of all texts, shortest first, in batches of at most `most`, none of which has a
    text that is more than twice as long as its shortest and eight.
    """
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) == most or lengths[place] > 2 * lengths[batch[0]] + 8):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
