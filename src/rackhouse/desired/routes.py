"""Ways in: which doors and routes an application has, and what may be asked of them. Pure.

Every service port has a plain door on 127.0.0.1, whose number stays the same over all releases.
Ports with a route are answered for by host name as well; the others are for applications here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rackhouse.app import graph
from rackhouse.app.model import Kind, Need, ResourceType, ServicePort
from rackhouse.desired.case import Case
from rackhouse.desired.embedded import ingress
from rackhouse.desired.listening import listeners, port_number, ports_of
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Access, Door, Exposure, Route

NAMED = (ingress.HTTP, ingress.HTTPS)  # the entry points that tell routes apart by host name

_PATH = re.compile(r"/(?:[A-Za-z0-9._~@!,;:+-]+/)*[A-Za-z0-9._~@!,;:+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in. `name` is that of its door and its route; `need` None: for applications here."""

    name: str
    port: ServicePort
    need: Need | None = None


def ways(case: Case) -> tuple[Way, ...]:
    """The ways into an application. The first, in the order of its file, has its very name."""
    app, ports = case.app, ports_of(case.app)
    if app.kind is Kind.SCHEDULE or not ports:
        return ()
    routes = [need for need in app.needs if need.type is ResourceType.ROUTE]
    found = [
        Way(
            name=app.name if not n else f"{app.name}.{need.name}",
            port=_port(need, ports),
            need=need,
        )
        for n, need in enumerate(routes)
    ]
    open_to_all = {way.port for way in found if access(case) is Access.OPEN}
    called = app.name in case.ground.called
    for port in ports:
        if port not in open_to_all and (called or port not in {way.port for way in found}):
            name = f"{app.name}.{port.name}.internal" if found else app.name
            found.append(Way(name=name, port=port))
    return tuple(found)


def _port(need: Need, ports: tuple[ServicePort, ...]) -> ServicePort:
    number = dict(need.params).get("port")
    return next((port for port in ports if port.port == number), ports[0])


def access(case: Case) -> Access:
    """Who may enter: the rack file's word, else the application's."""
    return Access(case.entry.access or case.app.access)


def entered(case: Case, way: Way) -> Access:
    """Who may enter by one way. Where the application asks for keys of its own, as programs have
    them, nobody has to sign in, unless the rack file itself says who may enter.
    """
    if way.need is None:
        return Access.OPEN
    own = bool(dict(way.need.params).get("keys")) and not case.entry.access
    return Access.OPEN if own else access(case)


def exposure(case: Case, way: Way) -> Exposure:
    """Who can reach it: the rack file's word for it, else the application's, else the rack's."""
    if way.need is None:
        return Exposure.LOOPBACK
    said = case.entry.exposure or case.app.exposure or case.ground.rack.exposure
    return Exposure(said)


def host_of(case: Case, asked: object) -> str:
    """The host that a route asks for: a word without a dot is a name in the rack's domain. So
    applications that know no rack share one, each with a path of its own.
    """
    host, domain = str(asked), case.ground.rack.domain
    return host if "." in host or host == domain else f"{host}.{domain}"


def door(way: Way) -> Id:
    """The plain door: also where other applications find this one."""
    return Id("machine", "door", way.name)


def way_to(case: Case, number: str) -> Way | None:
    """Where another application enters by the service port `number` or name, "" for the first."""
    open_ways = [way for way in ways(case) if way.need is None or access(case) is Access.OPEN]
    fits = (way for way in open_ways if number in {"", str(way.port.port), way.port.name})
    return next(fits, None)


def called(apps: Iterable[Any]) -> frozenset[str]:
    """The applications that others need as a service."""
    return frozenset(graph.application(need) for app in apps for need in graph.services(app))


def opened(case: Case, way: Way, hosts: tuple[str, ...], path: str) -> tuple[Resource[Any], ...]:
    """The door and the route of one way in."""
    parts, who = case.ground.parts, entered(case, way)
    front, console = parts["ingress"].outputs, parts["console"].outputs["url"]
    reach = exposure(case, way)
    pool = case.ground.pools[reach]
    first = front["doors.lan" if reach is Exposure.LAN else "doors"]
    plain = case.own(door(way), Door(exposure=reach, first=first, size=pool))
    signed_in = who is Access.SIGNED_IN
    spec = Route(
        application=case.app.name,
        hosts=hosts,
        path=path,
        to=(Text.of("http://127.0.0.1:", port_number(case, way.port)),),
        entries=tuple(map(Text.of, NAMED)) if hosts else (),
        door=Text.of(plain.id.ref("entry")),
        access=who,
        verify=Text.of(console, "/auth/verify") if signed_in else Text(),
        sign_in=console if signed_in else Text(),
        admin=front["admin"],
    )
    listener = next(it for it in listeners(case.app).values() if way.port in it.ports)
    needs = {case.running("process", listener.container.name), ingress.PROCESS, ingress.ROUTES}
    if signed_in:
        needs.add(Id("machine", "process", "console"))
    return plain, case.own(Id("machine", "route", way.name), spec, needs=frozenset(needs))


def check_reach(case: Case, way: Way) -> None:
    """Note what must not be opened so widely."""
    reach, line = exposure(case, way), way.need.line if way.need else 0
    path = f"resources.{way.need.name}" if way.need else "service"
    if reach is Exposure.INTERNET:
        case.say(
            path,
            "exposure-internet",
            "a rack of one opens no route to the Internet",
            "use `exposure: lan`, and a tunnel or reverse proxy that you trust in front of it",
            line,
        )
    public = case.entry.public or case.app.public
    if reach is Exposure.LAN and access(case) is Access.OPEN and not public:
        case.say(
            path,
            "exposure-open",
            "everyone on the network could use it without signing in",
            "add the annotation `rackhouse.dev/access: signed-in`,"
            ' or `rackhouse.dev/public: "true"` where that is meant',
            line,
        )


def check_place(case: Case, way: Way, hosts: tuple[str, ...], path: str) -> None:
    """Note a host outside the domain, and a path that the ingress could not tell from others."""
    domain, line = case.ground.rack.domain, way.need.line if way.need else 0
    at = f"resources.{way.need.name}.params" if way.need else "service"
    for host in hosts:
        if host != domain and not host.endswith(f".{domain}"):
            case.say(
                f"{at}.host",
                "route-outside",
                f"the host {host!r} is not in this rack's domain {domain}",
                f"use a name such as {host.partition('.')[0]}.{domain},"
                " or change `domain` in the rack file",
                line,
            )
    if not _PATH.fullmatch(path):
        case.say(
            f"{at}.path",
            "route-path",
            f"the ingress cannot take the path {path!r}",
            "use letters, digits and ._~@!,;:+- between slashes",
            line,
        )
