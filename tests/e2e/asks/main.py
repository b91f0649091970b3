"""An application of a test: what it is asked it asks its model, by the OpenAI API."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class Door(BaseHTTPRequestHandler):
    """`/healthz` answers by itself; anything else is made a vector, and its length told."""

    def do_GET(self) -> None:
        status, body = (200, b"ok") if self.path == "/healthz" else self.vector()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def vector(self) -> tuple[int, bytes]:
        """Status and body."""
        ask = Request(
            f"{os.environ['OPENAI_BASE_URL']}/embeddings",
            json.dumps({"model": os.environ["MODEL"], "input": self.path}).encode(),
            {
                "content-type": "application/json",
                "authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            },
        )
        try:
            with urlopen(ask, timeout=60) as answer:
                return 200, str(len(json.load(answer)["data"][0]["embedding"])).encode()
        except HTTPError as error:
            return error.code, error.read()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    where = os.environ["HOST"], int(os.environ["PORT"])
    ThreadingHTTPServer(where, Door).serve_forever()
