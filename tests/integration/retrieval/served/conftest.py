"""The service over HTTP, with a real PostgreSQL and a gateway whose upstream is scripted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.models.desk import Desk, desk
from fakes.models.rack import SECRET
from fakes.models.serving import served
from fakes.models.waiting import until
from fakes.stores import Store
from rackhouse.services.retrieval import wiring
from rackhouse.services.retrieval.settings import Settings

KEYS = {"study": "study-key-0123456789", "notes": "notes-key-0123456789"}


@dataclass
class Service:
    """`client` shows the key of the tenant `study`."""

    client: httpx.Client
    file: Path

    def of(self, tenant: str) -> dict[str, str]:
        """The headers of a tenant."""
        return {"authorization": f"Bearer {KEYS.get(tenant, tenant)}"}

    def put(self, name: str = "c", **wish: Any) -> dict[str, Any]:
        """A collection."""
        answer = self.client.put(f"/v1/collections/{name}", json=wish)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def post(self, *documents: dict[str, Any], name: str = "c") -> dict[str, Any]:
        """Documents, and the job when it has ended."""
        answer = self.client.post(
            f"/v1/collections/{name}/documents", json={"documents": documents}
        )
        assert answer.status_code == 202, answer.text
        return self.ended(answer.json()["job"])

    def ended(self, job: str) -> dict[str, Any]:
        """A job, when it has."""
        until(lambda: self.client.get(f"/v1/jobs/{job}").json()["ended"])
        found: dict[str, Any] = self.client.get(f"/v1/jobs/{job}").json()
        return found

    def search(self, query: str, *names: str, **more: Any) -> dict[str, Any]:
        """What is found."""
        body = {"collections": names or ("c",), "query": query, **more}
        answer = self.client.post("/v1/search", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def given(id: str, **texts: str) -> dict[str, Any]:
    """A document with a passage for each name."""
    passages = [{"id": name, "texts": {"own": text}} for name, text in texts.items()]
    return {"id": id, "media": "passages", "passages": passages}


@pytest.fixture(scope="module")
def _gateway() -> Iterator[Desk]:
    with desk(("first",)) as one:
        yield one


@pytest.fixture
def gateway(_gateway: Desk) -> Desk:
    return _gateway.fresh()


@pytest.fixture
def settings(url: str, gateway: Desk, tmp_path: Path) -> Settings:
    file = tmp_path / "tenants.json"
    tenants = [{"name": name, "key": key} for name, key in KEYS.items()]
    file.write_text(json.dumps({"tenants": tenants}))
    return Settings(
        database_url=url,
        tenants=file,
        gateway=gateway.url,
        key=SECRET,
        model="chat",
        resolvers={"nobody": "http://127.0.0.1:9/none"},
    )


@pytest.fixture
def service(settings: Settings, server: Store) -> Iterator[Service]:
    server.start()
    with (
        served(wiring.application(settings)) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        service = Service(client, settings.tenants)
        client.headers.update(service.of("study"))
        yield service
