"""The matrix multiplied out: the examples of GitHub's documentation, and laws for any other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.workflows import read_workflow
from rackhouse.workflows.matrix import expand

VALUES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)
AXES = st.dictionaries(st.sampled_from(["os", "node", "db"]), VALUES, max_size=3)
PARTS = st.lists(
    st.dictionaries(
        st.sampled_from(["os", "node", "extra"]), st.sampled_from("abcd"), min_size=1, max_size=3
    ),
    max_size=3,
)


def test_without_lists_there_is_one_job() -> None:
    assert expand({}) == ({},)


def test_the_first_list_turns_slowest() -> None:
    found = expand({"version": ["10", "12"], "os": ["u", "w"]})
    assert [(it["version"], it["os"]) for it in found] == [
        ("10", "u"),
        ("10", "w"),
        ("12", "u"),
        ("12", "w"),
    ]


def test_include_as_documented() -> None:
    found = expand(
        {"fruit": ["apple", "pear"], "animal": ["cat", "dog"]},
        include=[
            {"color": "green"},
            {"color": "pink", "animal": "cat"},
            {"fruit": "apple", "shape": "circle"},
            {"fruit": "banana"},
            {"fruit": "banana", "animal": "cat"},
        ],
    )
    assert found == (
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    )


def test_only_includes_are_the_combinations() -> None:
    parts = [{"site": "production"}, {"site": "staging"}]
    assert expand({}, include=parts) == tuple(parts)


def test_exclude_takes_out_what_fits_a_part_and_include_may_bring_it_back() -> None:
    axes = {"os": ["mac", "win"], "version": ["12", "14"]}
    assert len(expand(axes, exclude=[{"os": "mac"}])) == 2
    back = {"os": "mac", "version": "12"}
    assert back in expand(axes, include=[back], exclude=[{"os": "mac"}])


@given(AXES)
def test_without_more_it_is_the_product(axes: dict[str, list[str]]) -> None:
    found = expand(axes)
    count = 1
    for values in axes.values():
        count *= len(values)
    assert len(found) == count
    assert len({tuple(it.items()) for it in found}) == count


@given(AXES, PARTS)
def test_nothing_that_is_excluded_is_left(
    axes: dict[str, list[str]], exclude: list[dict[str, str]]
) -> None:
    everything = expand(axes)
    found = [it for it in expand(axes, exclude=exclude) if it]
    assert all(it in everything for it in found)
    assert not [it for it in found for out in exclude if out.items() <= it.items()]


@given(AXES, PARTS)
def test_include_changes_no_value_of_the_lists_and_loses_none_of_its_own(
    axes: dict[str, list[str]], include: list[dict[str, str]]
) -> None:
    found = expand(axes, include=include)
    own = [it for it in expand(axes) if it]
    for before, after in zip(own, found, strict=False):
        assert before.items() <= after.items()
    for number, part in enumerate(include):
        later = {key for it in include[number + 1 :] for key in it}
        kept = {key: value for key, value in part.items() if key not in later}
        assert any(kept.items() <= it.items() for it in found)


def test_values_that_are_no_texts_are_json() -> None:
    text = """
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        include:
          - {name: x, experimental: true, versions: {db: 16, cache: [7, null]}}
    steps: [{run: "true"}]
"""
    (combination,) = read_workflow(text, "ci.yaml").jobs[0].matrix
    assert combination == {
        "name": "x",
        "experimental": "true",
        "versions": '{"db": "16", "cache": ["7", null]}',
    }
