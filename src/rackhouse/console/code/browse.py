"""Folders and files at a commit. Links are shown and never followed. Blocks: called in a thread."""

from __future__ import annotations

import posixpath

from rackhouse.console.code.asked import Asked
from rackhouse.console.code.home import Look, folder, rendered
from rackhouse.console.code.links import resolve
from rackhouse.console.code.painter import Painter
from rackhouse.console.code.raw import LARGEST, picture_type
from rackhouse.console.code.words import code_lines, shown
from rackhouse.delivery.repositories.parse import Commit, Entry
from rackhouse.kit.errors import Missing

_BYTES = 512 * 1024  # of a file that are shown
_LINES = 10_000
_PICTURE = 8 * 1024 * 1024


def files(asked: Asked, painter: Painter) -> Look:
    """Whatever lies at the path: a folder, a file, a link, another repository's commit. Missing."""
    if not asked.sha:
        return "code/empty", {}
    if not asked.path:
        return "code/folder", folder(asked, painter)
    entry = asked.git.entry(asked.sha, asked.path)
    if entry is None:
        raise Missing(f"there is no file {shown(asked.path)!r} at {shown(asked.at)}")
    if entry.kind == "tree":
        return "code/folder", folder(asked, painter)
    return "code/file", {"entry": entry, "last": _last(asked), **_content(asked, entry, painter)}


def _last(asked: Asked) -> Commit | None:
    found = asked.quickly(lambda git: git.log(asked.sha, limit=1, path=asked.path))
    return next(iter(found or ()), None)


def _content(asked: Asked, entry: Entry, painter: Painter) -> dict[str, object]:
    """`kind`: what sort of thing it is, and what its page shows of it."""
    if entry.kind == "commit":
        return {"kind": "submodule"}
    blob = asked.git.blob(asked.sha, asked.path, limit=_BYTES)
    if blob.link:
        target = blob.content.decode(errors="surrogateescape")
        inside = resolve(posixpath.dirname(asked.path), target)
        return {"kind": "link", "target": target, "inside": inside}
    if picture_type(entry.name) and entry.size <= _PICTURE:
        return {"kind": "picture"}
    if blob.binary:
        return {"kind": "binary", "too_large": entry.size > LARGEST}
    text = blob.content.decode(errors="replace")
    if not blob.cut and "source" not in asked.words:
        parent = posixpath.dirname(asked.path)
        if document := rendered(asked, entry.name, text, parent, painter):
            return {"kind": "document", "document": document}
    lines = code_lines(text)
    cut = blob.cut or len(lines) > _LINES
    (html,) = painter.code([(entry.name, lines[:_LINES])])
    return {"kind": "text", "lines": html, "cut": cut, "too_large": entry.size > LARGEST}
