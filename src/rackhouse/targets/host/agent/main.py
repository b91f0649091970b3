"""The agent's loop: one message of requests in, an answer for each out, until the channel ends."""

from __future__ import annotations

from functools import partial

from rackhouse.targets.host.agent import disk, download, engine, kernel, trial, wire
from rackhouse.targets.host.agent.failure import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from rackhouse.targets.host.agent.shapes import Json, Say

REQUESTS: dict[str, Callable[[dict[str, Json], Say], Json]] = {
    "observe": engine.observe,
    "ensure": engine.ensure,
    "remove": engine.remove,
    "output": engine.output,
    "has": download.has,
    "receive": download.receive,
    "boot": kernel.boot,
    "confirm": trial.confirm,
}


def main(root: str) -> None:
    """Serve. `root` is put before every path of ours: empty on a real host."""
    disk.ROOT = root
    wire.write({"hello": 1})
    while True:
        try:
            requests = wire.read()
        except EOFError:
            return
        for request in requests:
            _serve(request)


def _serve(request: dict[str, Json]) -> None:
    number = request["number"]
    try:
        answer = REQUESTS[request["do"]](request, partial(_say, number))
    except Exception as error:  # noqa: BLE001  whatever it is, the other side is told
        wire.write({"number": number, "error": told(error)})
    else:
        wire.write({"number": number, "answer": answer})


def _say(number: int, line: str) -> None:
    wire.write({"number": number, "say": line})
