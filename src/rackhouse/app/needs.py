"""The part `resources` of an application file: what it needs, with params checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rackhouse.app.annotations import annotation_texts
from rackhouse.app.graph import find_circle
from rackhouse.app.model import Need, Placeholder, ResourceType, ServicePort, Template
from rackhouse.app.reader import Reader, hint, is_whole
from rackhouse.app.scope import Scope
from rackhouse.app.types import OFFERS, Param, nearest
from rackhouse.kit.yaml import Kind, Node

Value = str | int | bool | Template

_OF_ONE = {ResourceType.MODELS, ResourceType.TENANTS}  # what a service of ours is told
_FOR_ALL = [type_ for type_ in ResourceType if type_ not in _OF_ONE]
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]")
_ID = re.compile(r"(?=.{2,63}$)[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*")
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource as written. `type` None: none of ours, which was said."""

    type: ResourceType | None
    fields: Mapping[str, Node]
    line: int
    node: Node


def declared(reader: Reader, node: Node | None) -> dict[str, Declared]:
    """Every resource of the file by name, its type known."""
    found = {}
    lines = {key.text: key.line for key, _ in node.pairs} if node else {}
    for name, value in (reader.named(node, "resources") if node else {}).items():
        path = f"resources.{name}"
        known = ("type", "class", "id", "metadata", "params")
        fields = reader.mapping(value, path, known, required=("type",))
        _check_words(reader, fields, path)
        found[name] = Declared(_type(reader, fields, path), fields, lines[name], value)
    return found


def needs(
    scope: Scope, found: Mapping[str, Declared], ports: Sequence[ServicePort]
) -> tuple[Need, ...]:
    """What the application needs. Those of a type that is none of ours are left out."""
    answer = []
    for name, it in found.items():
        if it.type is None:
            continue
        params = _params(scope, name, it, ports)
        id = it.fields["id"].text if "id" in it.fields else ""
        ordered = tuple(sorted(params.items()))
        answer.append(Need(name=name, type=it.type, params=ordered, id=id, line=it.line))
    _check_circle(scope.reader, answer, found)
    return tuple(answer)


def _check_words(reader: Reader, fields: Mapping[str, Node], path: str) -> None:
    for name, pattern in (("class", _TYPE), ("id", _ID)):
        if name in fields:
            text = reader.text(fields[name], f"{path}.{name}")
            if text is not None and not pattern.fullmatch(text):
                fix = "use letters, digits and hyphens, and dots between words of an id"
                what = f"{text!r} is not a name"
                reader.say(fields[name], "bad-name", f"{path}.{name}", what, fix)
    if "metadata" in fields:
        inside = reader.mapping(fields["metadata"], f"{path}.metadata")
        if "annotations" in inside:
            annotation_texts(reader, inside["annotations"], f"{path}.metadata.annotations")


def _type(reader: Reader, fields: Mapping[str, Node], path: str) -> ResourceType | None:
    if "type" not in fields:
        return None
    node = fields["type"]
    word = reader.text(node, f"{path}.type")
    if word is None or word in set(ResourceType):
        return ResourceType(word) if word else None
    what = f"Rackhouse provides no {word!r}; it has {', '.join(_FOR_ALL)}"
    if near := nearest(word):
        fix = f"use `type: {near}`, {OFFERS[near].what}"
    else:
        fix = f"use one of these types{hint(word, map(str, _FOR_ALL))}"
    reader.say(node, "unknown-type", f"{path}.type", what, fix)
    return None


def _params(
    scope: Scope, name: str, it: Declared, ports: Sequence[ServicePort]
) -> dict[str, Value]:
    path, known = f"resources.{name}.params", OFFERS[it.type].params if it.type else {}
    given = scope.reader.mapping(it.fields["params"], path) if "params" in it.fields else {}
    found: dict[str, Value] = {}
    for key, node in given.items():
        if key in known:
            value = _param(scope, known[key], node, f"{path}.{key}", ports)
            if value is not None:
                found[key] = value
        elif near := hint(key, known.keys() - given.keys()):
            fix = f"use one of {', '.join(known)}; params of other platforms may stay"
            what = f"{it.type} has no param {key!r}{near}"
            scope.reader.say(node, "unknown-param", f"{path}.{key}", what, fix)
    if it.type is ResourceType.ROUTE:
        _check_route(scope.reader, given, path, found)
        if "port" not in given:
            _only_port(scope.reader, it, path, found, ports)
    return found


def _param(
    scope: Scope, kind: Param, node: Node, path: str, ports: Sequence[ServicePort]
) -> Value | None:
    if kind is Param.FLAG:
        return scope.reader.flag(node, path)
    if kind is Param.PORT:
        return _port(scope.reader, node, path, ports)
    if kind is Param.WORDS:
        listed = node.kind is Kind.SEQUENCE
        texts = [scope.reader.text(item, path) for item in (node.items if listed else [node])]
        words = [word.strip() for text in texts if text for word in text.split(",")]
        return ",".join(word for word in words if word)
    text = scope.template(node, path)
    return text if any(isinstance(part, Placeholder) for part in text.parts) else str(text)


def _port(reader: Reader, node: Node, path: str, ports: Sequence[ServicePort]) -> int | None:
    """The number of the service port that is named, or numbered by either of its numbers."""
    said = reader.text(node, path) if not is_whole(node) else node.text
    for port in ports:
        if said in {port.name, str(port.port)}:
            return port.port
    for port in ports:
        if said == str(port.target):
            return port.port
    if said is None:
        return None
    have = ", ".join(f"{port.name} ({port.port})" for port in ports) or "none"
    what = f"there is no service port {node.text!r}; the file has {have}"
    fix = f"add it: `service: {{ports: {{web: {{port: {node.text}}}}}}}`"
    reader.say(node, "unknown-port", path, what, fix if is_whole(node) else "name one of these")
    return None


def _check_route(
    reader: Reader, given: Mapping[str, Node], path: str, found: dict[str, Value]
) -> None:
    where, host = found.setdefault("path", "/"), found.get("host")
    if isinstance(where, str) and not re.fullmatch(r"/[^\s?#]*", where):
        what = f"{where!r} is not the path of a URL"
        reader.say(given["path"], "bad-value", f"{path}.path", what, "write one such as /api")
    if isinstance(host, str) and not _HOST.fullmatch(host):
        what, fix = f"{host!r} is not a host name", "write one such as wiki.home.arpa"
        reader.say(given["host"], "bad-value", f"{path}.host", what, fix)


def _only_port(
    reader: Reader, it: Declared, path: str, found: dict[str, Value], ports: Sequence[ServicePort]
) -> None:
    """A route that names no port means the only one."""
    if len(ports) == 1:
        found["port"] = ports[0].port
    elif ports:
        fix = f"add `params: {{port: {ports[0].name}}}`"
        what = f"it does not say which of {len(ports)} service ports it opens"
        reader.say(it.node, "route-port", path, what, fix)


def _check_circle(reader: Reader, answer: Sequence[Need], found: Mapping[str, Declared]) -> None:
    edges = {
        need.name: [
            part.keys[1]
            for _, value in need.params
            if isinstance(value, Template)
            for part in value.parts
            if isinstance(part, Placeholder) and part.keys[0] == "resources"
        ]
        for need in answer
    }
    if circle := find_circle(edges):
        what = f"these resources need each other: {' -> '.join(circle)}"
        fix = "write one of these params without a placeholder"
        reader.say(found[circle[0]].node, "resource-circle", f"resources.{circle[0]}", what, fix)
