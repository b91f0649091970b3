"""Images: what a release's is called, and what one without a Dockerfile is built on. Pure.

A build puts the source at /app, which is the folder that programs start in, and its dependencies
first on PATH. A static site is served by the server that serves it on a rack of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rackhouse.app.model import App, Container, Kind, Runtime
from rackhouse.desired.case import Case
from rackhouse.rack.model import Rack

OWN = "."  # a container that is built from the source
SOURCE = "/app"

_TAGGED = re.compile(r".+(?::(?P<tag>[\w][\w.-]{0,127})|@sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Base:
    """An image to build on, the architectures that its publisher builds it for, and its source."""

    image: str
    architectures: tuple[str, ...]
    source: str


_EVERYWHERE = ("amd64", "arm64", "arm")

BASES: Mapping[Runtime, Base] = {
    Runtime.PYTHON: Base(
        "docker.io/library/python:3.13-slim-trixie",
        _EVERYWHERE,
        "https://github.com/docker-library/python",
    ),
    Runtime.NODE: Base(
        "docker.io/library/node:24-trixie-slim",
        _EVERYWHERE,
        "https://github.com/nodejs/docker-node",
    ),
    Runtime.STATIC: Base(
        "docker.io/library/python:3.13-slim-trixie",
        _EVERYWHERE,
        "https://github.com/docker-library/python",
    ),
    Runtime.COMMAND: Base(
        "docker.io/library/debian:trixie-slim",
        _EVERYWHERE,
        "https://github.com/debuerreotype/docker-debian-artifacts",
    ),
}


def reference(case: Case, container: Container) -> str:
    """The image of a container. Notes one that names no exact version."""
    if container.image == OWN:
        return own(case.ground.rack, case.app)
    found = _TAGGED.fullmatch(container.image)
    if found is None or found["tag"] == "latest":
        case.say(
            f"containers.{container.name}.image",
            "unlocked",
            f"{container.image!r} may be another image tomorrow",
            "name a version, as `nginx:1.29.3`, or a digest",
        )
    return container.image


def own(rack: Rack, app: App) -> str:
    """What was pushed, by its digest; else what is to be: `git.home.arpa/home/hello:r8`."""
    assert app.release is not None
    return app.release.image or f"{repository(rack, app.name)}:{app.release.tag}"


def repository(rack: Rack, application: str) -> str:
    """`git.home.arpa/home/hello`. Gitea's registry has an owner in every name: the rack's."""
    return f"git.{rack.domain}/{rack.name}/{application}"


def to_build(rack: Rack, apps: Iterable[App]) -> Mapping[str, str]:
    """The images that releases need, and what each is built on: "" is its Dockerfile's own word."""
    found = {}
    for app in apps:
        if app.release and any(it.image == OWN for it in app.containers):
            base = BASES.get(app.release.runtime)
            found[own(rack, app)] = base.image if base else ""
    return found


def static(case: Case, port: int) -> tuple[str, ...]:
    """How the image of a static site serves it."""
    folder = case.app.folder.strip("./")
    path = f"{SOURCE}/{folder}" if folder else SOURCE
    return ("python", "-m", "rackhouse.kit.static", path, str(port), "0.0.0.0")  # noqa: S104


def is_static(case: Case) -> bool:
    """Whether the program is the server of files."""
    return case.app.kind is Kind.STATIC
