"""Provisioners: what each resource type is provided by, and what its placeholders mean. Pure.

One table for each place; this one is of this machine, `desired.kube` has that of a cluster. The
outputs are named exactly as `app.types` offers them, and complete at plan time: values that exist
only later are references.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rackhouse.app.model import Need, Placeholder, ServicePort, Template
from rackhouse.app.model import ResourceType as Type
from rackhouse.desired import data, models, reach, retrieval
from rackhouse.desired.case import Ask, Case, Provided
from rackhouse.desired.listening import port_number, ports_of
from rackhouse.resources.core import Text

Provisioners = Mapping[Type, Callable[[Ask], Provided]]

EMBEDDED: Provisioners = {
    Type.POSTGRES: data.postgres,
    Type.VECTOR: data.vector,
    Type.REDIS: data.redis,
    Type.QUEUE: data.queue,
    Type.S3: data.s3,
    Type.VOLUME: data.volume,
    Type.ROUTE: reach.route,
    Type.DNS: reach.dns,
    Type.SERVICE: reach.service,
    Type.SECRET: reach.secret,
    Type.LLM: lambda ask: models.llm(ask, reach.service),
    Type.MODELS: models.models,
    Type.RETRIEVAL: lambda ask: retrieval.retrieval(ask, reach.service),
    Type.TENANTS: lambda ask: retrieval.tenants(ask, reach.service),
}


class Provision:
    """Every need of one application, provided once; and templates filled with what they gave."""

    def __init__(
        self,
        case: Case,
        table: Provisioners = EMBEDDED,
        listens: Callable[[Case, ServicePort], Text] = port_number,
    ) -> None:
        """`listens` answers where the application itself listens for a service port."""
        self._case = case
        self._table = table
        self._listens = listens
        self._needs = {need.name: need for need in case.app.needs}
        self._ports = {port.name: port for port in ports_of(case.app)}
        self._done: dict[str, Provided] = {}

    def all(self) -> Mapping[str, Provided]:
        """What each need is provided by, by its name."""
        return {name: self.of(name) for name in self._needs}

    def of(self, name: str) -> Provided:
        """What the need of that name is provided by."""
        if name not in self._done:
            self._done[name] = self._provide(self._needs[name])
        return self._done[name]

    def fill(self, template: Template) -> Text:
        """The text that a template means. A hole whose need was refused stays empty."""
        return Text.of(*(p if isinstance(p, str) else self._hole(p) for p in template.parts))

    def used(self, template: Template) -> frozenset[str]:
        """The needs that a template names."""
        holes = (part for part in template.parts if isinstance(part, Placeholder))
        return frozenset(hole.keys[1] for hole in holes if hole.keys[0] == "resources")

    def _hole(self, hole: Placeholder) -> Text:
        root, name, output = (*hole.keys, "", "")[:3]
        if root == "service":
            return self._listens(self._case, self._ports[output])
        return self.of(name).outputs.get(output, Text())

    def _provide(self, need: Need) -> Provided:
        """Params may name other needs; `app.needs` has seen to it that they form no circle."""
        params = {
            key: self.fill(value) if isinstance(value, Template) else value
            for key, value in need.params
        }
        ask = Ask(case=self._case, need=need, params=params)
        return self._table[need.type](ask)
