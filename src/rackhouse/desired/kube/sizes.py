"""What everything may use where its file does not say: one place for every default. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lightkube.models.core_v1 import ResourceRequirements

from rackhouse.app.model import Container
from rackhouse.desired.kube.texts import quantity

MI = 2**20

MEMORY = 512 * MI  # a container without a limit of its own
SHARE = 4  # of its limit, a container asks for one part in so many
CPU_REQUEST = 25  # thousandths of a core
CPU_LIMIT = 1000
VOLUME = 5 * 2**30
SCRATCH = 256 * MI  # /tmp
CPU_TARGET = 70  # per cent of what is asked for, above which another copy is started


@dataclass(frozen=True, slots=True)
class Size:
    """Memory in bytes, processor in thousandths of a core."""

    memory: int
    memory_request: int
    cpu: int = CPU_LIMIT
    cpu_request: int = CPU_REQUEST

    @property
    def requirements(self) -> ResourceRequirements:
        """As a container has it."""
        return ResourceRequirements(
            requests={"cpu": f"{self.cpu_request}m", "memory": quantity(self.memory_request)},
            limits={"cpu": f"{self.cpu}m", "memory": quantity(self.memory)},
        )


THROWAWAY = Size(256 * MI, 64 * MI)  # a preview's own PostgreSQL


def size(of: Container | None = None) -> Size:
    """Of a container, by what its file says and by the defaults; of one that says nothing."""
    memory, cpu = (of.memory, of.cpu) if of else (0, 0)
    most = (of.memory_max if of else 0) or max(MEMORY, memory)
    cpu_most = (of.cpu_max if of else 0) or max(CPU_LIMIT, cpu)
    return Size(most, memory or -(-most // SHARE), cpu_most, cpu or min(CPU_REQUEST, cpu_most))


def together(sizes: Iterable[Size], times: int) -> dict[str, str]:
    """What they come to when each is there so many times, in the words of a quota."""
    found = list(sizes)
    return {
        "limits.cpu": f"{times * sum(it.cpu for it in found)}m",
        "limits.memory": quantity(times * sum(it.memory for it in found)),
        "requests.cpu": f"{times * sum(it.cpu_request for it in found)}m",
        "requests.memory": quantity(times * sum(it.memory_request for it in found)),
    }
