"""BERT (Devlin et al. 2019), forward only, by matrix products alone: an encoder needs no more than this of torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from dailypapers.errors import BadInput
from dailypapers.ranking.counts import Floats

_FAR_BELOW = np.float32(-1e9)


@dataclass(frozen=True)
class Bert:
    """The weights by their usual names, and the sizes that are not in them."""

    weights: Mapping[str, Floats]
    layers: int
    heads: int
    epsilon: float

    @classmethod
    def load(cls, folder: Path, config: Mapping[str, Any]) -> Self:
        """Read model.safetensors. Raises `BadInput` where the model is no plain BERT or a library is missing."""
        if (
            config.get("hidden_act", "gelu") != "gelu"
            or config.get("position_embedding_type", "absolute") != "absolute"
        ):
            raise BadInput(f"The model in {folder} is no plain BERT: its activation or positions are of another kind.")
        try:
            from safetensors.numpy import load_file  # noqa: PLC0415 - comes with the extra `dense`
        except ModuleNotFoundError:
            raise BadInput("A model needs two more libraries: pip install 'dailypapers[dense]'.") from None
        held = load_file(folder / "model.safetensors")
        weights = {name.removeprefix("bert."): np.asarray(value, np.float32) for name, value in held.items()}
        epsilon = float(config.get("layer_norm_eps", 1e-12))
        return cls(weights, int(config["num_hidden_layers"]), int(config["num_attention_heads"]), epsilon)

    def __call__(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Floats:
        """Texts × tokens → texts × tokens × dimensions; where the mask is 0 there is no token."""
        known = self.weights
        states = known["embeddings.word_embeddings.weight"][ids]
        states = states + known["embeddings.position_embeddings.weight"][: ids.shape[1]]
        states = states + known["embeddings.token_type_embeddings.weight"][0]
        states = self._norm(states, "embeddings.LayerNorm")
        hidden = ((1 - mask) * _FAR_BELOW)[:, None, None, :].astype(np.float32)
        for number in range(self.layers):
            layer = f"encoder.layer.{number}"
            seen = self._linear(
                self._attend(states, hidden, f"{layer}.attention.self"), f"{layer}.attention.output.dense"
            )
            states = self._norm(states + seen, f"{layer}.attention.output.LayerNorm")
            inner = self._linear(states, f"{layer}.intermediate.dense")
            inner *= 0.5 * (1 + erf(inner * np.float32(2**-0.5)))
            states = self._norm(states + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        return states

    def _attend(self, states: Floats, hidden: Floats, name: str) -> Floats:
        texts, tokens, size = states.shape
        asked, offered, told = (
            self._linear(states, f"{name}.{part}").reshape(texts, tokens, self.heads, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = asked @ offered.transpose(0, 1, 3, 2) * np.float32((size // self.heads) ** -0.5) + hidden
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        return np.asarray((scores @ told).transpose(0, 2, 1, 3).reshape(texts, tokens, size), np.float32)

    def _linear(self, states: Floats, name: str) -> Floats:
        return np.asarray(states @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"])

    def _norm(self, states: Floats, name: str) -> Floats:
        away = states - states.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((away**2).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))
        return np.asarray(away / deviation * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])
