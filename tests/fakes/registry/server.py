"""A registry of images, as the distribution specification has it: 401, a token, manifests, blobs.

It has what it was given and serves any number of clients. `broken` makes it lie in one way.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass
class Registry:
    """What it has: manifests by (repository, tag or digest), and configurations by digest."""

    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    broken: str = ""
    asked: list[str] = field(default_factory=list)

    def add(self, repository: str, tag: str, architectures: Sequence[str]) -> str:
        """An index of images for these; its digest."""
        entries = [self._manifest(repository, tag, it) for it in architectures]
        strange = {"architecture": "unknown", "os": "unknown"}  # an attestation, as BuildKit adds
        entries.append({**entries[0], "platform": strange} if entries else {})
        body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
        self.manifests[repository, tag] = (INDEX, body)
        return digest(body)

    def add_single(self, repository: str, tag: str, architecture: str) -> str:
        """An image without an index; its digest."""
        self._manifest(repository, tag, architecture)
        return digest(self.manifests[repository, tag][1])

    def _manifest(self, repository: str, tag: str, architecture: str) -> dict[str, Any]:
        config = json.dumps({"architecture": architecture, "os": "linux", "of": tag}).encode()
        self.blobs[digest(config)] = config
        said = {"schemaVersion": 2, "mediaType": MANIFEST, "config": {"digest": digest(config)}}
        body = json.dumps(said).encode()
        self.manifests[repository, tag] = (MANIFEST, body)
        platform = {"architecture": architecture, "os": "linux"}
        return {"mediaType": MANIFEST, "digest": digest(body), "platform": platform}


def digest(body: bytes) -> str:
    """As registries name content."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@contextmanager
def serving(registry: Registry) -> Iterator[str]:
    """Its address, while it serves at the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            registry.asked.append(self.path)
            code, headers, body = _answer(registry, self.path, dict(self.headers), self._own())
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _own(self) -> str:
            host, port = self.server.server_address[:2]
            return f"http://{host!s}:{port}"

        def log_message(self, *_: object) -> None:
            """Nothing: what it was asked is in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Answer = tuple[int, dict[str, str], bytes]


def _answer(registry: Registry, path: str, headers: dict[str, str], own: str) -> Answer:
    parts = urlsplit(path)
    if parts.path == "/token":
        scope = parse_qs(parts.query)["scope"][0]
        return 200, {}, json.dumps({"token": f"for {scope}"}).encode()
    if registry.broken == "busy":
        return 429, {}, b"{}"
    _, _, rest = parts.path.partition("/v2/")
    repository, kind, name = rest.rsplit("/", 2)
    scope = f"repository:{repository}:pull"
    if headers.get("Authorization") != f"Bearer for {scope}":
        realm = own if registry.broken != "in the clear" else "http://198.51.100.1"
        told = f'Bearer realm="{realm}/token",service="fake",scope="{scope}"'
        return 401, {"WWW-Authenticate": told}, b"{}"
    return _content(registry, repository, kind, name)


def _content(registry: Registry, repository: str, kind: str, name: str) -> Answer:
    if registry.broken == "no registry":
        return 200, {}, b"<html>"
    if kind == "blobs" and name in registry.blobs:
        return 200, {}, registry.blobs[name]
    if kind == "manifests" and (repository, name) in registry.manifests:
        media, body = registry.manifests[repository, name]
        named = digest(body + b" " if registry.broken == "another digest" else body)
        return 200, {"Content-Type": media, "Docker-Content-Digest": named}, body
    return 404, {}, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}'
