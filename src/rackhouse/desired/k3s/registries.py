"""registries.yaml: where images are had from, and as whom. The same on every node.

K3s reads it when it starts. A password is a reference to the vault, and is nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rackhouse.desired.k3s.layout import Layout
from rackhouse.desired.k3s.trust import CA, is_trusted, own
from rackhouse.rack.model import K3s, Registry
from rackhouse.resources.core import Id, Ref, Resource, Text
from rackhouse.resources.registry import PULLER, password_of
from rackhouse.resources.vault import Given

SCOPE = "registry"  # whose secrets they are


def registries(layout: Layout) -> Text:
    """The whole file. `"*"`: whatever another node has, is had from there. The rack's own registry
    is trusted by its authority, and signed in to as one who may read it.
    """
    setup = layout.setup
    lines: list[str | Text] = ["# Rackhouse\nmirrors:\n"]
    mirrored = [each for each in setup.registries if each.mirrors]
    lines += [f'  "{it.host}":\n    endpoint: {json.dumps(list(it.mirrors))}\n' for it in mirrored]
    lines.append('  "*":\n')
    accounts = {place: each for each in setup.registries if each.user for place in _places(each)}
    found = [_account(place, each) for place, each in accounts.items()]
    if is_trusted(layout) and own(layout) not in accounts:
        found.append(_own(layout))
    return Text.of(*lines, *(["configs:\n"] if found else []), *found)


def passwords(setup: K3s) -> Iterator[Resource[Given]]:
    """What a person gives, of each registry that somebody signs in to."""
    for each in setup.registries:
        if each.user:
            yield Resource(id=password_id(each.host), spec=Given(SCOPE, each.host), keep=True)


def password_id(host: str) -> Id:
    """`keys/given/registry.ghcr.io`."""
    return Id("keys", "given", f"{SCOPE}.{host}")


def _own(layout: Layout) -> Text:
    return Text.of(
        _signed_in(own(layout), PULLER, password_of(layout.cluster.name).ref("value")),
        f"    tls:\n      ca_file: {json.dumps(CA)}\n",
    )


def _places(registry: Registry) -> list[str]:
    """Whom the password is for: the mirrors, where there are any."""
    return [each.split("/")[2] for each in registry.mirrors] or [registry.host]


def _account(place: str, registry: Registry) -> Text:
    return _signed_in(place, registry.user, password_id(registry.host).ref("value"))


def _signed_in(place: str, user: str, password: Ref) -> Text:
    """The password as a block, in which no character means anything."""
    return Text.of(
        f'  "{place}":\n    auth:\n      username: {json.dumps(user)}\n',
        "      password: |2-\n        ",
        password,
        "\n",
    )
