"""BERT (Devlin et al. 2019) as an ONNX graph with weights of eight bits, made from its safetensors file.

    token ids and positions | embeddings | layers: attention, feed-forward | a vector for each token

Most of the time goes into products of matrices, and of eight-bit integers a processor multiplies about twice as many as
of floats. The vectors stay within a cosine of .99 of those of the original weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dailypapers.errors import BadInput
from dailypapers.ranking.corpus.frequencies import Floats

#: Weights are from -63 to 63: on processors without VNNI, products of two pairs of eight full bits overflow.
_LARGEST_WEIGHT = 63
#: What the operators are defined by: ONNX's own set, and onnxruntime's, which has those on rounded numbers.
_OPSET, _IR_VERSION, _RUNTIME = 17, 9, "com.microsoft"


def graph(folder: Path, config: Mapping[str, Any], *, is_rounded: bool = True) -> bytes:
    """Return the model in a folder as an ONNX graph: `ids` and `positions` of one text's tokens → tokens × dimensions.

    With `is_rounded` False the weights stay as they are. Raises `BadInput` where the model is not a plain BERT or a
    library is missing.
    """
    if config.get("hidden_act", "gelu") != "gelu" or config.get("position_embedding_type", "absolute") != "absolute":
        raise BadInput(
            f"The model in {folder} is not a plain BERT: its activation or position embeddings are of another kind."
        )
    try:
        import onnx  # noqa: F401, PLC0415 - comes with the extra `dense`
        from safetensors.numpy import load_file  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise BadInput("A model needs more libraries: pip install 'dailypapers[dense]'.") from None
    loaded = load_file(folder / "model.safetensors")
    weights = {name.removeprefix("bert."): np.asarray(value, np.float32) for name, value in loaded.items()}
    built = _Graph(weights, float(config.get("layer_norm_eps", 1e-12)), is_rounded=is_rounded)
    return built.of_layers(int(config["num_hidden_layers"]), heads=int(config["num_attention_heads"]))


@dataclass
class _Graph:
    """A graph that grows node by node; each method adds some and returns the name of what comes out of them."""

    weights: Mapping[str, Floats]
    epsilon: float
    is_rounded: bool
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def of_layers(self, layers: int, *, heads: int) -> bytes:
        """Add everything, and return the whole."""
        from onnx import TensorProto, helper  # noqa: PLC0415 - as above

        states = self._embed()
        for number in range(layers):
            states = self._layer(states, f"encoder.layer.{number}", heads)
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["tokens"]) for name in ("ids", "positions")]
        outputs = [helper.make_tensor_value_info(states, TensorProto.FLOAT, [1, "tokens", None])]
        onnx_graph = helper.make_graph(self.nodes, "bert", inputs, outputs, self.constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIME, 1)]
        model = helper.make_model(onnx_graph, opset_imports=opsets, ir_version=_IR_VERSION)
        return bytes(model.SerializeToString())

    def _embed(self) -> str:
        weights = self.weights
        # Every token is of the first kind; a text that is compared with another in one pass has two.
        of_type = weights["embeddings.token_type_embeddings.weight"][0]
        places = weights["embeddings.position_embeddings.weight"] + of_type
        words = self._node("Gather", self._constant("words", weights["embeddings.word_embeddings.weight"]), "ids")
        summed = self._node("Add", words, self._node("Gather", self._constant("places", places), "positions"))
        one_text = self._node("Unsqueeze", summed, self._constant("first axis", np.array([0], np.int64)))
        return self._norm(one_text, "embeddings.LayerNorm")

    def _layer(self, states: str, name: str, heads: int) -> str:
        attended = self._linear(self._attend(states, f"{name}.attention.self", heads), f"{name}.attention.output.dense")
        states = self._norm(self._node("Add", attended, states), f"{name}.attention.output.LayerNorm")
        inner = self._node("Gelu", self._linear(states, f"{name}.intermediate.dense"), domain=_RUNTIME)
        return self._norm(
            self._node("Add", self._linear(inner, f"{name}.output.dense"), states), f"{name}.output.LayerNorm"
        )

    def _attend(self, states: str, name: str, heads: int) -> str:
        """Queries, keys and values come of one product, whose input is rounded once."""
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        all_ = self._product(
            states,
            name,
            np.concatenate([self.weights[f"{part}.weight"] for part in parts]).T,
            np.concatenate([self.weights[f"{part}.bias"] for part in parts]),
        )
        lengths = np.array([len(self.weights[f"{part}.bias"]) for part in parts], np.int64)
        self._node("Split", all_, self._constant(f"{name} lengths", lengths), outputs=parts, axis=-1)
        return self._node("MultiHeadAttention", *parts, domain=_RUNTIME, num_heads=heads)

    def _linear(self, states: str, name: str) -> str:
        return self._product(states, name, self.weights[f"{name}.weight"].T, self.weights[f"{name}.bias"])

    def _product(self, states: str, name: str, weights: Floats, bias: Floats) -> str:
        added = self._constant(f"{name} bias", bias)
        if not self.is_rounded:
            return self._node("Add", self._node("MatMul", states, self._constant(f"{name} weights", weights)), added)
        rounded, scale = _rounded(weights)
        names = [
            self._constant(f"{name} weights", rounded),
            self._constant(f"{name} scale", scale),
            self._constant(f"{name} zero", np.zeros(len(scale), np.int8)),
        ]
        return self._node("DynamicQuantizeMatMul", states, *names, added, domain=_RUNTIME)

    def _norm(self, states: str, name: str) -> str:
        names = [self._constant(f"{name} {part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self._node("LayerNormalization", states, *names, axis=-1, epsilon=self.epsilon)

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper  # noqa: PLC0415 - as above

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, *inputs: str, domain: str = "", outputs: Sequence[str] = (), **settings: Any) -> str:
        from onnx import helper  # noqa: PLC0415 - as above

        named = list(outputs) or [f"{kind} {len(self.nodes)}"]
        self.nodes.append(helper.make_node(kind, list(inputs), named, domain=domain, **settings))
        return named[0]


def _rounded(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return weights as integers, and what each column of them is to be multiplied by."""
    scale = np.maximum(np.abs(weights).max(axis=0) / _LARGEST_WEIGHT, np.finfo(np.float32).tiny).astype(np.float32)
    return np.round(weights / scale).astype(np.int8), scale
