"""Two racks in every dialect, letter by letter; and the same in any order of the file."""

from __future__ import annotations

import pytest

from unit.desired.network.golden import FOLDER, RACKS, rack, texts
from unit.desired.network.racks import turned


@pytest.mark.parametrize("name", RACKS)
def test_every_text_is_as_it_lies_there(name: str) -> None:
    for end, text in texts(rack(name)):
        assert text == (FOLDER / f"{name}.{end}").read_text(), f"{name}.{end}: see golden.py"


@pytest.mark.parametrize("name", RACKS)
def test_the_order_of_the_file_does_not_matter(name: str) -> None:
    assert dict(texts(turned(rack(name)))) == dict(texts(rack(name)))


def test_nothing_else_lies_there() -> None:
    expected = {f"{name}.{end}" for name in RACKS for end, _ in texts(rack(name))}
    assert {file.name for file in FOLDER.iterdir()} == {*expected, "office.yaml"}
