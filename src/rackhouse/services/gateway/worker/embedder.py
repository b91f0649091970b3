"""Token ids to unit vectors, by ONNX Runtime. Knows no texts and no requests."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rackhouse.kit.errors import HostError

# Else the import itself writes an identifier of this machine to disk and reports to its maker.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

Vector = NDArray[np.float32]  # of so many numbers
Vectors = NDArray[np.float32]  # one a row


class Embedder:
    """A model that was loaded. A call computes in the thread that it comes in, and several may come
    at once: threads that share one batch wait for each other two hundred times, and are half as
    fast as those that have one each.
    """

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # whatever its C++ says of a file that it cannot read
            raise HostError(
                f"the model cannot be loaded: {error}",
                where=str(model),
                fix="delete that file: it is made anew at the next start",
            ) from error
        self.width = int(self._session.get_outputs()[0].shape[1])

    def vectors(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """One row of length 1 a text, in their order; they are computed together."""
        ids = np.zeros((len(texts), max(map(len, texts))), np.int64)
        there = np.zeros_like(ids)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            there[row, : len(text)] = 1
        given = {"input_ids": ids, "attention_mask": there}
        found: Vectors = self._session.run(["embedding"], given)[0]
        return found
