"""Strangers' clients, unmodified, each a program of its own that is told an address and a key."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fakes.models import anthropic, openai
from fakes.models.rack import ABILITIES, KEY, SECRET, model
from fakes.models.script import Act, Script
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Kind, Upstream

_HERE = Path(__file__).parent
_FETCHED = _HERE.parents[1] / ".cache" / "peers"
_CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}
_CALLS = Act(message={"role": "assistant", "content": None, "tool_calls": [_CALL]})
_SCHEMA = Act(text=json.dumps({"things": ["heaven", "earth"]}))
_SPEAK = {Kind.OPENAI: openai.create, Kind.ANTHROPIC: anthropic.create}
_MODELS = {
    "words": (Kind.OPENAI, Act()),
    "tools": (Kind.OPENAI, _CALLS),
    "tools-once": (Kind.OPENAI, Act()),
    "schema": (Kind.OPENAI, _SCHEMA),
    "claude": (Kind.ANTHROPIC, Act()),
    "claude-tools": (Kind.ANTHROPIC, _CALLS),
}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("peers")]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A gateway with a model for each thing that is to be shown."""
    with ExitStack() as stack:
        upstreams = []
        for name, (kind, act) in _MODELS.items():
            script = Script(always=act)
            script.acts.extend([_CALLS] * (name == "tools-once"))
            address = stack.enter_context(served(_SPEAK[kind](script)))
            upstreams.append(
                Upstream(
                    name=name, kind=kind, url=address, model="m", local=True, abilities=ABILITIES
                )
            )
        config = Config(
            upstreams=tuple(upstreams),
            models=tuple(model(name, name=name) for name in _MODELS),
            keys=(KEY,),
        )
        yield stack.enter_context(served(create(config, wiring.opened)))


def _run(url: str, *argv: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PEERS": str(_FETCHED / "npm"),
        "OPENAI_BASE_URL": f"{url}/v1",
        "OPENAI_API_KEY": SECRET,
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": SECRET,
    }
    done = subprocess.run(
        argv, env=environment, check=False, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, "ok"), done.stderr


@pytest.mark.parametrize("name", ["openai", "anthropic", "pydantic_ai", "langchain"])
def test_a_client_for_python_works_with_address_and_key_alone(url: str, name: str) -> None:
    python = _FETCHED / "python" / "bin" / "python"
    if not python.exists():
        pytest.skip("strangers' clients were not fetched: scripts/prefetch-slow does it")
    _run(url, str(python), str(_HERE / "python" / f"with_{name}.py"))


def test_the_client_for_node_works_with_address_and_key_alone(url: str) -> None:
    node = shutil.which("node")
    if node is None or not (_FETCHED / "npm" / "node_modules").exists():
        pytest.skip(
            "there is no Node, or its client was not fetched: scripts/prefetch-slow does it"
        )
    _run(url, node, str(_HERE / "npm" / "with_openai.mjs"))
