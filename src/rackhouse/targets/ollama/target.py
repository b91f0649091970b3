"""Ollama as a target: the models that shall be on its disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rackhouse.kit.errors import HostError, Missing
from rackhouse.kit.text import format_bytes
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.ollama import Pulled
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.ollama.server import Server
from rackhouse.targets.protocol import Say

_MODEL, _BROUGHT = "model", "brought"
_TENTH = 10  # of a hundred: how much more has come before it is said again


class Ollama:
    """Models of one server: a `Target`."""

    def __init__(
        self, name: str, *, rack: str, server: Server, store: Store, leaving: bool = False
    ) -> None:
        self._name, self._rack, self._server, self._store = name, rack, server, store
        self._leaving = leaving

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Those with our stamp in the store. There are no strangers: a model is what it is."""
        if self._leaving:
            return ()
        stamps = self._store.stamps(self._name)
        there = await self._server.models()
        return [self._seen(id, there) for id in sorted(stamps) if ids is None or id in ids]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, _: Values, say: Say) -> Seen:
        """Pull it, unless it is there. Killed or cut off, the next pull goes on with what came."""
        id, spec = resource.id, resource.spec
        assert isinstance(spec, Pulled)
        whole = _whole(spec.model)
        there = await self._server.models()
        if not self._store.values(id):
            self._store.replace(id, {_MODEL: whole, _BROUGHT: "" if whole in there else "yes"})
        self._store.put_stamp(id, stamp)
        if whole not in there:
            await self._pull(spec.model, say)
            there = await self._server.models()
        if whole not in there:
            raise HostError(
                f"{spec.model} was pulled and is not there",
                where=self._server.where,
                fix="run it again",
            )
        self._store.put_stamp(id, stamp.finished(there[whole]))
        return self._seen(id, there)

    async def _pull(self, model: str, say: Say) -> None:
        told = ""
        async for line in self._server.pull(model):
            if (words := _progress(line)) != told:
                say(f"{model}: {words}")
                told = words

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete it, if we brought it."""
        kept = self._store.values(seen.id)
        if kept and kept[_BROUGHT].reveal():
            say(f"deleting {kept[_MODEL].reveal()}")
            await self._server.delete(kept[_MODEL].reveal())
        self._store.forget(seen.id)
        self._store.drop_stamp(seen.id)

    async def output(self, ref: Ref) -> Hidden:
        """A model has none."""
        raise Missing(f"{ref.to} has no output {ref.output!r}")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    def _seen(self, id: Id, there: Mapping[str, str]) -> Seen:
        kept = self._store.values(id)
        found = there.get(kept[_MODEL].reveal(), "") if kept else ""
        why = "" if found else "it is not there"
        stamp = self._store.stamp(id)
        return Seen(id=id, stamp=stamp, found=found, ready=bool(found), why=why)


def _whole(model: str) -> str:
    """As Ollama lists it."""
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"


def _progress(line: Mapping[str, Any]) -> str:
    """`pulling 6a0746a1ec1a: 40 % of 4.6Gi`; the same words until a tenth more has come."""
    total, done = line.get("total") or 0, line.get("completed") or 0
    if not total:
        return str(line.get("status", ""))
    tenths = int(done * _TENTH / total) * (100 // _TENTH)
    return f"{line['status']}: {tenths} % of {format_bytes(total)}"
