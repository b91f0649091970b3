"""Kinds: where the objects of each are found on one server. Asked once of each group."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.resources.core import Id
from rackhouse.resources.kube import KINDS
from rackhouse.targets.kube.server import Server


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind as a server has it."""

    api: str  # apps/v1
    kind: str
    plural: str
    namespaced: bool

    @property
    def all(self) -> str:
        """The path of every object of it, in whatever namespace."""
        return f"{root(self.api)}/{self.plural}"

    def within(self, namespace: str) -> str:
        """The path of every object of it there."""
        return f"{root(self.api)}/namespaces/{namespace}/{self.plural}"

    def path(self, id: Id) -> str:
        """The path of one."""
        namespace, name = self.names(id)
        if not self.namespaced:
            return f"{self.all}/{name}"
        return f"{self.within(namespace)}/{name}"

    def names(self, id: Id) -> tuple[str, str]:
        """Its namespace and its name: `hello.web` is `web` in `hello`."""
        namespace, _, name = id.name.partition(".") if self.namespaced else ("", "", id.name)
        return namespace, name

    def id(self, target: str, namespace: str, name: str) -> Id:
        """The way back."""
        return Id(target, self.kind, f"{namespace}.{name}" if self.namespaced else name)


@dataclass(frozen=True, slots=True)
class Within:
    """The part of a cluster that is looked at: these kinds, in one namespace."""

    namespace: str
    kinds: frozenset[str]


class Kinds:
    """What one server has of the kinds that a rack makes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, Mapping[str, Kind]] = {}
        self._turn = asyncio.Lock()

    async def of(self, kind: str, *, anew: bool = False) -> Kind | None:
        """None where the server has none such: its definition is not there, or not yet."""
        api = KINDS.get(kind)
        if api is None:
            return None
        async with self._turn:
            if api not in self._known or (anew and kind not in self._known[api]):
                self._known[api] = await self._ask(api)
        return self._known[api].get(kind)

    async def every(self) -> list[Kind]:
        """All that the server has, in the order of the table."""
        async with self._turn:
            unknown = sorted(set(KINDS.values()) - self._known.keys())
            answers = await asyncio.gather(*map(self._ask, unknown))
            self._known |= dict(zip(unknown, answers, strict=True))
        return [self._known[api][kind] for kind, api in KINDS.items() if kind in self._known[api]]

    async def _ask(self, api: str) -> Mapping[str, Kind]:
        told = await self._server.ask("GET", root(api), fine=(404,))
        return {
            each["kind"]: Kind(api, each["kind"], each["name"], bool(each["namespaced"]))
            for each in (told or {}).get("resources") or ()
            if "/" not in each["name"]  # deployments/status
        }


def root(api: str) -> str:
    """The path of a group in a version: `/apis/apps/v1`, `/api/v1`."""
    return f"/apis/{api}" if "/" in api else f"/api/{api}"
