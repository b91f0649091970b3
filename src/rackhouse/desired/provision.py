"""Provisioners: what each resource type is provided by, and what its placeholders mean. Pure.

One table from (type, place), where the only place so far is this machine. The outputs are named
exactly as `app.types` offers them, and complete at plan time: values that exist only later are
references.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rackhouse.app.model import Need, Placeholder, Template
from rackhouse.app.model import ResourceType as Type
from rackhouse.desired import data, reach
from rackhouse.desired.case import Ask, Case, Provided
from rackhouse.desired.listening import port_number, ports_of
from rackhouse.resources.core import Text

EMBEDDED = "embedded"

PROVISIONERS: Mapping[tuple[Type, str], Callable[[Ask], Provided]] = {
    (Type.POSTGRES, EMBEDDED): data.postgres,
    (Type.VECTOR, EMBEDDED): data.vector,
    (Type.REDIS, EMBEDDED): data.redis,
    (Type.QUEUE, EMBEDDED): data.queue,
    (Type.S3, EMBEDDED): data.s3,
    (Type.VOLUME, EMBEDDED): data.volume,
    (Type.ROUTE, EMBEDDED): reach.route,
    (Type.DNS, EMBEDDED): reach.dns,
    (Type.SERVICE, EMBEDDED): reach.service,
    (Type.SECRET, EMBEDDED): reach.secret,
    (Type.LLM, EMBEDDED): reach.llm,
}


class Provision:
    """Every need of one application, provided once; and templates filled with what they gave."""

    def __init__(self, case: Case) -> None:
        self._case = case
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
            return port_number(self._case, self._ports[output])
        return self.of(name).outputs.get(output, Text())

    def _provide(self, need: Need) -> Provided:
        """Params may name other needs; `app.needs` has seen to it that they form no circle."""
        params = {
            key: self.fill(value) if isinstance(value, Template) else value
            for key, value in need.params
        }
        ask = Ask(case=self._case, need=need, params=params)
        return PROVISIONERS[need.type, EMBEDDED](ask)
