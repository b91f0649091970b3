"""The environment of an application's live release, for `rackhouse exec`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.kit.errors import Missing
from rackhouse.kit.files import read_text
from rackhouse.kit.text import did_you_mean
from rackhouse.supervisor.unit import Unit

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


@dataclass(frozen=True, slots=True, repr=False)
class Environment:
    """What a process of the application is started with. Holds secrets: never print it."""

    variables: Mapping[str, str]
    folder: Path


def environment(house: OpenRack, application: str, container: str | None) -> Environment:
    """The environment of one container of the application's live release."""
    app = house.apps.get(application)
    if app is None:
        hint = did_you_mean(application, house.apps)
        raise Missing(f"there is no application {application!r}.{hint}", fix="see rackhouse status")
    names = [c.name for c in app.containers]
    if container is not None and container not in names:
        hint = did_you_mean(container, names)
        raise Missing(f"{application} has no container {container!r}.{hint}")
    tag = f"@{app.release.tag}" if app.release else ""
    for name in [container] if container else names:
        for unit_name in (f"{application}.{name}{tag}", f"{application}.{name}"):
            if text := read_text(house.paths.units / f"{unit_name}.json"):
                unit = Unit.from_json(text)
                return Environment(unit.env, Path(unit.folder or house.paths.root))
    raise Missing(
        f"nothing of {application} runs that has an environment",
        fix=f"see `rackhouse logs {application}`; a static site has none",
    )
