"""Where the texts of a collection stand, by the hashes that their vectors are kept by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Digests = NDArray[np.uint8]
Rows = NDArray[np.int64]

WIDTH = 32  # bytes of a hash


class Places:
    """A row is a passage. 44 bytes a text: a vector would be 768."""

    def __init__(self, renderings: Mapping[str, Digests]) -> None:
        """Each of shape (passages, 32), zeros where a passage lacks that rendering."""
        self._renderings = renderings
        keys = np.concatenate([_keys(each) for each in renderings.values()])
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        size = len(next(iter(renderings.values())))
        self._rows = (order % size).astype(np.int32)

    def rows(self, digests: Sequence[bytes]) -> Rows:
        """Those that have one of these, each once, in order."""
        asked = _keys(np.frombuffer(b"".join(digests), np.uint8).reshape(-1, WIDTH))
        starts = np.searchsorted(self._keys, asked, "left")
        ends = np.searchsorted(self._keys, asked, "right")
        found = [self._rows[start:end] for start, end in zip(starts, ends, strict=True)]
        return np.unique(np.concatenate([*found, _NO_ROWS])).astype(np.int64)

    def digests(self, rows: Rows) -> list[bytes]:
        """Those that these have, each once."""
        found = dict.fromkeys(
            each.tobytes() for digests in self._renderings.values() for each in digests[rows]
        )
        found.pop(_NONE, None)
        return [*found]

    def vectors(
        self, rows: Rows, known: Mapping[bytes, NDArray[np.float16]], dimension: int
    ) -> dict[str, NDArray[np.float32]]:
        """By rendering, a row for each of these; zeros for one that is not known."""
        found = {}
        for name, digests in self._renderings.items():
            found[name] = np.zeros((rows.size, dimension), np.float32)
            for at, each in enumerate(digests[rows]):
                vector = known.get(each.tobytes())
                if vector is not None and vector.size == dimension:
                    found[name][at] = vector
        return found


def empty(passages: int) -> Digests:
    """Of so many, none known yet."""
    return np.zeros((passages, WIDTH), np.uint8)


def _keys(digests: Digests) -> NDArray[np.uint64]:
    """Eight bytes tell enough texts apart; what is all zeros is none."""
    return np.ascontiguousarray(digests[:, :8]).view(np.uint64).ravel()


_NONE = bytes(WIDTH)
_NO_ROWS = np.empty(0, np.int32)
