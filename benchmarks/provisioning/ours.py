"""The fifteen things by Rackhouse: one plan and apply over ten places. Run at the desk by itself.

python ours.py FLEET.json
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from provisioning.things import FILES, FOLDERS, SYSCTL, USERS, Fleet, Work
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Silent
from rackhouse.apply.targets import opener
from rackhouse.apply.world import World
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import File, Folder, Sysctl, User
from rackhouse.resources.place import Place, Wanted
from rackhouse.store.sqlite import SqliteStore


def prepare(fleet: Fleet) -> Work:
    """This program, with the fleet in a file."""
    file = fleet.folder / "fleet.json"
    places = {
        name: {
            "host": address,
            "user": fleet.user,
            "key": str(fleet.key),
            "host_key": fleet.host_keys[name],
            "sudo": "yes",
        }
        for name, address in fleet.addresses.items()
    }
    file.write_text(json.dumps(places))
    folders = (str(Path(__file__).parents[1]),)
    return Work((sys.executable, __file__, str(file)), {"PYTHONPATH": ":".join(folders)})


def wanted(places: dict[str, dict[str, str]]) -> Wanted:
    """Fifteen resources on each."""
    found: dict[Id, Resource[Any]] = {}
    for name in places:
        for resource in _things(f"host.{name}"):
            found[resource.id] = resource
    opened = [
        Place(name=f"host.{name}", kind="host", address={k: Text.of(v) for k, v in words.items()})
        for name, words in places.items()
    ]
    return Wanted(resources=found, places={place.name: place for place in opened})


def _things(target: str) -> list[Resource[Any]]:
    folders = {path: Id(target, "folder", Path(path).name) for path in FOLDERS}
    return [
        *(
            Resource(
                id=id,
                spec=Folder(path, FOLDERS[path]),
                needs=frozenset(i for p, i in folders.items() if p == str(Path(path).parent)),
            )
            for path, id in folders.items()
        ),
        *(
            Resource(
                id=Id(target, "file", Path(path).name),
                spec=File(path, Text.of(text), mode),
                needs=frozenset({folders[str(Path(path).parent)]}),
            )
            for path, (text, mode) in FILES.items()
        ),
        *(Resource(id=Id(target, "user", u), spec=User(u, shell=s)) for u, s in USERS.items()),
        Resource(id=Id(target, "sysctl", "bench"), spec=Sysctl((SYSCTL,))),
    ]


async def _apply(file: Path) -> None:
    paths = Paths(file.parent / "rack")
    store = SqliteStore(paths.store)
    world = World(wanted(json.loads(file.read_text())), store, opener("bench", paths, store))
    order = Apply(
        who="bench", what="apply", confirm=lambda _: True, observer=Silent(), now=time.time
    )
    try:
        outcome = await converge(world, order, rack="bench", lock=paths.lock)
    finally:
        await world.close()
    outcome.raise_for_failure()


if __name__ == "__main__":
    asyncio.run(_apply(Path(sys.argv[1])))
