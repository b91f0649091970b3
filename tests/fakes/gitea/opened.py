"""A Gitea for tests: the fake over real HTTP in this process, opened as the product opens one."""

from __future__ import annotations

import httpx

from fakes.gitea.gitea import Fake
from rackhouse.resources.core import Hidden
from rackhouse.store.protocol import Store
from rackhouse.targets.gitea.server import Server
from rackhouse.targets.gitea.target import Gitea
from rackhouse.targets.gitea.ways import Ways


def server(fake: Fake, password: str = "secret", starts: float = 0.0) -> Server:
    """The fake, asked as its administrator."""
    ways = Ways("http://gitea", transport=httpx.ASGITransport(app=fake.app()))
    return Server(ways, fake.user, Hidden(password), starts=starts)


def opened(fake: Fake, store: Store, name: str, password: str = "secret") -> Gitea:
    """That one as a target."""
    return Gitea(name, rack="home", server=server(fake, password), store=store)
