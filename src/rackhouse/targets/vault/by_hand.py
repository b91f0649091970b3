"""What a person does to the vault between two applies: give a secret, rotate one. Prints no value.

The next apply hands the new value to everything that uses the old one.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.errors import Missing, UsageError
from rackhouse.resources.core import Id
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.vault import keys

VAULT = "vault"


def give(store: Store, application: str, name: str, value: str) -> None:
    """Set the secret `name` of `application`, before or after something wants it."""
    if not value:
        raise UsageError(
            f"the secret {name!r} is empty", fix="give a value, on standard input or when asked"
        )
    _replace(store, Id(VAULT, "given", f"{application}.{name}"), {"value": value})


def given(store: Store) -> frozenset[str]:
    """`application.name` of every secret that a person set."""
    return frozenset(id.name for id in store.chosen(VAULT, "given"))


def rotate(store: Store, id: Id) -> None:
    """Another password or key from now on. Missing when there is none, UsageError when it is given.

    Authorities and certificates are emptied here and made again by the next apply, which knows
    what they are for.
    """
    old = store.values(id)
    if not old:
        raise Missing(f"{id} has no value to rotate", fix="`rackhouse secret list` shows all")
    _replace(store, id, _other(id, {key: value.reveal() for key, value in old.items()}))


def _replace(store: Store, id: Id, values: Mapping[str, str]) -> None:
    """Stamped anew too: this is no drift, and only those who use the value have work to do."""
    store.replace(id, values)
    stamp = store.stamp(id)
    if stamp is not None and stamp.found and values:
        store.put_stamp(id, stamp.finished(Fingerprint(store).of(store.values(id))))


def _other(id: Id, old: Mapping[str, str]) -> Mapping[str, str]:
    match id.kind:
        case "secret":
            return keys.password(len(old["value"]))
        case "signer":
            return keys.signer()
        case "authority" | "certificate":
            return {}
        case _:
            application, _, name = id.name.partition(".")
            raise UsageError(
                f"{id} was given by a person, so a person gives the next",
                fix=f"rackhouse secret set {application} {name}",
            )
