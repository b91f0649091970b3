"""The parts `files` and `volumes` of a container, in both of Score's forms. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from rackhouse.app import template
from rackhouse.app.model import Mount, Template
from rackhouse.app.reader import dotted
from rackhouse.app.scope import Scope
from rackhouse.kit.yaml import Kind, Node

Read = Callable[[str], str | None]  # a file of the source by its path: None where it is no text

_FILE = ("mode", "source", "content", "binaryContent", "noExpand")
_VOLUME = ("source", "path", "readOnly")
_CONTENT = ("content", "binaryContent", "source")


def files(scope: Scope, node: Node, path: str, read: Read | None) -> tuple[Mount, ...]:
    """The files to place. Without `read` a `source` stays one; with it, its text is expanded."""
    found = _each(scope, node, path, _FILE)
    return tuple(_file(scope, target, it, at, read) for target, it, at in found)


def volumes(scope: Scope, node: Node, path: str) -> tuple[Mount, ...]:
    """The volumes to mount."""
    return tuple(
        _volume(scope, target, it, at) for target, it, at in _each(scope, node, path, _VOLUME)
    )


def _each(
    scope: Scope, node: Node, path: str, known: tuple[str, ...]
) -> list[tuple[str, Node, str]]:
    """Target, node and path of each: a mapping by target, or (deprecated) a list with `target`."""
    reader = scope.reader
    if node.kind is not Kind.SEQUENCE:
        found = [(key, it, dotted(path, key)) for key, it in reader.mapping(node, path).items()]
        for _, it, at in found:
            reader.mapping(it, at, known)
        return found
    found = []
    for i, item in enumerate(node.items):
        at = f"{path}[{i}]"
        fields = reader.mapping(item, at, (*known, "target"), required=("target",))
        target = reader.text(fields["target"], f"{at}.target") if "target" in fields else None
        if target in {it[0] for it in found}:
            what = f"{target!r} is a target twice"
            reader.say(item, "duplicate-key", f"{at}.target", what, "keep one of the two")
        found.append((target or "", item, at))
    return found


def _file(scope: Scope, target: str, node: Node, path: str, read: Read | None) -> Mount:
    reader, fields = scope.reader, {key.text: value for key, value in node.pairs}
    mode = reader.text(fields["mode"], f"{path}.mode") if "mode" in fields else None
    if mode is not None and not re.fullmatch("0?[0-7]{3}", mode):
        what = f"{mode!r} is no file mode"
        reader.say(fields["mode"], "bad-value", f"{path}.mode", what, 'write one like "0644"')
        mode = None
    expand = not ("noExpand" in fields and reader.flag(fields["noExpand"], f"{path}.noExpand"))
    given = [key for key in _CONTENT if key in fields]
    if len(given) != 1:
        what = f"a file has one of {', '.join(_CONTENT)}, not {' and '.join(given) or 'none'}"
        reader.say(node, "file-content", path, what, "keep one of them")
        return Mount(target=target)
    here, at, bits = fields[given[0]], f"{path}.{given[0]}", int(mode or "0", 8)
    if given == ["source"]:
        content, source = _source(scope, here, at, read if expand else None)
        return Mount(target=target, content=content, source=source, mode=bits)
    if given == ["binaryContent"]:
        return Mount(target=target, content=_decoded(scope, here, at), mode=bits)
    content = scope.template(here, at) if expand else template.join(reader.text(here, at) or "")
    return Mount(target=target, content=content, mode=bits)


def _decoded(scope: Scope, node: Node, path: str) -> Template:
    text = scope.reader.text(node, path) or ""
    try:
        return template.join(base64.b64decode("".join(text.split()), validate=True).decode())
    except UnicodeDecodeError:
        what, fix = "it is no text", "put the file beside score.yaml, and name it by `source`"
    except ValueError:
        what, fix = "it is not base64", "write the output of `base64 -w0 FILE`"
    scope.reader.say(node, "file-content", path, what, fix)
    return Template()


def _source(scope: Scope, node: Node, path: str, read: Read | None) -> tuple[Template | None, str]:
    """The file's content expanded, or which file of the source it is as it stands."""
    text = scope.reader.text(node, path)
    if not text:
        return None, ""
    inside = PurePosixPath(text)
    if inside.is_absolute() or ".." in inside.parts:
        what = f"{text!r} lies outside the application's folder, so a release would not have it"
        scope.reader.say(node, "file-source", path, what, "copy it into the folder")
        return None, ""
    if read is None:
        return None, str(inside)
    try:
        found = read(str(inside))
    except OSError as error:
        what = f"{text!r} cannot be read: {(error.strerror or str(error)).lower()}"
        scope.reader.say(node, "file-source", path, what, "name a file beside score.yaml")
        return None, ""
    return (None, str(inside)) if found is None else (scope.expand(found, node, path), "")


def _volume(scope: Scope, target: str, node: Node, path: str) -> Mount:
    reader, fields = scope.reader, {key.text: value for key, value in node.pairs}
    if "source" not in fields:
        fix = "add `source: ${resources.data}`"
        reader.say(node, "missing-key", path, "'source' is missing", fix)
        return Mount(target=target)
    name = scope.volume(fields["source"], f"{path}.source")
    sub = (reader.text(fields["path"], f"{path}.path") or "") if "path" in fields else ""
    if ".." in PurePosixPath(sub).parts:
        what = f"{sub!r} lies outside the volume"
        reader.say(fields["path"], "bad-value", f"{path}.path", what, "name a folder inside it")
    only = bool("readOnly" in fields and reader.flag(fields["readOnly"], f"{path}.readOnly"))
    return Mount(target=target, volume=name, path=sub.lstrip("/"), read_only=only)
