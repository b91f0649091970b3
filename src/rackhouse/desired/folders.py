"""A file that a service is told by, at a path that stays when the file changes. Pure."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.desired import names
from rackhouse.desired.case import Ask, Provided
from rackhouse.resources.core import Id, Text
from rackhouse.resources.machine import File, Folder


def in_folder(ask: Ask, name: str, text: Text, provided: Provided) -> Provided:
    """The file beside what it takes its values from. The service looks at it again by itself."""
    role = names.role(ask.case.app.name, ask.need.name)
    folder = ask.case.own(Id("machine", "folder", role), Folder(f"files/{role}"))
    file = ask.case.own(Id("machine", "file", role), File(f"files/{role}/{name}", text))
    file = replace(file, needs=frozenset({folder.id}))
    # The folder's path and not the file's: else each new key would be a restart.
    path = Text.of(folder.id.ref("path"), f"/{name}")
    return Provided(
        resources=(*provided.resources, folder, file),
        outputs={"path": path},
        needs=frozenset({file.id}),
    )
