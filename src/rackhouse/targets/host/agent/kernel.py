"""What the running kernel was started with."""

from __future__ import annotations

from rackhouse.targets.host.agent import disk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Json, Say


def boot_id() -> str:
    """Another one after each start."""
    return disk.read_text("/proc/sys/kernel/random/boot_id").strip()


def boot(request: dict[str, Json], say: Say) -> Json:
    """The boot id, for who waits for a restart."""
    return boot_id()


def command_line() -> list[str]:
    """The words that the kernel was started with."""
    return disk.read_text("/proc/cmdline").split()
