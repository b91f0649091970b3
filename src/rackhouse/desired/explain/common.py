"""What is told of a container on every target. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.app.model import App, Container, HttpCheck
from rackhouse.desired.case import Case
from rackhouse.desired.explain import words
from rackhouse.desired.provision import Provision
from rackhouse.desired.routes import access, exposure, ways


def secret_variables(container: Container, provision: Provision) -> list[str]:
    """The variables with a value from the vault."""
    filled = ((name, provision.fill(value)) for name, value in container.variables)
    return [name for name, it in filled if any(ref.to.target == "vault" for ref in it.refs)]


def check_of(container: Container) -> str:
    """What its probe waits for; nothing where its file has none."""
    check = container.check
    if isinstance(check, HttpCheck):
        return words.ANSWERS.format(path=check.path)
    return words.SUCCEEDS.format(command=" ".join(map(str, check))) if check else ""


def mounts_of(container: Container) -> Iterator[tuple[tuple[str, ...], str]]:
    """Its files and volumes: the path in its file, and what is said of it."""
    for mount in container.mounts:
        kind = "volumes" if mount.volume else "files"
        what = f"the volume {mount.volume}" if mount.volume else "a file"
        yield (kind, mount.target), words.MOUNT.format(what=what, target=mount.target)


def settings(case: Case) -> Iterator[tuple[str, str]]:
    """Who may open it, and how it is called: what is decided, by which word, and what it means."""
    way = next((it for it in ways(case) if it.need is not None), None)
    if way is not None:
        yield "exposure", words.OPENED[exposure(case, way)]
        yield "access", words.ENTERED[access(case)]
    if case.entry.public or case.app.public:
        yield "public", words.PUBLIC
    if case.entry.hosts:
        yield "hosts", words.HOSTS.format(hosts=words.names(case.entry.hosts))


def manners(app: App) -> Iterator[tuple[str, str]]:
    """How it runs: what is decided, by which word, and what it means."""
    yield "schedule", words.SCHEDULE.format(schedule=app.schedule, timezone=app.timezone)
    yield "folder", words.STATIC.format(folder=app.folder)
    yield "drain", words.DRAIN.format(seconds=f"{app.drain:g}")
    yield "expires", words.EXPIRES.format(date=app.expires)
