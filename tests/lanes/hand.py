"""A test's own hand on an API server: what people do beside us, and what is there without us."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from lanes.certificates import ADMINISTRATORS, Authority
from lanes.processes import PATIENCE

_APPLY = "apply-patch+yaml"  # JSON is YAML
_STRICT = {"fieldManager": "lane", "force": "true", "fieldValidation": "Strict"}


class Hand:
    """Asks `url` as an administrator of the cluster that `authority` signs for."""

    def __init__(self, authority: Authority, url: str) -> None:
        pair = authority.client("hand", ADMINISTRATORS)
        self._known: dict[str, Mapping[str, tuple[str, bool]]] = {}
        context = ssl.create_default_context(cafile=str(authority.file))
        context.load_cert_chain(pair.certificate, pair.key)
        self._client = httpx.Client(base_url=url, verify=context, timeout=PATIENCE, trust_env=False)

    def send(
        self, method: str, path: str, body: object = None, *, kind: str = "json", **query: str
    ) -> httpx.Response:
        """One request: `body` as JSON, called application/KIND."""
        headers = {"content-type": f"application/{kind}"}
        return self._client.request(method, path, json=body, params=query, headers=headers)

    def ask(
        self, method: str, path: str, body: object = None, *, kind: str = "json", **query: str
    ) -> Any:
        """What it answers, as JSON. What it refuses fails the test."""
        answer = self.send(method, path, body, kind=kind, **query)
        assert answer.is_success, answer.text
        return answer.json()

    def apply(self, path: str, body: object, **query: str) -> Any:
        """Server-side apply, as `kubectl apply --server-side --force-conflicts` makes it."""
        return self.ask("PATCH", path, body, kind=_APPLY, **_STRICT, **query)

    def refusal(self, path: str, body: object) -> str:
        """What the server has against such an object."""
        answer = self.send("PATCH", path, body, kind=_APPLY, **_STRICT, dryRun="All")
        assert answer.is_error, answer.text
        return str(answer.json()["message"])

    def path(self, manifest: Mapping[str, Any]) -> str:
        """Where that object lives, as discovery says."""
        api, kind, about = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
        root = f"/apis/{api}" if "/" in api else f"/api/{api}"
        plural, namespaced = self._kinds(root)[kind]
        inside = f"/namespaces/{about.get('namespace', 'default')}" if namespaced else ""
        return f"{root}{inside}/{plural}/{about['name']}"

    def listed(self, api: str, kind: str, namespace: str = "") -> list[Mapping[str, Any]]:
        """All of a kind, in one namespace or everywhere; none where the server has no such kind."""
        root = f"/apis/{api}" if "/" in api else f"/api/{api}"
        plural, namespaced = self._kinds(root).get(kind, ("", False))
        if not plural or (namespace and not namespaced):
            return []
        inside = f"/namespaces/{namespace}" if namespace else ""
        found = self.ask("GET", f"{root}{inside}/{plural}")["items"]
        return [{"apiVersion": api, "kind": kind, **each} for each in found]

    def _kinds(self, root: str) -> Mapping[str, tuple[str, bool]]:
        if root not in self._known:
            answer = self.send("GET", root)
            if not answer.is_success:
                return {}
            told = answer.json()["resources"]
            self._known[root] = {
                it["kind"]: (it["name"], it["namespaced"]) for it in told if "/" not in it["name"]
            }
        return self._known[root]

    def edit(self, path: str, body: object) -> Any:
        """A change by hand, as `kubectl patch` makes it."""
        manager = {"fieldManager": "kubectl-edit"}
        return self.ask("PATCH", path, body, kind="merge-patch+json", **manager)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ready(self) -> bool:
        """Whether the API answers, and all that it says of itself is well."""
        try:
            return self.send("GET", "/readyz").status_code == 200
        except httpx.TransportError:
            return False
