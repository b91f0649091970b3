"""The vault as a target: what is there, and making what is not. Prints and raises no value."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from rackhouse.kit.errors import Missing, NotOurs
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.resources.vault import (
    Authority,
    Certificate,
    Given,
    Password,
    Signer,
    VaultSpec,
)
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.protocol import Say
from rackhouse.targets.vault import certificates, keys


class Vault:
    """Values that are chosen once and kept: a `Target`."""

    def __init__(self, name: str, *, rack: str, store: Store, now: Callable[[], datetime]) -> None:
        self._name = name
        self._rack = rack
        self._store = store
        self._now = now
        self._fingerprint = Fingerprint(store)

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """What has a stamp. A secret that was given and that nothing wants yet is not seen."""
        stamps = self._store.stamps(self._name)
        if ids is None:
            ours = (id for id, stamp in stamps.items() if stamp.rack == self._rack)
            return [self._seen(id, stamps[id]) for id in sorted(ours)]
        return [self._seen(id, stamps[id]) for id in sorted(ids) if id in stamps]

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """Choose the values if there are none; make them anew when they no longer fit."""
        id = resource.id
        known = self._store.stamp(id)
        if known is not None and known.rack != self._rack:
            raise NotOurs(
                f"{id} belongs to the rack {known.rack!r}",
                fix="give this rack a state folder of its own (RACKHOUSE_HOME)",
            )
        self._store.put_stamp(id, stamp)
        self._make(id, resource.spec, values, say)
        done = stamp.finished(self._fingerprint.of(self._store.values(id)))
        self._store.put_stamp(id, done)
        return self._seen(id, done)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Forget the values, then the stamp: killed in between, the stamp still says whose."""
        say(f"forgetting {seen.id}")
        self._store.forget(seen.id)
        self._store.drop_stamp(seen.id)

    async def output(self, ref: Ref) -> Hidden:
        """The value. Missing when it was not chosen."""
        kept = self._store.values(ref.to)
        try:
            if ref.output == "json":
                return Hidden(json.dumps(kept["value"].reveal())[1:-1])
            return kept[ref.output]
        except KeyError:
            raise Missing(
                f"{ref.to} has no value {ref.output!r}", fix="run `rackhouse apply`"
            ) from None

    async def close(self) -> None:
        """Nothing to let go of: the store belongs to whoever opened it."""

    def _make(self, id: Id, spec: VaultSpec, values: Values, say: Say) -> None:
        match spec:
            case Password():
                chosen = self._store.choose(id, lambda: keys.password(spec.length))
                if len(chosen["value"].reveal()) != spec.length:
                    self._store.replace(id, keys.password(spec.length))
            case Given():
                self._require(id, spec)
            case Signer():
                self._store.choose(id, keys.signer)
            case Authority():
                kept = _plain(self._store.values(id))
                if not certificates.authority_fits(kept, spec, self._now()):
                    say(f"making the authority {spec.common_name!r}")
                    self._store.replace(id, certificates.authority(spec, self._now()))
            case Certificate():
                kept = _plain(self._store.values(id))
                issuer = certificates.Issuer(
                    spec.authority_certificate.fill(values), spec.authority_key.fill(values)
                )
                if not certificates.fits(kept, spec.names, issuer, self._now()):
                    say(f"issuing a certificate for {', '.join(spec.names)}")
                    self._store.replace(
                        id, certificates.issue(spec.names, issuer, spec.days, self._now())
                    )
            case _:
                assert_never(spec)

    def _require(self, id: Id, spec: Given) -> None:
        if not self._store.values(id):
            raise Missing(
                f"the secret {spec.name!r} of {spec.application} was not given yet",
                where=str(id),
                fix=f"rackhouse secret set {spec.application} {spec.name}",
            )

    def _seen(self, id: Id, stamp: Stamp) -> Seen:
        values = self._store.values(id)
        found = self._fingerprint.of(values)
        why = "" if values else "it has no value yet"
        if values and id.kind == "certificate":
            why = certificates.why_renew(_plain(values)["certificate"], self._now())
        if values and id.kind == "authority":
            why = certificates.why_replace(_plain(values)["certificate"], self._now())
        return Seen(id=id, stamp=stamp, found=found, version=found, ready=not why, why=why)


def _plain(values: Mapping[str, Hidden]) -> Mapping[str, str]:
    return {key: value.reveal() for key, value in values.items()}
