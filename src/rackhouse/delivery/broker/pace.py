"""How often one address may ask: so many at once, and then as many again in a minute.

In memory alone, and of a bounded size: who is not known is taken to have asked nothing yet.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

_AT_ONCE = 30
_A_MINUTE = 30
_KNOWN = 1024  # addresses


class Pace:
    """Of all addresses. `clock` answers seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Whether it may ask now; if so, it has."""
        now = self._clock()
        left, since = self._left.pop(address, (float(_AT_ONCE), now))
        left = min(_AT_ONCE, left + (now - since) * _A_MINUTE / 60)
        self._left[address] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > _KNOWN:
            self._left.popitem(last=False)
        return left >= 1
