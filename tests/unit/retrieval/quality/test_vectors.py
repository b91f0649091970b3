"""Vectors are kept, found again, and made anew where the file is not what was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rackhouse.services.gateway.worker import weights
from retrieval import vectors

TEXTS = ["In the beginning", "", "God"]


class Made:
    """Counts the texts that it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(each)] * weights.WIDTH for each in texts], np.float32)


def test_they_are_made_once(tmp_path: Path) -> None:
    made, said = Made(), []
    for _ in range(2):
        found = vectors.of(TEXTS, made=made, told=lambda *it: said.append(it), folder=tmp_path)
        assert found[:, 0].tolist() == [16, 0, 3]
    assert made.asked == ["In the beginning", "God"]
    assert said == [(2, 2)]


def test_other_texts_are_another_file(tmp_path: Path) -> None:
    made = Made()
    vectors.of(["ab", "c"], made=made, folder=tmp_path)
    vectors.of(["a", "bc"], made=made, folder=tmp_path)
    assert made.asked == ["ab", "c", "a", "bc"]


@pytest.mark.parametrize("harm", ["cut", "other", "empty"])
def test_a_harmed_file_is_made_anew(tmp_path: Path, harm: str) -> None:
    good = vectors.of(TEXTS, made=Made(), folder=tmp_path)
    (file,) = tmp_path.glob("*.bin")
    content = file.read_bytes()
    file.write_bytes({"cut": content[:-9], "other": content[:-1] + b"\x01", "empty": b""}[harm])
    made = Made()
    assert np.array_equal(vectors.of(TEXTS, made=made, folder=tmp_path), good)
    assert made.asked
    assert file.read_bytes() == content
