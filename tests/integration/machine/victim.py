"""`python victim.py STATE_FOLDER`: makes, changes and removes one of each kind until killed."""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from rackhouse.kit.paths import Paths
from rackhouse.store.sqlite import SqliteStore
from rackhouse.targets import machine, vault
from unit.targets.worlds import EXAMPLES, RACK, Example, World, quiet, stamp_for


def open_all(root: Path) -> dict[str, World]:
    """Both targets on one store in SQLite."""
    paths = Paths(root)
    store = SqliteStore(paths.store)
    openers = {"vault": vault.open_target, "machine": machine.open_target}
    worlds = {}
    for name, opener in openers.items():

        def reopen(store: SqliteStore, name: str = name, opener: object = opener) -> object:
            return opener(name, {}, rack=RACK, paths=paths, store=store)  # type: ignore[operator]

        worlds[name] = World(name, paths, store, reopen(store), reopen)  # type: ignore[arg-type]
    return worlds


async def _churn(worlds: dict[str, World]) -> None:
    for turn in count():
        for example in EXAMPLES:
            target = worlds[example.id.target].target
            spec = example.changed if turn % 2 and example.changed else example.spec
            resource = example.of(spec)
            seen = await target.ensure(resource, stamp_for(resource), example.values or {}, quiet)
            if turn % 3 == 2 and keeps_nothing(example):
                await target.remove(seen, quiet)


def keeps_nothing(example: Example) -> bool:
    """Whether it can be made again without what a person or `deploy` laid down."""
    return example.id.kind not in {"given", "source", "packages"}


if __name__ == "__main__":
    worlds = open_all(Path(sys.argv[1]))
    print("alive", flush=True)
    asyncio.run(_churn(worlds))
