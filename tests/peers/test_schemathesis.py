"""schemathesis asks the running gateway whatever its own description lets it ask, and more: no
answer is a fault of the server.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from fakes.models.rack import ABILITIES, KEY, SECRET, model
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Kind, Upstream

_PROGRAM = Path(__file__).parents[2] / ".cache" / "peers" / "schemathesis" / "bin" / "st"
_WHOLE = {
    "choices": [{"message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}],
    "data": [{"index": 0, "embedding": [0.5]}],
    "output": [1],
    "results": [{"index": 0}],
}
_CHUNK = {"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}
_STEP = {"type": "response.completed", "response": {}}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("peers")]


async def _willing(scope: Scope, receive: Receive, send: Send) -> None:
    """An upstream that answers everything, so that whatever fails is the gateway."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    said = json.dumps(_WHOLE).encode()
    if json.loads(body).get("stream"):
        event = _STEP if scope["path"] == "/v1/responses" else _CHUNK
        said = f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": said})


@pytest.fixture
def url() -> Iterator[str]:
    """A gateway whose every model answers."""
    with ExitStack() as stack:
        address = stack.enter_context(served(_willing))
        one = Upstream(
            name="one", kind=Kind.VLLM, url=address, model="m", local=True, abilities=ABILITIES
        )
        config = Config(
            upstreams=(one,),
            models=(model("one", name="a", measured=True, shadow=0.5),),
            keys=(KEY,),
        )
        yield stack.enter_context(served(create(config, wiring.opened)))


def test_nothing_that_is_asked_is_a_fault_of_the_server(url: str, tmp_path: Path) -> None:
    if not _PROGRAM.exists():
        pytest.skip("schemathesis was not fetched: scripts/prefetch-slow does it")
    described = httpx.get(f"{url}/openapi.json").json()
    for schema in described["components"]["schemas"].values():
        if "model" in schema["properties"]:  # a name that there is: the rest is what is tried
            schema["properties"]["model"] = {"enum": ["a"]}
    (tmp_path / "openapi.json").write_text(json.dumps(described))
    argv = [str(_PROGRAM), "run", "openapi.json", "--url", url, "--seed", "1"]
    argv += ["--max-examples", "5"]
    argv += ["--generation-database", "none", "--checks", "not_a_server_error", "--no-color"]
    argv += ["--header", f"Authorization: Bearer {SECRET}", "--phases", "examples,coverage,fuzzing"]
    argv += ["--warnings", "off", "--suppress-health-check", "all", "--no-shrink"]
    done = subprocess.run(
        argv, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=360
    )
    assert done.returncode == 0, done.stdout
