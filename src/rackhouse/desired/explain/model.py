"""What is told of an application: frozen values, ready to be written, drawn or sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rackhouse.app.model import Kind


class Target(StrEnum):
    """Where an application runs."""

    EMBEDDED = "embedded"  # processes of this machine
    KUBE = "kube"  # objects of a cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A place in a file that a person wrote; `line` counts from 1, 0 where it is not written."""

    file: str
    line: int
    path: str  # resources.db
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One resource, and what it is. `made`: it is there because of the line; else the line says
    how it is. `keep`: it holds data, and leaves with `--purge` alone.
    """

    id: str
    what: str
    made: bool
    keep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A line, and what it becomes."""

    line: Line
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Who opens a connection to whom, and at which port, 0 where the rack chooses one. `why` is
    the line that lets it.
    """

    source: str
    target: str
    port: int
    why: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A machine, whether the application may run there, and why."""

    node: str
    fits: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a container asks for, and what it may use at most, as Kubernetes writes it (`512Mi`,
    `25m`: thousandths of a core); "" where there is no bound.
    """

    container: str
    memory_request: str = ""
    memory: str = ""
    cpu_request: str = ""
    cpu: str = ""
    why: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What happens to it: a sentence or more each."""

    released: tuple[str, ...]
    rolled_back: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An application on one target. `copies` are the fewest and the most pods or processes;
    `closed` are those that it cannot reach, or that cannot reach it, though they are near.
    """

    target: Target
    place: str
    copies: tuple[int, int]
    origins: tuple[Origin, ...]
    edges: tuple[Edge, ...]
    closed: tuple[str, ...]
    doors: tuple[str, ...]
    spots: tuple[Spot, ...]
    sizes: tuple[Size, ...]
    life: Life

    @property
    def lines(self) -> tuple[Line, ...]:
        """Those that become something."""
        return tuple(it.line for it in self.origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An application on each target that was asked about. `live` says where this release runs now,
    "" nowhere; `refused` of a target that cannot run it what would have to change.
    """

    application: str
    release: str
    live: str
    kind: Kind
    rack: str
    stories: tuple[Story, ...]
    refused: tuple[tuple[Target, str], ...] = ()
