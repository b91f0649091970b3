"""Explanations of applications that a test has at hand."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.app.model import App, Container, Mount, Placeholder, Template
from rackhouse.desired import desired
from rackhouse.desired.explain import Explanation, Files, Story, Target, explain
from rackhouse.desired.facts import Facts
from rackhouse.desired.kube import kube
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource
from unit.desired.kube.examples import secrets_of
from unit.desired.scenario import TOOLS

NOTHING = Files(score="", rack="")
BOTH = tuple(Target)


def facts(apps: list[App]) -> Facts:
    return Facts(tools=TOOLS, given=frozenset(secrets_of(apps)), container_engine="docker")


def told(
    rack: Rack,
    apps: list[App],
    name: str,
    files: Files = NOTHING,
    targets: tuple[Target, ...] = BOTH,
) -> Explanation:
    named = {app.name: app for app in apps}
    return explain(rack, named, name, facts=facts(apps), files=files, targets=targets)


def story(rack: Rack, apps: list[App], name: str, target: Target, files: Files = NOTHING) -> Story:
    (found,) = told(rack, apps, name, files, (target,)).stories
    return found


def wanted(rack: Rack, apps: list[App], target: Target) -> dict[Id, Resource[object]]:
    if target is Target.KUBE:
        return dict(kube(rack, apps, secrets_of(apps)))
    return dict(desired(rack, apps, facts(apps)).resources)


def without_need(app: App, name: str) -> App:
    """As if the need had never been written, nor what names it."""
    return replace(
        app,
        needs=tuple(it for it in app.needs if it.name != name),
        containers=tuple(_without(it, name) for it in app.containers),
    )


def _without(it: Container, name: str) -> Container:
    mounts = [mount for mount in it.mounts if mount.volume != name]
    check = it.check
    return replace(
        it,
        command=tuple(_blank(each, name) for each in it.command),
        args=tuple(_blank(each, name) for each in it.args),
        variables=tuple((key, _blank(value, name)) for key, value in it.variables),
        mounts=tuple(_emptied(mount, name) for mount in mounts),
        check=tuple(_blank(each, name) for each in check) if isinstance(check, tuple) else check,
    )


def _emptied(mount: Mount, name: str) -> Mount:
    return replace(mount, content=_blank(mount.content, name)) if mount.content else mount


def _blank(template: Template, name: str) -> Template:
    return Template(tuple("-" if _names(part, name) else part for part in template.parts))


def _names(part: str | Placeholder, name: str) -> bool:
    return isinstance(part, Placeholder) and part.keys[:2] == ("resources", name)
