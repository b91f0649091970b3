"""BERT as a graph, straight from its weights: token ids in, unit vectors out, since pooling and
normalising are in it. Writes no file and runs nothing.
"""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, TensorProto

from rackhouse.services.gateway.worker.graph import Graph

_EPSILON = 1e-12  # of BERT's normalising
_WORDS = "embeddings.word_embeddings.weight"


def build(graph: Graph, *, heads: int) -> ModelProto:
    """The model: `input_ids` and `attention_mask`, int64 (texts, tokens), to `embedding`, float32
    (texts, width). The graph's weights have the names of a BERT in PyTorch.
    """
    hidden = _embedded(graph)
    mask = graph.add("Cast", "attention_mask", to=TensorProto.INT32)
    layers = {name.split(".")[2] for name in graph.weights if name.startswith("encoder.layer.")}
    for layer in range(len(layers)):
        hidden = _layer(graph, f"encoder.layer.{layer}.", hidden, mask, heads)
    unit = graph.add("LpNormalization", _pooled(graph, hidden), axis=-1, p=2)
    given = {"input_ids": TensorProto.INT64, "attention_mask": TensorProto.INT64}
    return graph.model(given, "embedding", unit, graph.weights[_WORDS].shape[1])


def _embedded(graph: Graph) -> str:
    """Word, place and segment (always the first) added up, then normalised."""
    zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
    length = graph.add("Gather", graph.add("Shape", "input_ids"), one)
    place = graph.weight("embeddings.position_embeddings.weight")
    places = graph.add("Gather", place, graph.add("Range", zero, length, one))
    segment = graph.weight("embeddings.token_type_embeddings.weight")
    always = graph.add("Add", places, graph.add("Gather", segment, zero))
    return graph.add(
        "LayerNormalization",
        graph.add("Add", graph.rows(_WORDS, "input_ids"), always),
        graph.weight("embeddings.LayerNorm.weight"),
        graph.weight("embeddings.LayerNorm.bias"),
        axis=-1,
        epsilon=_EPSILON,
    )


def _layer(graph: Graph, at: str, hidden: str, mask: str, heads: int) -> str:
    three = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    together = graph.product(hidden, *(f"{each}.weight" for each in three))
    attended = graph.add(
        "MultiHeadAttention",
        *graph.split("Split", together, into=3, axis=-1, num_outputs=3),
        graph.weight(*(f"{each}.bias" for each in three)),
        mask,
        fused=True,
        num_heads=heads,
    )
    hidden = _joined(graph, f"{at}attention.output.", attended, hidden)
    wide = graph.product(hidden, f"{at}intermediate.dense.weight")
    bias = graph.weight(f"{at}intermediate.dense.bias")
    return _joined(graph, f"{at}output.", graph.add("BiasGelu", wide, bias, fused=True), hidden)


def _joined(graph: Graph, at: str, new: str, hidden: str) -> str:
    """A dense layer, added to what came in and normalised."""
    return graph.add(
        "SkipLayerNormalization",
        graph.product(new, f"{at}dense.weight"),
        hidden,
        graph.weight(f"{at}LayerNorm.weight"),
        graph.weight(f"{at}LayerNorm.bias"),
        graph.weight(f"{at}dense.bias"),
        fused=True,
        epsilon=_EPSILON,
    )


def _pooled(graph: Graph, hidden: str) -> str:
    """The mean of the tokens that are there."""
    tokens = graph.constant("tokens.axis", np.array([1]))
    last = graph.constant("last.axis", np.array([-1]))
    there = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    kept = graph.add("Mul", hidden, graph.add("Unsqueeze", there, last))
    total = graph.add("ReduceSum", kept, tokens, keepdims=0)
    return graph.add("Div", total, graph.add("ReduceSum", there, tokens, keepdims=1))
