"""Case: one application on one rack, with what it is worked out from and where problems go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rackhouse.app.model import App, Need, Release
from rackhouse.desired.embedded.part import Part
from rackhouse.desired.facts import Facts
from rackhouse.kit.errors import Problem
from rackhouse.rack.model import Application, Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Exposure


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all applications stand on. `parts` lacks those that the rack file switches off.

    `apps` all have a release; `called` are those that others need. `doors` says how many plain
    doors are wanted of each exposure, `pools` how many the ingress has.
    `preview`: they are shown for a while, on a cluster, with nothing of anybody else's.
    What grows while the applications are worked out is `problems` (application, problem) alone.
    """

    rack: Rack
    facts: Facts
    parts: Mapping[str, Part] = field(default_factory=dict)
    apps: Mapping[str, App] = field(default_factory=dict)
    called: frozenset[str] = frozenset()
    doors: Mapping[Exposure, int] = field(default_factory=dict)
    pools: Mapping[Exposure, int] = field(default_factory=dict)
    preview: bool = False
    problems: list[tuple[str, Problem]] = field(default_factory=list)

    @cached_property
    def entries(self) -> Mapping[str, Application]:
        """What the rack file says of applications."""
        return {entry.name: entry for entry in self.rack.applications}

    def case(self, name: str) -> Case:
        """An application that has a release."""
        app = self.apps[name]
        assert app.release is not None
        return Case(ground=self, app=app, release=app.release)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One application with the release that is to run."""

    ground: Ground
    app: App
    release: Release

    @cached_property
    def entry(self) -> Application:
        """What the rack file says of it; nothing, when it does not name it."""
        return self.ground.entries.get(self.app.name) or Application(name=self.app.name)

    @property
    def host(self) -> str:
        """Its first host name."""
        return self.hosts[0]

    @property
    def hosts(self) -> tuple[str, ...]:
        """Its host names, where no route of its own says others."""
        return self.entry.hosts or (f"{self.app.name}.{self.ground.rack.domain}",)

    @cached_property
    def source(self) -> Id:
        """The release's snapshot."""
        return Id("machine", "source", f"{self.app.name}@{self.release.tag}")

    def running(self, kind: str, name: str) -> Id:
        """What runs is named by its release: `machine/process/hello.web@r8`."""
        return Id("machine", kind, f"{self.app.name}.{name}@{self.release.tag}")

    def standing(self, kind: str, name: str = "") -> Id:
        """What is reached or holds data is named by its role: `machine/route/hello`."""
        return Id("machine", kind, f"{self.app.name}.{name}" if name else self.app.name)

    def own(self, id: Id, spec: Any, **more: Any) -> Resource[Any]:
        """A resource of this application."""
        return Resource(id=id, spec=spec, owner=self.app.name, uid=self.app.uid, **more)

    def say(self, path: str, rule: str, what: str, fix: str, line: int = 0) -> None:
        """Note a problem of this application."""
        problem = Problem(line=line, rule=rule, path=path, what=what, fix=fix)
        self.ground.problems.append((self.app.name, problem))


@dataclass(frozen=True, kw_only=True)
class Provided:
    """What a need is provided by, and what its placeholders mean.

    `needs` come before whatever uses it, `claims` are held by whatever uses it. `content`: on a
    cluster, of a file that every container which uses it finds at the output `path`.
    """

    resources: tuple[Resource[Any], ...] = ()
    outputs: Mapping[str, Text] = field(default_factory=dict)
    needs: frozenset[Id] = frozenset()
    claims: frozenset[str] = frozenset()
    content: Text = Text()


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One need of one application, its params filled."""

    case: Case
    need: Need
    params: Mapping[str, str | int | bool | Text]

    def say(self, rule: str, what: str, fix: str) -> Provided:
        """Note why it cannot be provided."""
        self.case.say(f"resources.{self.need.name}", rule, what, fix, self.need.line)
        return Provided()
