"""Routes: one file each in the folder that the ingress watches, and waiting until it knows it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from rackhouse.kit.errors import NotReady, Refused
from rackhouse.kit.files import host_error, make_folder, read_text, write_atomic
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.machine import Access, Route
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.machine.traefik import Filled, render
from rackhouse.targets.protocol import Say

_PATIENCE = 10.0  # seconds; the ingress needs 0.1 when it is up
_PAUSE = 0.02


class Routes:
    """`machine/route/<name>`, in `routes/<name>.yaml`: Traefik passes `.json` files by."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """Whether each file is there, with its fingerprint."""
        return [self._seen(id, stamp) for id, stamp in stamps.items()]

    async def ensure(
        self, resource: Resource[Route], stamp: Stamp, values: Values, say: Say
    ) -> Seen:
        """Write the file, and return when the ingress serves by it. Unfinished requests go on."""
        id = resource.id
        content, address = self._content(id, resource.spec, values)
        self._ground.begin(resource, stamp)
        path = self._path(id)
        if read_text(path) != content:
            self._put(path, content)
        if address:
            await _until_known(id, address, say)
        return self._seen(id, self._ground.finish(id, stamp, self._found(path)))

    async def remove(self, seen: Seen, say: Say) -> None:  # noqa: ARG002 (there is nothing to say)
        """Delete the file: the ingress answers 404 a tenth of a second later."""
        path = self._path(seen.id)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise host_error(error, path) from error
        self._ground.drop(seen.id)

    def output(self, id: Id, name: str) -> str:
        """It has none: what reaches a route is known from the rack file."""
        raise KeyError(f"{id} has no {name}")

    def _content(self, id: Id, route: Route, values: Values) -> tuple[str, str]:
        """The file, and the address that answers 200 exactly while the ingress serves by it."""
        admin = route.admin.fill(values)
        signed_in = route.access is Access.SIGNED_IN
        if signed_in and not route.verify.parts:
            raise Refused(
                "the route asks for sign-in, and nothing is there that could ask who it is",
                where=str(id),
                fix="make it public on purpose, or let the console run",
            )
        filled = Filled(
            name=id.name,
            hosts=route.hosts,
            path=route.path,
            to=tuple(text.fill(values) for text in route.to),
            entries=tuple(text.fill(values) for text in route.entries),
            door=route.door.fill(values),
            verify=route.verify.fill(values) if signed_in else "",
            sign_in=route.sign_in.fill(values) if signed_in else "",
        )
        content = render(filled)
        if not admin:
            return content, ""
        known = f"/known/{id.name}/{self._ground.fingerprint(content)}"
        return render(replace(filled, known=known)), admin.rstrip("/") + known

    def _put(self, path: Path, content: str) -> None:
        """Written outside the watched folder first, so that the ingress never sees half a file."""
        drafts = self._ground.paths.root / "drafts"
        make_folder(drafts)
        make_folder(path.parent)
        write_atomic(drafts / path.name, content)
        try:
            (drafts / path.name).replace(path)
        except OSError as error:
            raise host_error(error, path) from error

    def _path(self, id: Id) -> Path:
        return self._ground.paths.routes / f"{id.name}.yaml"

    def _found(self, path: Path) -> str:
        content = read_text(path)
        return self._ground.fingerprint(content) if content is not None else ""

    def _seen(self, id: Id, stamp: Stamp) -> Seen:
        found = self._found(self._path(id))
        why = "" if found else "its file is gone"
        return Seen(id=id, stamp=stamp, found=found, version=found, ready=not why, why=why)


async def _until_known(id: Id, address: str, say: Say) -> None:
    """Wait until `address` answers 200. NotReady when the ingress does not take it in time."""
    deadline = time.monotonic() + _PATIENCE
    say("waiting for the ingress to take the route")
    while (status := await asyncio.to_thread(_ask, address)) != HTTPStatus.OK:
        if time.monotonic() > deadline:
            why = "it does not know the route" if status else "nobody answers"
            raise NotReady(
                f"the ingress did not take the route within {_PATIENCE:g} s: {why}",
                where=str(id),
                fix="`rackhouse logs ingress` says why",
            )
        await asyncio.sleep(_PAUSE)


def _ask(address: str) -> int:
    """The status of GET; 0 when nobody answers. Past every proxy: the ingress is right here."""
    split = urlsplit(address)
    connection = HTTPConnection(split.hostname or "", split.port, timeout=2.0)
    try:
        connection.request("GET", split.path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
