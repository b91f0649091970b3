"""A registry that serves a folder of blobs, read only, for as long as it lives: a program.

Argv: the folder, in which each blob is called by its digest, and the port.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(sys.argv[1])


class Registry(BaseHTTPRequestHandler):
    """GET and HEAD of /v2/, /v2/NAME/manifests/DIGEST and /v2/NAME/blobs/DIGEST."""

    def do_GET(self) -> None:
        file = FOLDER / self.path.rpartition("/")[2]
        if self.path == "/v2/":
            self._answer(200, b"{}", "application/json")
        elif file.is_file():
            manifest = "/manifests/" in self.path
            kind = "application/vnd.docker.distribution.manifest.v2+json"
            self._answer(200, file.read_bytes(), kind if manifest else "application/octet-stream")
        else:
            error = b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}'
            self._answer(404, error, "application/json")

    do_HEAD = do_GET  # noqa: N815  so it is called

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Registry) as server:
    print("listening", flush=True)
    server.serve_forever()
