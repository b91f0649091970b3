"""An ONNX graph as it is written: constants from weights, and operators. Knows no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

Weights = Mapping[str, NDArray[np.float32]]

_FUSED = "com.microsoft"  # ONNX Runtime's own operators
_OPERATORS, _FUSED_OPERATORS, _FORMAT = 18, 1, 9  # versions


class Graph:
    """Everything is exact, in 32 bits. Weights keep the names that they were trained by."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, TensorProto] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Written once, however often it is asked for."""
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(value, name)
        return name

    def weight(self, *names: str) -> str:
        """One as it is, or several side by side."""
        return self.constant(names[0], np.concatenate([self.weights[each] for each in names]))

    def add(self, kind: str, *inputs: str, fused: bool = False, **attributes: Any) -> str:
        """One operator; the name of what comes out of it."""
        return self.split(kind, *inputs, into=1, fused=fused, **attributes)[0]

    def split(
        self, kind: str, *inputs: str, into: int, fused: bool = False, **attributes: Any
    ) -> Sequence[str]:
        """One operator out of which several come."""
        out = [f"{kind}.{len(self._nodes)}.{number}" for number in range(into)]
        domain = _FUSED if fused else ""
        self._nodes.append(helper.make_node(kind, inputs, out, domain=domain, **attributes))
        return out

    def rows(self, name: str, ids: str) -> str:
        """The rows of a table."""
        return self.add("Gather", self.weight(name), ids)

    def product(self, x: str, *names: str) -> str:
        """`x` by a matrix, or by several side by side. PyTorch keeps them as (out, in)."""
        turned = np.ascontiguousarray(self.matrix(*names).T)
        return self.add("MatMul", x, self.constant(names[0], turned))

    def matrix(self, *names: str) -> NDArray[np.float32]:
        """As PyTorch keeps it."""
        return np.concatenate([self.weights[each] for each in names])

    def model(self, given: Mapping[str, int], found: str, last: str, width: int) -> ModelProto:
        """The whole: `given` names inputs (texts, tokens) with their types, `last` becomes `found`
        (texts, width).
        """
        self._nodes.append(helper.make_node("Identity", [last], [found]))
        inputs = [_told(name, kind, "tokens") for name, kind in given.items()]
        outputs = [_told(found, TensorProto.FLOAT, width)]
        constants = list(self._constants.values())
        return helper.make_model(
            helper.make_graph(self._nodes, "embedder", inputs, outputs, constants),
            opset_imports=[
                helper.make_opsetid("", _OPERATORS),
                helper.make_opsetid(_FUSED, _FUSED_OPERATORS),
            ],
            ir_version=_FORMAT,
        )


def _told(name: str, kind: int, second: str | int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, ["texts", second])
