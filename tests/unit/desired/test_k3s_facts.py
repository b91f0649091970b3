"""What K3s asks of an installer: each line of the table is shown by a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rackhouse.resources.vault import Password
from unit.desired import clusters

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "cluster.md").read_text()
ROWS = re.findall(r"^\| (?!fact|-)(.+) \| (.+) \|$", PAGE, re.MULTILINE)


def test_the_table_is_read() -> None:
    assert len(ROWS) > 20


@pytest.mark.parametrize(("fact", "shown"), ROWS, ids=[fact[:40] for fact, _ in ROWS])
def test_what_shows_a_fact_is_there(fact: str, shown: str) -> None:
    places = re.findall(r"`(tests/[^`]+)`(?: \(([\w-]+)\))?", shown)
    assert places, fact
    for place, word in places:
        path, _, name = place.partition("::")
        text = (ROOT / path).read_text()
        assert name in text, place
        assert word in text, (place, word)


def test_tokens_are_kept_as_data_is() -> None:
    tokens = [each for each in clusters.want(clusters.rack(3)).values() if each.id.target == "keys"]
    assert len(tokens) == 2
    assert all(isinstance(each.spec, Password) and each.keep for each in tokens)
