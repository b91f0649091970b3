"""The budget proof over HTTP: whole gateways, as they are deployed, killed while clients ask."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from fakes.models import openai
from fakes.models.rack import KEY, NANO, SECRET, model
from fakes.models.script import Act, Does, Script
from fakes.models.serving import served
from fakes.stores import Store, free_port
from integration.gateway.ledger.test_proof import judged
from rackhouse.services.gateway.model.config import Config, Kind, Limit, Period, Upstream
from rackhouse.services.gateway.store.database import opened

pytestmark = pytest.mark.slow

CAP = 400_000  # nanos; a request costs 10, or up to DEAREST where nobody knows how much
DEAREST = 400  # a hundred tokens of an answer, and every byte of the body
USAGE = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
ENOUGH, MOST = 6, 40.0  # gateways killed; seconds


class Gateways:
    """Three replicas. One that is killed begins anew at its port."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.ports = [free_port() for _ in range(3)]
        self._running = [self._start(port) for port in self.ports]

    def kill(self, which: int) -> None:
        self._running[which].kill()
        self._running[which].wait()
        self._running[which] = self._start(self.ports[which])

    def stop(self) -> None:
        """As a supervisor would: what is not needed is given back."""
        for each in self._running:
            each.terminate()
        for each in self._running:
            each.wait(60)

    def clear(self) -> None:
        for each in self._running:
            each.kill()
            each.wait()

    def _start(self, port: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "rackhouse.services.gateway"],
            env={**os.environ, **self._environment, "PORT": str(port)},
        )


class Clients:
    """Threads that ask one replica after the other, streams and whole answers."""

    def __init__(self, ports: list[int]) -> None:
        self.answered = 0
        self.statuses: set[int] = set()
        self._ports = ports
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(i,)) for i in range(4)]

    @contextmanager
    def running(self) -> Iterator[None]:
        for each in self._threads:
            each.start()
        try:
            yield
        finally:
            self._end.set()
            for each in self._threads:
                each.join(60)

    def _ask(self, seed: int) -> None:
        chance = random.Random(seed)
        headers = {"authorization": f"Bearer {SECRET}"}
        with httpx.Client(headers=headers, timeout=120, trust_env=False) as client:
            while not self._end.is_set():
                url = f"http://127.0.0.1:{chance.choice(self._ports)}/v1/chat/completions"
                body = {
                    "model": "chat",
                    "messages": [{"role": "user", "content": "Who was Cyrus?"}],
                    "max_tokens": chance.randint(10, 100),
                    "stream": chance.random() < 0.3,
                }
                try:
                    status = client.post(url, json=body).status_code
                except httpx.HTTPError:
                    time.sleep(0.05)  # it was killed
                    continue
                self.statuses.add(status)
                self.answered += status == 200


@pytest.fixture
def script() -> Script:
    breaks = Act(does=Does.BREAK, after=2)
    acts = [breaks if number % 12 == 0 else Act(usage=USAGE) for number in range(1, 20_000)]
    made = Script(always=Act(usage=USAGE))
    made.acts.extend(acts)
    return made


async def test_gateways_that_are_killed_charge_all_that_was_served_and_never_more_than_the_cap(
    url: str, server: Store, redis: Store, script: Script, tmp_path: Path
) -> None:
    with served(openai.create(script)) as address:
        file = tmp_path / "models.json"
        file.write_bytes(msgspec.json.encode(_config(address)))
        told = {"DATABASE_URL": url, "REDIS_URL": redis.url, "GATEWAY_CACHE": str(tmp_path)}
        gateways = Gateways({**told, "GATEWAY_MODELS": str(file)})
        clients = Clients(gateways.ports)
        try:
            with clients.running():
                _disturb(gateways, server, clients)
            gateways.stop()
        finally:
            gateways.clear()
    async with opened(url) as database:
        settled, leased, dead = await judged(database, "money")
    asked = len(script.asked)
    broken = sum(each.does is Does.BREAK for each in _played(script))
    assert (settled <= CAP, leased) == (True, 0)
    assert 10 * asked <= settled, "something that was served is missing"
    assert settled - dead <= 10 * asked + DEAREST * broken, "something is charged twice"
    assert clients.answered > 0
    assert clients.statuses <= {200, 429, 502, 503}


def _disturb(gateways: Gateways, server: Store, clients: Clients) -> None:
    chance, end = random.Random(3), time.monotonic() + MOST
    for number in range(ENOUGH):
        before = clients.answered
        while clients.answered < before + 20 and time.monotonic() < end:
            time.sleep(0.05)
        gateways.kill(chance.randrange(3))
        if number % 3 == 2:
            server.kill()
            server.start()


def _played(script: Script) -> Iterator[Act]:
    """What was done with each request that came, in order."""
    for number in range(1, len(script.asked) + 1):
        yield Act(does=Does.BREAK) if number % 12 == 0 else Act()


def _config(url: str) -> Config:
    upstream = Upstream(
        name="outside",
        kind=Kind.COMPATIBLE,
        url=url,
        model="scripted",
        private=True,
        prices=(NANO,),
        limits=(Limit(period=Period.MONTH, money=CAP),),
    )
    return Config(
        upstreams=(upstream,),
        models=(model("outside"),),
        keys=(KEY,),
    )
