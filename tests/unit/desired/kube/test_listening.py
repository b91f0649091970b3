"""Who is told to listen where nobody reaches it, and who only speaks to its own pod."""

from __future__ import annotations

import pytest

from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from unit.desired.kube.examples import manifests
from unit.desired.scenario import released

FILE = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {web: {image: ., command: [/bin/sh, -c], args: ['%s']}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""


@pytest.mark.parametrize(
    "line",
    [
        "uvicorn main:app --host 127.0.0.1 --port $PORT",
        "gunicorn --bind 127.0.0.1:8080 main:app",
        "gunicorn --bind=localhost:$PORT main:app",
        "hypercorn -bind 127.0.0.1:8080 main:app",
        "run --hosts 127.0.0.1:$PORT",
        "serve 127.0.0.1:$PORT",
    ],
)
def test_at_the_loopback(line: str) -> None:
    with pytest.raises(FileError, match="loopback-listener"):
        manifests(load(""), [released(FILE % line)])


@pytest.mark.parametrize(
    "line",
    [
        "uvicorn main:app --host $HOST --port $PORT",
        "run --upstream http://127.0.0.1:9000",
        "run --db-host 127.0.0.1 --port $PORT",
        "wait-for localhost:$OTHER && run",
    ],
)
def test_elsewhere(line: str) -> None:
    assert manifests(load(""), [released(FILE % line)])
