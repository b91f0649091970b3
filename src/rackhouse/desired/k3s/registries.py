"""registries.yaml: where images are had from, and as whom. The same on every node.

K3s reads it when it starts. A password is a reference to the vault, and is nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rackhouse.rack.model import K3s, Registry
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.vault import Given

SCOPE = "registry"  # whose secrets they are


def registries(setup: K3s) -> Text:
    """The whole file. `"*"`: whatever another node has, is had from there."""
    lines: list[str | Text] = ["# Rackhouse\nmirrors:\n"]
    mirrored = [each for each in setup.registries if each.mirrors]
    lines += [f'  "{it.host}":\n    endpoint: {json.dumps(list(it.mirrors))}\n' for it in mirrored]
    lines.append('  "*":\n')
    accounts = {place: each for each in setup.registries if each.user for place in _places(each)}
    if accounts:
        lines.append("configs:\n")
    lines += [_account(place, each) for place, each in accounts.items()]
    return Text.of(*lines)


def passwords(setup: K3s) -> Iterator[Resource[Given]]:
    """What a person gives, of each registry that somebody signs in to."""
    for each in setup.registries:
        if each.user:
            yield Resource(id=password_id(each.host), spec=Given(SCOPE, each.host), keep=True)


def password_id(host: str) -> Id:
    """`keys/given/registry.ghcr.io`."""
    return Id("keys", "given", f"{SCOPE}.{host}")


def _places(registry: Registry) -> list[str]:
    """Whom the password is for: the mirrors, where there are any."""
    return [each.split("/")[2] for each in registry.mirrors] or [registry.host]


def _account(place: str, registry: Registry) -> Text:
    """The password as a block, in which no character means anything."""
    return Text.of(
        f'  "{place}":\n    auth:\n      username: {json.dumps(registry.user)}\n',
        "      password: |2-\n        ",
        password_id(registry.host).ref("value"),
        "\n",
    )
