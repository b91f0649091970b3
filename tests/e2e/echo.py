"""Applications that show what they were told, some of which ask for sign-in, in a rack of nothing
else: it is up in two seconds.
"""

from __future__ import annotations

from pathlib import Path

from e2e.conftest import Rack, new_rack

RACK = """
rack: test
data: {postgres: none, cache: none, objects: none}
applications:
  diary: {folder: diary}
  letters: {folder: letters}
  notices: {folder: notices}
  album: {folder: album, exposure: lan}
  poster: {folder: poster, exposure: lan, public: true}
"""
ASKS = {"diary": True, "letters": True, "notices": False, "album": True, "poster": False}
SCORE = """
apiVersion: score.dev/v1b1
metadata:
  name: {name}
  annotations:
    rackhouse.dev/access: {access}
containers:
  web:
    image: .
    command: [python3, echo.py]
service:
  ports:
    web: {{port: 80, targetPort: 8080}}
resources:
  web: {{type: route, params: {{port: 80}}}}
"""
ECHO = '''
"""Shows what it was told: the path, and every header as it came."""
import html, json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Echo(BaseHTTPRequestHandler):
    def do_GET(self):
        head = '<!doctype html><html lang="en"><title>Echo</title><link rel="icon" href="data:,">'
        told = html.escape(json.dumps(self.headers.items()))
        page = f"{head}<h1>{html.escape(self.path)}</h1><pre>{told}</pre>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Echo).serve_forever()
'''


def echoing(folder: Path) -> Rack:
    """A rack of these applications, not up yet."""
    rack = new_rack(folder)
    rack.file.write_text(RACK)
    for name, asks in ASKS.items():
        own = rack.file.parent / name
        own.mkdir()
        (own / "echo.py").write_text(ECHO)
        access = "signed-in" if asks else "open"
        (own / "score.yaml").write_text(SCORE.format(name=name, access=access))
    return rack
