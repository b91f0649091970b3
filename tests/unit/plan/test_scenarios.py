"""Every scenario: what is wanted and what is there, and the plan that comes of it.

`wanted` maps ids to `refs`, `needs`, `claims`, `keep`, `once`, `owner`, `uid`, `version`. `there`
maps ids to the same, for what an earlier apply made; `there: wanted` is all of it as it is wanted.
Then things happen to what is there: `by_hand`, `half_made`, `rotated`, `gone` (ids), `unready` (id:
why), `strangers` (ids). `later`, `blind`, `unseen_uses`, `unseen_claims`, `purge` and `adopt` are
as the planner gets them. The answer is `plan`, as printed, or `refused`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from rackhouse.kit.errors import RackhouseError
from rackhouse.plan.planner import plan
from rackhouse.resources.core import Id
from rackhouse.resources.seen import Observed, Seen
from unit.apply.worlds import Want, thing, want
from unit.plan.made import all_made, ids

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios" / "plan").glob("*.yaml"))
_KEYS = {
    *("why", "wanted", "there", "by_hand", "half_made", "rotated", "gone", "unready", "strangers"),
    *("later", "blind", "unseen_uses", "unseen_claims", "purge", "adopt", "plan", "refused"),
}


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_scenario(file: Path) -> None:
    said = yaml.safe_load(file.read_text())
    assert said.keys() <= _KEYS, f"unknown keys: {said.keys() - _KEYS}"
    assert said.keys() & {"plan", "refused"}, "it expects nothing"
    kind = "plan" if "plan" in said else "refused"
    assert _answer(said) == (kind, said[kind].strip())


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 25


def _answer(said: dict[str, Any]) -> tuple[str, str]:
    try:
        made = plan(_things(said, "wanted"), _observed(said), *_allowed(said))
    except RackhouseError as error:
        return "refused", f"{type(error).__name__}: {error}"
    return "plan", str(made)


def _things(said: dict[str, Any], key: str) -> Want:
    things = said.get(key) or {}
    if things == "wanted":
        things = said["wanted"]
    return want(*(thing(name, **(more or {})) for name, more in things.items()))


def _allowed(said: dict[str, Any]) -> tuple[frozenset[Id], frozenset[Id]]:
    return ids(said.get("purge", ())), ids(said.get("adopt", ()))


def _observed(said: dict[str, Any]) -> Observed:
    seen = all_made(_things(said, "there"))
    for id in ids(said.get("by_hand", ())):
        seen[id] = replace(seen[id], found="other")
    for id in ids(said.get("half_made", ())):
        stamp = seen[id].stamp
        assert stamp is not None
        seen[id] = replace(seen[id], stamp=replace(stamp, found=""))
    for id in ids(said.get("rotated", ())):
        seen[id] = replace(seen[id], version="2")
    for name, why in said.get("unready", {}).items():
        id = Id.parse(name)
        seen[id] = replace(seen[id], ready=False, why=why or "")
    for id in ids(said.get("strangers", ())):
        seen[id] = Seen(id=id, stamp=None, found="theirs")
    for id in ids(said.get("gone", ())):
        del seen[id]
    claims = said.get("unseen_claims", {})
    return Observed(
        seen=seen,
        later=frozenset(said.get("later", ())),
        blind=said.get("blind", {}),
        unseen_uses=ids(said.get("unseen_uses", ())),
        unseen_claims={claim: Id.parse(holder) for claim, holder in claims.items()},
    )
