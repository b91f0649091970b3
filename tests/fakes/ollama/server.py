"""A fake of Ollama: answers as it does to whoever lists, pulls and deletes. No model is there."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Library:
    """What the fake has. `cut` breaks the next pulls off half way, that often."""

    port: int = 0
    there: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=lambda: {"llama3.1:8b", "small:latest"})
    cut: int = 0
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(library: Library) -> Iterator[Library]:
    """On a port of loopback."""
    handler = type("Handler", (_Handler,), {"library": library})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        library.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield library
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    library: Library

    def do_GET(self) -> None:
        models = [
            {"name": name, "digest": hashlib.sha256(name.encode()).hexdigest()}
            for name in sorted(self.library.there)
        ]
        self._answer(200, {"models": models})

    def do_POST(self) -> None:
        model = self._asked()
        whole = model if ":" in model else f"{model}:latest"
        if whole not in self.library.known:
            self._answer(200, {"error": "pull model manifest: file does not exist"})
        elif self.library.cut:
            self.library.cut -= 1
            self._answer(200, _part(1), ends=False)
        else:
            self.library.there.add(whole)
            self._answer(200, {"status": "pulling manifest"}, _part(2), {"status": "success"})

    def do_DELETE(self) -> None:
        model = self._asked()
        known = model in self.library.there
        self.library.there.discard(model)
        self._answer(*((200,) if known else (404, {"error": f"model '{model}' not found"})))

    def _asked(self) -> str:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.library.asked.append(f"{self.command} {body['model']}")
        return str(body["model"])

    def _answer(self, status: int, *lines: Any, ends: bool = True) -> None:
        text = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text) + (0 if ends else 100)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def _part(tenths: int) -> dict[str, object]:
    return {"status": "pulling 6a07", "total": 2**30, "completed": tenths * 2**29}
