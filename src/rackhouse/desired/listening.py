"""Who listens where: which container serves a service port, and where it is reached. Pure.

Score does not say which of several containers opens a service port; their probes do. Embedded, a
container listens on a free port that it is told as `PORT`; further ones as `PORT_<NAME>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.app.model import App, Container, HttpCheck, Kind, ServicePort
from rackhouse.desired.case import Case
from rackhouse.resources.core import Id, Text

_HTTP = 80  # by which a site without ports of its own is known


@dataclass(frozen=True, slots=True)
class Listener:
    """A container that opens service ports, the first of them as `PORT`."""

    container: Container
    ports: tuple[ServicePort, ...]


def ports_of(app: App) -> tuple[ServicePort, ...]:
    """The service ports. A static site has one, though its file need not say so."""
    if app.kind is Kind.STATIC and not app.ports:
        return (ServicePort(name="web", port=_HTTP, target=_HTTP),)
    return app.ports


def listeners(app: App) -> Mapping[str, Listener]:
    """The containers that open ports, by name; one that is probed at a port opens that."""
    opened: dict[str, list[ServicePort]] = {}
    for port in ports_of(app):
        opened.setdefault(_opener(app, port).name, []).append(port)
    for container in _lasting(app):
        if isinstance(check := container.check, HttpCheck) and container.name not in opened:
            opened[container.name] = [ServicePort(name="", port=check.port, target=check.port)]
    return {
        container.name: Listener(container, tuple(opened[container.name]))
        for container in app.containers
        if container.name in opened
    }


def port_names(listener: Listener) -> list[str]:
    """The variables that tell a container its ports: `PORT`, `PORT_<NAME>` for each further one."""
    further = (port.name.upper().replace("-", "_") for port in listener.ports[1:])
    return ["PORT", *(f"PORT_{name}" for name in further)]


def reserved(app: App) -> frozenset[str]:
    """The variables whose value the rack alone can know, so that nobody else can set them."""
    return frozenset(name for it in listeners(app).values() for name in port_names(it))


def _opener(app: App, port: ServicePort) -> Container:
    """Whose probe asks at that port, else who has the port's name, else the first."""
    lasting = _lasting(app)
    for container in lasting:
        if isinstance(container.check, HttpCheck) and container.check.port == port.target:
            return container
    return next((container for container in lasting if container.name == port.name), lasting[0])


def jobs(app: App) -> frozenset[str]:
    """The containers whose end others wait for."""
    waits = (wait for container in app.containers for wait in container.after)
    return frozenset(name for name, ready in waits if ready == "complete")


def _lasting(app: App) -> list[Container]:
    """The others: one at least, since no circle of containers passes `app.containers`."""
    return [container for container in app.containers if container.name not in jobs(app)]


def port_number(case: Case, port: ServicePort) -> Text:
    """The number at which the application itself listens."""
    listener = next(it for it in listeners(case.app).values() if port in it.ports)
    index = listener.ports.index(port)
    id = port_id(case, listener.container)
    return Text.of(id.ref(f"number+{index}" if index else "number"))


def port_id(case: Case, container: Container) -> Id:
    """The block of free ports of a container."""
    return case.running("port", container.name)
