"""Applications as a person sees them: what is live, what it is made of, and how it is doing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from rackhouse.app.codec import decode
from rackhouse.app.development import working_folder
from rackhouse.app.model import App, ResourceType, Template
from rackhouse.apply.moved import moved
from rackhouse.operations.view.model import (
    WORST,
    AppView,
    NeedView,
    ProcessView,
    ReleaseView,
    RouteView,
    VariableView,
)
from rackhouse.operations.view.units import processes
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus, Store
from rackhouse.supervisor.unit import Phase, State

PARTS = {
    ResourceType.POSTGRES: "postgres",
    ResourceType.VECTOR: "postgres",
    ResourceType.REDIS: "cache",
    ResourceType.QUEUE: "cache",
    ResourceType.S3: "objects",
    ResourceType.ROUTE: "ingress",
}
HIDDEN = "***"
_SECRET = re.compile(r"pass|secret|token|key|credential|dsn|cookie|salt", re.IGNORECASE)
_LOGIN = re.compile(r"(://)[^/\s@]+@")  # scheme://user:password@host


def applications(
    store: Store,
    states: Mapping[str, State],
    routes: Sequence[RouteView],
    named: Collection[str] = (),
) -> tuple[AppView, ...]:
    """Every application that was not removed, and those that are `named`, in order of name."""
    names = sorted({row.name for row in store.applications() if not row.removed} | {*named})
    units = processes(states)
    ways = {route.application: route for route in reversed(routes)}  # the first of each
    away = moved(store)
    apps = (_application(name, store, units.get(name, ()), ways.get(name)) for name in names)
    apps = (_elsewhere(app, away[app.name]) if app.name in away else app for app in apps)
    return tuple(_awaited(app) if app.name in named else app for app in apps)


def _application(
    name: str, store: Store, mine: Sequence[ProcessView], route: RouteView | None
) -> AppView:
    rows = sorted(store.releases(name), key=lambda row: -row.number)
    live = next((row for row in rows if row.status is ReleaseStatus.LIVE), None)
    phase, why = _phase(live, rows, mine)
    app = _decode((live or rows[0]).app) if rows else App(name=name)
    return AppView(
        name=name,
        kind=app.kind.value,
        phase=phase,
        why=why,
        url=route.url if route else "",
        plain=route.plain if route else "",
        release=live.number if live else 0,
        releases=tuple(
            ReleaseView(number=row.number, status=row.status, made=row.made, by=row.by)
            for row in rows
        ),
        processes=tuple(mine),
        needs=tuple(
            NeedView(name=need.name, type=need.type.value, part=PARTS.get(need.type, ""))
            for need in app.needs
        ),
        variables=tuple(_variables(app)),
        expires=app.expires.isoformat() if app.expires else "",
        working_folder=working_folder(app),
    )


def _elsewhere(app: AppView, cluster: str) -> AppView:
    """On a cluster, which is asked by `rackhouse status` and not here. Its release is made LIVE
    when all of it is ready there.
    """
    failed = app.releases[0].status is ReleaseStatus.FAILED if app.releases else False
    why = f"r{app.releases[0].number} failed; r{app.release} serves on" if failed else ""
    return replace(app, phase=Phase.READY, why=why, cluster=cluster) if app.release else app


def _awaited(app: AppView) -> AppView:
    """With what brings it here, when it is not: the rack file names it."""
    return replace(app, why=f"{app.why}: run `rackhouse up`") if not app.releases else app


def _phase(
    live: ReleaseRow | None, rows: Sequence[ReleaseRow], mine: Sequence[ProcessView]
) -> tuple[Phase, str]:
    """How the application does, and why not better."""
    if live is None:
        return _unborn(rows[0] if rows else None, mine)
    serving = [process for process in mine if process.release in {live.number, 0}]
    if not serving:
        return Phase.STOPPED, f"r{live.number} has no process"
    worst = min(serving, key=lambda process: WORST.index(process.phase))
    newest = rows[0]
    if not worst.why and newest.status is ReleaseStatus.FAILED:
        return worst.phase, f"r{newest.number} failed; r{live.number} serves on"
    return worst.phase, worst.why


def _unborn(newest: ReleaseRow | None, mine: Sequence[ProcessView]) -> tuple[Phase, str]:
    if newest is None:
        return Phase.WAITING, "not deployed yet"
    reason = next((process.why for process in mine if process.why), "")
    if newest.status is ReleaseStatus.NEW:
        return Phase.STARTING, reason or f"r{newest.number} is being started"
    why = newest.why or reason or "it never became ready"
    return Phase.FAILED, f"r{newest.number} failed: {why.splitlines()[0]}"


def _variables(app: App) -> Iterator[VariableView]:
    for container in app.containers:
        for name, template in container.variables:
            yield VariableView(process=container.name, name=name, value=masked(name, template))


def masked(name: str, template: Template) -> str:
    """What may be shown of a variable: references as they are written, secrets as `***`."""
    if _SECRET.search(name):
        return "".join(HIDDEN if isinstance(part, str) else str(part) for part in template.parts)
    return _LOGIN.sub(rf"\1{HIDDEN}@", str(template))


@lru_cache(maxsize=4096)
def _decode(text: str) -> App:
    return decode(text)
