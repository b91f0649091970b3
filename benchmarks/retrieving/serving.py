"""Retrieval as it is deployed, for the benchmark: its PostgreSQL, the gateway with its built-in
embedder, and a stand-in that knows the texts' vectors already, so that filling takes a minute.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import psutil
import psycopg
from numpy.typing import NDArray

from fakes.stores import free_port, postgres
from retrieval import corpus, vectors

KEY, TENANT = "sk-rack-benchmark", "benchmark-key-0123456789"
MODEL = "embed"
SOURCE = Path(__file__).parents[2] / "src"


@contextmanager
def process(module: str, folder: Path, env: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """A service, from when it answers: its address and its process."""
    port, log = free_port(), folder / f"{module}.log"
    told = {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(SOURCE)}
    with log.open("ab") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", module],
            env={**told, "PORT": str(port), **env},
            cwd=folder,
            stdout=out,
            stderr=out,
        )
    try:
        end = time.monotonic() + 120
        while not _listens(child.pid, port):
            if child.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{module} does not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", child.pid
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """With pgvector; an empty one where the folder has none yet."""
    folder.chmod(0o755)  # PostgreSQL runs as nobody where this is root
    there = (folder / "database").exists()
    with postgres(folder / "database") as server:
        own = server.url.replace("/postgres", "/retrieval")
        if not there:
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute("CREATE ROLE retrieval LOGIN")
                connection.execute("CREATE DATABASE retrieval OWNER retrieval")
            with psycopg.connect(own, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION vector")
        yield own.replace("//rackhouse@", "//retrieval@")


@contextmanager
def room(keep: Path | None) -> Iterator[tuple[Path, str]]:
    """A folder, and the address of its database: of this run alone where none is to be kept."""
    with ExitStack() as stack:
        own = keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="rackhouse-bench-"))
        )
        own.mkdir(parents=True, exist_ok=True)
        yield own, stack.enter_context(database(own))


@contextmanager
def gateway(folder: Path) -> Iterator[tuple[str, int]]:
    """With its own embedder, and a key of retrieval's."""
    own = {"name": "own", "kind": "builtin", "model": "all-MiniLM-L6-v2", "local": True}
    plenty = {"requests_per_minute": 10**7, "tokens_per_minute": 10**10}
    config = {
        "rack": "bench",
        "admin": f"{KEY}-admin",
        "upstreams": [{**own, "abilities": ["embeddings"]}],
        "models": [{"name": MODEL, "candidates": [{"upstream": "own", "rank": 0}]}],
        "keys": [{"name": "retrieval.llm", "application": "retrieval", "secret": KEY, **plenty}],
    }
    file = folder / "models.json"
    file.write_text(json.dumps(config))
    env = {"GATEWAY_MODELS": str(file), "GATEWAY_CACHE": str(vectors.FOLDER / "model")}
    with process("rackhouse.services.gateway", folder, env) as one:
        yield one


@contextmanager
def retrieval(folder: Path, url: str, models: str, **more: str) -> Iterator[tuple[str, int]]:
    """With that database, asking that address for vectors; `more` for its environment."""
    file = folder / "tenants.json"
    file.write_text(json.dumps({"tenants": [{"name": "bench", "key": TENANT}]}))
    env = {"DATABASE_URL": url, "RETRIEVAL_TENANTS": str(file), "GATEWAY_MODEL": MODEL}
    env |= {"GATEWAY_URL": models, "GATEWAY_KEY": KEY}
    env |= {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}  # as its score.yaml says
    env |= {"MALLOC_MMAP_THRESHOLD_": "1000000", "MALLOC_TRIM_THRESHOLD_": "4000000", **more}
    with process("rackhouse.services.retrieval", folder, env) as one:
        yield one


@contextmanager
def known() -> Iterator[str]:
    """Answers with the vectors that are kept; embeds what is none of the texts."""
    texts: dict[str, NDArray[np.float16]] = {}
    passages = corpus.passages()
    for name in corpus.BARE:
        said = [each.texts.get(name, "") for each in passages]
        texts |= zip(said, vectors.of(said), strict=True)

    def row(text: str) -> NDArray[np.float16] | NDArray[np.float32]:
        return texts[text] if text in texts else vectors.embedder()([text])[0]

    with _vectors(row) as address:
        yield address


@contextmanager
def drawn(dimension: int = 384) -> Iterator[str]:
    """Answers with a vector by chance for each text, the same one for the same: where it does not
    matter what they say.
    """

    def row(text: str) -> NDArray[np.float32]:
        found = np.random.default_rng(zlib.crc32(text.encode())).normal(size=dimension)
        return (found / np.linalg.norm(found)).astype(np.float32)

    with _vectors(row) as address:
        yield address


@contextmanager
def _vectors(
    row: Callable[[str], NDArray[np.float16] | NDArray[np.float32]],
) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._say(b'{"abilities": ["chat", "embeddings"]}')  # of any model

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if not self.path.endswith("/embeddings"):
                self.send_error(404)  # it does not talk
                return
            asked = sent["input"]
            told = [base64.b64encode(row(it).astype("<f4").tobytes()).decode() for it in asked]
            data = [{"index": at, "embedding": each} for at, each in enumerate(told)]
            self._say(json.dumps({"data": data}).encode())

        def _say(self, said: bytes) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def resident(pid: int) -> float:
    """MB that it and its children hold."""
    return float(sum(each.memory_info().rss for each in _family(pid))) / 1e6


def held(pid: int) -> float:
    """MB that it and its children hold alone, with their share of what several do (PSS)."""
    return float(sum(each.memory_full_info().pss for each in _family(pid))) / 1e6


def worked(pid: int, *, alone: bool = False) -> float:
    """Seconds that the processor has worked for it, and for its children too unless `alone`."""
    times = [each.cpu_times() for each in ([psutil.Process(pid)] if alone else _family(pid))]
    return float(sum(each.user + each.system for each in times))


def _family(pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]


def _listens(pid: int, port: int) -> bool:
    try:
        found = psutil.Process(pid).net_connections()
    except psutil.Error:
        return False
    return any(it.status == psutil.CONN_LISTEN and it.laddr.port == port for it in found)
