"""What is other in one release than in another, in words that people use. Pure.

Of variables only the names are told, and of files that the application file brings along only where
they lie: what is in them may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rackhouse.app.model import App, Container, HttpCheck
from rackhouse.delivery.variables import without_overrides

_PLAIN = ("kind", "schedule", "timezone", "expires", "access", "exposure", "public", "drain")
_HIDDEN = ("file ", "headers of ")  # of these, only that they changed
_MORE = ("folder", "package")
_COMMANDS = ("before", "build")  # run once for a release


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is other: `before` "" is added, `after` "" removed, both "" changed unseen."""

    name: str
    kind: str  # added | removed | changed
    before: str = ""
    after: str = ""


def variables(old: App, new: App) -> list[Change]:
    """Those that were added, removed or changed, in each container."""
    found = _differences(_variables(old), _variables(new))
    return [Change(name=change.name, kind=change.kind) for change in found]


def settings(old: App, new: App) -> list[Change]:
    """What the application file says otherwise, but for variables."""
    found = _differences(dict(_settings(old)), dict(_settings(new)))
    return [_unseen(change) for change in found]


def footing(old: App, new: App) -> list[Change]:
    """Dependencies and the runtime under them."""
    return _differences(dict(_footing(old)), dict(_footing(new)))


def _differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    found = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before != after:
            kind = "added" if before is None else "removed" if after is None else "changed"
            found.append(Change(name=name, kind=kind, before=before or "", after=after or ""))
    return found


def _unseen(change: Change) -> Change:
    hidden = change.name.startswith(_HIDDEN)
    return Change(name=change.name, kind=change.kind) if hidden else change


def _variables(app: App) -> dict[str, str]:
    several = len(app.containers) > 1
    return {
        f"{container.name}: {name}" if several else name: str(value)
        for container in app.containers
        for name, value in container.variables
    }


def _settings(app: App) -> Iterator[tuple[str, str]]:
    app = without_overrides(app)
    for name in (*_PLAIN, *_MORE):
        value = getattr(app, name)
        if value not in ("", None):
            yield name, str(value).lower() if isinstance(value, bool) else str(value)
    for name in _COMMANDS:
        if words := getattr(app, name):
            yield f"command {name}", " ".join(words)
    for port in app.ports:
        yield f"port {port.name}", f"{port.port} to {port.target}"
    for need in app.needs:
        given = (f"{key}={value}" for key, value in need.params)
        yield f"resource {need.name}", " ".join((need.type.value, *given))
    for key, note in app.annotations:
        yield f"annotation {key}", note
    for container in app.containers:
        for name, said in _container(container):
            yield f"{name} of {container.name}", said


def _container(it: Container) -> Iterator[tuple[str, str]]:
    yield "image", it.image
    if it.command or it.args:
        yield "command", " ".join(map(str, (*it.command, *it.args)))
    if isinstance(it.check, HttpCheck):
        yield "health check", f"{it.check.path} at port {it.check.port}"
        if it.check.headers:
            yield "headers of the health check", repr(it.check.headers)
    elif it.check:
        yield "health check", " ".join(map(str, it.check))
    if it.memory_max:
        yield "memory limit", f"{it.memory_max} bytes"
    for other, when in it.after:
        yield f"start after {other}", when
    for mount in it.mounts:
        kind = "volume" if mount.volume else "file"
        yield f"{kind} {mount.target}", mount.volume or repr(mount)


def _footing(app: App) -> Iterator[tuple[str, str]]:
    release = app.release
    if release is None:
        return
    yield "runtime", release.runtime.value
    if release.packages:
        yield "dependencies", f"{release.manifest} {release.packages[:12]}".strip()
