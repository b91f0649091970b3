"""Variables that a person set over those of an application's file, as the store remembers them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from rackhouse.app.model import App, Container, Template
from rackhouse.store.protocol import Store


def overrides(store: Store, name: str) -> Mapping[str, str]:
    """Variables that a person set over those of the application's file."""
    values: dict[str, str] = json.loads(store.setting(f"env/{name}") or "{}")
    return values


def put_overrides(store: Store, name: str, values: Mapping[str, str]) -> None:
    """Remember them for every release that is made from now on."""
    store.put_setting(f"env/{name}", json.dumps(dict(values), sort_keys=True))


def with_overrides(app: App, values: Mapping[str, str]) -> App:
    """The application, as its file has it, with those variables set in each of its containers."""
    literal = {key: Template((value,) if value else ()) for key, value in values.items()}

    def set_in(container: Container) -> Container:
        variables = {**dict(container.variables), **literal}
        return replace(container, variables=tuple(variables.items()))

    if not literal:
        return replace(app, said=())
    return replace(app, containers=tuple(map(set_in, app.containers)), said=app.containers)
