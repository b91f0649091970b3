"""A backup of this machine says whose data it has not, since that is on a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.cluster_desk import SCORE, Desk
from rackhouse.apply.moved import note
from rackhouse.operations.backup.elsewhere import elsewhere, words

RACK = """
rack: home
clusters: {lab: {}, edge: {}}
applications:
  hello: {repository: hello}
  here: {repository: here}
  plain: {repository: plain}
  notes: {repository: notes}
"""
KEEPS = f"{SCORE}resources: {{db: {{type: postgres}}}}\n"


def test_those_that_keep_data_on_a_cluster_are_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    at = Desk(tmp_path, capfd)
    at.writes(RACK)
    for name in ("hello", "here", "notes"):
        at.release(name, score=KEEPS)
    at.release("plain")
    with at.house() as house:
        assert elsewhere(house) == {}
        note(house.store, {"hello": "lab", "notes": "lab", "plain": "edge"})
        found = elsewhere(house)
    assert found == {"hello": "lab", "notes": "lab"}
    said = "not in it: the data of hello, notes, which is on the cluster lab"
    assert list(words(found)) == [said]
