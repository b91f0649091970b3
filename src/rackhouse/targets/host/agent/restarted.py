"""Restarted: the machine has been started since something changed."""

from __future__ import annotations

from rackhouse.targets.host.agent import arguments, commands, kernel
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Say, Spec, State


def items(spec: Spec) -> list[str]:
    """What it is because of: another cause is another item, captured anew."""
    return ["because " + " ".join(spec["because"])]


def capture(item: str, spec: Spec) -> Json:
    """The boot in which that was first asked for. Another boot id later says: it has restarted."""
    return kernel.boot_id()


def make(spec: Spec, before: Before, done: Spec | None, say: Say) -> None:
    """Restart, which ends us: Failure (restarting). The other side comes back and asks again."""
    lacking = _lacking(spec)
    fresh = before[items(spec)[0]] != kernel.boot_id()
    if fresh and lacking:
        what = f"restarted, and the kernel still was not started with {', '.join(lacking)}"
        fix = f"compare {arguments.place()} with /proc/cmdline on that machine"
        raise Failure(what, fix, "not-ready")
    if fresh or (spec["words"] and not lacking):
        return
    say("restarting the machine")
    commands.run(["systemctl", "reboot"])
    raise Failure("restarting", kind="restarting")


def look(spec: Spec) -> State | None:
    """The words that the kernel was not started with."""
    lacking = _lacking(spec)
    return {"lacking": lacking, **({"why": "to be restarted"} if lacking else {})}


def revert(before: Before, spec: Spec, say: Say) -> None:
    """A start cannot be undone."""


def _lacking(spec: Spec) -> list[str]:
    """None where no file could give them to the kernel."""
    words = kernel.command_line()
    return [word for word in spec["words"] if word not in words] if arguments.place() else []
