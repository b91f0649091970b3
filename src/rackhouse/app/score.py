"""The application file: `score.yaml` text in, `App` or every problem at once out. Pure.

Reads the whole of Score v1b1 (score.dev); what of it has an effect, docs/reference/score.md says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackhouse.app.annotations import PREFIX, annotation_texts, settings
from rackhouse.app.containers import containers
from rackhouse.app.model import App, Kind, Need, ResourceType, ServicePort
from rackhouse.app.mounts import Read
from rackhouse.app.needs import declared, needs
from rackhouse.app.reader import LABEL, Reader
from rackhouse.app.scope import Scope
from rackhouse.kit import yaml
from rackhouse.kit.errors import FileError
from rackhouse.kit.text import is_name
from rackhouse.kit.yaml import Node

API_VERSION = "score.dev/v1b1"

_TOP = ("apiVersion", "metadata", "service", "containers", "resources")
_NOTES = f"metadata.annotations.{PREFIX}"
_EMPTY = Node(yaml.Kind.MAPPING, 0, 0)


def parse(text: str, file: str = "score.yaml", read: Read | None = None) -> App:
    """The application that `text` describes. FileError with every problem of it.

    `read` answers the text of a file of the source by its path, None where it is no text; without
    it, files named by `source` are left for later.
    """
    tree = yaml.parse(text)
    reader = Reader(tree.problems)
    app = _app(reader, tree.root, read) if tree.whole else None
    if app is None or reader.problems:
        raise FileError(file, reader.problems)
    return app


def _app(reader: Reader, root: Node, read: Read | None) -> App:
    top = reader.mapping(root, "", _TOP, required=("apiVersion", "metadata", "containers"))
    if "apiVersion" in top and reader.text(top["apiVersion"], "apiVersion") != API_VERSION:
        what = f"{top['apiVersion'].text!r} is not {API_VERSION}"
        reader.say(top["apiVersion"], "api-version", "apiVersion", what, f"write {API_VERSION}")
    metadata = top.get("metadata", _EMPTY)
    inside = reader.mapping(metadata, "metadata", required=("name",) if metadata.line else ())
    notes = annotation_texts(reader, inside.get("annotations", _EMPTY), "metadata.annotations")
    said = settings(reader, notes)
    found = declared(reader, top.get("resources"))
    ports = _ports(reader, top["service"]) if "service" in top else ()
    scope = Scope(
        reader=reader,
        metadata=metadata,
        resources={name: it.type for name, it in found.items()},
        ports=[port.name for port in ports],
    )
    wanted = needs(scope, found, ports)
    kind = _kind(reader, notes, said, ports, wanted)
    made = containers(scope, top["containers"], read) if "containers" in top else ()
    name = _name(reader, inside["name"]) if "name" in inside else ""
    fields = {**said, "kind": kind, "containers": made, "ports": ports, "needs": wanted}
    return App(name=name, **fields)


def _name(reader: Reader, node: Node) -> str:
    name = reader.text(node, "metadata.name")
    if name is not None and not (is_name(name) and LABEL.fullmatch(name)):
        what = f"{name!r} cannot be the name of an application"
        fix = "use 2 to 40 small letters, digits and hyphens, a letter first, no hyphen at the end"
        reader.say(node, "bad-name", "metadata.name", what, fix)
    return name or ""


def _ports(reader: Reader, node: Node) -> tuple[ServicePort, ...]:
    service = reader.mapping(node, "service", ("ports",))
    found: list[ServicePort] = []
    for name, it in reader.named(service.get("ports", _EMPTY), "service.ports").items():
        path = f"service.ports.{name}"
        here = reader.mapping(it, path, ("port", "protocol", "targetPort"), required=("port",))
        port = reader.whole(here["port"], f"{path}.port", 1, 65535) if "port" in here else None
        target = port
        if "targetPort" in here:
            target = reader.whole(here["targetPort"], f"{path}.targetPort", 1, 65535)
        if "protocol" in here and (
            reader.word(here["protocol"], f"{path}.protocol", ("TCP", "UDP")) == "UDP"
        ):
            what, fix = "Rackhouse opens TCP ports only", "delete this port"
            reader.say(here["protocol"], "udp-port", f"{path}.protocol", what, fix)
        if port in {other.port for other in found}:
            fix = "give each service port a number of its own"
            reader.say(it, "same-port", f"{path}.port", f"{port} is already taken", fix)
        found.append(ServicePort(name=name, port=port or 0, target=target or 0))
    return tuple(found)


def _kind(
    reader: Reader,
    notes: Mapping[str, Node],
    said: Mapping[str, Any],
    ports: tuple[ServicePort, ...],
    wanted: tuple[Need, ...],
) -> Kind:
    """The kind that is said, else the one that the rest of the file means."""
    route = next((need for need in wanted if need.type is ResourceType.ROUTE), None)
    meant = Kind.WEB if ports or route else Kind.WORKER
    meant = Kind.STATIC if "folder" in said else meant
    meant = Kind.SCHEDULE if "schedule" in said else meant
    kind = Kind(said.get("kind", meant))
    doors = {Kind.WEB, Kind.STATIC}
    for setting, other in (("schedule", Kind.SCHEDULE), ("folder", Kind.STATIC)):
        if setting in said and kind is not other:
            what, fix = f"a {kind} application has no {setting}", "delete one of the two"
            reader.say(notes[PREFIX + setting], "kind", _NOTES + setting, what, fix)
    if kind is Kind.SCHEDULE and "schedule" not in said and f"{PREFIX}schedule" not in notes:
        what, fix = "it has no schedule", f'add `{PREFIX}schedule: "0 3 * * *"`'
        reader.say(notes[f"{PREFIX}kind"], "kind", f"{_NOTES}kind", what, fix)
    told = any(problem.rule == "unknown-port" for problem in reader.problems)
    if kind is Kind.WEB and not ports and not told:
        what, fix = "it opens no port", "add `service: {ports: {web: {port: 8080}}}`"
        node = notes.get(f"{PREFIX}kind", Node(yaml.Kind.SCALAR, route.line if route else 0, 0))
        reader.say(node, "kind", "service.ports", what, fix)
    if route and kind not in doors:
        what, fix = f"a {kind} application opens no door", "delete the route"
        node = Node(yaml.Kind.SCALAR, route.line, 0)
        reader.say(node, "kind", f"resources.{route.name}", what, fix)
    return kind
