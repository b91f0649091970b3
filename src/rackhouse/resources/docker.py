"""Specs of the targets `docker.<node>`: what one container engine holds.

A thing is called on the engine as its resource is, `@` written as `_`: `ollama@3f2a` is the
container `ollama_3f2a`. Images and containers are named by digest or release and never change, so
that the new one is there and healthy before the old one leaves. Times are seconds, sizes bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True)
class Image:
    """`docker.<node>/image/<name>`: an image by its content. Output `id` (`sha256:...`).

    `reference` is `repository@sha256:...`, which the engine pulls; or with `archive`, the path of a
    `docker save` on the machine that Rackhouse runs on, the id `sha256:...` of the image in it.
    """

    reference: str
    archive: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """`docker.<node>/network/<name>`: a bridge. `internal`: it leads nowhere else."""

    internal: bool = False
    subnet: str = ""  # 172.30.0.0/24; empty: the engine chooses


@dataclass(frozen=True, slots=True)
class Volume:
    """`docker.<node>/volume/<name>`: data. Its resource says `keep`."""

    driver: str = "local"


@dataclass(frozen=True, slots=True)
class Mount:
    """At `path` in the container: the Volume of that name, or a `folder` of the machine."""

    path: str
    volume: str = ""
    folder: str = ""
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A port of the container, reached at `address` of the machine on the port `host`."""

    container: int
    host: int
    address: str = "127.0.0.1"
    protocol: str = "tcp"


class Restart(StrEnum):
    """When the engine starts it again by itself."""

    NEVER = "no"
    ON_FAILURE = "on-failure"
    UNLESS_STOPPED = "unless-stopped"


@dataclass(frozen=True, slots=True)
class AliveHealth:
    """Healthy when it has run this long."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class CommandHealth:
    """Healthy when the command, which the engine runs inside, ends with 0."""

    command: tuple[str, ...]
    every: float = 5.0
    timeout: float = 5.0


@dataclass(frozen=True, slots=True)
class HttpHealth:
    """Healthy when GET answers 200 to 399 to the machine that the engine runs on.

    From there, since few images hold a program that could ask from inside. Plain HTTP alone.
    """

    url: Text


Health = AliveHealth | CommandHealth | HttpHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """`docker.<node>/container/<name>@<digest>`: kept running by the engine.

    `image` is an image's `id`. What takes a value from the vault is one of `secrets` (name,
    content) and nothing else: a file below /run/secrets that `user` alone may read, for the engine
    shows command, environment and labels to whoever asks. `networks` are names of Networks; without
    one it is on the engine's own bridge. `gpus` are device ids, or `all`. It has to be healthy
    within `patience`.
    """

    image: Text
    command: tuple[Text, ...] = ()
    environment: tuple[tuple[str, Text], ...] = ()
    secrets: tuple[tuple[str, Text], ...] = ()
    user: str = ""  # number, or number:number; empty: the image's
    mounts: tuple[Mount, ...] = ()
    ports: tuple[Published, ...] = ()
    networks: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    memory: int = 0  # 0: no limit
    gpus: tuple[str, ...] = ()
    restart: Restart = Restart.UNLESS_STOPPED
    health: Health = AliveHealth()
    patience: float = 60.0
    stop_signal: str = "SIGTERM"
    grace: float = 10.0


DockerSpec = Image | Network | Volume | Container
