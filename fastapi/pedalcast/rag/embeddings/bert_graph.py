"""A BERT encoder as an ONNX graph, written from its weights, so that no torch has to be installed.

The architecture is BERT's (Devlin et al. 2019, section 3; Vaswani et al. 2017): layers of twelve-headed attention and a
feed-forward net with GELU, each followed by the residual sum and layer normalisation. MiniLM-L6 has six layers,
multilingual-e5-small twelve.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]

HEADS, WIDTH = 12, 384
_HEAD = WIDTH // HEADS
_WORDS = "embeddings.word_embeddings.weight"
Weights = Mapping[str, NDArray[np.float32]]


class _Graph:
    """Collects nodes and constants; every method returns the name of what it adds."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[Any] | np.generic) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def dense(self, x: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        product = self.add("MatMul", [x, self.constant(f"{name}.w", weight.T)], f"{name}.product")
        return self.add("Add", [product, self.constant(f"{name}.b", bias)], f"{name}.out")

    def norm(self, x: str, name: str, weights: Weights, key: str) -> str:
        scale = self.constant(f"{name}.scale", weights[f"{key}.weight"])
        shift = self.constant(f"{name}.shift", weights[f"{key}.bias"])
        return self.add("LayerNormalization", [x, scale, shift], name, axis=-1, epsilon=1e-12)


def build(weights: Weights, target: Path, layers: int) -> None:
    """Write the model to `target`, its matrices as int8 per channel, atomically.

    `weights` are named as Hugging Face's BERT names them. Inputs `ids` and `mask`, int64 [batch, tokens]; output
    `tokens`, float32 [batch, tokens, 384]. Weights without `embeddings.word_embeddings.weight` make a graph whose first
    input is `words`, the tokens' own vectors, float32 [batch, tokens, 384], in place of `ids`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    exact, scratch = target.with_suffix(".exact.onnx"), target.with_suffix(".partial.onnx")
    onnx.save(_model(weights, layers), exact)
    with _quietly():
        quantize_dynamic(
            exact, scratch, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip
    exact.unlink()
    scratch.replace(target)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without what the quantizer says of every matrix: it logs as the root logger, which has no name to be set by."""
    root = logging.getLogger()
    root.addFilter(_not_the_quantizers)
    try:
        yield
    finally:
        root.removeFilter(_not_the_quantizers)


def _not_the_quantizers(record: logging.LogRecord) -> bool:
    return "onnxruntime" not in Path(record.pathname).parts


def _model(weights: Weights, layers: int) -> onnx.ModelProto:
    graph = _Graph()
    graph.constant("shape.heads", np.array([0, 0, HEADS, _HEAD]))
    graph.constant("shape.joined", np.array([0, 0, WIDTH]))
    graph.constant("scale", np.float32(1 / math.sqrt(_HEAD)))
    source = _token_input(weights)
    x, bias = _embed(graph, weights, source.name), _mask(graph)
    for layer in range(layers):
        x = _layer(graph, weights, x, bias, layer)
    graph.nodes[-1].output[0] = "tokens"
    mask = helper.make_tensor_value_info("mask", TensorProto.INT64, ["batch", "length"])
    out = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", WIDTH])
    graph_definition = helper.make_graph(graph.nodes, "bert", [source, mask], [out], graph.constants)
    return helper.make_model(graph_definition, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def _token_input(weights: Weights) -> onnx.ValueInfoProto:
    """`ids` where the graph looks word vectors up itself, else `words`."""
    if _WORDS in weights:
        return helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])
    return helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", "length", WIDTH])


def _embed(graph: _Graph, weights: Weights, source: str) -> str:
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    words = source
    if _WORDS in weights:
        words = graph.add("Gather", [graph.constant("vocabulary", weights[_WORDS]), source], "word")
    length = graph.add("Shape", [source], "length", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0])), graph.constant("axis", np.array([0]))
    place = graph.add("Slice", [graph.constant("positions", positions), zero, length, axis], "place")
    return graph.norm(graph.add("Add", [words, place], "summed"), "embedded", weights, "embeddings.LayerNorm")


def _mask(graph: _Graph) -> str:
    """0 where there is a token, a large negative number where there is padding: [batch, 1, 1, tokens]."""
    real = graph.add("Cast", ["mask"], "mask.float", to=TensorProto.FLOAT)
    inverse = graph.add("Sub", [graph.constant("one", np.float32(1)), real], "mask.inverse")
    large = graph.add("Mul", [inverse, graph.constant("large", np.float32(-1e9))], "mask.large")
    return graph.add("Unsqueeze", [large, graph.constant("mask.axes", np.array([1, 2]))], "mask.bias")


def _layer(graph: _Graph, weights: Weights, x: str, bias: str, layer: int) -> str:
    key, name = f"encoder.layer.{layer}", f"layer{layer}"

    def dense(source: str, part: str) -> str:
        at = f"{key}.{part}"
        return graph.dense(source, f"{name}.{part}", weights[f"{at}.weight"], weights[f"{at}.bias"])

    def heads(part: str, order: list[int]) -> str:
        split = graph.add("Reshape", [dense(x, f"attention.self.{part}"), "shape.heads"], f"{name}.{part}.split")
        return graph.add("Transpose", [split], f"{name}.{part}.heads", perm=order)

    query, keys, value = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]), heads("value", [0, 2, 1, 3])
    scores = graph.add("Mul", [graph.add("MatMul", [query, keys], f"{name}.scores"), "scale"], f"{name}.scaled")
    share = graph.add("Softmax", [graph.add("Add", [scores, bias], f"{name}.masked")], f"{name}.share", axis=-1)
    seen = graph.add("MatMul", [share, value], f"{name}.seen")
    back = graph.add("Transpose", [seen], f"{name}.back", perm=[0, 2, 1, 3])
    attended = dense(graph.add("Reshape", [back, "shape.joined"], f"{name}.joined"), "attention.output.dense")
    inside = graph.add("Add", [attended, x], f"{name}.sum1")
    x = graph.norm(inside, f"{name}.norm1", weights, f"{key}.attention.output.LayerNorm")
    inner = graph.add("Gelu", [dense(x, "intermediate.dense")], f"{name}.gelu")
    outer = graph.add("Add", [dense(inner, "output.dense"), x], f"{name}.sum2")
    return graph.norm(outer, f"{name}.norm2", weights, f"{key}.output.LayerNorm")
