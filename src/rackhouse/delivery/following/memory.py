"""What was shown and what was applied, in one setting of the store: a change is whole or none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from rackhouse.store.protocol import Store

_SETTING = "rack-in-git"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The plan that a pull request has as its comment: of which commit, when the default branch was
    at which, since when (Unix seconds), and a digest of each of its steps.
    """

    head: str
    base: str
    at: float
    steps: tuple[str, ...]

    def is_of(self, head: str, base: str) -> bool:
        """Whether it is about these two commits."""
        return (self.head, self.base) == (head, base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """`applied`: the last commit that the rack is; `begun`: one that was agreed to, and that has
    neither come to its end nor failed: it was killed; `agreed`: a digest of each step that was
    agreed to of it, None for whatever it does; `stopped`: one that failed or was refused, when last
    `tried` (Unix seconds); `told`: the last of which Gitea was told that it is applied.
    """

    applied: str = ""
    begun: str = ""
    agreed: tuple[str, ...] | None = None
    stopped: str = ""
    tried: float = 0.0
    told: str = ""
    pulls: Mapping[int, Shown] = field(default_factory=dict)

    def showing(self, pull: int, shown: Shown) -> Memory:
        """With what that pull request has now."""
        return replace(self, pulls={**self.pulls, pull: shown})


def read(store: Store) -> Memory:
    """What is remembered."""
    said = json.loads(store.setting(_SETTING) or "{}")
    pulls = {
        int(number): Shown(**{**each, "steps": tuple(each["steps"])})
        for number, each in said.pop("pulls", {}).items()
    }
    agreed = said.pop("agreed", None)
    return Memory(**said, agreed=None if agreed is None else tuple(agreed), pulls=pulls)


def write(store: Store, memory: Memory) -> None:
    """Remember that. Writes only news."""
    text = json.dumps(asdict(memory), sort_keys=True)
    if text != store.setting(_SETTING):
        store.put_setting(_SETTING, text)
