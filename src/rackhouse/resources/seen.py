"""What is there: Stamp (what we wrote on the thing), Seen (the thing now), Observed (all of it)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rackhouse.resources.core import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What this rack wrote on a thing that it made: label, unit file, COMMENT, or a store row.

    `found` is the fingerprint taken after writing; empty means half made. `inputs` is the version
    that each provider's outputs had when this was written. `was_before` and `was_claims` are what
    the thing had before a writing that has not finished: killed now, it may still be the old one.
    """

    rack: str
    digest: str
    owner: str = "rack"
    uid: str = ""
    inputs: Mapping[Id, str] = field(default_factory=dict)
    before: frozenset[Id] = frozenset()
    claims: frozenset[str] = frozenset()
    keep: bool = False
    found: str = ""
    was_before: frozenset[Id] = frozenset()
    was_claims: frozenset[str] = frozenset()

    @property
    def uses(self) -> frozenset[Id]:
        """What must not be removed while the thing stays."""
        return self.before | self.was_before

    @property
    def holds(self) -> frozenset[str]:
        """The claims that nothing else may hold while the thing stays."""
        return self.claims | self.was_claims

    def finished(self, found: str) -> Stamp:
        """This stamp, with the fingerprint that says the thing is wholly made."""
        return replace(self, found=found, was_before=frozenset(), was_claims=frozenset())

    def to_json(self) -> str:
        """One line that `from_json` reads back."""
        body = {
            "rack": self.rack,
            "digest": self.digest,
            "owner": self.owner,
            "uid": self.uid,
            "inputs": {str(i): v for i, v in sorted(self.inputs.items())},
            "before": sorted(map(str, self.before)),
            "claims": sorted(self.claims),
            "keep": self.keep,
            "found": self.found,
            "was_before": sorted(map(str, self.was_before)),
            "was_claims": sorted(self.was_claims),
        }
        return json.dumps(body, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Stamp:
        """The inverse of `to_json`. ValueError when it is not a stamp of ours."""
        try:
            body = json.loads(text)
            return cls(
                rack=body["rack"],
                digest=body["digest"],
                owner=body["owner"],
                uid=body["uid"],
                inputs={Id.parse(i): v for i, v in body["inputs"].items()},
                before=frozenset(map(Id.parse, body["before"])),
                claims=frozenset(body["claims"]),
                keep=body["keep"],
                found=body["found"],
                was_before=frozenset(map(Id.parse, body.get("was_before", ()))),
                was_claims=frozenset(body.get("was_claims", ())),
            )
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not a stamp") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that is there. `stamp` None: it exists and is not ours.

    `version` changes exactly when an output may have changed. `ready` with, if not, `why`; of one
    that is ready and not as it was left, `why` may say what it is now.
    """

    id: Id
    stamp: Stamp | None
    found: str
    version: str = "1"
    ready: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Everything seen, and what could not be looked at.

    `later`: targets whose provider has a step in this plan; they are looked at when they open.
    `blind`: targets that should be there and are not, with the reason; nothing there is touched.
    `unseen_uses` and `unseen_claims` (claim: holder): what things on later and blind targets used
    and held when they were last seen, so that nothing is taken from under them.
    """

    seen: Mapping[Id, Seen] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    blind: Mapping[str, str] = field(default_factory=dict)
    unseen_uses: frozenset[Id] = frozenset()
    unseen_claims: Mapping[str, Id] = field(default_factory=dict)
