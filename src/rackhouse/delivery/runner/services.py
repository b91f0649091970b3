"""`services:` of a workflow, answered by parts of the rack: which server on which port.

A job shares this machine's network, so a service listens on 127.0.0.1 at the very port that the
file maps. Each is a server of its own for this run, from the rack's own programs, and not a
database on the rack's PostgreSQL: it has the superuser, the password and the port that the file
says, a test that drops everything harms nobody, and it dies with the run (`servers`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from rackhouse.delivery.runner.rewrite import Ports
from rackhouse.kit.errors import Refused
from rackhouse.kit.tail import Say
from rackhouse.resources.core import Hidden
from rackhouse.workflows.evaluate import filled, of_combination
from rackhouse.workflows.model import Service, Workflow
from rackhouse.workflows.offers import service_of

_INSIDE = {"postgres": 5432, "redis": 6379}
_PORTS = re.compile(r"(?:\d+\.[\d.]+:)?(?:(\d+):)?(\d+)(?:/tcp)?")
_SECRET = re.compile(r"\$\{\{\s*secrets\.(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server that a workflow wants. `kind` is `postgres` or `redis`; `port` is this machine's.

    `users`: how many jobs want it; they share it, one after the other.
    """

    kind: str
    port: int
    variables: Mapping[str, Hidden]
    asked: str  # the image, as the file says
    users: int = 1


class Services(Protocol):
    """Has the servers running while the context is open; raises when one cannot be had."""

    def __call__(
        self, servers: Mapping[int, Server], folder: Path, say: Say
    ) -> AbstractAsyncContextManager[None]:
        """`folder` is theirs, and vanishes with the run."""
        ...


def servers_of(
    workflows: Sequence[Workflow], secrets: Mapping[str, Hidden]
) -> tuple[Mapping[int, Server], Ports]:
    """What the jobs of a workflow, and of those that it calls, want: by port, and where each is
    found. Refused where two want one port for different servers, or one cannot be read.
    """
    found: dict[int, Server] = {}
    ports: dict[tuple[str, str], int] = {}
    for workflow, service, image in _services(workflows):
        server = _server(service, image, secrets, workflow)
        there = found.get(server.port)
        if there is None:
            found[server.port] = server
        elif (there.kind, there.variables) == (server.kind, server.variables):
            found[server.port] = replace(there, users=there.users + 1)
        else:
            raise _refused(
                workflow, service, f"another service of this file is on port {server.port} too"
            )
        ports[service.name, str(_INSIDE[server.kind])] = server.port
    return found, ports


def _services(workflows: Sequence[Workflow]) -> Iterator[tuple[Workflow, Service, str]]:
    for workflow, job in ((one, job) for one in workflows for job in one.jobs):
        for combination in job.matrix:
            known = {} if job.dynamic else of_combination(combination)
            for service in job.services:
                yield workflow, service, filled(service.image, known) or service.image


def _server(
    service: Service, image: str, secrets: Mapping[str, Hidden], workflow: Workflow
) -> Server:
    kind = service_of(image)
    if not kind:
        raise _refused(workflow, service, f"no part of this rack answers for the image {image!r}")
    port = _INSIDE[kind]
    for mapping in service.ports:
        match = _PORTS.fullmatch(mapping.strip())
        if match is None:
            raise _refused(workflow, service, f"its port {mapping!r} is no `5432:5432`")
        if int(match[2]) == _INSIDE[kind]:
            port = int(match[1] or match[2])
    variables = {
        name: Hidden(_SECRET.sub(_revealed(secrets), value))
        for name, value in service.variables.items()
    }
    return Server(kind=kind, port=port, variables=variables, asked=image)


def _revealed(secrets: Mapping[str, Hidden]) -> Callable[[re.Match[str]], str]:
    return lambda found: secrets[found[1]].reveal() if found[1] in secrets else ""


def _refused(workflow: Workflow, service: Service, what: str) -> Refused:
    return Refused(
        f"the service {service.name!r}: {what}",
        where=f"{workflow.path}, line {service.line}",
        fix="give each service a port of its own, as `ports: ['5433:5432']`",
    )
