"""What is shown of a cluster: frozen values. Sizes in bytes; a tone is `good`, `busy` or `bad`."""

from __future__ import annotations

from dataclasses import dataclass

OTHERS = ""  # the owner of what is not this rack's
RACK = "rack"  # the owner of what the rack has for all applications


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """One pod. `called` is what people call it, `release` "" where it has none; `node` is "" while
    none has taken it; `asked` the memory that it asks for.
    """

    namespace: str
    name: str
    called: str
    owner: str
    release: str
    node: str
    tone: str
    why: str
    asked: int
    restarts: int

    @property
    def path(self) -> str:
        """Where it is, below its cluster's page."""
        return f"pods/{self.namespace}/{self.name}"

    @property
    def told(self) -> str:
        """`chat r2: it is being started`."""
        return f"{self.called} {self.release}".rstrip() + f": {self.why or 'ready'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node, and the pods on it. `memory` is what pods may have, `asked` what they ask for."""

    name: str
    arch: str
    version: str
    tone: str
    why: str
    memory: int
    asked: int
    pods: tuple[Pod, ...]

    @property
    def free(self) -> int:
        """What is left to ask for."""
        return max(0, self.memory - self.asked)

    @property
    def share(self) -> float:
        """How much of the memory is asked for, from 0 to 1."""
        return min(1.0, self.asked / self.memory) if self.memory else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """A workload, and how far its pods are: `there` of `wanted` are of this release and ready.
    `pod` is the path of the first that is not, else of the first; "" where there is none.
    """

    kind: str
    namespace: str
    name: str
    owner: str
    release: str
    tone: str
    why: str
    there: int
    wanted: int
    pod: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What runs now and then. `when` is as cron has it; `last` the moment that it began last, ISO
    8601, "" for never.
    """

    namespace: str
    name: str
    owner: str
    release: str
    when: str
    last: str
    tone: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A claim on a disk, and where the pods that use it run."""

    namespace: str
    name: str
    size: str
    tone: str
    why: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An address at which the ingress answers, and the Service behind it."""

    address: str
    namespace: str
    service: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Which ports of `target` a pod of `source` may open connections to; none: it is closed."""

    source: str
    target: str
    ports: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A cluster at one moment. `waiting` are pods that no node has taken."""

    nodes: tuple[Node, ...]
    waiting: tuple[Pod, ...]
    rollouts: tuple[Rollout, ...]
    schedules: tuple[Schedule, ...]
    volumes: tuple[Volume, ...]
    ways: tuple[Way, ...]
    parties: tuple[str, ...]
    edges: tuple[Edge, ...]

    @property
    def pods(self) -> tuple[Pod, ...]:
        """All of them, those that wait first."""
        return (*self.waiting, *(pod for node in self.nodes for pod in node.pods))

    @property
    def serving(self) -> tuple[Pod, ...]:
        """Those that do."""
        return tuple(pod for pod in self.pods if pod.tone == "good")

    @property
    def troubled(self) -> tuple[Pod, ...]:
        """Those that do not serve, the worst first."""
        found = (pod for pod in self.pods if pod.tone != "good")
        return tuple(sorted(found, key=lambda pod: (pod.tone != "bad", pod.namespace, pod.name)))
