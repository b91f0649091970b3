"""The releases of an application, as ConfigMaps beside it: what was released, when, by whom.

A record is made before anything else and bears the release's number, so that no two releases share
one. It carries no stamp: no apply takes it for a thing of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rackhouse.app.codec import decode, encode
from rackhouse.app.model import App
from rackhouse.kit.errors import Locked, Refused
from rackhouse.kit.text import one_line
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.words import refusal

KEEP = 10  # releases that served, the live one among them; their images stay too

_LABEL = "rackhouse.dev/record"
_MERGE = "application/merge-patch+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One release. `text` is the application as `app.codec` writes it, `made` in Unix seconds."""

    number: int
    status: ReleaseStatus
    text: str
    made: float
    by: str
    why: str = ""  # it FAILED

    @property
    def app(self) -> App:
        """The application with that release. Refused when a stranger wrote the record."""
        try:
            app = decode(self.text)
        except ValueError as error:
            why = one_line(str(error))
            raise Refused(f"the record of r{self.number} cannot be read: {why}") from error
        if (release := app.release) is None:
            return app
        commit, digest = one_line(release.commit), one_line(release.digest)
        return replace(app, release=replace(release, commit=commit, digest=digest))

    @property
    def image(self) -> str:
        """By digest; "" where it runs images of others alone."""
        release = self.app.release
        return release.image if release else ""


@dataclass(frozen=True, slots=True)
class Owner:
    """What records leave with, by its name and the server's uid of it: the Secret, usually."""

    name: str
    uid: str
    kind: str = "Secret"

    @property
    def reference(self) -> Mapping[str, str]:
        """As objects have it."""
        return {"apiVersion": "v1", "kind": self.kind, "name": self.name, "uid": self.uid}


class Records:
    """Those of one application, on one server. Without an `owner` they can be read alone."""

    def __init__(self, server: Server, application: str, owner: Owner | None = None) -> None:
        self._server, self._owner = server, owner
        self._application = application
        self._path = f"/api/v1/namespaces/{application}/configmaps"

    async def all(self) -> list[Record]:
        """Every one, by its number. What bears the label and is none is passed over."""
        found, _ = await self.read()
        return found

    async def read(self) -> tuple[list[Record], list[str]]:
        """Every one, by its number, and the names of those that are none of ours."""
        query = {"labelSelector": f"{_LABEL}=release"}
        live = [it async for it in self._server.listed(self._path, query=query)]
        found = [(it["metadata"]["name"], _record(it)) for it in live]
        records = [record for _, record in found if record is not None]
        strange = [name for name, record in found if record is None]
        return sorted(records, key=lambda it: it.number), strange

    async def add(self, record: Record) -> None:
        """Locked when another release has taken that number meanwhile."""
        assert self._owner is not None
        metadata = {
            "name": _name(record.number),
            "labels": {_LABEL: "release", "app.kubernetes.io/part-of": self._application},
            "ownerReferences": [self._owner.reference],
        }
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata,
            "data": _data(record),
        }
        if await self._server.ask("POST", self._path, body=body, fine=(409,)) is None:
            raise locked(record)

    async def of_apply(self, app: App, now: float) -> Record:
        """What the rack's own apply has brought since, as the one that serves."""
        record = Record(
            number=number_of(app), status=_LIVE, text=encode(app), made=now, by="the rack's apply"
        )
        await self.add(record)
        return record

    async def mark(self, record: Record, status: ReleaseStatus, why: str = "") -> None:
        """From now on it is that."""
        body = {"data": _data(replace(record, status=status, why=why))}
        path = f"{self._path}/{_name(record.number)}"
        answer = await self._server.send("PATCH", path, body=body, kind=_MERGE)
        if answer.code >= 400:
            raise refusal(f"PATCH {path}", self._server.where, answer.code, answer.body)

    async def prune(self) -> list[Record]:
        """Forget what need not be gone back to; what was forgotten."""
        found = await self.all()
        served = [it for it in found if it.status in {ReleaseStatus.LIVE, ReleaseStatus.OLD}]
        failed = [it for it in found if it.status is ReleaseStatus.FAILED]
        gone = [it for it in (*served[:-KEEP], *failed[:-KEEP]) if it.status is not _LIVE]
        for it in gone:
            await self._server.ask("DELETE", f"{self._path}/{_name(it.number)}", fine=(404,))
        return gone


def live(found: list[Record]) -> Record | None:
    """The one that serves."""
    return next((it for it in reversed(found) if it.status is _LIVE), None)


def number_of(app: App) -> int:
    """Of its release; 0 where it has none."""
    return app.release.number if app.release else 0


def locked(record: Record) -> Locked:
    """The error for a release that comes while another is on its way."""
    return Locked(
        f"r{record.number} is being released, by {record.by}", fix="try again when it has ended"
    )


_LIVE = ReleaseStatus.LIVE
_MOST = 1_000_000_000  # the highest number, which every store can hold
_LATEST = 1e11  # in Unix seconds, which every calendar can hold


def _name(number: int) -> str:
    return f"release-r{number}"


def _data(record: Record) -> dict[str, str]:
    return {
        "number": str(record.number),
        "status": record.status.value,
        "application": record.text,
        "made": repr(record.made),
        "by": record.by,
        "why": record.why,
    }


def _record(live: Mapping[str, Any]) -> Record | None:
    """None where it is not as `add` writes it: whoever may write ConfigMaps there can forge one."""
    data: Mapping[str, str] = live.get("data") or {}
    try:
        record = Record(
            number=int(data["number"]),
            status=ReleaseStatus(data["status"]),
            text=data["application"],
            made=float(data["made"]),
            by=one_line(data["by"]),
            why=one_line(data.get("why", "")),
        )
    except (KeyError, ValueError):
        return None
    ours = live["metadata"]["name"] == _name(record.number)
    return record if ours and record.number <= _MOST and 0 <= record.made < _LATEST else None
