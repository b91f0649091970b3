"""The graph that is written from weights computes what BERT is by the paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fakes import bert as paper
from rackhouse.kit.errors import HostError
from rackhouse.services.gateway.worker import bert
from rackhouse.services.gateway.worker.embedder import Embedder
from rackhouse.services.gateway.worker.graph import Graph
from rackhouse.services.gateway.worker.int8 import Int8

WEIGHTS = paper.tiny(width=16)
TEXTS = [[1, 5, 9, 2], [1, 2], [1, 7, 7, 7, 7, 7, 7, 7, 7, 29, 2], [1, 4, 2]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    for kind in (Graph, Int8):
        model = bert.build(kind(WEIGHTS), heads=2)
        (folder / kind.__name__).write_bytes(model.SerializeToString())
    return folder


@pytest.fixture(scope="module")
def wanted() -> np.ndarray:
    return paper.embeddings(WEIGHTS, TEXTS, heads=2)


def test_each_vector_is_the_one_computed_in_numpy(files: Path, wanted: np.ndarray) -> None:
    found = Embedder(files / "Graph").vectors(TEXTS)
    assert found.shape == (4, 16)
    assert np.abs(found - wanted).max() < 1e-5


def test_in_bytes_they_point_the_same_way(files: Path, wanted: np.ndarray) -> None:
    found = Embedder(files / "Int8").vectors(TEXTS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert (found * wanted).sum(axis=1).min() > 0.99


@pytest.mark.parametrize("kind", ["Graph", "Int8"])
def test_what_else_is_in_the_batch_changes_nothing(files: Path, kind: str) -> None:
    embedder = Embedder(files / kind)
    alone = [embedder.vectors([text])[0] for text in TEXTS]
    assert np.abs(alone - embedder.vectors(TEXTS)).max() < 1e-6


def test_a_file_that_is_no_model_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"cut off")
    with pytest.raises(HostError, match="cannot be loaded") as refused:
        Embedder(file)
    assert "delete that file" in refused.value.fix
