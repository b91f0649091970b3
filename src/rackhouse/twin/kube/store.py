"""Objects in memory, each change with a number: what etcd and the watch cache are to the server."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.twin.kube.body import Body, meta, name_of, namespace_of

_REMEMBERED = 20_000  # changes that a watch can still begin before


@dataclass(frozen=True, slots=True)
class Change:
    """ADDED, MODIFIED or DELETED. `before` is the object as it was."""

    number: int
    what: str
    resource: str
    body: Body
    before: Body | None = None


class Store:
    """Every object by resource, namespace and name. Bodies are never changed in place."""

    def __init__(self) -> None:
        self.number = 1
        self.forgotten = 0  # a watch from before this number is too late
        # By resource, namespace and name.
        self._objects: dict[str, dict[str, dict[str, Body]]] = {}
        self._changes: deque[Change] = deque(maxlen=_REMEMBERED)
        self._waiting: set[asyncio.Event] = set()

    def get(self, resource: str, namespace: str, name: str) -> Body | None:
        """The object, None where there is none."""
        return self._objects.get(resource, {}).get(namespace, {}).get(name)

    def all(self, resource: str, namespace: str = "") -> Iterator[Body]:
        """In the order of names; of every namespace where none is said."""
        found = self._objects.get(resource, {})
        for space in [namespace] if namespace else sorted(found):
            held = found.get(space, {})
            for name in sorted(held):
                yield held[name]

    def resources(self) -> tuple[str, ...]:
        """All of which there are objects."""
        return tuple(sorted(name for name, held in self._objects.items() if any(held.values())))

    def put(self, resource: str, body: Body) -> Body:
        """Keep it. The answer has the change's number."""
        name = name_of(body)
        held = self._objects.setdefault(resource, {}).setdefault(namespace_of(body), {})
        before = held.get(name)
        self.number += 1
        held[name] = kept = meta(body, resourceVersion=str(self.number))
        self._note("MODIFIED" if before else "ADDED", resource, kept, before)
        return kept

    def drop(self, resource: str, body: Body) -> Body:
        """Forget it."""
        before = self._objects[resource][namespace_of(body)].pop(name_of(body))
        self.number += 1
        last = meta(body, resourceVersion=str(self.number))
        self._note("DELETED", resource, last, before)
        return last

    def since(self, number: int) -> Iterator[Change]:
        """Changes after that number."""
        return (it for it in tuple(self._changes) if it.number > number)

    def forget(self) -> None:
        """What etcd's compaction does: nothing before now can be watched or continued."""
        self._changes.clear()
        self.forgotten = self.number

    async def more(self, seconds: float) -> None:
        """Wait until something changes, or for so long."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):  # wait_for can lose a cancellation
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(event)

    def _note(self, what: str, resource: str, body: Body, before: Body | None) -> None:
        if len(self._changes) == _REMEMBERED:
            self.forgotten = self._changes[0].number
        self._changes.append(Change(self.number, what, resource, body, before))
        for event in self._waiting:
            event.set()
