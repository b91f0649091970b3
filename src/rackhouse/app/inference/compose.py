"""A compose.yaml: images of databases become resources, what it builds becomes containers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from rackhouse.app.inference.deps import unreadable
from rackhouse.app.inference.draft import Draft, Listing, Program, Words, on_given_port, shell, slug
from rackhouse.app.inference.environment import claim, environment, rewrite

MARKERS = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")

_IMAGES: Mapping[str, str] = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "timescaledb": "postgres",
    "pgvector": "vector",
    "redis": "redis",
    "redis-stack": "redis",
    "valkey": "redis",
    "keydb": "redis",
    "dragonfly": "redis",
    "minio": "s3",
    "seaweedfs": "s3",
    "garage": "s3",
}


@dataclass(frozen=True, slots=True)
class _Service:
    """One service of the file, its values as read."""

    name: str
    says: Mapping[str, Any]

    @property
    def image(self) -> str:
        return str(self.says.get("image") or "")

    @property
    def builds(self) -> bool:
        return "build" in self.says

    @property
    def context(self) -> str:
        build = self.says.get("build")
        said = build.get("context", ".") if isinstance(build, dict) else build
        return re.sub(r"^\./", "", str(said or ".").rstrip("/")) or "."

    @property
    def type(self) -> str:
        """The resource type that it is, or nothing."""
        bare = self.image.split("@")[0].rsplit("/", 1)[-1].split(":")[0].lower()
        return "" if self.builds else _IMAGES.get(bare, "")

    @property
    def port(self) -> int:
        """The first port that it opens inside, 0 for none."""
        for said in [*_list(self.says.get("ports")), *_list(self.says.get("expose"))]:
            text = str(said.get("target", "")) if isinstance(said, dict) else str(said)
            number = text.split("/")[0].rsplit(":", 1)[-1]
            if re.fullmatch(r"[1-9]\d{0,4}", number) and int(number) < 65536:
                return int(number)
        return 0


def compose(listing: Listing, base: Draft | None) -> Draft | None:
    """The draft of a compose file. `base`: how the folder starts without it."""
    name = next((name for name in MARKERS if name in listing), "")
    if not name:
        return None
    services = _services(listing[name], name)
    taken = {"route": "route"}  # need -> type
    known = {it.name: (claim(taken, it.name, it.type), it.type) for it in services if it.type}
    programs = [service for service in services if not service.type]
    if folders := sorted({it.context for it in programs if it.builds} - {"."}):
        fix = "deploy each folder on its own, or write a score.yaml"
        raise unreadable(name, 0, f"it builds from the folders {', '.join(folders)}", fix)
    if base is not None and not any(service.builds for service in programs):
        return replace(
            base, source=f"{base.source} and {name}", needs=tuple(dict(known.values()).items())
        )
    return _draft(name, programs, base, known, taken) if programs else None


def _draft(
    name: str,
    services: list[_Service],
    base: Draft | None,
    known: Mapping[str, tuple[str, str]],
    taken: dict[str, str],
) -> Draft:
    programs: dict[str, Program] = {}
    dropped: set[str] = set()
    for service in sorted(services, key=lambda service: not service.port):
        space = environment(_pairs(service.says.get("environment")), taken)
        program = _program(service, rewrite(space, known), _volumes(service, taken), base)
        programs[program.name] = program
        dropped |= set(space.dropped)
    notes = _notes(services, dropped)
    port = next((service.port for service in services if service.port), base.port if base else 0)
    return Draft(
        source=name,
        programs=tuple(programs.values()),
        port=port,
        annotations=base.annotations if base else (),
        needs=tuple((need, type_) for need, type_ in taken.items() if type_ != "route"),
        notes=(*(base.notes if base and bool(base.port) == bool(port) else ()), *notes),
    )


def _program(
    service: _Service,
    variables: list[tuple[str, str]],
    volumes: list[tuple[str, str]],
    base: Draft | None,
) -> Program:
    command = _words(service.says.get("entrypoint")) + _words(service.says.get("command"))
    own = base.programs[0] if base and service.builds else Program(name="")
    command = command or own.command
    if command and service.port:
        command = on_given_port(command, service.port)
    given = {**dict(own.variables), **dict(variables)}
    if given.get("PORT") == str(service.port):
        del given["PORT"]
    return Program(
        name=slug(service.name, slug(f"service-{service.name}", "web")),
        image="." if service.builds else service.image or ".",
        command=command,
        variables=tuple(given.items()),
        volumes=tuple(volumes),
    )


def _notes(services: list[_Service], dropped: set[str]) -> Words:
    images = ", ".join(service.name for service in services if not service.builds)
    lost = ", ".join([*sorted(dropped), *(["env_file"] if _files(services) else [])])
    return (
        *([f"{images}: from images, which need docker or podman."] if images else []),
        *([f"Not taken over, since it comes from outside: {lost}."] if lost else []),
    )


def _files(services: list[_Service]) -> bool:
    return any("env_file" in service.says for service in services)


def _services(text: str, name: str) -> list[_Service]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(text, Loader=loader)  # noqa: S506  a safe loader by another name
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "it cannot be read"
        line = min(mark.line + 1, text.count("\n") + 1) if mark else 0
        raise unreadable(name, line, f"this is not YAML: {why}") from error
    except (ValueError, RecursionError) as error:
        raise unreadable(name, 0, str(error)) from error
    services = found.get("services") if isinstance(found, dict) else None
    if not isinstance(services, dict):
        raise unreadable(name, 0, "it has no services")
    return [_Service(str(key), says) for key, says in services.items() if isinstance(says, dict)]


def _volumes(service: _Service, taken: dict[str, str]) -> list[tuple[str, str]]:
    """Target and need of each named volume; folders of the host are the source itself."""
    found = []
    for said in _list(service.says.get("volumes")):
        source, target = "", ""
        if isinstance(said, dict) and said.get("type") == "volume":
            source, target = str(said.get("source", "")), str(said.get("target", ""))
        elif isinstance(said, str) and re.match(r"[A-Za-z0-9][\w.-]*:/", said):
            source, target = said.split(":")[:2]
        if source and target:
            found.append((target, claim(taken, source, "volume")))
    return found


def _words(said: object) -> Words:
    if isinstance(said, list):
        return tuple(str(word) for word in said)
    return shell(said) if isinstance(said, str) and said.strip() else ()


def _pairs(said: object) -> dict[str, str | None]:
    """`environment` as a mapping or as a list of `NAME=value`; None: taken from the outside."""
    if isinstance(said, dict):
        return {str(key): None if value is None else _text(value) for key, value in said.items()}
    split = [str(item).partition("=") for item in _list(said)]
    return {name: value if sign else None for name, sign, value in split if name}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(said: object) -> list[Any]:
    return said if isinstance(said, list) else []
