"""A console over a prepared rack: its desk with a clock that stands still, and clients for it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rackhouse.console.actions import Actions
from rackhouse.console.app import create_app
from rackhouse.console.desk import Desk
from rackhouse.console.house import RackFile
from rackhouse.console.links import one_time_link
from rackhouse.console.passes import Passes
from rackhouse.console.settings import Settings
from rackhouse.console.streams import Streams
from rackhouse.console.templating import templates
from rackhouse.console.watch import Watch
from rackhouse.operations.view import view
from rackhouse.rack.model import Rack
from rackhouse.store.sqlite_forge import SqliteForge
from unit.console.house import NOW, House, furnished_house, supervised

PORT = 8400
PLAIN = f"http://localhost:{PORT}"
NAMED = "https://rack.localhost:8443"
SECRET = "the-owners-token"
SEALED = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
TEMPLATES = functools.cache(templates)  # compiled once for all tests
KEY = Ed25519PrivateKey.generate().private_bytes(*SEALED).decode()


@dataclass
class Clock:
    """Unix seconds that move when a test says so."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Bench:
    """A console to test."""

    house: House
    desk: Desk
    streams: Streams
    clock: Clock
    own: set[str] = field(default_factory=set)
    file: RackFile | None = None  # else that of the house, with nothing wrong

    def client(self, origin: str = PLAIN, **headers: str) -> httpx.AsyncClient:
        """A browser at `origin`: it keeps cookies and says where its forms come from."""
        transport = httpx.ASGITransport(create_app(self.desk, self.streams), client=("::1", 5))
        scheme = origin.partition(":")[0]
        given = {"x-forwarded-proto": scheme, "origin": origin, "accept": "text/html", **headers}
        return httpx.AsyncClient(transport=transport, base_url=origin, headers=given)

    def program(self) -> httpx.AsyncClient:
        """A program with the owner's token."""
        return self.client(f"http://127.0.0.1:{PORT}", authorization=f"Bearer {SECRET}")

    async def signed_in(self, origin: str = PLAIN) -> httpx.AsyncClient:
        """The owner's browser."""
        client = self.client(origin)
        answer = await client.post("/sign-in", data={"token": self.link(origin)})
        assert answer.status_code == 303, answer.text
        return client

    def link(self, origin: str = PLAIN) -> str:
        """A fresh one-time link."""
        return one_time_link(self.house.paths, origin, self.clock())

    def look(self) -> None:
        """Look at the rack anew, now."""
        self.desk.watch._until = -1.0
        self.desk.watch.view()


@contextmanager
def bench(root: Path, rack: Rack | None = None) -> Iterator[Bench]:
    """A furnished rack whose supervisor lives, and its console."""
    house = furnished_house(root, rack)
    clock, own = Clock(), set[str]()
    forge = SqliteForge(house.paths.store)
    with supervised(house):
        desk = Desk(
            settings=Settings(root=root, port=PORT, signing_key=KEY, secret=SECRET),
            store=house.store,
            forge=forge,
            passes=Passes(house.paths.sign_ins),
            watch=Watch(lambda: view(house)),
            actions=Actions(root, None),
            templates=TEMPLATES(),
            file=lambda: made.file or RackFile(rack=house.rack),
            clock=clock,
            own=lambda: frozenset(own),
        )
        made = Bench(house, desk, Streams(), clock, own)
        yield made
        desk.passes.close()
        forge.close()
        house.store.close()
