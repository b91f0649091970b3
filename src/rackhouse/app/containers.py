"""The part `containers` of an application file. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from rackhouse.app.graph import find_circle
from rackhouse.app.model import Container, HttpCheck, Template
from rackhouse.app.mounts import Read, files, volumes
from rackhouse.app.reader import Reader, dotted, hint
from rackhouse.app.scope import Scope
from rackhouse.kit.text import parse_bytes
from rackhouse.kit.yaml import Node

_KEYS = (
    *("image", "command", "args", "variables", "files", "volumes", "before", "resources"),
    *("livenessProbe", "readinessProbe"),
)
_PROBE = ("host", "scheme", "path", "port", "httpHeaders")
_READY = ("started", "healthy", "complete")
_MEMORY = re.compile(r"(0\.\d+|[1-9]\d*(\.\d+)?)([KMGTPE]i?)?")
_CPU = re.compile(r"\d+(m|\.\d+)?")

Check = HttpCheck | tuple[Template, ...] | None


def containers(scope: Scope, node: Node, read: Read | None) -> tuple[Container, ...]:
    """Every container, in the order of the file."""
    found = scope.reader.named(node, "containers")
    if not found:
        fix = "add one: `web: {image: .}`"
        scope.reader.say(node, "missing-key", "containers", "there is no container", fix)
    made = tuple(_container(scope, name, it, read) for name, it in found.items())
    _check_order(scope.reader, made, found)
    return made


def _container(scope: Scope, name: str, node: Node, read: Read | None) -> Container:
    path = f"containers.{name}"
    here = scope.reader.mapping(node, path, _KEYS, required=("image",))
    if "image" in here and scope.reader.text(here["image"], f"{path}.image") == "":
        fix = "write `image: .` to build it from the source"
        scope.reader.say(here["image"], "bad-value", f"{path}.image", "it is empty", fix)
    checks = [
        _probe(scope, here[key], f"{path}.{key}")
        for key in ("readinessProbe", "livenessProbe")
        if key in here
    ]
    mounts = files(scope, here["files"], f"{path}.files", read) if "files" in here else ()
    if "volumes" in here:
        mounts += volumes(scope, here["volumes"], f"{path}.volumes")
    return Container(
        name=name,
        image=here["image"].text if "image" in here else "",
        command=scope.command(here["command"], f"{path}.command") if "command" in here else (),
        args=scope.command(here["args"], f"{path}.args") if "args" in here else (),
        variables=_variables(scope, here["variables"], path) if "variables" in here else (),
        mounts=mounts,
        check=checks[0] if checks else None,
        after=_after(scope.reader, here["before"], path) if "before" in here else (),
        **(_sizes(scope.reader, here["resources"], path) if "resources" in here else {}),
    )


def _variables(scope: Scope, node: Node, path: str) -> tuple[tuple[str, Template], ...]:
    path, found = f"{path}.variables", []
    for key, value in scope.reader.mapping(node, path).items():
        if "=" in key or "\0" in key or not key:
            what, fix = f"{key!r} cannot name a variable", "write a name without `=`"
            scope.reader.say(value, "bad-name", dotted(path, key), what, fix)
        found.append((key, scope.template(value, dotted(path, key))))
    return tuple(found)


def _probe(scope: Scope, node: Node, path: str) -> Check:
    """An exec probe where there is one, since Score prefers it."""
    reader = scope.reader
    here = reader.mapping(node, path, ("httpGet", "exec"))
    if not here:
        fix = "add `httpGet: {path: /, port: 8080}`"
        reader.say(node, "missing-key", path, "it has neither 'httpGet' nor 'exec'", fix)
    check: Check = None
    if "httpGet" in here:
        check = _http(reader, here["httpGet"], f"{path}.httpGet")
    if "exec" in here:
        at = f"{path}.exec"
        inside = reader.mapping(here["exec"], at, ("command",), required=("command",))
        if "command" in inside:
            check = scope.command(inside["command"], f"{at}.command")
    return check


def _http(reader: Reader, node: Node, path: str) -> HttpCheck | None:
    here = reader.mapping(node, path, _PROBE, required=("path", "port"))
    headers = []
    if "host" in here:
        headers.append(("Host", reader.text(here["host"], f"{path}.host") or ""))
    if "scheme" in here:
        scheme = reader.word(here["scheme"], f"{path}.scheme", ("HTTP", "HTTPS"))
        if scheme == "HTTPS":
            what = "applications are reached by plain HTTP; the ingress speaks TLS for them"
            reader.say(here["scheme"], "bad-value", f"{path}.scheme", what, "write HTTP")
    if "httpHeaders" in here:
        headers += _headers(reader, here["httpHeaders"], f"{path}.httpHeaders")
    where = reader.text(here["path"], f"{path}.path") if "path" in here else None
    port = reader.whole(here["port"], f"{path}.port", 1, 65535) if "port" in here else None
    if where is None or port is None:
        return None
    return HttpCheck(path=f"/{where.lstrip('/')}", port=port, headers=tuple(headers))


def _headers(reader: Reader, node: Node, path: str) -> list[tuple[str, str]]:
    found = []
    for i, item in enumerate(reader.sequence(node, path)):
        at, words = f"{path}[{i}]", ("name", "value")
        here = reader.mapping(item, at, words, required=words)
        texts = {key: reader.text(here[key], f"{at}.{key}") for key in words if key in here}
        name, value = texts.get("name"), texts.get("value")
        if name is not None and not re.fullmatch("[A-Za-z0-9_-]+", name):
            fix = "use letters, digits, hyphens and underscores"
            reader.say(item, "bad-name", f"{at}.name", f"{name!r} names no header", fix)
        if value is not None and (not value or not value.isprintable()):
            what = "a header's value is a line of text"
            reader.say(item, "bad-value", f"{at}.value", what, "write one")
        found.append((name or "", value or ""))
    return found


def _sizes(reader: Reader, node: Node, path: str) -> Mapping[str, int]:
    """`memory_max` and the like, of those that are said."""
    path, found = f"{path}.resources", dict[str, int]()
    for part, inside in reader.mapping(node, path, ("limits", "requests")).items():
        at, most = f"{path}.{part}", "_max" if part == "limits" else ""
        here = reader.mapping(inside, at, ("memory", "cpu"))
        for key, pattern, example in (("memory", _MEMORY, "512Mi"), ("cpu", _CPU, "250m")):
            text = reader.text(here[key], f"{at}.{key}") if key in here else None
            if text is not None and not pattern.fullmatch(text):
                what, fix = f"{text!r} is no amount of {key}", f'write it like "{example}"'
                reader.say(here[key], "bad-value", f"{at}.{key}", what, fix)
            elif text:
                found[f"{key}{most}"] = parse_bytes(text) if key == "memory" else _thousandths(text)
    for key in ("memory", "cpu"):
        if found.get(key, 0) > found.get(f"{key}_max", found.get(key, 0)):
            what = f"it asks for more {key} than it may use"
            fix = "ask for less, or raise the limit"
            reader.say(node, "asks-for-more", f"{path}.requests.{key}", what, fix)
    return found


def _thousandths(text: str) -> int:
    """Of a core: `250m`, `0.25`."""
    return int(text[:-1]) if text.endswith("m") else math.ceil(float(text) * 1000)


def _after(reader: Reader, node: Node, path: str) -> tuple[tuple[str, str], ...]:
    """The containers that Score's `before` names: they come first."""
    path, found = f"{path}.before", []
    for name, value in reader.named(node, path).items():
        at = f"{path}.{name}"
        here = reader.mapping(value, at, ("ready",), required=("ready",))
        ready = reader.word(here["ready"], f"{at}.ready", _READY) if "ready" in here else None
        found.append((name, ready or ""))
    return tuple(found)


def _check_order(reader: Reader, made: tuple[Container, ...], nodes: Mapping[str, Node]) -> None:
    edges = {container.name: [name for name, _ in container.after] for container in made}
    for name, others in edges.items():
        for other in others:
            if other not in nodes:
                what = f"no container is called {other!r}{hint(other, nodes)}"
                path, fix = f"containers.{name}.before.{other}", "name another container"
                reader.say(nodes[name], "unknown-container", path, what, fix)
    if circle := find_circle(edges):
        what = f"these containers wait for each other: {' -> '.join(circle)}"
        path, fix = f"containers.{circle[0]}.before", "take one of these away"
        reader.say(nodes[circle[0]], "container-circle", path, what, fix)
