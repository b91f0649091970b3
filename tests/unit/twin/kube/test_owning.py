"""Laws of server-side apply, whatever is applied by whomever."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.twin.kube import fields as f
from rackhouse.twin.kube import managers
from rackhouse.twin.kube.answers import Denied
from rackhouse.twin.kube.applying import applied
from rackhouse.twin.kube.kinds import built_in
from rackhouse.twin.kube.managers import APPLY, Manager

_KIND = built_in()["apps", "v1", "deployments"]
_NOW = "2026-01-01T00:00:00Z"

_NAMES = st.sampled_from(["a", "b", "c"])
_VALUES = st.sampled_from(["1", "2"])
_ENV = st.lists(
    st.fixed_dictionaries({"name": _NAMES, "value": _VALUES}),
    unique_by=lambda it: it["name"],
    max_size=3,
)
_CONTAINER = st.fixed_dictionaries(
    {"name": _NAMES},
    optional={"image": _VALUES, "env": _ENV, "args": st.lists(_VALUES, max_size=2)},
)
_CONTAINERS = st.lists(_CONTAINER, unique_by=lambda it: it["name"], min_size=1, max_size=3)
_SPEC = st.fixed_dictionaries(
    {},
    optional={
        "replicas": st.integers(0, 3),
        "paused": st.booleans(),
        "template": st.fixed_dictionaries(
            {}, optional={"spec": st.fixed_dictionaries({"containers": _CONTAINERS})}
        ),
    },
)
_LABELS = st.dictionaries(_NAMES, _VALUES, max_size=2)


def deployment(spec: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    metadata = {"name": "web", "labels": labels} if labels else {"name": "web"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


_CONFIGS = st.builds(deployment, _SPEC, _LABELS)


def who(name: str) -> Manager:
    return Manager(APPLY, name, "apps/v1")


def put(live: dict[str, Any], config: dict[str, Any], name: str) -> dict[str, Any]:
    body, shares = applied(live, config, who(name), _KIND, force=True, now=_NOW)
    return managers.write(body, shares)


def leaves(body: dict[str, Any]) -> dict[f.Path, Any]:
    """Every value; not that an item or a map is there at all."""
    found = f.leaves(body, _KIND.shape)
    return {path: it for path, it in found if it is not f.ITEM and managers.mine(path, _KIND, "")}


_STEPS = st.lists(st.tuples(_CONFIGS, st.sampled_from(["x", "y"])), max_size=4)


def world(steps: list[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    live: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment"}
    for config, name in steps:
        live = put(live, config, name)
    return live


@given(_STEPS, _CONFIGS)
def test_what_was_applied_is_there_and_owned(steps: Any, config: dict[str, Any]) -> None:
    live = put(world(steps), config, "x")
    wanted = leaves(config)
    assert wanted.items() <= leaves(live).items()
    shares = managers.read(live)
    assert wanted.keys() <= (shares[who("x")].fields if wanted else set())


@given(_STEPS, _CONFIGS)
def test_applying_the_same_again_changes_nothing(steps: Any, config: dict[str, Any]) -> None:
    live = put(world(steps), config, "x")
    assert put(live, config, "x") == live


@given(_STEPS)
def test_everything_that_is_there_has_an_owner(steps: Any) -> None:
    live = world(steps)
    owned = frozenset[f.Path]().union(*(it.fields for it in managers.read(live).values()))
    assert set(leaves(live)) <= owned


@given(_STEPS, _CONFIGS)
def test_without_force_nothing_of_anothers_changes(steps: Any, config: dict[str, Any]) -> None:
    live = world(steps)
    others = [it for name, it in managers.read(live).items() if name != who("z")]
    try:
        body, _ = applied(live, config, who("z"), _KIND, force=False, now=_NOW)
    except Denied:
        return
    before, after = leaves(live), leaves(body)
    for share in others:
        assert all(after.get(path) == before.get(path) for path in share.fields)


@given(_STEPS, _CONFIGS)
def test_who_applies_nothing_leaves_nothing_behind(steps: Any, config: dict[str, Any]) -> None:
    """What comes and goes leaves the object as it was, but for what it took from others."""
    live = world(steps)
    try:
        body, shares = applied(live, config, who("z"), _KIND, force=False, now=_NOW)
    except Denied:
        return
    gone = put(managers.write(body, shares), deployment({}, {}), "z")
    assert leaves(gone).keys() <= leaves(live).keys()


@given(st.sets(st.lists(st.sampled_from(["f:a", "f:b", 'k:{"n":"x"}']), min_size=1).map(tuple)))
def test_a_set_of_fields_survives_being_written(paths: set[f.Path]) -> None:
    assert set(f.read(f.write(paths))) == paths
