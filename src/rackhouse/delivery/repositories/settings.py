"""How git behaves on the rack's own repositories: told by the environment, whatever a file says.

Neither the machine's nor the account's configuration is read, and what a repository's own says is
overruled: a hook, a filter or a helper that somebody put there is never run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_ALWAYS = {
    "safe.directory": "*",  # all is ours, and git would not ask root's repositories as another
    "core.hooksPath": os.devnull,
    "core.fsync": "committed,reference",  # what a push was told is done stays done
    "core.fsyncMethod": "batch",
    # Memory, whatever is pushed or asked for.
    "core.bigFileThreshold": "32m",
    "core.deltaBaseCacheLimit": "32m",
    "core.packedGitLimit": "128m",
    "pack.threads": "1",
    "pack.windowMemory": "64m",
    "pack.deltaCacheSize": "32m",
    # What is upkeep's to do, when nobody waits.
    "gc.auto": "0",
    "maintenance.auto": "false",
    "receive.autogc": "false",
}


def environment(settings: Mapping[str, str] | None = None, **variables: str) -> dict[str, str]:
    """The environment for git: `settings` over those that always hold, `variables` over it all."""
    found = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
    pairs = {**_ALWAYS, **(settings or {})}
    for number, (key, value) in enumerate(pairs.items()):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {**found, "GIT_CONFIG_COUNT": str(len(pairs)), **variables}
