"""Secrets of a repository, for its workflows: `${{ secrets.NAME }}`. Prints no value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rackhouse.kit.errors import Missing, UsageError
from rackhouse.resources.core import Hidden, Id
from rackhouse.store.forge import Forge
from rackhouse.store.protocol import Store

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_RESERVED = ("GITHUB_", "GITEA_")  # the runner's own; no forge takes them
_VAULT, _KIND = "vault", "run"


def give(store: Store, forge: Forge, repository: str, name: str, value: str) -> None:
    """Remember it for the next run. Names are the same in small and large letters."""
    if not _NAME.fullmatch(name) or name.upper().startswith(_RESERVED):
        raise UsageError(
            f"{name!r} cannot be the name of a workflow's secret",
            fix="use letters, digits and `_`, not first a digit, GITHUB_ or GITEA_",
        )
    if not value:
        raise UsageError(
            f"the secret {name!r} is empty", fix="give a value, on standard input or when asked"
        )
    if forge.repository(repository) is None:
        raise Missing(
            f"there is no repository {repository!r}", fix="see `rackhouse repository list`"
        )
    store.replace(_id(repository, name), {"value": value})


def forget(store: Store, repository: str, name: str) -> None:
    """Missing when there is none."""
    if not store.values(_id(repository, name)):
        raise Missing(
            f"the repository {repository} has no secret {name.upper()!r}",
            fix="see `rackhouse secret list --runs`",
        )
    store.forget(_id(repository, name))


def secrets_of(store: Store, repository: str) -> Mapping[str, Hidden]:
    """All of one repository, by name."""
    return {name: value for (its, name), value in _all(store).items() if its == repository}


def names(store: Store) -> list[tuple[str, str]]:
    """Repository and name of every one."""
    return sorted(_all(store))


def move(store: Store, repository: str, to: str) -> None:
    """Give them to the repository's new name; forget them when that is ""."""
    for name, value in secrets_of(store, repository).items():
        if to:
            store.replace(_id(to, name), {"value": value.reveal()})
        store.forget(_id(repository, name))


def _all(store: Store) -> Mapping[tuple[str, str], Hidden]:
    found = {}
    for id, values in store.chosen(_VAULT, _KIND).items():
        repository, _, name = id.name.rpartition(".")
        found[repository, name] = values["value"]
    return found


def _id(repository: str, name: str) -> Id:
    return Id(_VAULT, _KIND, f"{repository}.{name.upper()}")
