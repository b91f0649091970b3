"""The folder of unit files: units, and what is wrong with the others."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.kit.files import write_atomic
from rackhouse.supervisor import units
from rackhouse.supervisor.unit import Kind, Unit

GOOD = Unit(name="a", command=("true",))


def test_reads_what_was_written(tmp_path: Path) -> None:
    every = Unit(
        name="a", kind=Kind.TIMER, command=("sh", "-c", "x"), env={"A": "b"}, after=("b",),
        probe={"http": "http://127.0.0.1:1/", "headers": {"A": "b"}}, schedule="0 3 * * *",
        memory_max=5, digest="d", stamp="s", unprivileged=True,
    )  # fmt: skip
    write_atomic(tmp_path / "a.json", every.to_json())
    (tmp_path / ".b.json.tmp").write_text("half")
    (tmp_path / ".b.json").write_text("half")
    (tmp_path / "notes.txt").write_text("mine")
    assert units.read(tmp_path) == {"a": every}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "b"}, "it is named 'b' inside"),
        ({"command": []}, "not a list of words"),
        ({"command": [1]}, "not a list of words"),
        ({"env": {"A": 1}}, "something else than text"),
        ({"stop_signal": "SIGSTOPP"}, "there is no signal 'SIGSTOPP'"),
        ({"kind": "timer", "schedule": "never"}, "does not have five fields"),
        ({"kind": "timer", "schedule": "* * * * *", "timezone": "Mars"}, "no time zone"),
        ({"kind": "demon"}, "'demon' is not a valid Kind"),
        ({"probe": {"udp": 53}}, "its probe is none of"),
        ({"probe": {"tcp": "53"}}, "its probe is none of"),
        ({"probe": {"command": []}}, "its probe is none of"),
        ({"probe": None}, "its probe is none of"),
        ({"extra": 1}, "not a unit file"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, change: dict[str, object], why: str) -> None:
    body = {**json.loads(GOOD.to_json()), **change}
    (tmp_path / "a.json").write_text(json.dumps(body))
    found = units.read(tmp_path)["a"]
    assert isinstance(found, str)
    assert found.startswith("a.json cannot be used: ")
    assert why in found


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"null", b'"a"'])
def test_one_bad_file_does_not_hide_the_others(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(data)
    (tmp_path / "a.json").write_text(GOOD.to_json())
    found = units.read(tmp_path)
    assert found["a"] == GOOD
    assert isinstance(found["bad"], str)


def test_the_signature_changes_with_every_write(tmp_path: Path) -> None:
    seen = {units.signature(tmp_path)}
    for _ in range(3):
        write_atomic(tmp_path / "a.json", "same")
        assert units.signature(tmp_path) not in seen
        seen.add(units.signature(tmp_path))
    assert units.signature(tmp_path) in seen
    (tmp_path / ".a.json.1.tmp").write_text("a draft")
    assert units.signature(tmp_path) in seen


def unit(name: str, *after: str) -> Unit:
    return Unit(name=name, command=("true",), after=after)


def test_finds_who_waits_for_itself_and_by_which_way() -> None:
    found = units.circles([unit("a", "b"), unit("b", "c"), unit("c", "a"), unit("d", "a", "x")])
    assert found == {"a": "a, b, c, a", "b": "b, c, a, b", "c": "c, a, b, c"}
    assert units.circles([unit("a", "a")]) == {"a": "a, a"}


edges = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)))


@settings(deadline=None)
@given(edges)
def test_order_without_circles_has_none_and_each_circle_is_one(
    pairs: list[tuple[int, int]],
) -> None:
    after = {n: tuple(sorted({str(b) for a, b in pairs if a == n})) for n in range(7)}
    found = units.circles(unit(str(n), *names) for n, names in after.items())
    for name, way in found.items():
        steps = way.split(", ")
        assert steps[0] == steps[-1] == name
        assert all(b in after[int(a)] for a, b in itertools.pairwise(steps))
    free = {str(n) for n in after} - found.keys()
    while ready := {n for n in free if not set(after[int(n)]) & free}:
        free -= ready
    assert not free, "whoever is in no circle can be put in order"


def test_finds_who_comes_after_also_by_way_of_others() -> None:
    found = units.dependents([unit("web", "job"), unit("job", "db"), unit("db"), unit("x", "db")])
    assert found == {"db": {"web", "job", "x"}, "job": {"web"}}
    assert units.dependents([unit("a", "b"), unit("b", "a")]) == {"a": {"b"}, "b": {"a"}}


def test_a_folder_that_cannot_be_read_is_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        units.signature(tmp_path / "gone")
    with pytest.raises(OSError, match="No such file"):
        units.read(tmp_path / "gone")
