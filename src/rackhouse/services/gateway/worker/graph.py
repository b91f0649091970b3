"""BERT as an ONNX graph, written straight from its weights: token ids in, unit vectors out.

Each layer is four fused operators of ONNX Runtime's own set; pooling and normalising are in the
graph. Writes no file and runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

Weights = Mapping[str, NDArray[np.float32]]

FUSED = "com.microsoft"
_OPERATORS, _FUSED_OPERATORS, _FORMAT = 17, 1, 9  # versions
_EPSILON = 1e-12  # of BERT's normalising


class _Graph:
    """Nodes and constants, as they are added. Weights keep the names that they were trained by."""

    def __init__(self, weights: Weights) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._weights = weights

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def vectors(self, name: str, *parts: str) -> str:
        """Several side by side, as the fused attention wants its three."""
        return self.constant(name, np.concatenate([self._weights[part] for part in parts]))

    def matrix(self, name: str, *parts: str) -> str:
        """The same for matrices, turned: PyTorch keeps them (out, in)."""
        turned = np.concatenate([self._weights[part] for part in parts or (name,)]).T
        return self.constant(name, np.ascontiguousarray(turned))

    def add(self, kind: str, *inputs: str, fused: bool = False, **attributes: Any) -> str:
        """One operator; the name of what comes out of it."""
        out = f"{kind}.{len(self.nodes)}"
        domain = FUSED if fused else ""
        node = helper.make_node(kind, inputs, [out], out, domain=domain, **attributes)
        self.nodes.append(node)
        return out


def build(weights: Weights, *, heads: int) -> ModelProto:
    """The model: `input_ids` and `attention_mask`, int64 (texts, tokens), to `embedding`, float32
    (texts, width). `weights` by the names of a BERT in PyTorch.
    """
    graph = _Graph(weights)
    hidden = _embedded(graph)
    mask = graph.add("Cast", "attention_mask", to=TensorProto.INT32)
    for layer in range(_count(weights)):
        hidden = _layer(graph, f"encoder.layer.{layer}.", hidden, mask, heads)
    pooled = _pooled(graph, hidden)
    graph.nodes.append(helper.make_node("LpNormalization", [pooled], ["embedding"], axis=-1, p=2))
    texts = ["texts", "tokens"]
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, texts)
        for name in ("input_ids", "attention_mask")
    ]
    width = int(weights["embeddings.word_embeddings.weight"].shape[1])
    found = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", width])
    operators = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(FUSED, _FUSED_OPERATORS)]
    return helper.make_model(
        helper.make_graph(graph.nodes, "bert", given, [found], graph.constants),
        opset_imports=operators,
        ir_version=_FORMAT,
    )


def _count(weights: Weights) -> int:
    return len({name.split(".")[2] for name in weights if name.startswith("encoder.layer.")})


def _embedded(graph: _Graph) -> str:
    """Word, place and segment (always the first) added up, then normalised."""
    word = graph.weight("embeddings.word_embeddings.weight")
    place = graph.weight("embeddings.position_embeddings.weight")
    segment = graph.weight("embeddings.token_type_embeddings.weight")
    zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
    length = graph.add("Gather", graph.add("Shape", "input_ids"), one)
    places = graph.add("Gather", place, graph.add("Range", zero, length, one))
    always = graph.add("Add", places, graph.add("Gather", segment, zero))
    return graph.add(
        "LayerNormalization",
        graph.add("Add", graph.add("Gather", word, "input_ids"), always),
        graph.weight("embeddings.LayerNorm.weight"),
        graph.weight("embeddings.LayerNorm.bias"),
        axis=-1,
        epsilon=_EPSILON,
    )


def _layer(graph: _Graph, at: str, hidden: str, mask: str, heads: int) -> str:
    projections = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    attended = graph.add(
        "Attention",
        hidden,
        graph.matrix(f"{at}attention.self.weight", *(f"{each}.weight" for each in projections)),
        graph.vectors(f"{at}attention.self.bias", *(f"{each}.bias" for each in projections)),
        mask,
        fused=True,
        num_heads=heads,
    )
    hidden = _joined(graph, f"{at}attention.output.", attended, hidden)
    wide = graph.add("MatMul", hidden, graph.matrix(f"{at}intermediate.dense.weight"))
    bias = graph.weight(f"{at}intermediate.dense.bias")
    return _joined(graph, f"{at}output.", graph.add("BiasGelu", wide, bias, fused=True), hidden)


def _joined(graph: _Graph, at: str, new: str, hidden: str) -> str:
    """A dense layer, added to what came in and normalised."""
    return graph.add(
        "SkipLayerNormalization",
        graph.add("MatMul", new, graph.matrix(f"{at}dense.weight")),
        hidden,
        graph.weight(f"{at}LayerNorm.weight"),
        graph.weight(f"{at}LayerNorm.bias"),
        graph.weight(f"{at}dense.bias"),
        fused=True,
        epsilon=_EPSILON,
    )


def _pooled(graph: _Graph, hidden: str) -> str:
    """The mean of the tokens that are there."""
    tokens = graph.constant("tokens.axis", np.array([1]))
    last = graph.constant("last.axis", np.array([-1]))
    there = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    kept = graph.add("Mul", hidden, graph.add("Unsqueeze", there, last))
    total = graph.add("ReduceSum", kept, tokens, keepdims=0)
    return graph.add("Div", total, graph.add("ReduceSum", there, tokens, keepdims=1))
