"""The first text that runs on a host: imports the agent's modules from what came with it.

Sent with a last line that calls `start`. Nothing here imports it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = "rackhouse.targets.host.agent"


class Sent:
    """Finds and loads the modules that were sent."""

    sources: dict[str, str] = {}  # noqa: RUF012  module -> source

    @classmethod
    def find_spec(cls, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Where a module is: here, or somewhere else."""
        is_package = name == PACKAGE or PACKAGE.startswith(name + ".")
        if name not in cls.sources and not is_package:
            return None
        return ModuleSpec(name, cls, is_package=is_package)  # type: ignore[arg-type]

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """As Python makes any."""

    @classmethod
    def exec_module(cls, module: ModuleType) -> None:
        """Run its source; a package above the agent has none."""
        name = module.__name__
        exec(compile(cls.sources.get(name, ""), f"<{name}>", "exec"), module.__dict__)  # noqa: S102


def start(sources: dict[str, str], root: str) -> None:
    """Serve until the channel ends. `root` is put before every path: empty on a real host."""
    Sent.sources = sources
    sys.meta_path.insert(0, Sent)
    import_module(PACKAGE + ".main").main(root)
