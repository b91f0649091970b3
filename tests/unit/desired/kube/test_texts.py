"""Words survive the kubelet, and manifests survive being YAML."""

from __future__ import annotations

import re

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.app.model import Container
from rackhouse.desired.kube import sizes
from rackhouse.desired.kube.texts import quantity, word
from rackhouse.desired.kube.yaml import dump
from rackhouse.kit.text import parse_bytes
from rackhouse.resources.core import Text

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]))
ODD = [
    "no",
    "y",
    "1e3",
    "0x1f",
    "1:30",
    "~",
    "a\nb\n",
    " a\nb",
    "a\n\n b",
    "- x\n",
    "#a\nb: c",
    "\n",
    "|",
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.sampled_from(ODD),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=10,
)


def expanded(text: str) -> str:
    """As the kubelet reads it (third_party/forked/golang/expansion): variables, and `$$`."""
    return re.sub(r"\$(\$|\(([^)]*)\))", lambda it: "$" if it[1] == "$" else f"<{it[2]}>", text)


@given(st.text(alphabet="$()aB _", max_size=12))
def test_a_word_is_what_the_file_says(said: str) -> None:
    assert expanded(word(Text.of(said))) == said


def test_the_kubelet_would_have_expanded_it() -> None:
    assert expanded("echo $$ $(HOME)") == "echo $ <HOME>"


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_yaml_says_the_same(value: dict[str, object]) -> None:
    assert yaml.safe_load(dump(value)) == value


@given(st.integers(1, 2**45))
def test_a_quantity_is_the_number_of_bytes(count: int) -> None:
    assert parse_bytes(quantity(count)) == count


@given(st.integers(1, 2**42), st.integers(1, 9))
def test_a_quota_holds_what_it_is_for(memory: int, times: int) -> None:
    one = sizes.size(Container(name="web", image=".", memory_max=memory))
    assert one.memory_request <= one.memory == memory
    assert parse_bytes(sizes.together([one, one], times)["limits.memory"]) == 2 * times * memory
