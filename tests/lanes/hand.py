"""A test's own hand on an API server: what people do beside us, and what is there without us."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from lanes.certificates import ADMINISTRATORS, Authority
from lanes.processes import PATIENCE


class Hand:
    """Asks `url` as an administrator of the cluster that `authority` signs for."""

    def __init__(self, authority: Authority, url: str) -> None:
        pair = authority.client("hand", ADMINISTRATORS)
        self.url = url
        self._context = ssl.create_default_context(cafile=str(authority.file))
        self._context.load_cert_chain(pair.certificate, pair.key)

    def send(
        self, method: str, path: str, body: object = None, *, kind: str = "json", **query: str
    ) -> httpx.Response:
        """One request: `body` as JSON, called application/KIND."""
        headers = {"content-type": f"application/{kind}"}
        options: dict[str, Any] = {"verify": self._context, "trust_env": False}
        with httpx.Client(base_url=self.url, timeout=PATIENCE, **options) as client:
            return client.request(method, path, json=body, params=query, headers=headers)

    def ask(
        self, method: str, path: str, body: object = None, *, kind: str = "json", **query: str
    ) -> Any:
        """What it answers, as JSON. What it refuses fails the test."""
        answer = self.send(method, path, body, kind=kind, **query)
        assert answer.is_success, answer.text
        return answer.json()

    def edit(self, path: str, body: object) -> Any:
        """A change by hand, as `kubectl patch` makes it."""
        manager = {"fieldManager": "kubectl-edit"}
        return self.ask("PATCH", path, body, kind="merge-patch+json", **manager)

    def ready(self) -> bool:
        """Whether the API answers, and all that it says of itself is well."""
        try:
            return self.send("GET", "/readyz").status_code == 200
        except httpx.TransportError:
            return False
