"""BERT as a graph, straight from its weights: token ids in, unit vectors out, since pooling and
normalising are in it. Writes no file and runs nothing.
"""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, TensorProto

from rackhouse.services.gateway.worker.graph import Graph

_EPSILON = 1e-12  # of BERT's normalising
_WORDS = "embeddings.word_embeddings.weight"
_PARTS = ("query", "key", "value")


def build(graph: Graph, *, heads: int) -> ModelProto:
    """The model: `input_ids` and `attention_mask`, int64 (texts, tokens), to `embedding`, float32
    (texts, width). The graph's weights have the names of a BERT in PyTorch.
    """
    width = graph.weights[_WORDS].shape[1]
    row = graph.constant("row", np.array([-1, width]))  # a token each: what products are made of
    rest = graph.constant("rest", np.array([-1]))
    text = graph.add("Concat", graph.add("Shape", "input_ids"), rest, axis=0)
    hidden = graph.add("Reshape", _embedded(graph), row)
    mask = graph.add("Cast", "attention_mask", to=TensorProto.INT32)
    layers = {name.split(".")[2] for name in graph.weights if name.startswith("encoder.layer.")}
    for layer in range(len(layers)):
        at = f"encoder.layer.{layer}."
        asked = graph.add("Reshape", _asked(graph, at, hidden), text)
        seen = graph.add("Reshape", _attended(graph, at, asked, mask, heads), row)
        hidden = _joined(graph, f"{at}attention.output.", seen, hidden)
        wide = graph.product(hidden, f"{at}intermediate.dense.weight")
        bias = graph.weight(f"{at}intermediate.dense.bias")
        bent = graph.add("BiasGelu", wide, bias, fused=True)
        hidden = _joined(graph, f"{at}output.", bent, hidden)
    pooled = _pooled(graph, graph.add("Reshape", hidden, text))
    unit = graph.add("LpNormalization", pooled, axis=-1, p=2)
    given = {"input_ids": TensorProto.INT64, "attention_mask": TensorProto.INT64}
    return graph.model(given, "embedding", unit, width)


def _embedded(graph: Graph) -> str:
    """Word, place and segment (always the first) added up, then normalised."""
    zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
    length = graph.add("Gather", graph.add("Shape", "input_ids"), one)
    place = graph.weight("embeddings.position_embeddings.weight")
    places = graph.add("Gather", place, graph.add("Range", zero, length, one))
    segment = graph.weight("embeddings.token_type_embeddings.weight")
    always = graph.add("Add", places, graph.add("Gather", segment, zero))
    known = graph.add("Add", graph.rows(_WORDS, "input_ids"), always)
    return _normalised(graph, "embeddings.", known)


def _asked(graph: Graph, at: str, hidden: str) -> str:
    """Query, key and value of each token, side by side."""
    return graph.product(hidden, *(f"{at}attention.self.{part}.weight" for part in _PARTS))


def _attended(graph: Graph, at: str, asked: str, mask: str, heads: int) -> str:
    """What each token sees in those of its text."""
    return graph.add(
        "MultiHeadAttention",
        *graph.split("Split", asked, into=3, axis=-1, num_outputs=3),
        graph.weight(*(f"{at}attention.self.{part}.bias" for part in _PARTS)),
        mask,
        fused=True,
        num_heads=heads,
    )


def _joined(graph: Graph, at: str, new: str, hidden: str) -> str:
    """A dense layer, added to what came in and normalised: by three operators, since the fused one
    takes four times as long.
    """
    product = graph.product(new, f"{at}dense.weight")
    biased = graph.add("Add", product, graph.weight(f"{at}dense.bias"))
    return _normalised(graph, at, graph.add("Add", biased, hidden))


def _normalised(graph: Graph, at: str, x: str) -> str:
    scale, bias = graph.weight(f"{at}LayerNorm.weight"), graph.weight(f"{at}LayerNorm.bias")
    return graph.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=_EPSILON)


def _pooled(graph: Graph, hidden: str) -> str:
    """The mean of the tokens that are there."""
    tokens = graph.constant("tokens.axis", np.array([1]))
    last = graph.constant("last.axis", np.array([-1]))
    there = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    kept = graph.add("Mul", hidden, graph.add("Unsqueeze", there, last))
    total = graph.add("ReduceSum", kept, tokens, keepdims=0)
    return graph.add("Div", total, graph.add("ReduceSum", there, tokens, keepdims=1))
