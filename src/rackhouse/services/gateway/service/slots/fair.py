"""A queue that is fair between callers: each has a turn after the other, whoever has sent more.

Pure. Within one caller the first comes first. A thing costs one turn, so that the deficit round
robin, which this is, has nothing to carry over.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """`T` is told apart by identity, and is in the queue once."""

    def __init__(self) -> None:
        self._callers: OrderedDict[str, deque[T]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def push(self, caller: str, thing: T) -> None:
        """Behind the caller's own; a new caller comes after those who wait already."""
        self._callers.setdefault(caller, deque()).append(thing)
        self._size += 1

    def pop(self) -> T:
        """The oldest of the caller whose turn it is. IndexError when nobody waits."""
        if not self._callers:
            raise IndexError("nobody waits")
        caller, things = next(iter(self._callers.items()))
        thing = things.popleft()
        self._size -= 1
        if things:
            self._callers.move_to_end(caller)
        else:
            del self._callers[caller]
        return thing

    def discard(self, caller: str, thing: T) -> None:
        """It waits no more; nothing where it does not."""
        things = self._callers.get(caller, ())
        for index, each in enumerate(things):
            if each is thing:
                del things[index]  # type: ignore[union-attr]
                self._size -= 1
                break
        if not things:
            self._callers.pop(caller, None)
