"""What a scenario says, and how resources are printed for it."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from rackhouse.app import score
from rackhouse.app.model import App, Release, Runtime
from rackhouse.desired import desired
from rackhouse.desired.facts import Facts
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.resources.core import Resource, plain
from rackhouse.resources.place import Wanted
from rackhouse.resources.tools import Tools

TOOLS = Tools(
    python="/rackhouse/bin/python",
    postgres_bin="/parts/postgres/bin",
    valkey="/parts/valkey-server",
    weed="/parts/weed",
    traefik="/parts/traefik",
    uv="/parts/uv",
    node="/usr/bin/node",
    npm="/usr/bin/npm",
    versions="postgres=18.6.3 valkey=9.1.2 seaweedfs=4.48 traefik=3.7.15 uv=0.8.0",
)


def released(text: str, number: int = 1, **more: Any) -> App:
    """An application with a release, as a deploy would make it."""
    app = score.parse(text)
    return release(app, number, **more)


def release(app: App, number: int, *, kept: Sequence[int] = (), **more: Any) -> App:
    """`app` as its release `number`; `kept` are others that can be gone back to."""
    made = _release(app, number, **more)
    others = tuple(_release(app, other, **more) for other in kept)
    return replace(app, uid=f"uid-{app.name}", release=made, kept=others)


def _release(
    app: App,
    number: int,
    runtime: str = "",
    packages: str | None = None,
    architectures: Sequence[str] = (),
) -> Release:
    it = Runtime(runtime or ("static" if app.folder else "python"))
    digest = ("" if it is Runtime.STATIC else "f00d") if packages is None else packages
    return Release(
        number=number,
        digest=f"{number:016x}",
        snapshot=f"releases/{app.name}/r{number}",
        runtime=it,
        manifest="requirements.lock" if digest else "",
        packages=digest,
        architectures=tuple(architectures),
    )


def wanted(said: dict[str, Any]) -> Wanted:
    """What a scenario's files come to. FileError when they are refused."""
    tools = replace(TOOLS, **said.get("tools", {}))
    facts = Facts(
        tools=tools,
        given=frozenset(said.get("given", ())),
        container_engine=said.get("engine", ""),
    )
    more = said.get("releases", {})
    apps = []
    for text in said.get("apps", ()):
        app = score.parse(text)
        apps.append(release(app, **{"number": 1, **more.get(app.name, {})}))
    return desired(load(said.get("rack", "")), apps, facts)


def check(file: Path) -> None:
    """Compare what a scenario's files come to with what it says."""
    said = yaml.safe_load(file.read_text())
    assert said.keys() <= _KEYS, f"unknown keys: {said.keys() - _KEYS}"
    assert said.keys() & _EXPECTED, "it expects nothing"
    found = _outcome(said)
    if isinstance(found, str) or "problems" in said:
        assert found == said.get("problems", "").strip()
        return
    lines = {str(id): printed(each) for id, each in found.resources.items()}
    if "wanted" in said:
        owned = [id for id, each in sorted(found.resources.items()) if each.owner != "rack"]
        assert list(map(str, owned)) == said["wanted"]
    for id in said.get("absent", ()):
        assert not fnmatch.filter(lines, id), f"{id} should not be wanted"
    for id, expected in said.get("shows", {}).items():
        missing = [line for line in expected if line not in lines[id]]
        assert not missing, f"{id} lacks {missing}, has:\n" + "\n".join(lines[id])


def _outcome(said: dict[str, Any]) -> Wanted | str:
    try:
        return wanted(said)
    except FileError as error:
        return str(error)


def printed(resource: Resource[Any]) -> list[str]:
    """One resource, a line for each thing that is not as by default."""
    lines = [f"owner {resource.owner}"]
    lines += [f"needs {id}" for id in sorted(resource.needs)]
    lines += [f"claims {claim}" for claim in sorted(resource.claims)]
    lines += [word for word in ("keep", "once") if getattr(resource, word)]
    return lines + _lines("", plain(resource.spec))


def _lines(name: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        kind = [f"{name}: {value['']}"] if name and value[""] != "Program" else []
        inside = [(key, it) for key, it in value.items() if key]
        return kind + [line for key, it in inside for line in _lines(key, it)]
    if name in {"env", "headers"}:
        return [f"{name} {key}={it}" for key, it in value]
    if name == "command":
        return [f"command: {' '.join(value)}"]
    if isinstance(value, list):
        return [f"{name}: {it}" for it in value]
    return [f"{name}: {value}"]


_EXPECTED = {"wanted", "absent", "shows", "problems"}
_KEYS = _EXPECTED | {"why", "rack", "apps", "given", "engine", "tools", "releases"}
