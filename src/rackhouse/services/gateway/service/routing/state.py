"""How one upstream is: its failures, its breaker, how soon it begins to answer. Asks nobody.

The breaker: after `IN_A_ROW` failures it is ill and not asked for a pause, which grows as long as
it stays ill. After the pause one request at a time is let through to see; the first byte of an
answer closes the breaker. Slowness is no failure. An error that may be the caller's own counts once
for as long as nobody else meets one: nobody can take an upstream from the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rackhouse.services.gateway.clients.failure import Failed

IN_A_ROW = 5
FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 30.0
LONGEST_WISH = 300.0  # seconds that an upstream may ask to be left alone
_GONE = 3  # failures that it counts as when nothing answers at the address
_OFTEN = 0.95  # the share of answers that begin within `first_byte`
_STEP = 0.05


@dataclass(slots=True)
class State:
    """Times are of a monotonic clock. `jitter` is drawn anew for each pause: 0 to 1."""

    failures: int = 0  # in a row
    doubted: str = ""  # whose request met the last error that may be its own
    why: str = ""
    ill: bool = False
    trial: bool = False  # ill, and asked once to see
    unreachable: bool = False  # why it is ill: nothing answers at its address
    pauses: int = 0  # since it was well
    until: float = 0.0  # not asked before
    loaded: bool = False
    woken: float = -math.inf  # when its machine was told to wake up
    first_byte: float = 0.0  # seconds: 95 of 100 answers begin within

    def admits(self, now: float, jitter: float) -> bool:
        """Whether it may be asked. An ill one is on trial from now on: nobody else for a pause."""
        if self.until > now:
            return False
        if self.ill:
            self.trial = True
            self.until = now + self._length(jitter)
        return True

    def began(self, seconds: float) -> None:
        """The first byte of an answer came after so long. A break can still follow."""
        if self.ill:
            self._recover(IN_A_ROW - 1)
        if not self.first_byte:
            self.first_byte = seconds
        elif seconds > self.first_byte:
            self.first_byte *= 1 + _STEP * _OFTEN
        else:
            self.first_byte *= 1 - _STEP * (1 - _OFTEN)

    def finished(self) -> None:
        """An answer came to its end."""
        self.failures = 0

    def failed(self, failure: Failed, now: float, jitter: float, whose: str = "") -> None:
        """It did not answer `whose` request, or broke off; or it refused, being healthy."""
        if failure.retry_after:
            self.until = max(self.until, now + min(failure.retry_after, LONGEST_WISH))
            self.why = failure.why
        elif failure.fault:
            if failure.doubtful:
                before, self.doubted = self.doubted, whose
                if whose == before:
                    return
            unreachable = not failure.asked and not failure.status
            self._count(failure.why, unreachable, now, jitter)
        elif self.ill:
            self._recover(0)

    def checked(self, why: str, now: float, jitter: float) -> None:
        """What a look at its address found: "" for an answer of any kind. Only what was not to be
        reached is well again by being reached: a server that errs may still say that it is there.
        """
        if why:
            self.trial = self.ill
            self._count(why, True, now, jitter)
        elif self.unreachable:
            self._recover(0)

    def _count(self, why: str, unreachable: bool, now: float, jitter: float) -> None:
        self.failures += _GONE if unreachable else 1
        self.why = why
        if self.trial or (not self.ill and self.failures >= IN_A_ROW):
            self.ill, self.trial, self.unreachable = True, False, unreachable
            self.until = max(self.until, now + self._length(jitter))
            self.pauses += 1

    def _length(self, jitter: float) -> float:
        longest = min(FIRST_PAUSE * 2.0 ** min(self.pauses, 10), LONGEST_PAUSE)
        return longest * (0.75 + jitter / 2)

    def _recover(self, failures: int) -> None:
        self.ill = self.trial = self.unreachable = False
        self.until, self.pauses, self.failures = 0.0, 0, failures
