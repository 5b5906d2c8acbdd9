"""Writes `encoder.onnx`, the graph that reads a sentence: ``python -m bot.nlu.intents.encoder_graph`` (needs `onnx`).

BERT as it is published (six layers, twelve heads, no padding, so no mask), with operators of ONNX Runtime that
multiply bytes. The file holds no weights: `encoder_arrays.read` gives them when the graph is opened. What comes out is
the mean over the tokens after each of the layers `TOLD`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, load, numpy_helper

from bot.nlu.intents.encoder import locate
from bot.nlu.intents.encoder_arrays import LAYERS, PLACES, Array, read

GRAPH = Path(__file__).with_name("encoder.onnx")
HEADS = 12
TINY = 1e-12
TOLD = (5, 2, 3)
"""Layers (the first is 0) whose means come out, the last layer first."""

_OURS = "com.microsoft"


class Graph:
    """Nodes as they are added, each named after what it gives."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []

    def standard(self, operator: str, result: str, *inputs: str, **settings: Any) -> str:
        """An operator of ONNX itself; the name of its result."""
        self.nodes.append(helper.make_node(operator, inputs, [result], **settings))
        return result

    def fused(self, operator: str, result: str, *inputs: str, **settings: Any) -> str:
        """An operator of ONNX Runtime; the name of its result."""
        self.nodes.append(helper.make_node(operator, inputs, [result], domain=_OURS, **settings))
        return result

    def product(self, name: str, states: str, arrays: Mapping[str, Array], bias: str = "") -> str:
        """`states` times the matrix `name` in bytes, its loud channels in floats."""
        matrix = (f"{name}.weight", f"{name}.scale", f"{name}.zero", *([bias] if bias else []))
        if f"{name}.loud" not in arrays:
            return self.fused("DynamicQuantizeMatMul", f"{name}.product", states, *matrix)
        loud = self.standard("Gather", f"{name}.picked", states, f"{name}.channels", axis=2)
        beside = self.standard("MatMul", f"{name}.beside", loud, f"{name}.loud")
        rest = self.standard("Mul", f"{name}.rest", states, f"{name}.quiet")
        most = self.fused("DynamicQuantizeMatMul", f"{name}.most", rest, *matrix)
        return self.standard("Add", f"{name}.product", most, beside)

    def normed(self, name: str, states: str, skipped: str) -> str:
        """`states`, what was skipped and the bias together, normed."""
        parts = (f"{name}.gain", f"{name}.shift", f"{name}.bias")
        return self.fused("SkipLayerNormalization", f"{name}.out", states, skipped, *parts, epsilon=TINY)


def build(arrays: Mapping[str, Array]) -> ModelProto:
    """The whole graph; `arrays` give names, shapes and types only."""
    graph = Graph()
    graph.standard("Gather", "words.bytes", "words", "input_ids")
    graph.standard("Cast", "words.floats", "words.bytes", to=TensorProto.FLOAT)
    graph.standard("Gather", "words.steps", "words_scale", "input_ids")
    graph.standard("Mul", "words.read", "words.floats", "words.steps")
    graph.standard("Shape", "length", "input_ids", start=1, end=2)
    graph.standard("Slice", "places.read", "places", "none", "length", "none")
    graph.standard("Add", "start", "words.read", "places.read")
    states = graph.standard(
        "LayerNormalization", "start.out", "start", "start.gain", "start.shift", axis=-1, epsilon=TINY
    )
    for layer in range(LAYERS):
        states = _layer(graph, layer, states, arrays)
    for layer in TOLD:
        graph.standard("ReduceMean", f"mean.{layer}", f"layer.{layer}.out", axes=[1], keepdims=0)
    told = [f"mean.{layer}" for layer in TOLD]
    return _model(graph, told, arrays)


def _layer(graph: Graph, layer: int, states: str, arrays: Mapping[str, Array]) -> str:
    asked = graph.product(f"asked.{layer}", states, arrays, f"asked.{layer}.bias")
    thirds = [f"{part}.{layer}" for part in ("query", "key", "value")]
    graph.nodes.append(helper.make_node("Split", [asked], thirds, axis=-1))
    attended = graph.fused("MultiHeadAttention", f"attended.{layer}", *thirds, num_heads=HEADS)
    mixed = graph.normed(f"mixed.{layer}", graph.product(f"mixed.{layer}", attended, arrays), states)
    wide = graph.product(f"wide.{layer}", mixed, arrays)
    bent = graph.fused("BiasGelu", f"wide.{layer}.out", wide, f"wide.{layer}.bias")
    return graph.normed(f"layer.{layer}", graph.product(f"layer.{layer}", bent, arrays), mixed)


def _model(graph: Graph, told: list[str], arrays: Mapping[str, Array]) -> ModelProto:
    given = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])]
    gives = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "channels"]) for name in told]
    none = helper.make_tensor("none", TensorProto.INT64, [1], [0])
    held = [none, *(_promised(name, array) for name, array in arrays.items())]
    whole: GraphProto = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2 in bytes", given, gives, held)
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(_OURS, 1)]
    return helper.make_model(whole, opset_imports=versions, ir_version=8, producer_name="ase-assistant")


def _promised(name: str, array: Array) -> TensorProto:
    """An array that is given when the graph is opened."""
    tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(array.dtype), dims=array.shape)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="given")
    return tensor


def table(path: Path) -> dict[str, Any]:
    """Where the arrays of the pinned file lie in it, and the names of its matrices in order."""
    raw, model = path.read_bytes(), load(str(path))
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    matrices = [node.input[1] for node in model.graph.node if node.op_type == "MatMul" and f"{node.input[1]}_q" in held]
    found: dict[str, Any] = {"matrices": matrices}
    for name, tensor in held.items():
        array = numpy_helper.to_array(tensor)
        if name.startswith("inner.") or name.removesuffix("_q").removesuffix("_scale") in matrices:
            place = {"offset": raw.index(tensor.raw_data), "type": str(array.dtype), "shape": list(array.shape)}
            found[name] = place
    return found


def main() -> int:
    """Write the table and the graph."""
    path, _ = locate("model", {})
    rows = (f"  {json.dumps(name)}: {json.dumps(place)}" for name, place in table(path).items())
    PLACES.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
    GRAPH.write_bytes(build(read(path)).SerializeToString(deterministic=True))
    print(f"{GRAPH.name}: {GRAPH.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
