"""The rack's own repository on a Gitea: what is asked of it and said there. Judges nothing."""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from rackhouse.delivery.repositories.names import is_commit
from rackhouse.desired.repositories import BRANCH, RACK
from rackhouse.kit.errors import Missing, Refused, StepFailed
from rackhouse.kit.files import make_folder
from rackhouse.targets.gitea.server import Server

MARK = "<!-- rackhouse -->"  # by it, and by who wrote it, a comment of ours is known
_PACKED, _UNPACKED, _FILES = 16 << 20, 64 << 20, 10_000  # bytes, bytes, files of a rack's folder
_DESCRIPTION = 200  # characters; Gitea keeps 255

State = Literal["pending", "success", "failure"]


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request to the default branch, and the commit that it is at."""

    number: int
    head: str


class Remote:
    """The repository of the rack `name`."""

    def __init__(self, server: Server, name: str) -> None:
        self._server, self._at = server, f"/repos/{name}/{RACK}"

    async def head(self) -> str:
        """The commit of the default branch; "" while nobody has pushed one."""
        found = await self._server.ask("GET", f"{self._at}/branches/{BRANCH}")
        return _sha(found["commit"]["id"]) if found else ""

    async def pulls(self) -> list[Pull]:
        """Those that are open, the oldest first."""
        found = [
            Pull(int(each["number"]), _sha(each["head"]["sha"]))
            async for each in self._server.listed(f"{self._at}/pulls", {"state": "open"})
            if each["base"]["ref"] == BRANCH
        ]
        return sorted(found, key=lambda pull: pull.number)

    async def pull_of(self, sha: str) -> int:
        """The pull request by which a commit came to its branch; 0 for none."""
        found = await self._server.ask("GET", f"{self._at}/commits/{sha}/pull")
        return int(found["number"]) if found else 0

    async def check_out(self, sha: str, folder: Path) -> None:
        """Have what the commit has in `folder`. Refused for links and for too much."""
        packed = await self._server.fetch(f"{self._at}/archive/{sha}.tar.gz", _PACKED)
        if packed is None:
            raise Missing(f"there is no commit {sha[:7]}")
        await asyncio.to_thread(_unpack, packed, folder)

    async def comment(self, pull: int, text: str) -> None:
        """Have that as our one comment of the pull request."""
        body = f"{MARK}\n{text}"
        there = await self._mine(pull)
        if there is None:
            await self._server.ask("POST", f"{self._at}/issues/{pull}/comments", {"body": body})
        elif there["body"] != body:
            path = f"{self._at}/issues/comments/{there['id']}"
            await self._server.ask("PATCH", path, {"body": body})

    async def status(self, sha: str, context: str, state: State, text: str) -> None:
        """Have the commit marked so."""
        line = text.partition("\n")[0]
        if len(line) > _DESCRIPTION:
            line = f"{line[:_DESCRIPTION]}..."
        body = {"context": context, "state": state, "description": line}
        await self._server.ask("POST", f"{self._at}/statuses/{sha}", body)

    async def _mine(self, pull: int) -> Mapping[str, Any] | None:
        found = await self._server.ask("GET", f"{self._at}/issues/{pull}/comments")
        for each in found or ():
            if each["user"]["login"] == self._server.user and each["body"].startswith(MARK):
                comment: Mapping[str, Any] = each
                return comment
        return None


def _sha(word: object) -> str:
    """It becomes a part of paths."""
    if not (isinstance(word, str) and is_commit(word)):
        raise StepFailed(f"Gitea names {word!r}, which is the id of no commit")
    return word


def _unpack(packed: bytes, folder: Path) -> None:
    """Plain files alone. Git puts everything in one folder, which is left out."""
    left, count = _UNPACKED, 0
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
            for entry in tar:
                left, count = left - entry.size, count + 1
                if left < 0 or count > _FILES:
                    raise Refused("the rack's repository is too large to be planned")
                _place(tar, entry, folder)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise StepFailed(f"what Gitea packed cannot be unpacked: {error}") from error


def _place(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    path = PurePosixPath(*PurePosixPath(entry.name).parts[1:])
    if entry.isdir() or entry.type == tarfile.XGLTYPE:
        return
    if not entry.isfile() or path.is_absolute() or ".." in path.parts or not path.parts:
        raise Refused(f"{entry.name} is no plain file", fix="keep links out of the rack's folder")
    file = tar.extractfile(entry)
    assert file is not None
    make_folder((folder / path).parent)
    (folder / path).write_bytes(file.read())
