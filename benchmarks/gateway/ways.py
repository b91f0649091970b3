"""From the load to the scripted upstream: straight, through us, through LiteLLM's proxy.

We have all on: a key, budgets of money and tokens, rates, prices, the log, accounts and metrics,
with a real PostgreSQL that writes through to the disk, and a real Valkey. LiteLLM has a key and
nothing else: no database, no budgets, no log of requests, telemetry off, which is its fastest.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from gateway.serving import GATEWAY, HERE, LOAD, free_port, pin, running

ROOT = HERE.parents[1]
PEER = ROOT / ".cache" / "peers" / "litellm"
KEY = "sk-rack-benchmark"
ADMIN = "sk-rack-benchmark-admin"


@dataclass(frozen=True)
class Way:
    """Where the load goes. `process` None: there is nothing between it and the upstream."""

    name: str
    url: str
    process: psutil.Process | None = None


@contextmanager
def upstream(folder: Path, first: float, gap: float) -> Iterator[str]:
    """The scripted one, on the core of the load; its address."""
    port = free_port()
    argv = [sys.executable, str(HERE / "upstream.py"), str(port), str(first), str(gap)]
    with running(argv, port, core=LOAD, env={}, folder=folder):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL and Valkey, on the core of the load; the environment that says where."""
    sys.path.append(str(ROOT / "tests"))
    from fakes.stores import postgres, valkey

    pin(LOAD)
    folder.chmod(0o755)  # PostgreSQL runs as nobody where this is root
    with ExitStack() as stack:
        database = stack.enter_context(postgres(folder / "database"))
        database.stop()  # tests run it without fsync
        database.argv = [word.replace("=off", "=on") for word in database.argv]
        database.start()
        cache = stack.enter_context(valkey(folder / "cache"))
        yield {"DATABASE_URL": database.url, "REDIS_URL": cache.url, "REDIS_PREFIX": "bench:"}


@contextmanager
def relay(folder: Path, url: str) -> Iterator[Way]:
    """Bytes copied and nothing else: how much of what is added is this machine's own."""
    port = free_port()
    argv = [sys.executable, str(HERE / "relay.py"), str(port), url.rpartition(":")[2]]
    with running(argv, port, core=GATEWAY, env={}, folder=folder) as process:
        yield Way("bytes copied", f"http://127.0.0.1:{port}", process)


@contextmanager
def ours(folder: Path, url: str, told: dict[str, str]) -> Iterator[Way]:
    """The gateway as it is deployed: one process."""
    port, file = free_port(), folder / "models.json"
    file.write_text(json.dumps(_config(url)))
    env = {**told, "HOST": "127.0.0.1", "PORT": str(port), "GATEWAY_MODELS": str(file)}
    argv = [sys.executable, "-m", "rackhouse.services.gateway"]
    with running(argv, port, core=GATEWAY, env=env, folder=folder) as process:
        yield Way("rackhouse", f"http://127.0.0.1:{port}", process)


def _config(url: str) -> dict[str, object]:
    plenty = 10**15
    limits = [
        {"period": period, "money": plenty, "tokens": plenty, "hard": True}
        for period in ("day", "month")
    ]
    price = {"since": "2026-01-01", "input": 150_000_000, "output": 600_000_000}
    scripted = {"name": "scripted", "kind": "compatible", "url": url, "model": "scripted"}
    return {
        "rack": "bench",
        "admin": ADMIN,
        "upstreams": [{**scripted, "private": True, "prices": [price], "limits": limits}],
        "models": [{"name": "chat", "candidates": [{"upstream": "scripted", "rank": 0}]}],
        "keys": [
            {
                "name": "bench.llm",
                "application": "bench",
                "secret": KEY,
                "limits": limits,
                "requests_per_minute": 10**7,
                "tokens_per_minute": 10**10,
            }
        ],
    }


def have_peer() -> str:
    """Make LiteLLM's environment, from wheels whose digests are known; "" or why there is none."""
    program = PEER / "bin" / "litellm"
    if program.exists():
        return ""
    uv = str(Path(sys.executable).with_name("uv"))
    python, lock = str(PEER / "bin" / "python"), str(HERE / "litellm.lock")
    for argv in (
        [uv, "venv", "-q", "--clear", "--python", sys.executable, str(PEER)],
        [uv, "pip", "sync", "-q", "--require-hashes", "--no-build", "--python", python, lock],
    ):
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
    return ""


@contextmanager
def litellm(folder: Path, url: str) -> Iterator[Way]:
    """LiteLLM's proxy: one worker, which reaches nothing but the upstream."""
    port, file = free_port(), folder / "litellm.yaml"
    params = {"model": "openai/scripted", "api_base": f"{url}/v1", "api_key": "sk-none"}
    config = {
        "model_list": [{"model_name": "chat", "litellm_params": params}],
        "litellm_settings": {"telemetry": False},
        "general_settings": {"master_key": KEY},
    }
    file.write_text(json.dumps(config))  # which is YAML too
    env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
    env |= {"LITELLM_LOG": "ERROR", "DO_NOT_TRACK": "1"}
    argv = [str(PEER / "bin" / "litellm"), "--config", str(file), "--telemetry", "False"]
    argv += ["--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"]
    with running(argv, port, core=GATEWAY, env=env, folder=folder) as process:
        yield Way("LiteLLM", f"http://127.0.0.1:{port}", process)
