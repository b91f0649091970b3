"""BERT once more, in plain numpy, by the paper: what the embedder's graph is compared with. The two
share no line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_erf = np.frompyfunc(math.erf, 1, 1)


def embeddings(
    weights: Mapping[str, NDArray[np.float32]], texts: Sequence[Sequence[int]], heads: int
) -> Array:
    """The vectors of texts, each computed alone, in 64 bits."""
    exact = {name: np.asarray(value, np.float64) for name, value in weights.items()}
    return np.array([_embedding(exact, text, heads) for text in texts])


def _embedding(w: Mapping[str, Array], ids: Sequence[int], heads: int) -> Array:
    count = len(ids)
    x = (
        w["embeddings.word_embeddings.weight"][list(ids)]
        + w["embeddings.position_embeddings.weight"][:count]
        + w["embeddings.token_type_embeddings.weight"][0]
    )
    x = _normalised(w, "embeddings.LayerNorm", x)
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in w:
        at = f"encoder.layer.{layer}."
        seen = _attended(w, f"{at}attention.self.", x, heads)
        seen = _dense(w, f"{at}attention.output.dense", seen)
        x = _normalised(w, f"{at}attention.output.LayerNorm", x + seen)
        inner = _gelu(_dense(w, f"{at}intermediate.dense", x))
        inner = _dense(w, f"{at}output.dense", inner)
        x = _normalised(w, f"{at}output.LayerNorm", x + inner)
        layer += 1
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def tiny(width: int = 8, layers: int = 2, words: int = 30) -> dict[str, NDArray[np.float32]]:
    """Random weights of a very small one."""
    dice = np.random.default_rng(7)
    shapes = {
        "embeddings.word_embeddings.weight": (words, width),
        "embeddings.position_embeddings.weight": (16, width),
        "embeddings.token_type_embeddings.weight": (2, width),
        "embeddings.LayerNorm.weight": (width,),
        "embeddings.LayerNorm.bias": (width,),
    }
    for layer in range(layers):
        at = f"encoder.layer.{layer}."
        dense = {f"attention.self.{part}": (width, width) for part in ("query", "key", "value")}
        dense["attention.output.dense"] = (width, width)
        dense["intermediate.dense"] = (3 * width, width)
        dense["output.dense"] = (width, 3 * width)
        for name, (out, into) in dense.items():
            shapes[f"{at}{name}.weight"] = (out, into)
            shapes[f"{at}{name}.bias"] = (out,)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{at}{name}.weight"] = shapes[f"{at}{name}.bias"] = (width,)
    return {name: dice.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def _dense(w: Mapping[str, Array], name: str, x: Array) -> Array:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def _normalised(w: Mapping[str, Array], name: str, x: Array) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    return centred / spread * w[f"{name}.weight"] + w[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    return 0.5 * x * (1 + _erf(x / math.sqrt(2)).astype(np.float64))


def _attended(w: Mapping[str, Array], at: str, x: Array, heads: int) -> Array:
    query, key, value = (_dense(w, at + part, x) for part in ("query", "key", "value"))
    size = x.shape[1] // heads
    found = []
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        score = query[:, part] @ key[:, part].T / math.sqrt(size)
        score = np.exp(score - score.max(axis=1, keepdims=True))
        found.append(score / score.sum(axis=1, keepdims=True) @ value[:, part])
    return np.concatenate(found, axis=1)
