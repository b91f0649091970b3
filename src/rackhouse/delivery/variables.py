"""Variables that a person set over those of an application's file. Each release has its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from rackhouse.app.model import App, Container, Template
from rackhouse.store.protocol import Store


def with_overrides(app: App, values: Mapping[str, str]) -> App:
    """The application, as its file has it, with those variables set in each of its containers."""
    literal = {key: Template((value,) if value else ()) for key, value in values.items()}

    def set_in(container: Container) -> Container:
        variables = {**dict(container.variables), **literal}
        return replace(container, variables=tuple(variables.items()))

    if not literal:
        return replace(app, said=(), overrides=())
    return replace(
        app,
        containers=tuple(map(set_in, app.containers)),
        said=app.containers,
        overrides=tuple(sorted(values.items())),
    )


def without_overrides(app: App) -> App:
    """The application as its file has it."""
    return replace(app, containers=app.said or app.containers, said=(), overrides=())


def kept_overrides(store: Store, name: str) -> Mapping[str, str]:
    """Those of an application that was removed, for when it comes back."""
    values: dict[str, str] = json.loads(store.setting(_kept(name)) or "{}")
    return values


def keep_overrides(store: Store, name: str, values: Mapping[str, str]) -> None:
    """Remember them for `kept_overrides`."""
    store.put_setting(_kept(name), json.dumps(dict(values), sort_keys=True))


def _kept(name: str) -> str:
    return f"env/{name}"
