"""Mounts without containers: what a file puts at `/data` lies elsewhere, and programs are told.

A process cannot be given a folder at a path of its choice, so every word of its command and its
variables that names the target names the real place instead. A target that none of them names
would go unseen, and is refused. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rackhouse.app.model import Container, Mount
from rackhouse.desired.case import Case
from rackhouse.desired.provision import Provision
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.machine import File


class Places:
    """Where the targets of one container really are: `resources` are the files among them."""

    def __init__(self, case: Case, container: Container, provision: Provision) -> None:
        self._case = case
        self._container = container
        self._found: dict[str, Text] = {}
        self.seen: set[str] = set()
        self.resources: list[Resource[Any]] = []
        for number, mount in enumerate(container.mounts):
            self._found[mount.target.rstrip("/")] = self._place(number, mount, provision)
        targets = sorted(self._found, key=len, reverse=True)
        names = "|".join(map(re.escape, targets))
        # Not within a longer path or a host name; `sqlite:////data/x` names /data all the same.
        before, after = r"(?:(?<=///)|(?<=://)|(?<![\w./-]))", r"(?![\w.-])"
        self._pattern = re.compile(f"{before}({names}){after}") if targets else None

    @property
    def by_target(self) -> Mapping[str, Text]:
        """For a container engine, which can mount."""
        return self._found

    def moved(self, text: Text) -> Text:
        """`text` with the real places in it."""
        if self._pattern is None:
            return text
        pieces: list[str | Text] = []
        for part in text.parts:
            if not isinstance(part, str):  # `${resources.data.path}` tells the real place
                self.seen |= {to for to, place in self._found.items() if part in place.parts}
                pieces.append(Text.of(part))
                continue
            for n, piece in enumerate(self._pattern.split(part)):
                if n % 2:
                    self.seen.add(piece)
                pieces.append(self._found[piece] if n % 2 else piece)
        return Text.of(*pieces)

    def check(self) -> None:
        """Note the targets that no word names, after all words were moved."""
        for target in self._found:
            if target not in self.seen:
                self._case.say(
                    f"containers.{self._container.name}",
                    "mount-unseen",
                    f"nothing tells the program that {target} is elsewhere: without a container"
                    " engine nothing can be put there",
                    f"name {target} in its command or a variable, which then get the real place",
                )

    def _place(self, number: int, mount: Mount, provision: Provision) -> Text:
        case, container = self._case, self._container
        if mount.volume:
            source = provision.of(mount.volume).outputs.get("source", Text())
            return Text.of(source, f"/{mount.path}") if mount.path else source
        if mount.content is None:
            return Text.of(case.source.ref("path"), f"/{mount.source}")
        name = f"{case.app.name}.{container.name}@{case.release.tag}"
        last = mount.target.rstrip("/").rpartition("/")[2]
        spec = File(f"files/{name}/{number}-{last}", provision.fill(mount.content))
        file = case.own(case.running("file", f"{container.name}.{number}"), spec)
        self.resources.append(file)
        return Text.of(file.id.ref("path"))
